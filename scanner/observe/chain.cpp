#include "scanner/observe/chain.h"

#include <algorithm>
#include <utility>

#include "resolvers/dnswire/records.h"

namespace scanner::observe {

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::DnsStatus;

bool is_address_question(const DnsAnswer& answer)
{
    return answer.type == "A" || answer.type == "AAAA";
}

// Of the answers about addresses alone: others may have been given by other servers.
bool leads_to_addresses(const DnsAnswer& answer, const DnsRecord& record)
{
    return is_address_question(answer) && resolvers::dnswire::is_cname(answer, record);
}

// How the questions that led to the last name ended, when no address came of them.
ChainEnd end_without_address(const Walk& walk, const std::vector<DnsAnswer>& answers)
{
    bool nodata = false;
    bool failed = false;
    for (const DnsAnswer& answer : answers) {
        if (!is_address_question(answer))
            continue;
        const bool on_the_way =
            std::find(walk.chain.begin(), walk.chain.end(), answer.name) != walk.chain.end();
        if (!on_the_way)
            continue;
        if (answer.status == DnsStatus::nxdomain)
            return walk.chain.size() > 1 ? ChainEnd::dangling : ChainEnd::nxdomain;
        nodata = nodata || answer.status == DnsStatus::nodata;
        failed =
            failed || (answer.status != DnsStatus::nodata && answer.status != DnsStatus::noerror);
    }
    if (failed)
        return ChainEnd::failed;
    return nodata || walk.chain.size() > 1 ? ChainEnd::nodata : ChainEnd::failed;
}

}  // namespace

Walk walk_chain(const std::string& host, const std::vector<DnsAnswer>& answers)
{
    Walk walk;
    resolvers::dnswire::AliasWalk aliases =
        resolvers::dnswire::follow_aliases(host, answers, leads_to_addresses);
    walk.chain = std::move(aliases.names);
    if (aliases.end == resolvers::dnswire::AliasEnd::loop) {
        walk.chain.push_back(std::move(aliases.repeated));
        walk.end = ChainEnd::loop;
        return walk;
    }
    if (aliases.end == resolvers::dnswire::AliasEnd::limit) {
        walk.end = ChainEnd::too_long;
        return walk;
    }

    const std::string& last = walk.chain.back();
    for (const DnsAnswer& answer : answers) {
        if (!is_address_question(answer) || answer.status != DnsStatus::noerror)
            continue;
        for (const DnsRecord& record : answer.records)
            if (record.name == last && record.type == answer.type)
                if (const auto address = resolvers::IpAddress::parse(record.data))
                    walk.addresses.push_back(*address);
    }
    std::sort(walk.addresses.begin(), walk.addresses.end());
    walk.addresses.erase(std::unique(walk.addresses.begin(), walk.addresses.end()),
                         walk.addresses.end());
    if (!walk.addresses.empty()) {
        walk.end = ChainEnd::address;
        return walk;
    }

    // A resolver may stop at an alias without saying what became of its target.
    const bool asked = std::any_of(answers.begin(), answers.end(), [&](const DnsAnswer& answer) {
        return is_address_question(answer) && answer.name == last;
    });
    const bool half_way = std::any_of(answers.begin(), answers.end(), [](const DnsAnswer& answer) {
        return is_address_question(answer) && answer.status == DnsStatus::noerror;
    });
    walk.end = end_without_address(walk, answers);
    if (!asked && half_way && walk.chain.size() > 1 && walk.end != ChainEnd::dangling)
        walk.unanswered = last;
    return walk;
}

}  // namespace scanner::observe
