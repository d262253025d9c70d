#include "scanner/observe/authority.h"

#include <algorithm>
#include <iterator>

#include "resolvers/dnswire/records.h"
#include "scanner/observe/budget.h"
#include "scanner/observe/targets.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::Deadline;
using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::DnsStatus;
using resolvers::IpAddress;
using resolvers::Question;

namespace {

constexpr std::size_t servers_asked = 2;
// NS, addresses of two servers, A and AAAA.
constexpr unsigned question_budget = 5;

struct Said {
    bool public_address = false;
    bool address = false;
    bool denied = false;
    bool made_to = false;
};

Said said_in(const std::vector<DnsAnswer>& answers, const std::string& host)
{
    Said said;
    std::size_t asked = 0;
    std::size_t denials = 0;
    for (const DnsAnswer& answer : answers) {
        if (answer.name != host || (answer.type != "A" && answer.type != "AAAA"))
            continue;
        ++asked;
        denials +=
            answer.status == DnsStatus::nxdomain || answer.status == DnsStatus::nodata ? 1 : 0;
        for (const DnsRecord* record : resolvers::dnswire::led_records(answer))
            if (const auto address = IpAddress::parse(record->data)) {
                said.address = true;
                said.public_address = said.public_address || !resolvers::special_purpose(*address);
            }
        for (const resolvers::ExtendedError& error : answer.errors)
            said.made_to =
                said.made_to || error.code == 4 || (error.code >= 15 && error.code <= 17);
    }
    said.denied = asked > 0 && denials == asked;
    return said;
}

// An alias's target has servers of its own, which know nothing of the zone.
std::vector<std::string> name_servers_in(const std::vector<DnsAnswer>& answers,
                                         const std::string& zone)
{
    std::vector<std::string> servers;
    for (const DnsAnswer& answer : answers)
        if (answer.type == "NS" && answer.name == zone)
            for (const DnsRecord* record : resolvers::dnswire::own_records(answer))
                servers.push_back(record->data);
    std::sort(servers.begin(), servers.end());
    servers.erase(std::unique(servers.begin(), servers.end()), servers.end());
    if (servers.size() > servers_asked)
        servers.resize(servers_asked);
    return servers;
}

std::vector<IpAddress> addresses_in(const std::vector<DnsAnswer>& answers, const World& world,
                                    const Plan& plan)
{
    std::vector<IpAddress> found;
    for (const DnsAnswer& answer : answers)
        for (const DnsRecord* record : resolvers::dnswire::led_records(answer))
            if (const auto address = IpAddress::parse(record->data))
                if (!refusal_of(*address, world, plan))
                    found.push_back(*address);
    return found;
}

}  // namespace

bool views_disagree(const Observation& seen)
{
    const std::string& host = seen.subject.host;
    const Said reference = said_in(seen.dns, host);
    if (reference.made_to)
        return true;
    return std::any_of(seen.views.begin(), seen.views.end(), [&](const View& view) {
        if (!view.signs.empty())
            return true;
        const Said said = said_in(view.answers, host);
        return said.made_to || (said.denied && reference.address) ||
               (reference.denied && said.address) ||
               (said.address && reference.address &&
                said.public_address != reference.public_address);
    });
}

asio::awaitable<void> ask_authority(Observation& seen, World& world, const Plan& plan,
                                    Deadline deadline)
{
    const std::string& zone = seen.subject.registrable_domain;
    const bool wanted = plan.authority == AuthorityPlan::always ||
                        (plan.authority == AuthorityPlan::automatic && views_disagree(seen));
    if (!wanted || zone.empty() || !world.ask_servers)
        co_return;
    Budget budget{.dns = question_budget, .requests = 0, .deadline = deadline};
    std::vector<std::string> servers = name_servers_in(seen.dns, zone);
    if (servers.empty()) {
        std::vector<Question> questions;
        const std::vector<std::string> types = {"NS"};
        add_questions(questions, zone, types, budget);
        std::vector<DnsAnswer> answers = co_await world.dns->ask(std::move(questions), deadline);
        servers = name_servers_in(answers, zone);
        keep(seen, std::move(answers));
    }
    std::vector<Question> questions;
    const std::vector<std::string> addresses_type = {"A"};
    for (const std::string& server : servers)
        add_questions(questions, server, addresses_type, budget);
    if (questions.empty())
        co_return;
    std::vector<DnsAnswer> answers = co_await world.dns->ask(std::move(questions), deadline);
    const std::vector<IpAddress> addresses = addresses_in(answers, world, plan);
    keep(seen, std::move(answers));
    if (addresses.empty())
        co_return;

    const std::unique_ptr<resolvers::DnsResolver> direct = world.ask_servers(addresses);
    if (direct == nullptr)
        co_return;
    std::vector<Question> asked;
    const std::vector<std::string> families = {"A", "AAAA"};
    add_questions(asked, seen.subject.host, families, budget);
    View view;
    view.name = "authority";
    for (const IpAddress& address : addresses)
        view.resolver += (view.resolver.empty() ? "" : ",") + address.text() + ":53";
    view.answers = co_await direct->ask(std::move(asked), deadline);
    seen.views.push_back(std::move(view));
}

}  // namespace scanner::observe
