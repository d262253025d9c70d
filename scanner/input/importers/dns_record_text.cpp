#include "scanner/input/importers/dns_record_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "resolvers/base/ascii.h"
#include "resolvers/base/ip_address.h"
#include "resolvers/dnswire/svcb.h"

namespace scanner::input {

namespace {

using resolvers::DnsRecord;
using resolvers::DnsStatus;

std::string upper_case(std::string_view text)
{
    std::string made(text);
    for (char& c : made)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return made;
}

/// Which of the data's words are names; words beyond stay as they are.
struct NameWords {
    std::string_view type;
    std::array<std::size_t, 2> at;
};

constexpr std::size_t none = 99;
constexpr std::array<NameWords, 9> name_words = {{
    {"CNAME", {0, none}},
    {"DNAME", {0, none}},
    {"NS", {0, none}},
    {"PTR", {0, none}},
    {"MX", {1, none}},
    {"SRV", {3, none}},
    {"SOA", {0, 1}},
    {"HTTPS", {1, none}},
    {"SVCB", {1, none}},
}};

// One space wherever there are several blanks, but not inside of quotation marks.
std::string folded(std::string_view text)
{
    std::string made;
    bool quoted = false;
    for (const char c : resolvers::trim(text)) {
        if (c == '"')
            quoted = !quoted;
        const bool blank = !quoted && (c == ' ' || c == '\t');
        if (!blank || !made.ends_with(' '))
            made += blank ? ' ' : c;
    }
    return made;
}

// Words parted by one space, the named ones as names.
std::string with_names(std::string_view data, const NameWords& names)
{
    const std::size_t last = names.at[1] == none ? names.at[0] : names.at[1];
    std::string made;
    std::string_view rest = resolvers::trim(data);
    for (std::size_t word = 0; word <= last && !rest.empty(); ++word) {
        const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
        const bool name = word == names.at[0] || word == names.at[1];
        made += made.empty() ? "" : " ";
        made += name ? record_name(rest.substr(0, end)) : std::string(rest.substr(0, end));
        rest = resolvers::trim(rest.substr(end));
    }
    if (!rest.empty())
        made += (made.empty() ? "" : " ") + folded(rest);
    return made;
}

// The one place where imported HTTPS and SVCB records get their meaning: DnsRecord::service out of
// DnsRecord::data. One that cannot be read keeps its text alone.
void fill_service(DnsRecord& record)
{
    if (record.type != "HTTPS" && record.type != "SVCB")
        return;
    if (auto service = resolvers::dnswire::parse_service_presentation(record.data))
        record.service = std::move(*service);
}

}  // namespace

std::string record_name(std::string_view name)
{
    std::string made = resolvers::to_lower(resolvers::trim(name));
    if (made.size() > 1 && made.ends_with('.'))
        made.pop_back();
    return made;
}

DnsRecord read_record(std::string_view name, std::string_view type, std::uint32_t ttl,
                      std::string_view data)
{
    DnsRecord record;
    record.name = record_name(name);
    record.type = upper_case(resolvers::trim(type));
    if (record.type == "TYPE65")
        record.type = "HTTPS";
    if (record.type == "TYPE64")
        record.type = "SVCB";
    record.ttl = ttl;
    record.data = resolvers::trim(data);

    if (record.type == "A" || record.type == "AAAA") {
        if (const auto address = resolvers::IpAddress::parse(record.data))
            record.data = address->text();
        return record;
    }
    // RFC 3597 section 5: unknown data, whatever the type is.
    if (record.data.starts_with("\\#")) {
        fill_service(record);
        return record;
    }
    for (const NameWords& row : name_words)
        if (row.type == record.type)
            record.data = with_names(record.data, row);
    if (record.type == "HTTPS" || record.type == "SVCB")
        fill_service(record);
    return record;
}

DnsStatus read_dns_status(std::string_view word)
{
    constexpr std::array<std::pair<std::string_view, DnsStatus>, 41> words = {{
        {"noerror", DnsStatus::noerror},
        {"success", DnsStatus::noerror},
        {"nodata", DnsStatus::nodata},
        {"no_answer", DnsStatus::nodata},
        {"no_record", DnsStatus::nodata},
        {"dns_no_answer", DnsStatus::nodata},
        {"nxdomain", DnsStatus::nxdomain},
        {"dns_nxdomain_error", DnsStatus::nxdomain},
        {"servfail", DnsStatus::servfail},
        {"serverfailure", DnsStatus::servfail},
        {"dns_server_misbehaving", DnsStatus::servfail},
        {"dns_servfail_error", DnsStatus::servfail},
        {"refused", DnsStatus::refused},
        {"dns_refused_error", DnsStatus::refused},
        {"formerr", DnsStatus::formerr},
        {"notimp", DnsStatus::notimp},
        {"notimpl", DnsStatus::notimp},
        {"not_impl", DnsStatus::notimp},
        {"timeout", DnsStatus::timeout},
        {"iterative_timeout", DnsStatus::timeout},
        {"timed out", DnsStatus::timeout},
        {"generic_timeout_error", DnsStatus::timeout},
        {"connection_refused", DnsStatus::network_error},
        {"host_unreachable", DnsStatus::network_error},
        {"network_unreachable", DnsStatus::network_error},
        {"network_error", DnsStatus::network_error},
        {"truncated", DnsStatus::bad_response},
        {"badresponse", DnsStatus::bad_response},
        {"dns_reply_with_wrong_query_id", DnsStatus::bad_response},
        {"yxdomain", DnsStatus::other_rcode},
        {"yxrrset", DnsStatus::other_rcode},
        {"nxrrset", DnsStatus::other_rcode},
        {"notauth", DnsStatus::other_rcode},
        {"notzone", DnsStatus::other_rcode},
        {"badvers", DnsStatus::other_rcode},
        {"badsig", DnsStatus::other_rcode},
        {"badcookie", DnsStatus::other_rcode},
        {"blacklist", DnsStatus::skipped},
        {"blocklist", DnsStatus::skipped},
        {"no_output", DnsStatus::skipped},
        {"skipped", DnsStatus::skipped},
    }};
    const std::string lower = resolvers::to_lower(resolvers::trim(word));
    for (const auto& [name, status] : words)
        if (lower == name)
            return status;
    if (lower.starts_with("rcode"))
        return DnsStatus::other_rcode;
    return DnsStatus::local_error;
}

}  // namespace scanner::input
