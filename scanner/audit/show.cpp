#include "scanner/audit/show.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "resolvers/base/time_text.h"
#include "scanner/catalogue/index/company_names.h"
#include "scanner/catalogue/load/channel_table.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::audit {

namespace {

using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::Prefix;

constexpr std::size_t most_cut_outs = 10;

// What roles mean for a notice, so that nobody takes a load balancer for a CDN.
std::string roles_text(const catalogue::Product& product)
{
    std::string text;
    for (const Role role : product.roles)
        text += (text.empty() ? "" : ", ") + std::string(word(role));
    if (product.service)
        text += std::string(text.empty() ? "" : ", ") + "service (serves no customer's site)";
    if (product.storage != catalogue::Storage::none)
        text += ", stores: " + std::string(word(product.storage));
    if (product.status != catalogue::ProductStatus::active)
        text += ", " + std::string(word(product.status));
    return text;
}

std::string source_text(const catalogue::Source& source)
{
    return (source.url.empty() && source.path.empty() ? "no address" : source.text()) + " (" +
           std::string(word(source.kind)) + ", " +
           (source.checked.empty() ? "undated" : "read " + source.checked) + ")";
}

bool is_registrar(const catalogue::Product& product)
{
    return product.id.starts_with("registrar-");
}

std::string name_of(const catalogue::Product& product)
{
    const std::string& company = product.provider->name;
    const bool enough = product.name == company || is_registrar(product);
    return product.id + " (" + product.name + (enough ? "" : ", " + company) + ")";
}

// What else must hold, and what follows: answers are about more than one header.
std::string answer_text(const catalogue::Rule& rule)
{
    std::string text = "      means " + std::string(rule.state ? word(*rule.state) : "edge");
    if (rule.http_status != 0)
        text += ", with HTTP status " + std::to_string(rule.http_status);
    if (!rule.key.empty() && !rule.body.empty())
        text += ", with " + rule.key + catalogue::match_text(rule.match, rule.value);
    if (!rule.body.empty())
        text += ", with \"" + rule.body + "\" in the body";
    return text + "\n";
}

void add_rule(std::string& out, const catalogue::Rule& rule)
{
    out += "      rule " + rule.id + ", " + std::string(word(rule.strength));
    if (rule.side != Side::none)
        out += ", " + std::string(word(rule.side)) + " side";
    out += ", at " + rule.where + "\n      from " + source_text(*rule.source) + "\n";
    if (rule.kind == catalogue::RuleKind::answer)
        out += answer_text(rule);
    else if (rule.kind == catalogue::RuleKind::edge_path)
        out += "      the edge answers " + rule.key + " itself\n";
}

void add_head(std::string& out, const catalogue::Product& product)
{
    out += "    " + name_of(product) + ": " + roles_text(product) + "\n";
}

void add_remarks(std::string& out, const catalogue::Product& product)
{
    if (!product.undetermined_with.empty()) {
        out += "      looks the same as:";
        for (const std::string& other : product.undetermined_with)
            out += " " + other;
        out += "\n";
    }
    if (product.lessor)
        out += "      lets address space to others, who run the machines\n";
    for (const catalogue::Tenancy& tenancy : product.runs_on)
        out += "      runs on: " + tenancy.network + " (" + std::string(word(tenancy.how)) +
               ", from " + source_text(*tenancy.source) + ")\n";
    if (!product.notes.empty())
        out += "      note: " + product.notes + "\n";
}

void add_verdict(std::string& out, const catalogue::Rule& rule, const std::string& seen)
{
    add_head(out, *rule.product);
    out += "      " + seen + "\n";
    add_rule(out, rule);
    add_remarks(out, *rule.product);
}

// In their order, the rules of one product together under its name.
void add_rules(std::string& out, const std::string& title,
               const std::vector<const catalogue::Rule*>& rules)
{
    if (rules.empty())
        return;
    out += "  " + title + "\n";
    std::vector<const catalogue::Product*> told;
    for (const catalogue::Rule* first : rules) {
        if (std::find(told.begin(), told.end(), first->product) != told.end())
            continue;
        told.push_back(first->product);
        add_head(out, *first->product);
        for (const catalogue::Rule* rule : rules)
            if (rule->product == first->product)
                add_rule(out, *rule);
        add_remarks(out, *first->product);
    }
}

std::string hit_text(const catalogue::RangeHit& hit)
{
    return hit.prefix.text() + " (" +
           std::string(catalogue::range_kind_word(hit.rule->range_kind)) +
           (hit.rule->until ? ", until " + resolvers::day_text(*hit.rule->until) : "") +
           ", one of " + std::to_string(hit.rule->prefix_count) + ")";
}

std::string address_text(const catalogue::Catalogue& catalogue, const IpAddress& address)
{
    std::string out;
    if (const auto special = resolvers::special_purpose(address))
        out += "  special-purpose space (" + std::string(*special) + "): no site can be there\n";
    const std::vector<catalogue::RangeHit> hits = catalogue.ranges_of(address);
    if (!hits.empty()) {
        const catalogue::RangeHit& winner = hits.front();
        out += "  the longest prefix decides:\n";
        add_verdict(out, *winner.rule, hit_text(winner));
    }
    if (hits.size() > 1) {
        out += "  also inside:\n";
        for (std::size_t i = 1; i < hits.size(); ++i) {
            out += "    " + hits[i].prefix.text() + " of " + hits[i].rule->product->id + "\n";
            add_rule(out, *hits[i].rule);
        }
    }
    if (!hits.empty()) {
        std::vector<catalogue::RangeHit> cut;
        for (const catalogue::RangeHit& inner : catalogue.ranges_inside(hits.front().prefix, 1000))
            if (inner.rule->product != hits.front().rule->product && cut.size() <= most_cut_outs)
                cut.push_back(inner);
        if (!cut.empty())
            out += "  cut out of " + hits.front().prefix.text() + " for other products:\n";
        for (std::size_t i = 0; i < std::min(cut.size(), most_cut_outs); ++i)
            out += "    " + cut[i].prefix.text() + " of " + cut[i].rule->product->id + " (" +
                   std::string(catalogue::range_kind_word(cut[i].rule->range_kind)) + ")\n";
        if (cut.size() > most_cut_outs)
            out += "    and more\n";
    }
    for (const catalogue::RangeHit& hit :
         catalogue.former_ranges_of(address, std::chrono::sys_days{})) {
        out += "  was in the past:\n";
        add_verdict(out, *hit.rule, hit_text(hit));
    }
    const std::vector<catalogue::RangeHit> origin_facing = catalogue.origin_facing_of(address);
    if (!origin_facing.empty())
        out += "  calls origins; says nothing of who answers here:\n";
    for (const catalogue::RangeHit& hit : origin_facing) {
        out += "    " + hit.prefix.text() + " of " + hit.rule->product->id + "\n";
        add_rule(out, *hit.rule);
    }
    for (const catalogue::StateRule* rule : catalogue.address_markers(address))
        out += "  marks " + std::string(word(rule->state)) + ": " + rule->id + ", at " +
               rule->where + "\n      from " + source_text(*rule->source) + "\n";
    return out;
}

std::string asn_text(const catalogue::Catalogue& catalogue, std::uint32_t asn)
{
    const std::vector<const catalogue::Rule*> rules = catalogue.asn_rules(asn);
    std::string out;
    for (const catalogue::Rule* rule : rules)
        add_verdict(out, *rule,
                    "precision " + std::string(catalogue::precision_word(rule->precision)) +
                        (rule->precision == catalogue::AsnPrecision::product
                             ? ": the AS serves nothing else"
                             : ": the AS alone does not tell the product"));
    return out.empty() ? out : "  announced by this AS; a published range goes before it:\n" + out;
}

std::string name_text(const catalogue::Catalogue& catalogue, const std::string& name)
{
    std::string out;
    add_rules(out, "as a host name that a product gives to customers:",
              catalogue.name_rules(catalogue::RuleKind::native, name));
    add_rules(out, "as a CNAME's target:", catalogue.name_rules(catalogue::RuleKind::cname, name));
    add_rules(out, "as a name server (says who runs the DNS, not who serves):",
              catalogue.name_rules(catalogue::RuleKind::ns, name));
    add_rules(out, "as an address's PTR (if forward-confirmed):",
              catalogue.name_rules(catalogue::RuleKind::ptr, name));
    add_rules(out, "as a name in a certificate:", catalogue.certificate_rules("san_suffix", name));
    add_rules(out, "as a certificate's subject:", catalogue.certificate_rules("subject_cn", name));
    add_rules(out, "as the outer name of ECH:", catalogue.ech_rules(name));
    for (const catalogue::StateRule& rule : catalogue.state_rules())
        if ((rule.kind == catalogue::MarkerKind::ns || rule.kind == catalogue::MarkerKind::cname ||
             rule.kind == catalogue::MarkerKind::redirect) &&
            resolvers::is_under(name, rule.key))
            out += "  as " + std::string(word(rule.kind)) + " it marks " +
                   std::string(word(rule.state)) +
                   (rule.sufficient ? "" : " (with a second kind of sign)") + ": " + rule.id +
                   ", at " + rule.where + "\n      from " + source_text(*rule.source) + "\n";
    return out;
}

std::string header_text(const catalogue::Catalogue& catalogue, std::string_view name,
                        std::string_view value)
{
    std::string out;
    add_rules(out, "as a header (worth little where the address is not theirs):",
              catalogue.header_rules(name, value));
    std::vector<const catalogue::Rule*> answers;
    for (const catalogue::Rule* rule : catalogue.answer_rules())
        if (rule->key == resolvers::to_lower(name) && catalogue.answer_matches(*rule, value))
            answers.push_back(rule);
    add_rules(out, "as an answer of the edge itself:", answers);
    if (resolvers::equals_ignoring_case(name, "set-cookie") ||
        resolvers::equals_ignoring_case(name, "cookie"))
        add_rules(out, "as a cookie:", catalogue.cookie_rules(value.substr(0, value.find('='))));
    return out;
}

std::string channels_text(const catalogue::Product& product)
{
    std::string out;
    for (const ContactChannel& channel : product.channels) {
        out += "      " + std::string(word(channel.scope)) + " " + std::string(word(channel.type)) +
               ": " + channel.address + (channel.verified ? "" : " (not verified)") + "\n";
        for (const auto& [title, words] :
             {std::pair<const char*, const std::vector<std::string>&>{"does", channel.practice},
              {"wants", channel.constraints}}) {
            if (words.empty())
                continue;
            out += "        " + std::string(title) + ":";
            for (const std::string& one : words)
                out += " " + one;
            out += "\n";
        }
        out += "        from " + channel.source + ", read " + channel.checked + "\n";
    }
    return out;
}

// A product with everything that gives it away, and how to reach it.
std::string product_text(const catalogue::Catalogue& catalogue, const catalogue::Product& product)
{
    std::string out =
        "  " + name_of(product) + ": " + roles_text(product) + ", at " + product.where + "\n";
    if (!product.legal_entity.empty())
        out += "    legal entity: " + product.legal_entity + "\n";
    if (!product.notes.empty())
        out += "    note: " + product.notes + "\n";
    std::string rules;
    for (const catalogue::Rule* rule : catalogue.rules())
        if (rule->product == &product)
            rules += "      " + rule->id + " " + std::string(word(rule->strength)) +
                     (rule->kind == catalogue::RuleKind::range
                          ? ", " + std::to_string(rule->prefix_count) + " prefixes"
                          : "") +
                     ", e.g. " + rule->example + "\n";
    if (!rules.empty())
        out += "    known by:\n" + rules;
    const std::string channels = channels_text(product);
    out += channels.empty() ? "    no contact is known\n" : "    reached by:\n" + channels;
    return out;
}

bool is_called(const catalogue::Product& product, const std::string& normal)
{
    return catalogue::normal_name(product.name) == normal ||
           std::any_of(
               product.aliases.begin(), product.aliases.end(),
               [&](const std::string& alias) { return catalogue::normal_name(alias) == normal; });
}

// A product if its id or name is meant, else a whole company; registrars by any of their names.
std::string company_text(const catalogue::Catalogue& catalogue, std::string_view query)
{
    const std::string normal = catalogue::normal_name(query);
    if (const catalogue::Product* product = catalogue.product(normal))
        return product_text(catalogue, *product);
    const catalogue::Provider* company = catalogue.provider_named(query);
    std::string whole;
    std::string single;
    for (const catalogue::Product* product : catalogue.products()) {
        const bool registrar = is_registrar(*product);
        const bool belongs = product->provider == company;
        if (belongs || (registrar && is_called(*product, normal)))
            whole += product_text(catalogue, *product);
        if (belongs && !registrar && normal != company->id &&
            normal != catalogue::normal_name(company->name) &&
            catalogue::normal_name(product->name) == normal)
            single += product_text(catalogue, *product);
    }
    return single.empty() ? whole : single;
}

// A bare word may be the name of a header or a cookie: every rule about it.
std::string word_text(const catalogue::Catalogue& catalogue, std::string_view query)
{
    const std::string name = resolvers::to_lower(query);
    std::vector<const catalogue::Rule*> headers;
    for (const catalogue::Rule* rule : catalogue.rules())
        if (rule->kind == catalogue::RuleKind::header &&
            (rule->key == name || (rule->key_is_prefix && name.starts_with(rule->key))))
            headers.push_back(rule);
    std::string out;
    add_rules(out, "as a header's name:", headers);
    add_rules(out, "as a cookie's name:", catalogue.cookie_rules(query));
    return out;
}

std::string mailbox_text(const catalogue::Catalogue& catalogue, const std::string& mailbox)
{
    std::string out;
    if (catalogue.is_denied(mailbox))
        out += "  must never get a notice (deny.toml)\n";
    for (const catalogue::Product* product : catalogue.products())
        for (std::size_t i = 0; i < product->channels.size(); ++i)
            if (resolvers::equals_ignoring_case(product->channels[i].address, mailbox))
                out += "  " + std::string(word(product->channels[i].scope)) + " channel of " +
                       name_of(*product) + ", at " + product->channel_where[i] + "\n      from " +
                       product->channels[i].source + ", read " + product->channels[i].checked +
                       "\n";
    return out;
}

std::optional<std::uint32_t> asn_of(std::string_view query)
{
    if (!resolvers::starts_ignoring_case(query, "as"))
        return std::nullopt;
    const std::string_view digits = query.substr(2);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || digits.empty() || end != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

// What is known, without the line that repeats the question; empty if nothing is.
std::string answer_to(const catalogue::Catalogue& catalogue, std::string_view query)
{
    if (const auto address = IpAddress::parse(query))
        return address_text(catalogue, *address);
    if (const auto prefix = Prefix::parse(query))
        return address_text(catalogue, prefix->address);
    if (const auto asn = asn_of(query))
        return asn_text(catalogue, *asn);
    if (const auto mailbox = catalogue::plain_mailbox(query))
        return mailbox_text(catalogue, *mailbox);
    const std::size_t colon = query.find(':');
    if (colon != std::string_view::npos)
        return header_text(catalogue, resolvers::trim(query.substr(0, colon)),
                           resolvers::trim(query.substr(colon + 1)));
    std::string out = company_text(catalogue, query);
    const auto name = DomainName::parse(query);
    if (name && name->text().find('.') != std::string::npos)
        out += name_text(catalogue, name->text());
    else
        out += word_text(catalogue, query);
    return out;
}

// Strangers' text in a terminal: control characters would be obeyed.
std::string shown(std::string_view query)
{
    std::string text(query.substr(0, 300));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            c = '?';
    return text;
}

}  // namespace

std::string describe(const catalogue::Catalogue& catalogue, std::string_view query)
{
    query = resolvers::trim(query);
    const std::string answer = answer_to(catalogue, query);
    if (answer.empty())
        return shown(query) + ": the catalogue of " + catalogue.date() + " says nothing of it\n";
    return shown(query) + "\n" + answer;
}

bool knows(const catalogue::Catalogue& catalogue, std::string_view query)
{
    return !answer_to(catalogue, resolvers::trim(query)).empty();
}

}  // namespace scanner::audit
