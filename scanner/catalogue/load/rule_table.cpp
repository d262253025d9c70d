#include "scanner/catalogue/load/rule_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "resolvers/base/time_text.h"
#include "scanner/catalogue/load/range_file.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/model/words.h"

namespace scanner::catalogue {

namespace {

// In the order of the enumerators.
constexpr std::string_view range_kinds[] = {"edge",          "customer",     "service",
                                            "origin_facing", "from_routing", "third_party"};
constexpr std::string_view precisions[] = {"product", "company", "shared"};
constexpr std::string_view matches[] = {"present", "equals", "prefix", "contains", "regex"};
constexpr std::string_view strengths[] = {"weak", "partial", "strong", "conclusive"};
constexpr std::string_view name_matches[] = {"equals", "prefix"};
constexpr std::string_view certificate_fields[] = {"san_suffix", "subject_cn", "subject_o",
                                                   "issuer_cn", "issuer_o"};

struct RuleReader {
    TableReader& reader;
    std::string_view file;
    Errors& errors;
};

void compile(RuleReader& at, RuleEntry& entry, std::string_view key, std::string_view expression)
{
    entry.pattern = std::make_unique<Pattern>(expression);
    if (const std::string error = entry.pattern->error(); !error.empty())
        at.reader.error(key,
                        "\"" + std::string(expression) + "\" is not an RE2 expression: " + error);
}

// A name that a suffix rule may hold: lower case, no wildcard, no outer dots; at least two labels,
// unless a pattern narrows it ("ns-1.awsdns-7.com").
std::string read_suffix(RuleReader& at, std::string_view key)
{
    std::string suffix = at.reader.required_text(key);
    if (suffix.empty())
        return suffix;
    const auto name = resolvers::DomainName::parse(suffix);
    if (!name || name->text() != suffix)
        at.reader.error(key, "\"" + suffix +
                                 "\" is not a plain suffix; write labels in lower case, without "
                                 "\"*.\" and without dots at the ends");
    else if (suffix.find('.') == std::string::npos && !at.reader.has("pattern"))
        at.reader.error(key, "\"" + suffix +
                                 "\" is a whole top-level domain; name at least two "
                                 "labels");
    return suffix;
}

// `match` and `value`, compared without regard to case. `otherwise` holds when there is no `match`;
// absent, it must be there.
void read_match(RuleReader& at, RuleEntry& entry, std::string_view value_key,
                std::optional<TextMatch> otherwise)
{
    Rule& rule = entry.rule;
    const auto match =
        otherwise ? at.reader.word("match", matches) : at.reader.required_word("match", matches);
    if (match) {
        rule.match = static_cast<TextMatch>(*match);
    } else if (otherwise) {
        rule.match = *otherwise;
    } else {
        // The mistake is told; what the value would mean is not known.
        at.reader.text(value_key);
        return;
    }

    if (rule.match == TextMatch::present) {
        if (!at.reader.text(value_key).empty())
            at.reader.error(value_key,
                            "match \"present\" takes no value; leave it out, or say how "
                            "it is compared");
        return;
    }
    const std::string value = at.reader.required_text(value_key);
    if (value.empty())
        return;
    if (rule.match == TextMatch::regex) {
        rule.value = value;
        compile(at, entry, value_key, value);
    } else {
        rule.value = resolvers::to_lower(value);
    }
}

bool is_header_name(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::string checked_header_name(RuleReader& at, std::string_view key, std::string name)
{
    if (!name.empty() && !is_header_name(name))
        at.reader.error(key, "\"" + name + "\" is not a header name; write it in lower case");
    return name;
}

void read_side(RuleReader& at, Rule& rule)
{
    rule.side = at.reader.required_one_of<Side>("side").value_or(Side::none);
}

void read_range(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    const std::size_t faults_before = at.errors.count();
    if (const auto kind = at.reader.required_word("kind", range_kinds))
        rule.range_kind = static_cast<RangeKind>(*kind);
    entry.range_file = at.reader.text("file");
    for (const LinedText& item : at.reader.texts("prefixes"))
        if (const auto prefix = read_prefix(item.text, place(at.file, item.line), at.errors))
            entry.prefixes.push_back(*prefix);
    const bool has_prefixes = at.reader.has("prefixes");
    if (has_prefixes == !entry.range_file.empty())
        at.errors.add(at.reader.where(), "[[product.range]] needs either \"prefixes\" or \"file\"");
    else if (has_prefixes && entry.prefixes.empty() && at.errors.count() == faults_before)
        at.reader.error("prefixes", "\"prefixes\" is empty; fill it, or remove the range");
    entry.optional = at.reader.flag("optional").value_or(false);
    if (entry.optional && entry.range_file.empty())
        at.reader.error("optional", "only a \"file\" can be optional; leave it out");
    for (LinedText& item : at.reader.texts("yields_to"))
        entry.yields_to.push_back(std::move(item.text));
    if (at.reader.has("until"))
        rule.until = resolvers::parse_day(at.reader.day("until"));
    if (rule.until && rule.range_kind == RangeKind::origin_facing)
        at.reader.error("until",
                        "an origin-facing range decides nothing, then or now; leave it out");
    rule.key = entry.range_file;
}

void read_asn(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    if (const auto number = at.reader.number("number")) {
        if (*number < 1 || *number > std::numeric_limits<std::uint32_t>::max())
            at.reader.error("number", std::to_string(*number) + " is not an AS number");
        else
            rule.asn = static_cast<std::uint32_t>(*number);
    } else if (!at.reader.has("number")) {
        at.errors.add(at.reader.where(), "[[product.asn]] has no \"number\"; add it");
    }
    if (const auto precision = at.reader.required_word("precision", precisions))
        rule.precision = static_cast<AsnPrecision>(*precision);
    rule.key = std::to_string(rule.asn);
}

void read_name(RuleReader& at, RuleEntry& entry)
{
    entry.rule.key = read_suffix(at, "suffix");
    const std::string pattern = at.reader.text("pattern");
    if (pattern.empty())
        return;
    entry.rule.match = TextMatch::regex;
    entry.rule.value = pattern;
    compile(at, entry, "pattern", pattern);
}

void read_header(RuleReader& at, RuleEntry& entry)
{
    entry.rule.key = checked_header_name(at, "name", at.reader.required_text("name"));
    if (const auto how = at.reader.word("name_match", name_matches))
        entry.rule.key_is_prefix = name_matches[*how] == "prefix";
    read_match(at, entry, "value", std::nullopt);
    read_side(at, entry.rule);
}

void read_cookie(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    static constexpr std::string_view cookie_matches[] = {"equals", "prefix", "regex"};
    const auto match = at.reader.required_word("match", cookie_matches);
    const std::string name = at.reader.required_text("name");
    constexpr TextMatch meant[] = {TextMatch::equals, TextMatch::prefix, TextMatch::regex};
    rule.match = match ? meant[*match] : TextMatch::equals;
    rule.key = rule.match == TextMatch::regex ? name : resolvers::to_lower(name);
    rule.value = rule.key;
    if (rule.match == TextMatch::regex && !name.empty())
        compile(at, entry, "name", name);
    read_side(at, rule);
}

void read_certificate(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    if (const auto field = at.reader.required_word("field", certificate_fields))
        rule.key = certificate_fields[*field];
    if (rule.key == "san_suffix") {
        rule.value = read_suffix(at, "value");
        rule.match = TextMatch::equals;
    } else {
        read_match(at, entry, "value", TextMatch::equals);
    }
    // Most certificates have no side: the one who answers presents them. An origin's own does.
    rule.side = at.reader.one_of<Side>("side").value_or(Side::none);
}

void read_ech(RuleReader& at, RuleEntry& entry)
{
    entry.rule.key = read_suffix(at, "public_name");
}

void read_status(RuleReader& at, Rule& rule)
{
    const auto status = at.reader.number("status");
    if (!status)
        return;
    if (*status < 100 || *status > 999)
        at.reader.error("status", std::to_string(*status) + " is not an HTTP status");
    else
        rule.http_status = static_cast<unsigned>(*status);
}

void check_body(RuleReader& at, const Rule& rule)
{
    if (!resolvers::is_lower(rule.body))
        at.reader.error("body", "write \"body\" in lower case: bodies are searched so");
}

void read_answer(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    rule.side = Side::edge;
    const std::string state = at.reader.required_text("state");
    rule.state = value_of<State>(state);
    if (!state.empty() && state != "edge" && !rule.state)
        at.reader.error("state",
                        "unknown state \"" + state + "\"; it is \"edge\" or a state of the record");
    read_status(at, rule);
    rule.key = checked_header_name(at, "header", at.reader.text("header"));
    rule.body = at.reader.text("body");
    check_body(at, rule);
    if (rule.key.empty() && rule.body.empty())
        at.errors.add(at.reader.where(),
                      "[[product.answer]] needs a \"header\" or a \"body\": a status alone is "
                      "anybody's");
    if (!rule.key.empty())
        read_match(at, entry, "value",
                   at.reader.has("value") ? TextMatch::equals : TextMatch::present);
}

// A path that goes into a request line as it stands.
bool is_plain_path(std::string_view path)
{
    return path.size() > 1 && path.front() == '/' && path[1] != '/' &&
           std::all_of(path.begin(), path.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("/-._~").find(c) != std::string_view::npos;
           });
}

void read_edge_path(RuleReader& at, RuleEntry& entry)
{
    Rule& rule = entry.rule;
    rule.side = Side::edge;
    rule.key = at.reader.required_text("path");
    if (!rule.key.empty() && !is_plain_path(rule.key))
        at.reader.error("path", "\"" + rule.key +
                                    "\" is not a plain path; it begins with one \"/\", and goes on "
                                    "with letters, digits and \"/-._~\"");
    read_status(at, rule);
    rule.body = at.reader.required_text("body");
    check_body(at, rule);
}

struct KindRow {
    RuleKind kind;
    const char* word;
    const char* title;
    void (*read)(RuleReader&, RuleEntry&);
};

constexpr KindRow kinds[] = {
    {RuleKind::range, "range", "[[product.range]]", read_range},
    {RuleKind::asn, "asn", "[[product.asn]]", read_asn},
    {RuleKind::cname, "cname", "[[product.cname]]", read_name},
    {RuleKind::native, "native", "[[product.native]]", read_name},
    {RuleKind::ns, "ns", "[[product.ns]]", read_name},
    {RuleKind::ptr, "ptr", "[[product.ptr]]", read_name},
    {RuleKind::header, "header", "[[product.header]]", read_header},
    {RuleKind::cookie, "cookie", "[[product.cookie]]", read_cookie},
    {RuleKind::certificate, "certificate", "[[product.certificate]]", read_certificate},
    {RuleKind::ech, "ech", "[[product.ech]]", read_ech},
    {RuleKind::answer, "answer", "[[product.answer]]", read_answer},
    {RuleKind::edge_path, "edge_path", "[[product.edge_path]]", read_edge_path},
};

// What a rule is about, for its id.
std::string subject_of(const RuleEntry& entry, std::string_view answer_id)
{
    const Rule& rule = entry.rule;
    switch (rule.kind) {
        case RuleKind::range: {
            const std::string_view file = entry.range_file;
            return std::string(file.empty() ? range_kind_word(rule.range_kind)
                                            : file.substr(0, file.rfind(".txt")));
        }
        case RuleKind::header:
            return rule.key + (rule.key_is_prefix ? "*" : "") + match_text(rule.match, rule.value);
        case RuleKind::cookie:
            if (rule.match == TextMatch::regex)
                return "~" + rule.key;
            return rule.key + (rule.match == TextMatch::prefix ? "*" : "");
        case RuleKind::certificate:
            return rule.key + match_text(rule.match, rule.value);
        case RuleKind::answer:
            return std::string(answer_id);
        case RuleKind::edge_path:
            return rule.key.empty() ? "" : rule.key.substr(1);
        default:
            return rule.key;
    }
}

RuleEntry read_rule(const KindRow& row, const Value& table, std::string_view file,
                    std::size_t product, const Company& company, Errors& errors)
{
    TableReader reader(table, file, row.title, errors);
    RuleReader at{reader, file, errors};
    RuleEntry entry;
    const std::size_t faults_before = errors.count();
    entry.product = product;
    Rule& rule = entry.rule;
    rule.kind = row.kind;
    rule.where = reader.where();
    const std::string answer_id =
        row.kind == RuleKind::answer ? reader.required_text("id") : std::string();
    row.read(at, entry);

    rule.example = reader.required_text("example");
    rule.source = read_source(reader, company.sources);
    entry.verified = reader.flag("verified").value_or(true);
    const auto strength = reader.word("strength", strengths);
    rule.strength = strength ? static_cast<Strength>(*strength) : usual_strength(rule);
    if (rule.source != nullptr)
        rule.strength = capped(rule.strength, entry.verified, rule.source->kind);
    reader.finish();
    entry.broken = errors.count() != faults_before;

    rule.id = company.products[product].id + "/" + row.word + "/" + subject_of(entry, answer_id);
    return entry;
}

}  // namespace

std::string_view kind_word(RuleKind kind)
{
    return kinds[static_cast<std::size_t>(kind)].word;
}

std::vector<std::string_view> rule_kind_words()
{
    std::vector<std::string_view> words;
    for (const KindRow& row : kinds)
        words.emplace_back(row.word);
    return words;
}

std::string_view range_kind_word(RangeKind kind)
{
    return range_kinds[static_cast<std::size_t>(kind)];
}

std::string_view precision_word(AsnPrecision precision)
{
    return precisions[static_cast<std::size_t>(precision)];
}

std::string match_text(TextMatch match, std::string_view value)
{
    switch (match) {
        case TextMatch::present:
            return {};
        case TextMatch::equals:
            return "=" + std::string(value);
        case TextMatch::prefix:
            return "^=" + std::string(value);
        case TextMatch::contains:
            return "*=" + std::string(value);
        case TextMatch::regex:
            break;
    }
    return "~" + std::string(value);
}

Strength usual_strength(const Rule& rule)
{
    switch (rule.kind) {
        case RuleKind::range:
            switch (rule.range_kind) {
                case RangeKind::edge:
                case RangeKind::customer:
                case RangeKind::service:
                    return Strength::strong;
                case RangeKind::from_routing:
                case RangeKind::third_party:
                    return Strength::partial;
                case RangeKind::origin_facing:
                    return Strength::weak;
            }
            return Strength::weak;
        case RuleKind::asn:
            return rule.precision == AsnPrecision::product ? Strength::partial : Strength::weak;
        case RuleKind::certificate:
            return rule.key.starts_with("issuer_") ? Strength::weak : Strength::strong;
        case RuleKind::ptr:
        case RuleKind::ech:
            return Strength::partial;
        case RuleKind::cname:
        case RuleKind::native:
        case RuleKind::ns:
        case RuleKind::header:
        case RuleKind::cookie:
        case RuleKind::answer:
        case RuleKind::edge_path:
            return Strength::strong;
    }
    return Strength::weak;
}

Strength capped(Strength strength, bool verified, SourceKind source_kind)
{
    return verified && source_kind != SourceKind::unverified ? strength : Strength::weak;
}

void read_rules(TableReader& product_table, std::string_view file, std::size_t product,
                Company& company, Errors& errors)
{
    for (const KindRow& row : kinds)
        for (const Value& table : product_table.tables(row.word))
            company.rules.push_back(read_rule(row, table, file, product, company, errors));
}

}  // namespace scanner::catalogue
