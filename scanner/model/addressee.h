// Who should receive a notice, in which role, by which channel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/model/evidence.h"

namespace scanner {

enum class ChannelType { email, form, api, post, agent };

/// Which notices a channel is for.
enum class ChannelScope { copyright, general };

/// Whether an addressee is to be written to first, as well, or if the others do not act.
enum class AddresseeKind { primary, also, escalation };

/// One way to reach a provider. Never invented: it stands in the catalogue with date and source.
struct ContactChannel {
    ChannelType type = ChannelType::email;
    /// Mail address, URL or postal address.
    std::string address;
    ChannelScope scope = ChannelScope::general;
    /// "plain_text_only", "one_host_per_report", "max_250_urls"... (data/README.md lists them).
    std::vector<std::string> constraints;
    /// What the provider does with a notice: "forwards_to_operator", "forwards_to_host",
    /// "discloses_host", "removes".
    std::vector<std::string> practice;
    /// Where this stands, and the day somebody last read it there.
    std::string source;
    std::string checked;
    /// False: only a third party says so.
    bool verified = false;
    /// True for RFC 2142 style guesses; these are never first.
    bool guessed = false;
    friend bool operator==(const ContactChannel&, const ContactChannel&) = default;
};

struct Addressee {
    /// 1 is to be written to first.
    unsigned rank = 0;
    AddresseeKind kind = AddresseeKind::also;
    Role role = Role::front;
    std::string provider;
    std::string product;
    std::string name;
    /// The company to name in the notice. May be empty.
    std::string legal_entity;
    Grade grade = Grade::none;
    /// One sentence: why this addressee in this role.
    std::string basis;
    /// What speaks against it, in words. May be empty.
    std::vector<std::string> counter_evidence;
    /// Best first. Empty: no channel is known.
    std::vector<ContactChannel> channels;
    friend bool operator==(const Addressee&, const Addressee&) = default;
};

}  // namespace scanner
