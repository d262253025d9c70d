#include "scanner/attribute/states.h"

#include <algorithm>
#include <set>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "resolvers/dnswire/records.h"
#include "resolvers/http/page_moves.h"
#include "scanner/attribute/registration.h"
#include "scanner/attribute/views.h"
#include "scanner/catalogue/words.h"
#include "scanner/model/words.h"

namespace scanner::attribute {

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsStatus;
using resolvers::IpAddress;
using resolvers::Probe;
using resolvers::StepStatus;

// Names that the public DNS does not serve (RFC 6761 and its registry, RFC 9476, RFC 8375).
// "example" is left out: its names are for documents, which may well resolve.
constexpr std::string_view special_names[] = {"alt",   "home.arpa", "internal", "invalid",
                                              "local", "localhost", "onion",    "test"};

std::optional<StateVerdict> from_name(const Subject& subject)
{
    for (const std::string_view special : special_names)
        if (resolvers::is_under(subject.host, special))
            return StateVerdict{State::reserved,
                                "." + std::string(special) + " is a special-use name"};
    return std::nullopt;
}

// The resolver itself says that it kept the answer back. That is about the view, and nothing about
// the site.
std::optional<StateVerdict> from_resolver(const Observation& seen)
{
    for (const DnsAnswer& answer : seen.dns) {
        const bool ours =
            answer.name == seen.subject.host && (answer.type == "A" || answer.type == "AAAA");
        if (!ours)
            continue;
        for (const resolvers::ExtendedError& error : answer.errors)
            if (const std::string_view what = tampering_word(error.code); !what.empty())
                return StateVerdict{State::tampered, "the resolver says " + std::string(what) +
                                                         " (EDE " + std::to_string(error.code) +
                                                         ")"};
    }
    return std::nullopt;
}

// Every address is one that no site can be reached at. With `services`, a company's own service
// counts as one; without, only special-purpose addresses do.
std::optional<StateVerdict> from_reserved(const Sight& sight, bool services)
{
    std::size_t special = 0;
    std::string which;
    for (const AddressSight& address : sight.addresses) {
        if (!address.address)
            continue;
        if (const auto kind = resolvers::special_purpose(*address.address)) {
            ++special;
            which = address.address->text() + " is " + std::string(*kind);
        } else if (services && address.weightless && address.holding.owner != nullptr &&
                   address.holding.owner->product->service) {
            ++special;
            which = address.address->text() + " is an address of " +
                    address.holding.owner->product->name;
        }
    }
    if (special > 0 && special == sight.addresses.size())
        return StateVerdict{State::reserved, which};
    return std::nullopt;
}

std::optional<StateVerdict> from_end_of_chain(const Observation& seen)
{
    if (seen.chain_end == ChainEnd::nxdomain)
        return StateVerdict{State::nxdomain, seen.subject.host + " does not exist"};
    if (seen.chain_end == ChainEnd::dangling)
        return StateVerdict{State::nxdomain,
                            "alias of " + seen.chain.back() + ", which does not exist"};
    return std::nullopt;
}

// What markers may be found in, taken out of the observation once: there are hundreds of markers.
struct Traces {
    std::vector<std::string_view> name_servers;
    std::vector<std::string_view> aliases;
    std::vector<std::string_view> body_markers;
    /// In lower case.
    std::vector<std::string> titles;
    std::vector<std::string_view> redirect_hosts;
    std::vector<IpAddress> addresses;
};

Traces traces_of(const Observation& seen)
{
    Traces traces;
    // Answers about other hosts (a redirect's, www) tell nothing of this one.
    for (std::size_t i = 1; i < seen.chain.size(); ++i)
        traces.aliases.emplace_back(seen.chain[i]);
    for (const DnsAnswer& answer : seen.dns) {
        if (answer.type == "NS")
            for (const resolvers::DnsRecord* record : resolvers::dnswire::own_records(answer))
                traces.name_servers.push_back(record->data);
        if (answer.name == seen.subject.host && resolvers::dnswire::tells_aliases(answer))
            for (const resolvers::DnsRecord& record : answer.records)
                if (record.type == "CNAME")
                    traces.aliases.push_back(record.data);
    }
    for (const SeenAddress& address : seen.addresses)
        traces.addresses.push_back(address.address);
    for (const Probe& probe : seen.probes) {
        if (!probe.http_facts || !asks_for_page(probe, seen))
            continue;
        const resolvers::HttpFacts& http = *probe.http_facts;
        traces.body_markers.insert(traces.body_markers.end(), http.markers.begin(),
                                   http.markers.end());
        traces.titles.push_back(resolvers::to_lower(http.title));
    }
    for (const Redirect& step : seen.redirects) {
        std::string_view to = step.to;
        const std::size_t scheme = to.find("://");
        if (scheme == std::string_view::npos)
            continue;
        to = to.substr(scheme + 3);
        traces.redirect_hosts.push_back(to.substr(0, to.find_first_of(":/?#")));
    }
    return traces;
}

// In the order of their ids.
std::vector<const catalogue::StateRule*> markers_in(const Traces& traces,
                                                    const catalogue::Catalogue& catalogue)
{
    std::vector<const catalogue::StateRule*> found;
    const auto look = [&](catalogue::MarkerKind kind, const auto& places, const auto& marks) {
        if (places.empty())
            return;
        for (const catalogue::StateRule* rule : catalogue.state_rules_of(kind))
            if (std::ranges::any_of(places, [&](const auto& one) { return marks(*rule, one); }))
                found.push_back(rule);
    };
    const auto is_under = [](const catalogue::StateRule& rule, std::string_view name) {
        return resolvers::is_under(name, rule.key);
    };
    for (const IpAddress& address : traces.addresses)
        for (const catalogue::StateRule* rule : catalogue.address_markers(address))
            if (std::ranges::find(found, rule) == found.end())
                found.push_back(rule);
    look(catalogue::MarkerKind::ns, traces.name_servers, is_under);
    look(catalogue::MarkerKind::cname, traces.aliases, is_under);
    look(catalogue::MarkerKind::redirect, traces.redirect_hosts, is_under);
    look(catalogue::MarkerKind::body, traces.body_markers,
         [](const catalogue::StateRule& rule, std::string_view id) { return rule.id == id; });
    look(catalogue::MarkerKind::title, traces.titles,
         [](const catalogue::StateRule& rule, const std::string& title) {
             return title.find(rule.key) != std::string::npos;
         });
    std::ranges::sort(
        found, {}, [](const catalogue::StateRule* rule) -> const std::string& { return rule->id; });
    return found;
}

// Parking, seizure and block pages. Some marks are enough alone; of the others (a name server that
// ordinary customers have too) two different kinds of one operator must agree.
std::optional<StateVerdict> from_markers(const Sight& sight, const catalogue::Catalogue& catalogue)
{
    const std::vector<const catalogue::StateRule*> found =
        markers_in(traces_of(*sight.observation), catalogue);
    const auto said = [](const catalogue::StateRule& rule) {
        return std::string(word(rule.kind)) + " of " + rule.operator_name;
    };
    for (const State state :
         {State::seized, State::parked, State::tampered, State::blocked_for_vantage}) {
        for (const catalogue::StateRule* rule : found)
            if (rule->state == state && rule->sufficient)
                return StateVerdict{state, said(*rule)};
        for (const catalogue::StateRule* a : found)
            for (const catalogue::StateRule* b : found)
                if (a->state == state && b->state == state && word(a->kind) < word(b->kind) &&
                    (a->operator_name == b->operator_name || a->kind == catalogue::MarkerKind::ns ||
                     b->kind == catalogue::MarkerKind::ns))
                    return StateVerdict{state, said(*a) + ", " + said(*b)};
    }
    return std::nullopt;
}

// What the edge says about itself and about what is behind it; only on its own addresses.
std::optional<StateVerdict> from_edge(const Sight& sight, const std::vector<Verdict>& verdicts)
{
    for (const Verdict& verdict : verdicts) {
        if (!verdict.address)
            continue;
        const AddressSight& address = sight.addresses[*verdict.address];
        for (const Sign& sign : sight.signs) {
            if (sign.address != verdict.address || sign.rule == nullptr ||
                sign.rule->kind != catalogue::RuleKind::answer || !sign.rule->state)
                continue;
            if (address.address && !address.holding.belongs_to(*sign.product->provider))
                continue;
            return StateVerdict{*sign.rule->state, sign.seen};
        }
        // The edge was reached and showed its own certificate, not one for this name.
        if (address.certificate_veto)
            for (const Sign& sign : sight.signs)
                if (sign.address == verdict.address && sign.channel == Channel::tls &&
                    !sign.forgeable && sign.strength >= Strength::strong)
                    return StateVerdict{State::edge_unconfigured,
                                        "certificate for " + sign.seen + " only"};
    }
    return std::nullopt;
}

// Does the answer lead away from its own page?
bool leaves_page(const resolvers::HttpFacts& facts)
{
    const resolvers::Outcome<resolvers::Url> page = resolvers::parse_url(facts.url);
    return page.has_value() ? resolvers::http::move_from(*page, facts).has_value()
                            : resolvers::http::move_of(facts).has_value();
}

// What the walk of redirects came to, when no content was seen on the subject's own name. A page
// that sends its visitors on at once is no content, whatever its status.
std::optional<StateVerdict> from_redirects(const Observation& seen)
{
    bool content_elsewhere = false;
    std::optional<unsigned> leads_nowhere;
    for (const Probe& probe : seen.probes) {
        const bool own = asks_for_page(probe, seen);
        if (!probe.http_facts || (!own && probe.purpose != resolvers::ProbePurpose::redirect))
            continue;
        const resolvers::HttpFacts& facts = *probe.http_facts;
        const bool leaves = leaves_page(facts);
        const bool shows = resolvers::http::shows_content(facts) && !leaves;
        if (own && shows)
            return std::nullopt;
        content_elsewhere = content_elsewhere || shows;
        if (!shows && !leaves && facts.status >= 300)
            leads_nowhere = facts.status;
    }
    for (const Redirect& step : seen.redirects) {
        const auto stopped_at = [&step](const std::string& where) {
            return StateVerdict{State::redirect_only,
                                std::string(word(step.outcome)) + ": " + where};
        };
        switch (step.outcome) {
            case RedirectOutcome::other_site:
                return StateVerdict{State::redirect_only, "to " + step.to};
            case RedirectOutcome::not_http:
            case RedirectOutcome::unreadable:
                return stopped_at(step.location);
            case RedirectOutcome::blocked:
            case RedirectOutcome::opt_out:
            case RedirectOutcome::loop:
            case RedirectOutcome::failed:
            case RedirectOutcome::bad_port:
                return stopped_at(step.to);
            case RedirectOutcome::followed:
            case RedirectOutcome::limit:
                break;
        }
    }
    // The answer of a redirect that does not say where to, and has nothing to show instead.
    if (leads_nowhere && !content_elsewhere)
        return StateVerdict{State::redirect_only, "status " + std::to_string(*leads_nowhere) +
                                                      ", and nowhere to go from there"};
    return std::nullopt;
}

// The resolver could not be asked, or said nothing of use: then we do not know. SERVFAIL of a
// resolver that works is about the name's own servers.
bool says_nothing_of_the_name(DnsStatus status)
{
    return status != DnsStatus::noerror && status != DnsStatus::nodata &&
           status != DnsStatus::nxdomain && status != DnsStatus::servfail;
}

// Limits of ours: our deadline, our machine, our refusal.
bool is_ours(const resolvers::Step& step)
{
    return step.status == StepStatus::local_error || step.status == StepStatus::blocked ||
           step.status == StepStatus::deadline;
}

// Nothing decided yet: did anything answer?
StateVerdict from_answers(const Sight& sight)
{
    const Observation& seen = *sight.observation;
    bool http = false;
    bool tls = false;
    bool tried = false;
    bool only_ours = true;
    std::string failure;
    for (const Probe& probe : seen.probes) {
        if (!asks_for_page(probe, seen))
            continue;
        tried = true;
        http = http || (probe.http_facts && probe.http_facts->status != 0);
        tls = tls || probe.tls.status == StepStatus::ok;
        for (const auto& [name, step] : {std::pair{"tcp", &probe.tcp}, std::pair{"tls", &probe.tls},
                                         std::pair{"http", &probe.http}}) {
            if (step->status == StepStatus::ok || step->status == StepStatus::not_tried)
                continue;
            only_ours = only_ours && is_ours(*step);
            if (failure.empty())
                failure = std::string(name) + " " + std::string(word(step->status)) +
                          (step->detail.empty() ? "" : " (" + step->detail + ")");
        }
    }
    if (http)
        return {State::live, ""};
    if (tried)
        return only_ours && !failure.empty() ? StateVerdict{State::not_observed, failure}
                                             : StateVerdict{State::unreachable, failure};

    // Without a probe there is only what the DNS said.
    if (seen.chain_end == ChainEnd::loop || seen.chain_end == ChainEnd::too_long ||
        seen.chain_end == ChainEnd::nodata)
        return {State::unreachable, "dns " + std::string(word(seen.chain_end))};
    if (seen.addresses.empty()) {
        // Of several failures the one that says most of the name counts: they stand in that order.
        std::optional<DnsStatus> worst;
        for (const DnsAnswer& answer : seen.dns)
            if ((answer.type == "A" || answer.type == "AAAA") &&
                answer.status != DnsStatus::noerror && answer.status != DnsStatus::nodata)
                worst = std::min(worst.value_or(answer.status), answer.status);
        if (worst)
            return {says_nothing_of_the_name(*worst) ? State::not_observed : State::unreachable,
                    "dns " + std::string(word(*worst))};
    }
    return {State::not_observed, "no connection was made"};
}

}  // namespace

StateVerdict state_of(const Sight& sight, const std::vector<Verdict>& verdicts,
                      const catalogue::Catalogue& catalogue)
{
    const Observation& seen = *sight.observation;
    if (!seen.subject.invalid.empty())
        return {State::invalid_input, seen.subject.invalid};
    if (seen.refused)
        return {seen.refused == Refusal::deadline ? State::not_observed : State::opt_out,
                std::string(word(*seen.refused))};
    if (auto state = from_name(seen.subject))
        return *state;
    if (auto state = from_registration(seen))
        return *state;
    if (auto state = from_resolver(seen))
        return *state;
    if (auto state = from_reserved(sight, false))
        return *state;
    if (auto state = from_end_of_chain(seen))
        return *state;
    // A parking service's own addresses are listed as a service too.
    if (auto state = from_markers(sight, catalogue))
        return *state;
    if (auto state = from_reserved(sight, true))
        return *state;
    if (auto state = from_edge(sight, verdicts))
        return *state;
    if (auto state = from_redirects(seen))
        return *state;
    return from_answers(sight);
}

}  // namespace scanner::attribute
