// servedby rdap: what registries say of names and addresses, and nothing else looked at.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <memory>

#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/live.h"
#include "scanner/input/public_suffix.h"
#include "scanner/input/subject_text.h"
#include "scanner/model/json.h"

namespace scanner::cli {

namespace {

namespace asio = boost::asio;
using resolvers::RegistryFacts;
using resolvers::RegistryQuestion;

struct Flags {
    std::vector<std::string> queries;
    LiveFlags live;
    KnowledgeFlags knowledge;
};

// Absent if the text is neither a name that can be registered nor an address.
std::optional<RegistryQuestion> question_of(const std::string& query)
{
    const Subject subject = input::read_subject(query, 1);
    RegistryQuestion question;
    if (subject.is_address)
        if (const auto address = resolvers::IpAddress::parse(subject.host)) {
            question.addresses.push_back(*address);
            return question;
        }
    question.domain = resolvers::DomainName::parse(input::registered_domain(subject.host));
    if (!question.domain)
        return std::nullopt;
    return question;
}

RegistryFacts look_up(resolvers::Registry& registry, RegistryQuestion question,
                      std::chrono::milliseconds time, asio::io_context& io)
{
    RegistryFacts facts;
    const resolvers::Deadline deadline = std::chrono::steady_clock::now() + time;
    std::vector<std::string> asked = {question.domain ? "domain" : "network"};
    asio::co_spawn(io, registry.look_up(std::move(question), deadline),
                   [&](std::exception_ptr failed, RegistryFacts got) {
                       if (failed)
                           std::rethrow_exception(failed);
                       facts = std::move(got);
                       io.stop();
                   });
    io.restart();
    io.run();
    facts.asked = std::move(asked);
    return facts;
}

ExitCode run_rdap(const Flags& flags)
{
    const auto catalogue = load_catalogue(flags.knowledge);
    if (!catalogue)
        return fail(catalogue.error().detail);
    auto live = make_live(flags.live, flags.knowledge, *catalogue);
    if (!live)
        return fail(live.error().detail);
    asio::io_context io(1);
    const pipeline::ShardResolvers made = live->parts.make_resolvers(io);
    bool complete = true;
    for (const std::string& query : flags.queries) {
        const std::optional<RegistryQuestion> question = question_of(query);
        if (!question)
            return fail(query + ": neither a name below a public suffix nor an address");
        const RegistryFacts facts =
            look_up(*made.registry, *question, live->options.plan.deadline, io);
        std::string line;
        write_registry(line, facts);
        std::cout << line << '\n' << std::flush;
        complete = complete && facts.gaps.empty();
    }
    return complete ? ExitCode::ok : ExitCode::found;
}

}  // namespace

CommandRun rdap_command(OptionTable& table)
{
    const auto flags = std::make_shared<Flags>();
    table.add({.names = "queries",
               .target = &flags->queries,
               .summary = "Names, URLs or addresses",
               .value = "NAME|ADDRESS",
               .required = true});
    table.add({.names = "--resolvers",
               .target = &flags->live.resolvers,
               .summary = "Resolvers for the registries' own names, comma separated",
               .one_value = true,
               .delimiter = ','});
    table.add({.names = "--timeout",
               .target = &flags->live.timeout,
               .summary = "For each connection",
               .shows_default = true});
    table.add({.names = "--deadline",
               .target = &flags->live.deadline,
               .summary = "For each query",
               .shows_default = true});
    table.add({.names = "--contact",
               .target = &flags->live.contact,
               .summary = "Mail address or URL of yours"});
    table.add({.names = "--ca-file",
               .target = &flags->live.ca_file,
               .summary = "Trust these certificates (PEM) as well",
               .value = "FILE"});
    add_rdap_cache_flags(table, flags->live.rdap);
    add_catalogue_flags(table, flags->knowledge);
    table.epilogue("  servedby rdap example.com 192.0.2.1");
    flags->live.rdap.ask = "all";
    flags->live.threads = 1;
    flags->live.no_http = true;
    return [flags] { return run_rdap(*flags); };
}

}  // namespace scanner::cli
