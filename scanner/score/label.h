// What somebody knows to be true of a host: who fronts it, who hosts it. Two ways of writing it, a
// JSON object a line each; `servedby score --help` says them. Misses: who else may be right too,
// unless the label says so.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/model/evidence.h"

namespace scanner::score {

/// The truth about one role.
struct Expected {
    /// Accepted names, ids or aliases, the best first. Empty: there is nobody in this role, or
    /// nobody can be seen in it.
    std::vector<std::string> names;
    /// A list of names had a null in it: "none" is right as well.
    bool or_nobody = false;
    /// Whoever is in this role cannot be seen from outside: naming anybody is wrong, the right one
    /// too. The names are still those of who is there, if that is known otherwise.
    bool hidden = false;
};

struct Label {
    /// Tells labels of one host apart; matches the column "case" of a record. May be empty.
    std::string id;
    std::string host;
    /// Labels of different groups are never counted together ("zone_declared", "rule_derived").
    std::string group;
    /// What the front is: "cdn_proxy", "platform" (edge and host are one service), "lb",
    /// "own_edge", "none"... Empty if the label does not say.
    std::string kind;
    /// Does the label know an address of the host? Records may know one besides.
    bool has_address = false;
    /// Absent: not labelled, not counted.
    std::optional<Expected> front;
    std::optional<Expected> host_provider;
    std::optional<Expected> platform;
    std::optional<Expected> dns;
    /// Behind a front, with a host that the label does not know: counted by itself.
    bool host_unscored = false;
    /// How the label came about, in words.
    std::string basis;
};

/// Roles that labels speak of, in the order of reports.
inline constexpr std::array labelled_roles = {Role::front, Role::host, Role::platform, Role::dns};

/// What the label says of that role; null if nothing.
const Expected* expected_of(const Label& label, Role role);

/// Reads one line. Failure "malformed", with the member in the detail.
resolvers::Outcome<Label> read_label(std::string_view line);

}  // namespace scanner::score
