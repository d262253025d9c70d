// Where a name leads, read out of the answers that an import brought.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/model/observation.h"

namespace scanner::input {

/// Lists as many tools keep them, in place of whole answers.
struct ListedRecords {
    /// The chain of CNAME targets in order; the owner's own name among them is passed over.
    std::vector<std::string> cnames;
    /// Absent: not known whether it was asked. Empty: asked, and there is none.
    std::optional<std::vector<std::string>> a;
    std::optional<std::vector<std::string>> aaaa;
    std::vector<std::string> ns;
    /// Did the source list `ns` for the zone, whatever aliases the name has? Else they were asked
    /// of the name, and belong to where its aliases lead.
    bool ns_of_zone = false;
};

/// Appends the answers that such lists stand for (time to live 0) to `seen.dns`, as asked of
/// `name`. CNAMEs without an address list become an answer of type CNAME.
void add_listed_answers(Observation& seen, std::string_view name, const ListedRecords& records);

/// A name with address answers of a status other than noerror: nothing but the status is known.
void add_failed_answer(Observation& seen, std::string_view name, resolvers::DnsStatus status,
                       std::string detail);

/// Settles status noerror without records of the asked type or an alias to nodata, and with such
/// records of other names alone to bad_response; `answer` is complete otherwise.
void settle_status(resolvers::DnsAnswer& answer);

/// The addresses that the answers to address questions lead to, each once.
std::vector<resolvers::IpAddress> answered_addresses(const Observation& seen);

/// Fills chain, chain_end and addresses from `seen.dns` and the subject. To be called once, after
/// all answers are in.
void follow_answers(Observation& seen);

}  // namespace scanner::input
