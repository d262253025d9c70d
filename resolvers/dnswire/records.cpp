#include "resolvers/dnswire/records.h"

#include <algorithm>

namespace resolvers::dnswire {
namespace {

bool is_among(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

// The targets of a name's aliases, in the order of the answers.
template <typename Take>
void each_alias(const std::string& name, std::span<const DnsAnswer> answers, CountsAsAlias counts,
                Take&& take)
{
    for (const DnsAnswer& answer : answers)
        if (tells_aliases(answer))
            for (const DnsRecord& record : answer.records)
                if (record.name == name && counts(answer, record))
                    take(record.data);
}

std::vector<const DnsRecord*> records_of(const DnsAnswer& answer, const std::string& owner)
{
    std::vector<const DnsRecord*> found;
    if (answer.status != DnsStatus::noerror)
        return found;
    for (const DnsRecord& record : answer.records)
        if (record.type == answer.type && record.name == owner)
            found.push_back(&record);
    return found;
}

}  // namespace

bool tells_aliases(const DnsAnswer& answer)
{
    return answer.status == DnsStatus::noerror || answer.status == DnsStatus::nodata ||
           answer.status == DnsStatus::nxdomain;
}

bool is_cname(const DnsAnswer&, const DnsRecord& record)
{
    return record.type == "CNAME";
}

AliasWalk follow_aliases(const std::string& name, std::span<const DnsAnswer> answers,
                         CountsAsAlias counts)
{
    AliasWalk walk;
    walk.names.push_back(name);
    const auto add_branch = [&walk](const std::string& target) {
        if (walk.branches.size() < most_aliases && !is_among(walk.names, target) &&
            !is_among(walk.branches, target))
            walk.branches.push_back(target);
    };
    for (;;) {
        const std::string* next = nullptr;
        each_alias(walk.names.back(), answers, counts, [&](const std::string& target) {
            if (next == nullptr)
                next = &target;
            else if (target != *next)
                add_branch(target);
        });
        if (next == nullptr)
            break;
        if (is_among(walk.names, *next)) {
            walk.end = AliasEnd::loop;
            walk.repeated = *next;
            break;
        }
        if (walk.names.size() > most_aliases) {
            walk.end = AliasEnd::limit;
            break;
        }
        std::erase(walk.branches, *next);
        walk.names.push_back(*next);
    }
    for (std::size_t i = 0; i < walk.branches.size(); ++i) {
        const std::string branch = walk.branches[i];
        each_alias(branch, answers, counts, [&](const std::string& target) { add_branch(target); });
    }
    return walk;
}

std::vector<std::string> aliases_in(const DnsAnswer& answer)
{
    return follow_aliases(answer.name, {&answer, 1}).names;
}

std::vector<const DnsRecord*> own_records(const DnsAnswer& answer)
{
    return records_of(answer, answer.name);
}

std::vector<const DnsRecord*> led_records(const DnsAnswer& answer)
{
    return records_of(answer, aliases_in(answer).back());
}

}  // namespace resolvers::dnswire
