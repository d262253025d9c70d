// servedby data update asn: puts another database of origin ASes in place, once it has shown that
// it is one, and that it knows about as much as the one before.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "resolvers/asn/maxmind.h"
#include "scanner/cli/commands/data_update.h"
#include "scanner/cli/wiring/atomic_file.h"

namespace scanner::cli {

using resolvers::Failure;
using resolvers::IpAddress;
using resolvers::Outcome;
using resolvers::asn::MaxmindOrigins;

namespace {

constexpr double least_share = 0.70;

// Resolvers that everybody knows, and every address that the catalogue gives as an example.
std::set<IpAddress> known_addresses(const KnowledgeFlags& knowledge)
{
    std::set<IpAddress> addresses;
    for (const char* text : {"1.1.1.1", "8.8.8.8", "9.9.9.9", "193.0.14.129"})
        addresses.insert(*IpAddress::parse(text));
    if (const auto catalogue = load_catalogue(knowledge))
        for (const catalogue::Rule* rule : catalogue->rules())
            if (rule->kind == catalogue::RuleKind::range)
                if (const auto address = IpAddress::parse(rule->example))
                    addresses.insert(*address);
    return addresses;
}

std::size_t found_in(const MaxmindOrigins& origins, const std::set<IpAddress>& addresses)
{
    std::size_t found = 0;
    for (const IpAddress& address : addresses)
        found += origins.find(address) ? 1 : 0;
    return found;
}

bool too_few(std::size_t before, std::size_t after)
{
    return static_cast<double>(after) < static_cast<double>(before) * least_share;
}

// Why the new database is not to be believed; empty if it is.
std::string doubts(const MaxmindOrigins& fresh, const MaxmindOrigins* old,
                   const KnowledgeFlags& knowledge, bool accept_shrink)
{
    const std::set<IpAddress> addresses = known_addresses(knowledge);
    const std::size_t found = found_in(fresh, addresses);
    if (found == 0)
        return "it knows none of " + std::to_string(addresses.size()) +
               " well-known addresses; is it a database of the whole Internet?";
    if (old == nullptr || accept_shrink)
        return "";
    const std::size_t found_before = found_in(*old, addresses);
    if (too_few(found_before, found))
        return "it knows " + std::to_string(found) + " of " + std::to_string(addresses.size()) +
               " well-known addresses, the old one " + std::to_string(found_before) +
               "; if that is right, say --accept-shrink asn";
    if (too_few(old->node_count(), fresh.node_count()))
        return "it has " + std::to_string(fresh.node_count()) + " nodes, the old one " +
               std::to_string(old->node_count()) + "; if that is right, say --accept-shrink asn";
    return "";
}

Outcome<std::string> fetched(const SourceFlags& flags)
{
    if (flags.from.find("://") == std::string::npos)
        return read_whole_file(flags.from);
    SourceFlags by_hand = flags;
    by_hand.from =
        flags.from.substr(0, flags.from.find("://") + 3) + catalogue::host_of_url(flags.from);
    auto source = make_source(by_hand);
    if (!source)
        return source.error();
    return (*source)->get(flags.from);
}

}  // namespace

ExitCode update_asn(const UpdateFlags& flags)
{
    if (flags.source.from.empty())
        return fail("data update asn needs --from: a MaxMind DB file of origin ASes, or its URL");
    const std::string dir = data_dir_of(flags.knowledge);
    const std::string target_dir = flags.to.empty() ? dir : flags.to;
    std::error_code error;
    if (!std::filesystem::is_directory(target_dir, error) || !is_writable_folder(target_dir))
        return fail(target_dir + " is no folder that can be written to; name another with --to");

    const auto bytes = fetched(flags.source);
    if (!bytes) {
        tell_kept("asn", bytes.error().detail);
        return ExitCode::found;
    }
    // The library opens files alone, so the new one is tried where it will stand.
    const std::string trial = target_dir + "/.asn.mmdb.new";
    if (const auto failure = replace_file(trial, *bytes))
        return fail(failure->detail);
    const auto done = [&trial](ExitCode code) {
        ::unlink(trial.c_str());
        return code;
    };
    const auto fresh = MaxmindOrigins::open(trial);
    if (!fresh) {
        tell_kept("asn", flags.source.from + ": " + fresh.error().detail);
        return done(ExitCode::found);
    }
    const std::string old_path = dir + "/asn.mmdb";
    std::unique_ptr<MaxmindOrigins> old;
    if (auto opened = MaxmindOrigins::open(old_path))
        old = std::move(*opened);
    const bool accept = std::ranges::find(flags.accept_shrink, "asn") != flags.accept_shrink.end();
    if (const std::string why = doubts(**fresh, old.get(), flags.knowledge, accept); !why.empty()) {
        tell_kept("asn", why);
        return done(ExitCode::found);
    }
    std::cout << "asn: " << (*fresh)->database_type() << " of " << (*fresh)->date() << ", "
              << (*fresh)->node_count() << " nodes";
    if (old)
        std::cout << " (was of " << old->date() << ", " << old->node_count() << " nodes)";
    std::cout << '\n';
    if (flags.dry_run)
        return done(ExitCode::ok);
    if (::rename(trial.c_str(), (target_dir + "/asn.mmdb").c_str()) != 0)
        return done(fail(target_dir + "/asn.mmdb could not be put in place"));
    return ExitCode::ok;
}

}  // namespace scanner::cli
