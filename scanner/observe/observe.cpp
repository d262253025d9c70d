#include "scanner/observe/observe.h"

#include <algorithm>
#include <set>

#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"
#include "resolvers/http/page_moves.h"
#include "scanner/observe/authority.h"
#include "scanner/observe/budget.h"
#include "scanner/observe/chain.h"
#include "scanner/observe/edge_answer.h"
#include "scanner/observe/profile.h"
#include "scanner/observe/public_name.h"
#include "scanner/observe/registration.h"
#include "scanner/observe/targets.h"
#include "scanner/observe/views.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::Deadline;
using resolvers::DnsAnswer;
using resolvers::IpAddress;
using resolvers::Probe;
using resolvers::ProbePurpose;
using resolvers::ProbeRequest;
using resolvers::Question;
using resolvers::StepStatus;
using resolvers::Url;

namespace {

constexpr std::size_t location_limit = 2048;

// Asks for the host's records and its zone's, then goes on where the resolver stopped half-way.
asio::awaitable<void> resolve(Observation& seen, World& world, const Plan& plan, Budget& budget)
{
    std::vector<Question> questions;
    add_questions(questions, seen.subject.host, plan.host_types, budget);
    const std::string& zone = seen.subject.registrable_domain;
    add_questions(questions, zone.empty() ? seen.subject.host : zone, plan.zone_types, budget);
    seen.dns = co_await ask(std::move(questions), world, budget);

    Walk walk = walk_chain(seen.subject.host, seen.dns);
    for (std::size_t hop = 0; walk.unanswered && budget.dns > 0 && hop < chain_limit; ++hop) {
        if (refusal_of_chain(walk.chain, world))
            break;
        std::vector<Question> further;
        const std::vector<std::string> types = {"A", "AAAA"};
        add_questions(further, *walk.unanswered, types, budget);
        if (further.empty())
            break;
        std::vector<DnsAnswer> answers = co_await ask(std::move(further), world, budget);
        keep(seen, std::move(answers));
        walk = walk_chain(seen.subject.host, seen.dns);
    }
    seen.chain = std::move(walk.chain);
    seen.chain_end = walk.end;
    for (const IpAddress& address : walk.addresses)
        seen.addresses.push_back(seen_address(address, world));
    seen.refused = refusal_of_chain(seen.chain, world);
    if (!seen.refused)
        co_await follow_service_alias(seen, world, budget);
}

asio::awaitable<Probe> probe_one(const std::string& scheme, std::uint16_t port,
                                 const IpAddress& address, const std::string& host,
                                 const std::string& target, ProbePurpose purpose, World& world,
                                 Budget& budget)
{
    ProbeRequest request;
    request.scheme = scheme;
    request.address = address;
    request.port = port;
    request.host = host;
    request.target = target;
    request.purpose = purpose;
    request.markers = world.markers;
    Probe probe = co_await send(std::move(request), world, budget);
    co_return probe;
}

// Would plain HTTP tell more? When TLS could not be had: a name may serve HTTP alone. And when an
// error came with a certificate for other names: that may be another site's default answer.
bool wants_plain_http(const Probe& probe)
{
    if (probe.http_facts && probe.tls_facts)
        return probe.http_facts->status >= 400 && probe.tls_facts->name_matches == false;
    return probe.http.status != StepStatus::ok && !probe.http_facts &&
           probe.tcp.status != StepStatus::local_error && probe.tcp.status != StepStatus::blocked &&
           probe.tcp.status != StepStatus::deadline;
}

// The page that answered. What its URL lacks for a base, the probe has.
Url page_of(const Probe& probe)
{
    const resolvers::Outcome<Url> at = resolvers::parse_url(probe.http_facts->url);
    return at.has_value() ? *at : Url{probe.scheme, probe.host, probe.port, "/"};
}

// Where an answer sends its visitors; absent if it sends nobody on.
std::optional<resolvers::Outcome<Url>> next_of(const Probe& probe)
{
    if (!probe.http_facts)
        return std::nullopt;
    return resolvers::http::move_from(page_of(probe), *probe.http_facts);
}

// Resolves the host that a redirect names; its answers join the observation. `refusal` says why
// nothing may be sent there, if its names do.
asio::awaitable<std::vector<SeenAddress>> look_up(const std::string& host, Observation& seen,
                                                  World& world, Budget& budget,
                                                  std::optional<Refusal>& refusal)
{
    std::vector<SeenAddress> found;
    refusal = refusal_of_chain({host}, world);
    if (refusal)
        co_return found;
    if (const std::optional<IpAddress> literal = IpAddress::parse(host)) {
        found.push_back(seen_address(*literal, world));
        co_return found;
    }
    std::vector<Question> questions;
    const std::vector<std::string> types = {"A", "AAAA"};
    add_questions(questions, host, types, budget);
    if (questions.empty())
        co_return found;
    std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);
    const Walk walk = walk_chain(host, answers);
    refusal = refusal_of_chain(walk.chain, world);
    keep(seen, std::move(answers));
    for (const IpAddress& address : walk.addresses)
        found.push_back(seen_address(address, world));
    co_return found;
}

// An address has no registrable domain.
bool is_of_site(const std::string& host, const Subject& subject, const World& world)
{
    if (host == subject.host)
        return true;
    const std::string& domain = subject.registrable_domain;
    return !domain.empty() && world.suffixes != nullptr && !IpAddress::parse(host) &&
           world.suffixes->registrable_domain(host) == domain;
}

// Follows the redirects of a response, and refreshes that do not wait, one hop a step: each host
// resolved anew, each address checked anew, nothing followed to another site.
asio::awaitable<void> follow(Probe last, Observation& seen, World& world, const Plan& plan,
                             Budget& budget)
{
    std::set<std::string> visited;
    for (unsigned hop = 0;; ++hop) {
        const std::optional<resolvers::Outcome<Url>> move = next_of(last);
        if (!move)
            co_return;
        const std::string from = page_of(last).text();
        visited.insert(from);

        Redirect step;
        step.from = from;
        step.status = last.http_facts->status;
        step.location =
            resolvers::http::move_of(*last.http_facts).value_or("").substr(0, location_limit);
        while (!resolvers::is_utf8(step.location))  // cut within a character
            step.location.pop_back();
        if (move->has_error()) {
            step.outcome = move->error().code == "other_scheme" ? RedirectOutcome::not_http
                                                                : RedirectOutcome::unreadable;
            seen.redirects.push_back(std::move(step));
            co_return;
        }
        const Url* const to = &**move;
        step.to = to->text();
        const bool other_host = to->host != last.host;
        std::optional<Refusal> refused_name;
        if (other_host)
            step.addresses = co_await look_up(to->host, seen, world, budget, refused_name);

        IpAddress address = *last.address;  // a probe of ours says where it went
        if (other_host && !step.addresses.empty())
            address = step.addresses.front().address;
        std::optional<NotProbed> refusal;
        if (refused_name)
            refusal = not_probed_for(*refused_name);
        else if (other_host)
            refusal = refusal_of(to->host, step.addresses, world, plan);
        if (visited.count(to->text()) != 0)
            step.outcome = RedirectOutcome::loop;
        else if (refusal)
            step.outcome =
                refusal == NotProbed::opt_out ? RedirectOutcome::opt_out : RedirectOutcome::blocked;
        else if (!is_of_site(to->host, seen.subject, world))
            step.outcome = RedirectOutcome::other_site;
        else if (resolvers::http::is_bad_port(to->port))
            step.outcome = RedirectOutcome::bad_port;
        else if (other_host && step.addresses.empty())
            step.outcome = RedirectOutcome::failed;
        else if (hop >= plan.redirect_limit || budget.requests == 0)
            step.outcome = RedirectOutcome::limit;
        else
            step.outcome = RedirectOutcome::followed;
        const bool go_on = step.outcome == RedirectOutcome::followed;
        seen.redirects.push_back(std::move(step));
        if (!go_on)
            co_return;

        last = co_await probe_one(to->scheme, to->port, address, to->host, to->target,
                                  ProbePurpose::redirect, world, budget);
        seen.probes.push_back(last);
    }
}

// Talks to the chosen addresses; the first answer's redirects are followed with what is left.
asio::awaitable<void> probe_all(Observation& seen, World& world, const Plan& plan, Budget& budget)
{
    const std::vector<IpAddress> targets =
        choose_targets(seen.addresses, world, plan, budget.requests);
    const std::string& host = seen.subject.host;
    const std::string root = "/";
    for (const IpAddress& address : targets) {
        if (budget.requests == 0)
            break;
        Probe probe = co_await probe_one("https", 443, address, host, root, ProbePurpose::root,
                                         world, budget);
        const bool plain = wants_plain_http(probe) && budget.requests > 0;
        seen.probes.push_back(std::move(probe));
        if (plain) {
            probe = co_await probe_one("http", 80, address, host, root, ProbePurpose::root, world,
                                       budget);
            seen.probes.push_back(std::move(probe));
        }
    }
    for (std::size_t i = 0; i < seen.probes.size(); ++i)
        if (next_of(seen.probes[i])) {
            Probe first = seen.probes[i];
            co_await follow(std::move(first), seen, world, plan, budget);
            break;
        }
    if (plan.public_name)
        co_await probe_public_name(seen, world, budget);
    if (plan.edge_answer)
        co_await probe_edge_answer(seen, world, budget);
    mark_unprobed(seen, targets);
    seen.refused = refusal_of_all(seen.addresses);
}

}  // namespace

asio::awaitable<Observation> observe(Subject subject, World& world, const Plan& plan)
{
    Observation seen;
    seen.subject = std::move(subject);
    seen.observed_at = world.clock->now();
    seen.source = "scan";
    seen.profile = plan.profile;
    seen.vantage = plan.vantage;
    seen.client_subnet = plan.client_subnet;
    if (!seen.subject.invalid.empty())
        co_return seen;
    if (world.refusals != nullptr)
        seen.refused = world.refusals->refusal_of(seen.subject.host);
    if (!seen.refused && seen.subject.is_address && world.refusals != nullptr)
        if (const std::optional<IpAddress> address = IpAddress::parse(seen.subject.host))
            seen.refused = world.refusals->refusal_of(*address);
    if (seen.refused)
        co_return seen;
    if (world.origins != nullptr)
        seen.origin_data = {world.origins->date(), world.origins->sha256()};

    Budget budget{plan.dns_budget, plan.request_budget,
                  std::chrono::steady_clock::now() + plan.deadline};
    if (seen.subject.is_address) {
        if (const std::optional<IpAddress> address = IpAddress::parse(seen.subject.host))
            seen.addresses.push_back(seen_address(*address, world));
    } else {
        co_await resolve(seen, world, plan, budget);
    }
    if (seen.refused)
        for (SeenAddress& address : seen.addresses)
            address.not_probed = not_probed_for(*seen.refused);
    else if (plan.connect && world.http != nullptr)
        co_await probe_all(seen, world, plan, budget);
    else
        for (SeenAddress& address : seen.addresses)
            address.not_probed = NotProbed::no_http;
    co_await look_deeper(seen, world, plan, budget);
    if (!seen.subject.is_address)
        co_await ask_views(seen, world, plan, budget.deadline);
    if (!seen.subject.is_address)
        co_await ask_authority(seen, world, plan, budget.deadline);
    co_await look_up_registration(seen, world, plan, budget.deadline);
    co_return seen;
}

}  // namespace scanner::observe
