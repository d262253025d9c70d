#include "scanner/observe/canary.h"

#include <algorithm>
#include <random>

#include "resolvers/dnswire/records.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::Deadline;
using resolvers::DnsAnswer;
using resolvers::DnsStatus;
using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::Question;

namespace {

void add_question(std::vector<Question>& questions, const std::string& name)
{
    if (const std::optional<DomainName> parsed = DomainName::parse(name))
        questions.push_back({*parsed, "A"});
}

std::vector<IpAddress> addresses_in(const DnsAnswer& answer)
{
    std::vector<IpAddress> found;
    for (const resolvers::DnsRecord* record : resolvers::dnswire::led_records(answer))
        if (const auto address = IpAddress::parse(record->data))
            found.push_back(*address);
    return found;
}

bool is_answer(const DnsAnswer& answer)
{
    return answer.status == DnsStatus::noerror || answer.status == DnsStatus::nodata ||
           answer.status == DnsStatus::nxdomain;
}

// Any of the right ones will do; none at all may be a network cut off from the Internet.
bool is_wrong(const std::vector<IpAddress>& answered, const std::vector<IpAddress>& right)
{
    return !answered.empty() &&
           std::none_of(answered.begin(), answered.end(), [&](const IpAddress& address) {
               return std::find(right.begin(), right.end(), address) != right.end();
           });
}

}  // namespace

std::string random_label()
{
    static thread_local std::mt19937_64 random{std::random_device{}()};
    static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    std::string label;
    for (int i = 0; i < 16; ++i)
        label += letters[random() % letters.size()];
    return label;
}

asio::awaitable<CanaryReport> check_resolver(resolvers::DnsResolver& dns, const Canaries& canaries,
                                             Deadline deadline)
{
    std::vector<Question> questions;
    for (std::string name : canaries.nonexistent) {
        if (const std::size_t mark = name.find(random_label_mark); mark != std::string::npos)
            name.replace(mark, std::string_view(random_label_mark).size(), random_label());
        add_question(questions, name);
    }
    for (const Canaries::Known& known : canaries.known)
        add_question(questions, known.name);
    for (const std::string& name : canaries.bogus)
        add_question(questions, name);
    for (const std::string& name : canaries.policy)
        add_question(questions, name);
    const std::vector<DnsAnswer> answers = co_await dns.ask(std::move(questions), deadline);

    CanaryReport report;
    std::size_t next = 0;
    const auto take = [&]() -> const DnsAnswer& {
        const DnsAnswer& answer = answers[next++];
        report.answered = report.answered || is_answer(answer);
        return answer;
    };
    bool wrong = false;
    for (std::size_t i = 0; i < canaries.nonexistent.size(); ++i)
        for (const IpAddress& address : addresses_in(take()))
            report.health.nxdomain_addresses.push_back(address);
    for (const Canaries::Known& known : canaries.known)
        wrong = is_wrong(addresses_in(take()), known.addresses) || wrong;
    for (std::size_t i = 0; i < canaries.bogus.size(); ++i) {
        const DnsAnswer& answer = take();
        if (answer.status == DnsStatus::servfail)
            report.validates = report.validates.value_or(true);
        else if (answer.status == DnsStatus::noerror)
            report.validates = false;
    }
    for (std::size_t i = 0; i < canaries.policy.size(); ++i) {
        const DnsStatus status = take().status;
        report.declares_filtering = report.declares_filtering || status == DnsStatus::nxdomain ||
                                    status == DnsStatus::nodata;
    }

    std::vector<IpAddress>& made_up = report.health.nxdomain_addresses;
    std::sort(made_up.begin(), made_up.end());
    made_up.erase(std::unique(made_up.begin(), made_up.end()), made_up.end());
    if (!made_up.empty())
        report.health.signs.emplace_back("rewrites_nxdomain");
    if (wrong)
        report.health.signs.emplace_back("wrong_known_answer");
    co_return report;
}

}  // namespace scanner::observe
