#include "scanner/catalogue/load/range_file.h"

#include <algorithm>
#include <array>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

using resolvers::IpAddress;
using resolvers::Prefix;

constexpr unsigned widest_v4 = 8;
constexpr unsigned widest_v6 = 19;

// A broken download can have a hundred thousand bad lines; ten of them say it.
constexpr std::size_t most_errors_a_file = 10;

// One address in each block that special_purpose() knows and a permitted prefix could swallow.
const std::vector<IpAddress>& special_addresses()
{
    static const std::vector<IpAddress> addresses = [] {
        std::vector<IpAddress> parsed;
        for (const char* text :
             {"100.64.0.0", "169.254.0.0", "172.16.0.0", "192.0.0.0", "192.0.2.0", "192.168.0.0",
              "198.18.0.0", "198.51.100.0", "203.0.113.0",
              "2001::", "2001:db8::", "64:ff9b:1::", "100::", "3fff::", "5f00::"})
            parsed.push_back(*IpAddress::parse(text));
        return parsed;
    }();
    return addresses;
}

std::optional<std::string_view> special_part(const Prefix& prefix)
{
    if (const auto special = resolvers::special_purpose(prefix.address))
        return special;
    // Only wide prefixes can hold a block without beginning in one.
    if (prefix.length >= (prefix.address.is_v4() ? 24 : 64))
        return std::nullopt;
    for (const IpAddress& address : special_addresses())
        if (prefix.contains(address))
            return resolvers::special_purpose(address);
    return std::nullopt;
}

std::string why_not_a_prefix(std::string_view text)
{
    const std::string shown = "\"" + std::string(text) + "\"";
    const std::size_t slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return shown + " is not a prefix; write like 192.0.2.0/24";
    if (slash == std::string_view::npos)
        return shown + " has no length; write " + address->text() +
               (address->is_v4() ? "/32" : "/128");
    unsigned length = 0;
    for (const char c : text.substr(slash + 1)) {
        if (c < '0' || c > '9' || length > 128)
            return shown + " has a length that is no number";
        length = length * 10 + static_cast<unsigned>(c - '0');
    }
    if (slash + 1 == text.size() || length > (address->is_v4() ? 32U : 128U))
        return shown + " has a length that no such address can have";
    return shown + " has host bits set; write " +
           resolvers::prefix_around(*address, static_cast<std::uint8_t>(length)).text();
}

std::optional<Prefix> judged(std::string_view text, std::string& fault)
{
    const std::optional<Prefix> prefix = Prefix::parse(text);
    if (!prefix) {
        fault = why_not_a_prefix(text);
        return std::nullopt;
    }
    const bool v4 = prefix->address.is_v4();
    if (prefix->length < (v4 ? widest_v4 : widest_v6)) {
        fault = "\"" + std::string(text) + "\" is wider than /" +
                std::to_string(v4 ? widest_v4 : widest_v6) +
                "; no provider is that large, so the list is broken";
        return std::nullopt;
    }
    if (const auto special = special_part(*prefix)) {
        fault = "\"" + std::string(text) + "\" lies in special-purpose space (" +
                std::string(*special) + "); no provider has it, take it out";
        return std::nullopt;
    }
    return prefix;
}

// "# key: value"; anything else after '#' is a remark.
void read_header(std::string_view line, RangeFile& file, const std::string& where, Errors& errors)
{
    Source& source = file.source;
    line = resolvers::trim(line.substr(1));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos)
        return;
    const std::string_view key = line.substr(0, colon);
    const std::string value(resolvers::trim(line.substr(colon + 1)));
    if (key == "url") {
        if (!is_url(value))
            errors.add(where, "\"" + value + "\" is not a URL; write https://host/path");
        source.url = value;
    } else if (key == "fetched") {
        if (!resolvers::parse_day(value))
            errors.add(where, "\"" + value + "\" is not a day; write it like 2026-08-22");
        source.checked = value;
    } else if (key == "kind") {
        const auto kind = value_of<SourceKind>(value);
        if (!kind)
            errors.add(where, "unknown kind \"" + value + "\"" +
                                  suggestion(value, words_of<SourceKind>()));
        source.kind = kind.value_or(SourceKind::primary);
        file.kind = value;
    } else if (key == "commit") {
        source.commit = value;
    } else if (key == "path") {
        source.path = value;
    } else if (key == "example") {
        file.example = value;
    }
}

}  // namespace

std::optional<Prefix> read_prefix(std::string_view text, std::string where, Errors& errors)
{
    std::string fault;
    const std::optional<Prefix> prefix = judged(text, fault);
    if (!prefix)
        errors.add(std::move(where), std::move(fault));
    return prefix;
}

std::unique_ptr<RangeFile> read_range_file(const std::string& name, std::string_view text,
                                           Errors& errors)
{
    auto file = std::make_unique<RangeFile>();
    file->where = place(name, 1);
    std::size_t faults = 0;
    std::string fault;
    for (std::size_t line_number = 1; !text.empty(); ++line_number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = resolvers::trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with('#')) {
            read_header(line, *file, place(name, line_number), errors);
            continue;
        }
        line = resolvers::trim(line.substr(0, line.find('#')));
        if (line.empty())
            continue;
        if (const auto prefix = judged(line, fault))
            file->prefixes.push_back(*prefix);
        else if (++faults <= most_errors_a_file)
            errors.add(place(name, line_number), fault);
    }
    if (faults > most_errors_a_file)
        errors.add(file->where, std::to_string(faults) +
                                    " lines are no usable prefixes, of which "
                                    "the first " +
                                    std::to_string(most_errors_a_file) +
                                    " are listed; is this the right file?");

    const Source& source = file->source;
    for (const auto& [key, value] : {std::pair<const char*, const std::string&>{"url", source.url},
                                     {"fetched", source.checked},
                                     {"kind", file->kind}})
        if (value.empty())
            errors.add(file->where, "no line \"# " + std::string(key) +
                                        ": ...\" at the top; say where the list is from, when it "
                                        "was fetched and of what kind it is");
    if (file->prefixes.empty() && faults == 0)
        errors.add(file->where, "the list is empty; fetch it again or remove its rule");
    return file;
}

}  // namespace scanner::catalogue
