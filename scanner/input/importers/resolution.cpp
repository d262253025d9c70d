#include "scanner/input/importers/resolution.h"

#include <algorithm>
#include <utility>

#include "resolvers/dnswire/records.h"
#include "scanner/input/importers/dns_record_text.h"

namespace scanner::input {

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::DnsStatus;
using resolvers::IpAddress;

bool asks_addresses(const DnsAnswer& answer)
{
    return answer.type == "A" || answer.type == "AAAA";
}

bool is_answer(DnsStatus status)
{
    return status == DnsStatus::noerror || status == DnsStatus::nodata ||
           status == DnsStatus::nxdomain;
}

// Zones of some providers have ALIAS records, which their servers follow themselves.
bool is_alias(const DnsAnswer&, const DnsRecord& record)
{
    return record.type == "CNAME" || record.type == "ALIAS";
}

void add_address(Observation& seen, const IpAddress& address)
{
    const auto same = [&address](const SeenAddress& known) { return known.address == address; };
    if (std::none_of(seen.addresses.begin(), seen.addresses.end(), same))
        seen.addresses.push_back({address, std::nullopt, NotProbed::imported});
}

void collect_addresses(Observation& seen, std::string_view owner)
{
    for (const DnsAnswer& answer : seen.dns) {
        if (answer.status != DnsStatus::noerror)
            continue;
        for (const DnsRecord& record : answer.records) {
            if ((record.type != "A" && record.type != "AAAA") || record.name != owner)
                continue;
            if (const std::optional<IpAddress> address = IpAddress::parse(record.data))
                add_address(seen, *address);
        }
    }
}

// What the address questions about the chain's names say of its end, when there is no address.
ChainEnd end_without_address(const Observation& seen)
{
    bool a = false;
    bool aaaa = false;
    bool failed = false;
    for (const DnsAnswer& answer : seen.dns) {
        const bool about_us =
            std::find(seen.chain.begin(), seen.chain.end(), answer.name) != seen.chain.end();
        if (!about_us)
            continue;
        if (answer.status == DnsStatus::nxdomain)
            return seen.chain.size() > 1 ? ChainEnd::dangling : ChainEnd::nxdomain;
        if (!asks_addresses(answer))
            continue;
        failed = failed || !is_answer(answer.status);
        a = a || (answer.type == "A" && is_answer(answer.status));
        aaaa = aaaa || (answer.type == "AAAA" && is_answer(answer.status));
    }
    if (failed)
        return ChainEnd::failed;
    // One family alone does not prove that there is no address.
    return a && aaaa ? ChainEnd::nodata : ChainEnd::not_observed;
}

}  // namespace

void settle_status(DnsAnswer& answer)
{
    if (answer.status != DnsStatus::noerror)
        return;
    const auto answers = [&answer](const DnsRecord& r) {
        return r.type == answer.type || r.type == "CNAME" || r.type == "ALIAS" ||
               answer.type == "ANY";
    };
    const auto ours = [&](const DnsRecord& r) { return answers(r) && r.name == answer.name; };
    if (std::any_of(answer.records.begin(), answer.records.end(), ours))
        return;
    // As for answers of our own questions (resolvers::classify).
    const bool others = std::any_of(answer.records.begin(), answer.records.end(), answers);
    answer.status = others ? DnsStatus::bad_response : DnsStatus::nodata;
}

void add_listed_answers(Observation& seen, std::string_view name, const ListedRecords& records)
{
    const std::string asked = record_name(name);
    std::vector<DnsRecord> aliases;
    std::string owner = asked;
    for (const std::string& cname : records.cnames) {
        const std::string target = record_name(cname);
        if (target.empty() || target == owner)
            continue;
        aliases.push_back(read_record(owner, "CNAME", 0, target));
        owner = target;
    }

    const auto add = [&](std::string_view type, const std::vector<std::string>& listed) {
        DnsAnswer answer;
        answer.name = asked;
        answer.type = type;
        answer.status = DnsStatus::noerror;
        answer.records = aliases;
        for (const std::string& item : listed)
            answer.records.push_back(read_record(owner, type, 0, item));
        // A chain that ends without the type asked for is still an answer (RFC 2308 section 2.2).
        if (answer.records.empty())
            answer.status = DnsStatus::nodata;
        seen.dns.push_back(std::move(answer));
    };
    if (records.a)
        add("A", *records.a);
    if (records.aaaa)
        add("AAAA", *records.aaaa);
    if (!records.a && !records.aaaa && !aliases.empty())
        add("CNAME", {});
    if (!records.ns.empty()) {
        DnsAnswer answer;
        answer.name = asked;
        answer.type = "NS";
        answer.status = DnsStatus::noerror;
        // Which of the names has them, the list does not say. An alias has no others.
        if (!records.ns_of_zone)
            answer.records = aliases;
        for (const std::string& server : records.ns)
            answer.records.push_back(
                read_record(records.ns_of_zone ? asked : owner, "NS", 0, server));
        seen.dns.push_back(std::move(answer));
    }
}

void add_failed_answer(Observation& seen, std::string_view name, DnsStatus status,
                       std::string detail)
{
    DnsAnswer answer;
    answer.name = record_name(name);
    answer.type = "A";
    answer.status = status;
    answer.detail = std::move(detail);
    seen.dns.push_back(std::move(answer));
}

std::vector<IpAddress> answered_addresses(const Observation& seen)
{
    std::vector<IpAddress> addresses;
    for (const DnsAnswer& answer : seen.dns) {
        if (!asks_addresses(answer))
            continue;
        for (const DnsRecord* record : resolvers::dnswire::led_records(answer)) {
            const std::optional<IpAddress> address = IpAddress::parse(record->data);
            if (address &&
                std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
                addresses.push_back(*address);
        }
    }
    return addresses;
}

void follow_answers(Observation& seen)
{
    if (seen.subject.is_address) {
        if (const std::optional<IpAddress> address = IpAddress::parse(seen.subject.host))
            add_address(seen, *address);
        return;
    }
    const bool answered = std::any_of(seen.dns.begin(), seen.dns.end(),
                                      [](const DnsAnswer& a) { return is_answer(a.status); });
    if (seen.dns.empty() || seen.subject.host.empty())
        return;
    if (!answered) {
        const bool about_addresses = std::any_of(seen.dns.begin(), seen.dns.end(), asks_addresses);
        seen.chain_end = about_addresses ? ChainEnd::failed : ChainEnd::not_observed;
        return;
    }
    resolvers::dnswire::AliasWalk aliases =
        resolvers::dnswire::follow_aliases(seen.subject.host, seen.dns, is_alias);
    seen.chain = std::move(aliases.names);
    if (aliases.end == resolvers::dnswire::AliasEnd::loop) {
        seen.chain_end = ChainEnd::loop;
        return;
    }
    if (aliases.end == resolvers::dnswire::AliasEnd::limit) {
        seen.chain_end = ChainEnd::too_long;
        return;
    }
    collect_addresses(seen, seen.chain.back());
    seen.chain_end = seen.addresses.empty() ? end_without_address(seen) : ChainEnd::address;
}

}  // namespace scanner::input
