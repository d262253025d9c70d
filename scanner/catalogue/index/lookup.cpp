#include "scanner/catalogue/index/lookup.h"

#include <algorithm>
#include <unordered_set>

#include "scanner/catalogue/index/overlaps.h"

namespace scanner::catalogue {

namespace {

constexpr RuleKind name_kinds[] = {RuleKind::cname, RuleKind::native, RuleKind::ns, RuleKind::ptr};

std::size_t name_index(RuleKind kind)
{
    return static_cast<std::size_t>(std::ranges::find(name_kinds, kind) - std::begin(name_kinds));
}

void sort_by_id(std::vector<const Product*>& list)
{
    std::sort(list.begin(), list.end(),
              [](const Product* a, const Product* b) { return a->id < b->id; });
}

}  // namespace

Lookup::Lookup(Contents read, Errors& errors) : contents(std::move(read))
{
    number_rules();
    addresses.build(listed_prefixes(contents, Listing::standing, errors));
    origin_facing.build(listed_prefixes(contents, Listing::origin_facing, errors));
    former.build(listed_prefixes(contents, Listing::former, errors));
    for (const auto& [id, company] : contents.companies) {
        for (const Product& product : company->products)
            add_product(product);
        for (const RuleEntry& entry : company->rules)
            add_rule(entry);
        for (const auto& [name, source] : company->sources)
            note_day(source);
        add_names(*company);
    }
    for (const Registrars& file : contents.registrars) {
        for (std::size_t i = 0; i < file.iana_ids.size(); ++i) {
            add_product(file.company->products[i]);
            registrars.emplace(file.iana_ids[i], &file.company->products[i]);
        }
        for (const auto& [name, source] : file.company->sources)
            note_day(source);
    }
    for (const auto& [name, file] : contents.ranges)
        note_day(file->source);
    add_states();
    sort_all();
}

const AddressIndex& Lookup::ranges(Listing listing) const
{
    switch (listing) {
        case Listing::origin_facing:
            return origin_facing;
        case Listing::former:
            return former;
        case Listing::standing:
            break;
    }
    return addresses;
}

// "<product>/range/edge" may be there twice: the second becomes "...-2", in the order of the file.
void Lookup::number_rules()
{
    std::unordered_set<std::string> taken;
    for (auto& [id, company] : contents.companies)
        for (RuleEntry& entry : company->rules) {
            entry.plain_id = entry.rule.id;
            for (unsigned number = 2; !taken.insert(entry.rule.id).second; ++number)
                entry.rule.id = entry.plain_id + "-" + std::to_string(number);
        }
}

void Lookup::add_rule(const RuleEntry& entry)
{
    const Rule& rule = entry.rule;
    const MatchEntry match{&rule, entry.pattern.get()};
    rules.push_back(&rule);
    // A catalogue with a broken rule is never used; its half-read rules must not add to the noise.
    if (entry.broken)
        return;
    switch (rule.kind) {
        case RuleKind::range:
            break;
        case RuleKind::asn:
            asns[rule.asn].push_back(&rule);
            break;
        case RuleKind::cname:
        case RuleKind::native:
        case RuleKind::ns:
        case RuleKind::ptr:
            names_[name_index(rule.kind)].add(rule.key, match);
            break;
        case RuleKind::header:
            headers.add(match);
            break;
        case RuleKind::cookie:
            cookies.add(match);
            break;
        case RuleKind::certificate:
            if (rule.key == "san_suffix")
                san_suffixes_.add(rule.value, match);
            else
                certificate_fields_[rule.key].add(match);
            break;
        case RuleKind::ech:
            ech[rule.key].push_back(&rule);
            break;
        case RuleKind::answer:
            answers.push_back(&rule);
            if (entry.pattern != nullptr)
                answer_patterns.emplace(&rule, entry.pattern.get());
            if (!rule.body.empty())
                body_markers.emplace_back(rule.id, rule.body);
            break;
        case RuleKind::edge_path:
            edge_paths.push_back(&rule);
            body_markers.emplace_back(rule.id, rule.body);
            break;
    }
}

void Lookup::add_product(const Product& product)
{
    products.push_back(&product);
    product_by_id.emplace(product.id, &product);
}

void Lookup::add_names(const Company& company)
{
    using Claim = CompanyNames::Claim;
    const Provider& provider = company.provider;
    company_names.add(provider.id, provider, Claim::own);
    company_names.add(provider.name, provider, Claim::own);
    for (const Product& product : company.products) {
        company_names.add(product.id, provider, Claim::alias);
        company_names.add(product.name, provider, Claim::alias);
        company_names.add(product.legal_entity, provider, Claim::alias);
        for (const std::string& alias : product.aliases)
            company_names.add(alias, provider, Claim::alias);
    }
}

void Lookup::add_states()
{
    for (const auto& file : contents.states) {
        for (const StateRule& rule : file->rules) {
            states.push_back(rule);
            if (rule.kind == MarkerKind::body)
                body_markers.emplace_back(rule.id, rule.key);
        }
        for (const auto& [name, source] : file->sources)
            note_day(source);
    }
}

void Lookup::sort_all()
{
    sort_by_id(products);
    scanner::catalogue::sort_by_id(rules);
    scanner::catalogue::sort_by_id(answers);
    scanner::catalogue::sort_by_id(edge_paths);
    std::sort(states.begin(), states.end(),
              [](const StateRule& a, const StateRule& b) { return a.id < b.id; });
    for (const StateRule& rule : states) {
        states_by_kind[static_cast<std::size_t>(rule.kind)].push_back(&rule);
        if (rule.kind == MarkerKind::address)
            address_states[rule.prefix.address.bytes()[0]].push_back(&rule);
    }
    std::sort(body_markers.begin(), body_markers.end());
    for (auto& [number, list] : asns)
        std::sort(list.begin(), list.end(), [](const Rule* a, const Rule* b) {
            return a->precision != b->precision ? a->precision < b->precision : a->id < b->id;
        });
    for (auto& [name, list] : ech)
        scanner::catalogue::sort_by_id(list);
}

void Lookup::note_day(const Source& source)
{
    date = std::max(date, source.checked);
}

const SuffixIndex* Lookup::names(RuleKind kind) const
{
    const std::size_t index = name_index(kind);
    return index < names_.size() ? &names_[index] : nullptr;
}

std::vector<const Rule*> Lookup::certificates(std::string_view field, std::string_view value) const
{
    std::vector<const Rule*> found;
    if (field == "san_suffix") {
        // "*.edge.example" lies where the names lie that it stands for.
        if (value.starts_with("*."))
            value.remove_prefix(2);
        san_suffixes_.find(value, found);
        return found;
    }
    const auto index = certificate_fields_.find(field);
    if (index != certificate_fields_.end())
        index->second.find(value, found);
    sort_by_id(found);
    return found;
}

}  // namespace scanner::catalogue
