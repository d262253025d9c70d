// A world of literals for the tests of observe: what is not in it does not exist.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/observe/observe.h"
#include "tests/observe/fake_policy.h"
#include "tests/observe/fake_surroundings.h"

namespace fake {

namespace asio = boost::asio;
using namespace resolvers;

class Dns : public DnsResolver {
public:
    std::map<std::pair<std::string, std::string>, std::vector<DnsRecord>> records;
    /// Names under these do not exist.
    std::vector<std::string> missing;
    /// What becomes of every question, if set, and why.
    std::optional<DnsStatus> failing;
    std::vector<ExtendedError> errors;
    /// "name type", in the order asked.
    std::vector<std::string> asked;

    asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions, Deadline) override
    {
        std::vector<DnsAnswer> answers;
        for (const Question& question : questions) {
            asked.push_back(question.name.text() + " " + question.type);
            DnsAnswer& answer = answers.emplace_back();
            answer.name = question.name.text();
            answer.type = question.type;
            answer.attempts = 1;
            const auto found = records.find({answer.name, answer.type});
            answer.status = found == records.end() ? DnsStatus::nodata : DnsStatus::noerror;
            if (found != records.end())
                answer.records = found->second;
            answer.errors = errors;
            if (failing)
                answer.status = *failing;
            for (const std::string& name : missing)
                if (is_under(answer.name, name))
                    answer.status = DnsStatus::nxdomain;
        }
        co_return answers;
    }

    void add(const std::string& name, const std::string& type, const std::string& data)
    {
        records[{name, type}].push_back({name, type, 60, data, {}});
    }

    void https(const std::string& name, ServiceBinding service)
    {
        records[{name, "HTTPS"}].push_back({name, "HTTPS", 60, "", std::move(service)});
    }

    bool was_asked(const std::string& what) const
    {
        return std::find(asked.begin(), asked.end(), what) != asked.end();
    }
};

class Http : public HttpProber {
public:
    /// What answers where; absent: connection refused.
    std::map<std::string, unsigned> status_by_host;
    /// Does nobody answer TLS?
    bool only_plain = false;
    /// Sent with every answer unless empty.
    std::string location;
    std::vector<ProbeRequest> requests;

    asio::awaitable<Probe> probe(ProbeRequest request, Deadline) override
    {
        requests.push_back(request);
        Probe probe;
        probe.scheme = request.scheme;
        probe.address = request.address;
        probe.port = request.port;
        probe.host = request.host;
        probe.purpose = request.purpose;
        const auto found = status_by_host.find(request.host);
        if (found == status_by_host.end() || (only_plain && request.scheme == "https")) {
            probe.tcp.status = StepStatus::refused;
            co_return probe;
        }
        probe.tcp.status = probe.tls.status = StepStatus::ok;
        if (request.handshake_only)
            co_return probe;
        probe.http.status = StepStatus::ok;
        probe.http_facts.emplace();
        probe.http_facts->url = request.scheme + "://" + request.host + request.target;
        probe.http_facts->status = found->second;
        if (!location.empty())
            probe.http_facts->headers.emplace_back("location", location);
        co_return probe;
    }
};

struct Scene {
    Dns dns;
    Http http;
    Policy policy;
    Refusals refusals;
    Suffixes suffixes;
    Health health;
    Clock clock;
    scanner::observe::Plan plan;
    scanner::observe::World world;

    Scene()
    {
        world.dns = &dns;
        world.http = &http;
        world.policy = &policy;
        world.refusals = &refusals;
        world.suffixes = &suffixes;
        world.health = &health;
        world.clock = &clock;
    }

    scanner::Observation look(const std::string& host)
    {
        scanner::Subject subject;
        subject.line = 1;
        subject.text = subject.host = host;
        subject.is_address = IpAddress::parse(host).has_value();
        if (!subject.is_address)
            subject.registrable_domain = suffixes.registrable_domain(host);
        asio::io_context io(1);
        scanner::Observation seen;
        bool done = false;
        asio::co_spawn(io, scanner::observe::observe(subject, world, plan),
                       [&](std::exception_ptr error, scanner::Observation got) {
                           done = !error;
                           seen = std::move(got);
                       });
        io.run();
        REQUIRE(done);
        return seen;
    }
};

inline const DnsAnswer* answer_in(const std::vector<DnsAnswer>& answers, const std::string& name,
                                  const std::string& type)
{
    for (const DnsAnswer& answer : answers)
        if (answer.name == name && answer.type == type)
            return &answer;
    return nullptr;
}

}  // namespace fake
