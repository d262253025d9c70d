// What registries said in RDAP of a subject's name and addresses, as observations keep it. Role
// mailboxes and organisations only: nothing of people, no telephone numbers. Plain values, which
// resolvers/rdap/answers.h reads, its cache stores and observations keep as they are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/facts.h"

namespace resolvers {

/// An abuse desk as a registry publishes it. What it publishes may be the registry's own: the
/// catalogue's deny list decides that, not this.
struct AbuseDesk {
    /// Best first: entries that are for abuse alone before those of many roles, the object's own
    /// before its holder's, then by the jCard's "pref" (RFC 6350 section 5.3), addresses of type
    /// "abuse" first. Each once, the domain in lower case. Those of persons are left out.
    std::vector<std::string> emails;
    /// Web forms, best first: the jCard's contact-uri (RFC 8605), links in place of a mail address,
    /// and its url if that speaks of reports.
    std::vector<std::string> urls;
    /// Was there an entry with the role "abuse" at all? AFRINIC gives none; registro.br gives one
    /// without a mail address: then this is true and `emails` empty.
    bool named = false;
    /// "REDACTED FOR PRIVACY" or the like stood where an address belongs.
    bool redacted = false;
    /// The mailbox of a person was published, and is left out here.
    bool personal = false;
    friend bool operator==(const AbuseDesk&, const AbuseDesk&) = default;
};

struct RegisteredDomain {
    /// The name that was registered: lower case, without final dot.
    std::string name;
    /// Empty: the registry names no registrar.
    std::string registrar;
    /// IANA's id, decimal; empty if none was given. 9994 to 9999 are reserved: the registry itself.
    std::string registrar_id;
    /// The registrar's home page. May be empty.
    std::string registrar_url;
    AbuseDesk registrar_abuse;
    /// RFC 8056's words: "client hold", "redemption period". As the registry has them, in order.
    std::vector<std::string> statuses;
    /// Absent where it is not said.
    std::optional<Timestamp> registered;
    std::optional<Timestamp> changed;
    std::optional<Timestamp> expires;
    /// Names of the fields that the registry says it left out (RFC 9537).
    std::vector<std::string> redacted;
    /// The URL that answered, and when. An answer may be up to a day old.
    std::string source;
    std::optional<Timestamp> fetched_at;
    friend bool operator==(const RegisteredDomain&, const RegisteredDomain&) = default;
};

/// The most specific network around some of the subject's addresses.
struct RegisteredNetwork {
    /// Those of the subject's addresses that lie in it. Never empty.
    std::vector<IpAddress> addresses;
    /// First and last address, both inside.
    IpAddress first;
    IpAddress last;
    std::string handle;
    /// "EXAMPLE-NET-1". May be empty.
    std::string name;
    /// The registry's own words ("ASSIGNED PA"). May be empty.
    std::string type;
    std::string parent_handle;
    /// Organisation that it is registered to; empty if none is named, or a person is.
    std::string holder;
    std::string holder_handle;
    bool holder_is_person = false;
    /// Upper-case ISO 3166 code of the registration, not of the machines. May be empty.
    std::string country;
    AbuseDesk abuse;
    /// Links in the holder's own remarks about abuse reports: where it wants them.
    std::vector<std::string> remark_urls;
    /// Absent where it is not said. A young one is worth a second look.
    std::optional<Timestamp> registered;
    std::optional<Timestamp> changed;
    /// The URL that answered, and when. An answer may be up to a week old.
    std::string source;
    std::optional<Timestamp> fetched_at;
    friend bool operator==(const RegisteredNetwork&, const RegisteredNetwork&) = default;
};

/// Something that was to be looked up, and is not known for it.
struct RegistryGap {
    /// "domain", "registrar" or "network".
    std::string what;
    /// The name or address that it was about.
    std::string about;
    /// As in rdap/client.h ("rate_limited", "not_json", "not_found", "no_server", "timeout"), or
    /// "cap" (too many addresses) and "listed" (`detail` names the catalogue's product that has the
    /// address: there was no need to ask).
    std::string code;
    /// For people. May be empty.
    std::string detail;
    friend bool operator==(const RegistryGap&, const RegistryGap&) = default;
};

struct RegistryFacts {
    /// What was to be asked: "domain", "network". Empty: nothing, so that the rest says nothing.
    std::vector<std::string> asked;
    std::optional<RegisteredDomain> domain;
    /// In the order of the addresses that were asked about.
    std::vector<RegisteredNetwork> networks;
    std::vector<RegistryGap> gaps;
    friend bool operator==(const RegistryFacts&, const RegistryFacts&) = default;
};

}  // namespace resolvers
