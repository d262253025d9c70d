#include "scanner/observe/profile.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "resolvers/dnswire/records.h"
#include "scanner/observe/canary.h"
#include "scanner/observe/chain.h"
#include "scanner/observe/targets.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::IpAddress;
using resolvers::Question;

namespace {

constexpr std::string_view names[] = {"quick", "standard", "deep"};

// A zone has more name servers than tell anything new.
constexpr std::size_t name_servers_asked = 2;
// As many as are talked to at most.
constexpr std::size_t reverse_names_asked = 3;

const std::vector<std::string> both_families = {"A", "AAAA"};

// The target of an HTTPS record in AliasMode of the subject's own; empty if there is none.
std::string service_alias_of(const Observation& seen)
{
    for (const DnsAnswer& answer : seen.dns) {
        if (answer.type != "HTTPS" || answer.name != seen.subject.host)
            continue;
        for (const DnsRecord* record : resolvers::dnswire::led_records(answer)) {
            if (!record->service || record->service->priority != 0)
                continue;
            const std::vector<std::string>& flags = record->service->flags;
            const bool malformed = std::any_of(flags.begin(), flags.end(), [](const auto& flag) {
                return flag.starts_with("malformed");
            });
            // "." says that the service does not exist (section 2.5.1).
            if (!malformed && record->service->target != "." &&
                record->service->target != record->name)
                return record->service->target;
        }
    }
    return "";
}

// Does the zone answer for names that nobody made? Asked once a zone: its other hosts share the
// answer, with 0 attempts.
asio::awaitable<void> ask_wildcard(Observation& seen, World& world, Budget& budget)
{
    const std::string& zone = seen.subject.registrable_domain;
    if (zone.empty())
        co_return;
    if (const auto known = world.wildcards.find(zone); known != world.wildcards.end()) {
        seen.wildcard_name = known->second.name;
        seen.dns.push_back(known->second);
        co_return;
    }
    const std::string name = random_label() + "." + zone;
    const std::vector<std::string> types = {"A"};
    std::vector<Question> questions;
    add_questions(questions, name, types, budget, seen.dns);
    if (questions.empty())
        co_return;
    std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);
    seen.wildcard_name = name;
    DnsAnswer shared = answers.front();
    keep(seen, std::move(answers));
    const bool answered = shared.status == resolvers::DnsStatus::noerror ||
                          shared.status == resolvers::DnsStatus::nodata ||
                          shared.status == resolvers::DnsStatus::nxdomain;
    if (!answered)
        co_return;
    shared.attempts = 0;
    if (world.wildcards.size() >= World::max_wildcards)
        world.wildcards.clear();
    world.wildcards.emplace(zone, std::move(shared));
}

asio::awaitable<void> ask_name_servers(Observation& seen, World& world, Budget& budget)
{
    std::set<std::string> servers;
    for (const DnsAnswer& answer : seen.dns)
        if (answer.type == "NS")
            for (const DnsRecord* record : resolvers::dnswire::own_records(answer))
                if (servers.size() < name_servers_asked)
                    servers.insert(record->data);
    std::vector<Question> questions;
    for (const std::string& server : servers)
        add_questions(questions, server, both_families, budget, seen.dns);
    std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);
    keep(seen, std::move(answers));
}

// The names behind the addresses, and whether those lead back: anybody can write any name there.
asio::awaitable<void> ask_reverse(Observation& seen, World& world, Budget& budget)
{
    const std::vector<std::string> ptr = {"PTR"};
    std::vector<IpAddress> addresses;
    std::vector<Question> questions;
    for (const SeenAddress& address : seen.addresses) {
        const bool wanted = !address.not_probed || address.not_probed == NotProbed::no_http;
        if (!wanted || addresses.size() >= reverse_names_asked ||
            resolvers::special_purpose(address.address))
            continue;
        const std::size_t before = questions.size();
        add_questions(questions, reverse_name(address.address), ptr, budget, seen.dns);
        if (questions.size() > before)
            addresses.push_back(address.address);
    }
    std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);

    std::vector<Question> back;
    std::set<std::pair<std::string, bool>> asked;
    for (std::size_t i = 0; i < answers.size() && i < addresses.size(); ++i)
        for (const DnsRecord* record : resolvers::dnswire::led_records(answers[i])) {
            if (!asked.emplace(record->data, addresses[i].is_v6()).second)
                continue;
            const std::vector<std::string> family = {addresses[i].is_v6() ? "AAAA" : "A"};
            add_questions(back, record->data, family, budget, seen.dns);
            break;  // one name for each address tells enough
        }
    keep(seen, std::move(answers));
    std::vector<DnsAnswer> confirmations = co_await ask(std::move(back), world, budget);
    keep(seen, std::move(confirmations));
}

// Of TXT only the mail senders are of use; the rest is other services' tokens.
void keep_only_spf(std::vector<DnsAnswer>& answers)
{
    for (DnsAnswer& answer : answers)
        std::erase_if(answer.records, [](const DnsRecord& record) {
            return record.type == "TXT" && !record.data.starts_with("\"v=spf1 ") &&
                   record.data != "\"v=spf1\"";
        });
}

}  // namespace

std::span<const std::string_view> profile_names()
{
    return names;
}

std::optional<Plan> plan_named(std::string_view profile)
{
    Plan plan;
    if (profile == "standard")
        return plan;
    plan.profile = profile;
    if (profile == "quick") {
        plan.host_types = both_families;
        plan.zone_types = {};
        plan.public_name = false;
        plan.edge_answer = false;
        return plan;
    }
    if (profile != "deep")
        return std::nullopt;
    plan.zone_types = {"NS", "SOA", "MX", "TXT", "CAA"};
    plan.name_server_addresses = true;
    plan.reverse_names = true;
    plan.wildcard = true;
    plan.dns_budget = 24;
    return plan;
}

asio::awaitable<void> follow_service_alias(Observation& seen, World& world, Budget& budget)
{
    const std::string target = service_alias_of(seen);
    if (target.empty())
        co_return;
    const std::vector<std::string> types = {"A", "AAAA", "HTTPS"};
    std::vector<Question> questions;
    add_questions(questions, target, types, budget, seen.dns);
    std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);
    Walk walk = walk_chain(target, answers);
    keep(seen, std::move(answers));
    if (!seen.addresses.empty() || seen.chain_end != ChainEnd::nodata)
        co_return;
    std::move(walk.chain.begin(), walk.chain.end(), std::back_inserter(seen.chain));
    seen.chain_end = walk.end == ChainEnd::nxdomain ? ChainEnd::dangling : walk.end;
    for (const IpAddress& address : walk.addresses)
        seen.addresses.push_back(seen_address(address, world));
}

asio::awaitable<void> look_deeper(Observation& seen, World& world, const Plan& plan, Budget& budget)
{
    const Subject& subject = seen.subject;
    if (!subject.is_address) {
        if (plan.www && subject.host == subject.registrable_domain) {
            std::vector<Question> questions;
            add_questions(questions, "www." + subject.host, both_families, budget, seen.dns);
            std::vector<DnsAnswer> answers = co_await ask(std::move(questions), world, budget);
            keep(seen, std::move(answers));
        }
        if (plan.wildcard)
            co_await ask_wildcard(seen, world, budget);
        if (plan.name_server_addresses)
            co_await ask_name_servers(seen, world, budget);
    }
    if (plan.reverse_names)
        co_await ask_reverse(seen, world, budget);
    keep_only_spf(seen.dns);
}

}  // namespace scanner::observe
