#include "scanner/catalogue/load/state_file.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/load/table_reader.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::Prefix;

constexpr std::string_view states[] = {"parked", "seized", "blocked_for_vantage", "tampered"};

bool is_marker_id(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./").find(c) != std::string_view::npos;
    });
}

bool is_name_key(const StateRule& rule)
{
    // Of a redirect: the host that it leads to.
    return rule.kind == MarkerKind::ns || rule.kind == MarkerKind::cname ||
           rule.kind == MarkerKind::redirect;
}

// Sinkholes may well sit in special-purpose space, so only the width is judged.
void normalise_address(TableReader& reader, StateRule& rule)
{
    auto prefix = Prefix::parse(rule.key);
    if (!prefix)
        if (const auto address = IpAddress::parse(rule.key))
            prefix = resolvers::prefix_around(*address, address->is_v4() ? 32 : 128);
    if (!prefix)
        reader.error("key", "\"" + rule.key +
                                "\" is neither an address nor a prefix without host "
                                "bits; write like 192.0.2.0/24");
    else if (prefix->length < (prefix->address.is_v4() ? 8 : 19))
        reader.error("key", "\"" + rule.key + "\" is far too wide for a marker");
    else {
        rule.key = prefix->text();
        rule.prefix = *prefix;
    }
}

void normalise_key(TableReader& reader, StateRule& rule)
{
    if (rule.key.empty())
        return;
    if (rule.kind == MarkerKind::address) {
        normalise_address(reader, rule);
        return;
    }
    if (is_name_key(rule)) {
        const auto name = DomainName::parse(rule.key);
        if (!name || name->text() != rule.key || rule.key.find('.') == std::string::npos)
            reader.error("key", "\"" + rule.key +
                                    "\" is not a plain suffix; write at least two labels, in lower "
                                    "case, without \"*.\" and without dots at the ends");
        return;
    }
    if (!resolvers::is_lower(rule.key))
        reader.error("key", "write \"key\" in lower case: texts are compared so");
}

// The host of a URL, or the text itself.
std::string host_of(std::string text)
{
    if (const std::size_t scheme = text.find("://"); scheme != std::string::npos)
        text.erase(0, scheme + 3);
    text.erase(std::min(text.find_first_of("/?#:"), text.size()));
    return text;
}

bool example_fits(const StateRule& rule)
{
    const std::string seen = resolvers::to_lower(rule.example);
    if (rule.kind == MarkerKind::address) {
        const auto prefix = Prefix::parse(rule.key);
        const auto address = IpAddress::parse(rule.example);
        return prefix && address && prefix->contains(*address);
    }
    if (rule.kind == MarkerKind::redirect)
        return resolvers::is_under(host_of(seen), rule.key);
    if (is_name_key(rule))
        return resolvers::is_under(seen, rule.key);
    return seen.find(rule.key) != std::string::npos;
}

StateRule read_marker(const Value& table, const std::string& file,
                      const std::map<std::string, Source>& sources, Errors& errors)
{
    TableReader reader(table, file, "[[marker]]", errors);
    StateRule rule;
    rule.where = reader.where();
    rule.id = reader.required_text("id");
    if (!rule.id.empty() && !is_marker_id(rule.id))
        reader.error("id", "\"" + rule.id + "\" is not an id; use a-z, 0-9 and - _ . /");
    const auto state = reader.required_word("state", states);
    if (state)
        rule.state = *value_of<State>(states[*state]);
    const auto kind = reader.required_one_of<MarkerKind>("kind");
    rule.kind = kind.value_or(MarkerKind::title);
    rule.key = reader.required_text("key");
    normalise_key(reader, rule);
    rule.sufficient = reader.flag("sufficient").value_or(false);
    rule.operator_name = reader.text("operator");
    rule.source = read_source(reader, sources);
    rule.example = reader.required_text("example");
    if (kind && !rule.key.empty() && !rule.example.empty() && !example_fits(rule))
        reader.error("example", "example \"" + rule.example + "\" does not match its own marker");
    reader.finish();
    return rule;
}

}  // namespace

std::unique_ptr<StateFile> read_state_file(const std::string& file, std::string_view text,
                                           Errors& errors)
{
    auto states_read = std::make_unique<StateFile>();
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(file, document.error_line), "not TOML: " + document.error);
        return states_read;
    }
    TableReader reader(document.root, file, "a states' file", errors);
    states_read->sources = read_sources(reader, file, errors);
    for (const Value& table : reader.tables("marker"))
        states_read->rules.push_back(read_marker(table, file, states_read->sources, errors));
    reader.finish();
    return states_read;
}

}  // namespace scanner::catalogue
