// What a registry says in RDAP (RFC 9083) of a domain, a network or an AS: whose it is and where
// its abuse desk is reached. Pure: takes the text of an answer, asks nobody. Keeps role contacts
// only: names, postal addresses and numbers of people are dropped here, so that nothing behind this
// can store them. Misses: whether a mailbox is read, and whether it belongs on the deny list (a
// registry's own mailbox is reported as it stands).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"

namespace resolvers {

/// A longer answer is refused; real ones stay under 100 KB.
inline constexpr std::size_t rdap_size_limit = 1 << 20;

/// A mail address of an abuse desk, its domain in lower case.
struct RdapEmail {
    std::string address;
    /// The entry is of a person, not of a role or an organisation: the address is still the one
    /// published for abuse, but may be somebody's own.
    bool individual = false;
    friend bool operator==(const RdapEmail&, const RdapEmail&) = default;
};

/// The abuse desk that an answer names.
struct RdapAbuse {
    /// Best first: entries that are for abuse alone before those of many roles, the object's own
    /// before its holder's, then by the jCard's "pref" (RFC 6350 section 5.3), addresses of type
    /// "abuse" first. Each once.
    std::vector<RdapEmail> emails;
    /// As sent, without "tel:"; none of entries of people, no fax.
    std::vector<std::string> phones;
    /// Web forms: the jCard's contact-uri (RFC 8605), links in place of a mail address, and its url
    /// if that speaks of reports.
    std::vector<std::string> urls;
    /// Was there an entry with the role "abuse" at all? AFRINIC gives none, registro.br gives one
    /// without a mail address: then this is true and `emails` empty.
    bool named = false;
    /// Something like "REDACTED FOR PRIVACY" stood where an address belongs.
    bool redacted = false;
    friend bool operator==(const RdapAbuse&, const RdapAbuse&) = default;
};

/// A sentence that the holder wrote about abuse reports, with what it points to ("All Cloudflare
/// abuse reporting can be done via https://www.cloudflare.com/abuse").
struct RdapRemark {
    /// White space folded, at most 500 octets.
    std::string text;
    std::vector<std::string> urls;
    std::vector<std::string> emails;
    friend bool operator==(const RdapRemark&, const RdapRemark&) = default;
};

/// One field that the registry says it left out (RFC 9537).
struct RdapRedaction {
    /// "Registrant Email", or its registered type.
    std::string name;
    /// prePath, postPath or replacementPath, whichever was sent. May be empty.
    std::string path;
    /// "removal", "emptyValue", "partialValue" or "replacementValue".
    std::string method;
    friend bool operator==(const RdapRedaction&, const RdapRedaction&) = default;
};

struct RdapRegistrar {
    /// Empty: the answer names no registrar.
    std::string name;
    /// IANA's registrar id, decimal; empty if none was given. 9994 to 9999 are reserved: the
    /// registry itself.
    std::string iana_id;
    /// The registrar's home page. May be empty.
    std::string url;
    RdapAbuse abuse;
    friend bool operator==(const RdapRegistrar&, const RdapRegistrar&) = default;
};

struct RdapDomain {
    /// Lower case, without final dot.
    std::string name;
    std::string handle;
    RdapRegistrar registrar;
    /// As in RFC 8056 ("client hold"): lower case, EPP's "clientHold" written out. In order.
    std::vector<std::string> statuses;
    /// Absent where it is not said.
    std::optional<Timestamp> registered;
    std::optional<Timestamp> changed;
    std::optional<Timestamp> expires;
    /// Lower case, without final dot, in order.
    std::vector<std::string> nameservers;
    std::vector<RdapRedaction> redactions;
    /// Where the registrar answers for this domain (link "related" to an https RDAP server). May be
    /// empty.
    std::string related;
    /// Port-43 server, for a second look. May be empty.
    std::string whois_server;
    friend bool operator==(const RdapDomain&, const RdapDomain&) = default;
};

/// What networks and ASes have in common.
struct RdapResource {
    std::string handle;
    std::string name;
    /// Upper-case ISO 3166 code of the registration, not of the machines. May be empty.
    std::string country;
    /// Organisation that it is registered to. Empty if the registry names none, or a person:
    /// `holder_is_person` tells which.
    std::string holder;
    std::string holder_handle;
    bool holder_is_person = false;
    RdapAbuse abuse;
    /// Only remarks that speak of abuse or copyright; the object's, then its holder's and abuse
    /// desk's. Each once.
    std::vector<RdapRemark> remarks;
    std::vector<std::string> statuses;
    std::optional<Timestamp> registered;
    std::optional<Timestamp> changed;
    std::vector<RdapRedaction> redactions;
    std::string whois_server;
    friend bool operator==(const RdapResource&, const RdapResource&) = default;
};

struct RdapNetwork : RdapResource {
    /// "DIRECT ALLOCATION", "ASSIGNED PA": the registry's own words. May be empty.
    std::string type;
    std::string parent_handle;
    /// First and last address, both inside.
    IpAddress first;
    IpAddress last;
    /// The fewest prefixes that cover exactly first to last, in order.
    std::vector<Prefix> prefixes;
    friend bool operator==(const RdapNetwork&, const RdapNetwork&) = default;
};

struct RdapAutnum : RdapResource {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    friend bool operator==(const RdapAutnum&, const RdapAutnum&) = default;
};

/// Read an answer. Total: any text gives facts or a Failure, whose code is
///   not_json    this is something else, HTML for one
///   not_rdap    JSON, but not an object of the class asked for
///   rdap_error  an error object (RFC 9083 section 6); `detail` has its code and title
///   malformed   of the right class, without what makes it one (a network without addresses)
///   too_large   over rdap_size_limit
Outcome<RdapDomain> parse_rdap_domain(std::string_view text);
Outcome<RdapNetwork> parse_rdap_network(std::string_view text);
Outcome<RdapAutnum> parse_rdap_autnum(std::string_view text);

}  // namespace resolvers
