#include "resolvers/dnswire/records.h"

#include <algorithm>

namespace resolvers {
namespace {

constexpr std::size_t most_aliases = 16;

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

std::vector<std::string> aliases_in(const DnsAnswer& answer)
{
    std::vector<std::string> names = {answer.name};
    while (tells_aliases(answer) && names.size() <= most_aliases) {
        const auto alias = std::find_if(
            answer.records.begin(), answer.records.end(), [&names](const DnsRecord& record) {
                return record.type == "CNAME" && record.name == names.back();
            });
        if (alias == answer.records.end() ||
            std::find(names.begin(), names.end(), alias->data) != names.end())
            break;
        names.push_back(alias->data);
    }
    return names;
}

std::vector<const DnsRecord*> own_records(const DnsAnswer& answer)
{
    return records_of(answer, answer.name);
}

std::vector<const DnsRecord*> led_records(const DnsAnswer& answer)
{
    return records_of(answer, aliases_in(answer).back());
}

}  // namespace resolvers
