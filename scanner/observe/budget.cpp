#include "scanner/observe/budget.h"

#include <algorithm>
#include <iterator>

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::DnsAnswer;
using resolvers::DomainName;
using resolvers::Question;

void add_questions(std::vector<Question>& questions, const std::string& name,
                   const std::vector<std::string>& types, Budget& budget)
{
    std::vector<DnsAnswer> unwanted;
    add_questions(questions, name, types, budget, unwanted);
}

void add_questions(std::vector<Question>& questions, const std::string& name,
                   const std::vector<std::string>& types, Budget& budget,
                   std::vector<DnsAnswer>& skipped)
{
    const std::optional<DomainName> checked = DomainName::parse(name);
    if (!checked)
        return;
    for (const std::string& type : types) {
        if (budget.dns == 0) {
            DnsAnswer& answer = skipped.emplace_back();
            answer.name = checked->text();
            answer.type = type;
            answer.detail = "budget";
            continue;
        }
        --budget.dns;
        questions.push_back({*checked, type});
    }
}

namespace {

void charge_retries(const std::vector<DnsAnswer>& answers, Budget& budget)
{
    resolvers::Milliseconds waited{0};
    for (const DnsAnswer& answer : answers) {
        if (answer.attempts > 1)
            budget.dns -= std::min(budget.dns, answer.attempts - 1);
        waited = std::max(waited, answer.waited);
    }
    budget.deadline += waited;
}

}  // namespace

asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, World& world,
                                            Budget& budget)
{
    std::vector<DnsAnswer> answers;
    if (questions.empty())
        co_return answers;
    answers = co_await world.dns->ask(std::move(questions), budget.deadline);
    charge_retries(answers, budget);
    co_return answers;
}

asio::awaitable<resolvers::Probe> send(resolvers::ProbeRequest request, World& world,
                                       Budget& budget)
{
    --budget.requests;
    resolvers::Probe probe = co_await world.http->probe(std::move(request), budget.deadline);
    budget.deadline += probe.waited;
    co_return probe;
}

void keep(Observation& seen, std::vector<DnsAnswer> answers)
{
    std::move(answers.begin(), answers.end(), std::back_inserter(seen.dns));
}

}  // namespace scanner::observe
