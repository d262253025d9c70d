// Everything that was seen of one subject, and nothing that was concluded from it. The only thing
// that crosses from the world to the mind: live scans, importers and archives all speak it.
#pragma once

#include <string>
#include <vector>

#include "resolvers/facts.h"
#include "resolvers/registry_facts.h"
#include "scanner/model/subject.h"

namespace scanner {

/// How the walk along the CNAME records of the subject ended.
enum class ChainEnd {
    not_observed,  ///< nothing was resolved (imports, failures)
    address,       ///< at a name with addresses
    nodata,        ///< at a name that exists and has no address
    dangling,      ///< at a name that does not exist, after at least one CNAME
    nxdomain,      ///< the subject's own name does not exist
    loop,
    too_long,  ///< more than 16 hops
    failed,    ///< a question on the way failed
};

/// Why nothing is sent to a name or an address.
enum class Refusal {
    opt_out,   ///< its owner asked to be left alone
    blocked,   ///< it is on the user's block list
    deadline,  ///< no time was left to begin
};

/// Why an address was not talked to.
enum class NotProbed {
    same_network,     ///< another address of the same holder and family was
    cap,              ///< no request was left in the budget
    special_purpose,  ///< RFC 6890; in JSON with its name behind it: "special_purpose:loopback"
    opt_out,
    blocked,
    rate,     ///< our own limits held it back for too long
    no_http,  ///< only the DNS was asked
    deadline,
    imported,  ///< the tool that looked does not say
};

constexpr NotProbed not_probed_for(Refusal refusal)
{
    switch (refusal) {
        case Refusal::opt_out:
            return NotProbed::opt_out;
        case Refusal::blocked:
            return NotProbed::blocked;
        case Refusal::deadline:
            break;
    }
    return NotProbed::deadline;
}

/// What became of a redirect.
enum class RedirectOutcome {
    followed,
    other_site,  ///< another registrable domain: looked up, not visited
    blocked,     ///< to a special-purpose address, or one on a block list
    opt_out,
    loop,
    limit,
    bad_port,  ///< no browser connects there
    not_http,
    unreadable,
    failed,  ///< its name did not resolve
};

/// One address that the subject's name leads to, and who announces it.
struct SeenAddress {
    resolvers::IpAddress address;
    /// Absent: not announced on the day of the data, or no data were at hand.
    std::optional<resolvers::Origin> origin;
    /// Absent if it was probed.
    std::optional<NotProbed> not_probed;
    friend bool operator==(const SeenAddress&, const SeenAddress&) = default;
};

/// One step of a redirect: where a response sent us (resolvers::move_from), and what we did.
struct Redirect {
    std::string from;
    unsigned status = 0;
    /// The Location as sent, or the URL of a refresh (by header or <meta>), at most 2,048 octets.
    std::string location;
    /// The absolute URL that it means. Empty if it cannot be read.
    std::string to;
    RedirectOutcome outcome = RedirectOutcome::followed;
    /// Where `to`'s host resolved to when it is another host. Empty if it was not asked.
    std::vector<SeenAddress> addresses;
    friend bool operator==(const Redirect&, const Redirect&) = default;
};

/// What another resolver than those behind Observation::dns answered about the subject. It
/// testifies to tampering or steering; it decides nothing (signals.md section 3.3).
struct View {
    /// As the user named it. "authority": the zone's own name servers. "reference": no view of its
    /// own, but what canaries showed of the resolvers that answered Observation::dns; it has no
    /// answers, and is there only when it has signs.
    std::string name;
    /// Whom it asks, as in DnsAnswer::resolver, comma separated. Empty if not known.
    std::string resolver;
    /// What canaries have shown of it up to now: "rewrites_nxdomain", "wrong_known_answer". Sorted.
    std::vector<std::string> signs;
    /// What it answered for names that do not exist, so that the same answer for the subject
    /// means as little. Sorted.
    std::vector<resolvers::IpAddress> nxdomain_addresses;
    /// A and AAAA of the subject's name, with the aliases that came along.
    std::vector<resolvers::DnsAnswer> answers;
    friend bool operator==(const View&, const View&) = default;
};

/// Which day's routing data named the origins.
struct DataStamp {
    std::string date;
    std::string sha256;
    friend bool operator==(const DataStamp&, const DataStamp&) = default;
};

struct Observation {
    Subject subject;
    /// When the looking began. For imports, when the tool that looked says it did.
    std::optional<resolvers::Timestamp> observed_at;
    /// "scan", or the importer's name ("har", "httpx").
    std::string source;
    /// What the user says about where this was seen from ("AS3320, DE"). May be empty.
    std::string vantage;
    /// What was asked: "quick", "standard", "deep", the same with "-dns" behind it when nothing was
    /// connected to ("dns" for "standard-dns"), or "imported".
    std::string profile;
    DataStamp origin_data;

    /// Every question asked of the DNS, in a fixed order. The reference view: it decides.
    std::vector<resolvers::DnsAnswer> dns;
    /// The other views, in the order in which the user named them.
    std::vector<View> views;
    /// The client network claimed in every query (RFC 7871), "192.0.2.0/24". Empty if none.
    std::string client_subnet;
    /// A name of the subject's zone that nobody uses, made up to see whether the zone answers for
    /// every name: its answer is in `dns`. Empty if that was not asked.
    std::string wildcard_name;
    /// The subject's name, then each CNAME target in turn; last, where an HTTPS record in AliasMode
    /// led (RFC 9460 section 2.4.2), if the name itself has no address. Empty if nothing was
    /// resolved.
    std::vector<std::string> chain;
    ChainEnd chain_end = ChainEnd::not_observed;
    /// Sorted: IPv4 before IPv6, then by value.
    std::vector<SeenAddress> addresses;
    std::vector<resolvers::Probe> probes;
    std::vector<Redirect> redirects;
    /// What registries say of the name and of the addresses.
    resolvers::RegistryFacts registry;

    /// Facts that this source cannot know, so that their absence says nothing: "dns", "tls",
    /// "address", "headers". Sorted.
    std::vector<std::string> not_observed;
    /// Why the subject was not looked at: its name, a CNAME target of it, or every address is
    /// refused. Absent otherwise.
    std::optional<Refusal> refused;
    /// Declared by the zone's operator rather than seen: "proxied", "dns_only". Empty otherwise.
    std::string declared;
    /// At which DNS provider it is declared so, by name ("Cloudflare"). Empty if `declared` is.
    std::string declared_by;

    friend bool operator==(const Observation&, const Observation&) = default;
};

}  // namespace scanner
