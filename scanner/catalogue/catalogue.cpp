#include "scanner/catalogue/catalogue.h"

#include <algorithm>
#include <limits>

#include "resolvers/base/ascii.h"
#include "scanner/catalogue/index/check.h"
#include "scanner/catalogue/index/lookup.h"
#include "scanner/catalogue/load/deny_file.h"
#include "scanner/catalogue/load/load.h"

namespace scanner::catalogue {

struct Catalogue::Index : Lookup {
    using Lookup::Lookup;
};

std::string Source::text() const
{
    std::string text = url;
    if (!commit.empty())
        text += "@" + commit;
    if (!path.empty())
        text += (text.empty() ? "" : " ") + path;
    return text;
}

const Tenancy* Product::tenancy_at(const Provider& network) const
{
    for (const Tenancy& tenancy : runs_on)
        if (tenancy.provider == &network)
            return &tenancy;
    return nullptr;
}

bool Product::looks_like(const Product& other) const
{
    const auto names = [](const Product& one, const std::string& wanted) {
        return std::ranges::find(one.undetermined_with, wanted) != one.undetermined_with.end();
    };
    return names(*this, other.id) || names(other, id);
}

bool Product::has(Role role) const
{
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

resolvers::Outcome<Catalogue> Catalogue::load(const std::string& dir,
                                              const std::vector<std::string>& overlays)
{
    return load_with({}, dir, overlays);
}

resolvers::Outcome<Catalogue> Catalogue::load_with(const std::map<std::string, std::string>& ranges,
                                                   const std::string& dir,
                                                   const std::vector<std::string>& overlays)
{
    Errors errors;
    Contents contents = load_contents(dir, overlays, ranges, errors);
    auto index = std::make_unique<Index>(std::move(contents), errors);
    check(*index, errors);
    if (!errors.empty())
        return resolvers::Failure{"catalogue", errors.text()};
    return Catalogue(std::move(index));
}

Catalogue::Catalogue(std::unique_ptr<Index> index) : index_(std::move(index)) {}
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;
Catalogue::~Catalogue() = default;

std::vector<RangeHit> Catalogue::ranges_of(const resolvers::IpAddress& address) const
{
    return index_->addresses.find(address);
}

std::vector<RangeHit> Catalogue::former_ranges_of(const resolvers::IpAddress& address,
                                                  std::chrono::sys_days day) const
{
    std::vector<RangeHit> hits = index_->former.find(address);
    std::erase_if(hits, [&](const RangeHit& hit) { return *hit.rule->until < day; });
    return hits;
}

std::vector<RangeHit> Catalogue::origin_facing_of(const resolvers::IpAddress& address) const
{
    return index_->origin_facing.find(address);
}

std::vector<RangeHit> Catalogue::ranges_inside(const resolvers::Prefix& prefix,
                                               std::size_t limit) const
{
    return index_->addresses.inside(prefix, limit);
}

std::map<const Rule*, std::vector<resolvers::Prefix>> Catalogue::prefixes_by_rule() const
{
    constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    std::map<const Rule*, std::vector<resolvers::Prefix>> lists;
    for (const resolvers::Prefix& everything :
         {resolvers::Prefix{}, resolvers::Prefix{resolvers::IpAddress::from_v6({}), 0}})
        for (const AddressIndex* index :
             {&index_->addresses, &index_->origin_facing, &index_->former})
            for (const RangeHit& hit : index->inside(everything, all))
                lists[hit.rule].push_back(hit.prefix);
    return lists;
}

const std::vector<const Rule*>& Catalogue::asn_rules(std::uint32_t asn) const
{
    static const std::vector<const Rule*> no_rules;
    const auto found = index_->asns.find(asn);
    return found == index_->asns.end() ? no_rules : found->second;
}

std::vector<const Rule*> Catalogue::name_rules(RuleKind kind, std::string_view name) const
{
    std::vector<const Rule*> found;
    if (const SuffixIndex* names = index_->names(kind))
        names->find(name, found);
    return found;
}

std::vector<const Rule*> Catalogue::header_rules(std::string_view name,
                                                 std::string_view value) const
{
    std::vector<const Rule*> found;
    index_->headers.find(name, value, found);
    sort_by_id(found);
    return found;
}

std::vector<const Rule*> Catalogue::cookie_rules(std::string_view name) const
{
    std::vector<const Rule*> found;
    index_->cookies.find(name, found);
    sort_by_id(found);
    return found;
}

std::vector<const Rule*> Catalogue::certificate_rules(std::string_view field,
                                                      std::string_view value) const
{
    return index_->certificates(field, value);
}

std::vector<const Rule*> Catalogue::ech_rules(std::string_view public_name) const
{
    const auto found = resolvers::is_lower(public_name)
                           ? index_->ech.find(public_name)
                           : index_->ech.find(resolvers::to_lower(public_name));
    return found == index_->ech.end() ? std::vector<const Rule*>{} : found->second;
}

const std::vector<const Rule*>& Catalogue::answer_rules() const
{
    return index_->answers;
}

const std::vector<const Rule*>& Catalogue::edge_path_rules() const
{
    return index_->edge_paths;
}

bool Catalogue::answer_matches(const Rule& rule, std::string_view header_value) const
{
    if (rule.kind != RuleKind::answer || rule.key.empty())
        return false;
    const auto pattern = index_->answer_patterns.find(&rule);
    return value_matches(
        {&rule, pattern == index_->answer_patterns.end() ? nullptr : pattern->second},
        header_value);
}

const std::vector<StateRule>& Catalogue::state_rules() const
{
    return index_->states;
}

std::vector<const StateRule*> Catalogue::address_markers(const resolvers::IpAddress& address) const
{
    std::vector<const StateRule*> found;
    for (const StateRule* rule : index_->address_states[address.bytes()[0]])
        if (rule->prefix.contains(address))
            found.push_back(rule);
    return found;
}

const std::vector<const StateRule*>& Catalogue::state_rules_of(MarkerKind kind) const
{
    return index_->states_by_kind[static_cast<std::size_t>(kind)];
}

const std::vector<std::pair<std::string, std::string>>& Catalogue::body_markers() const
{
    return index_->body_markers;
}

const Product* Catalogue::product(std::string_view id) const
{
    const auto found = index_->product_by_id.find(id);
    return found == index_->product_by_id.end() ? nullptr : found->second;
}

const Product* Catalogue::registrar(unsigned iana_id) const
{
    const auto found = index_->registrars.find(iana_id);
    return found == index_->registrars.end() ? nullptr : found->second;
}

const std::vector<const Product*>& Catalogue::products() const
{
    return index_->products;
}
const std::vector<const Rule*>& Catalogue::rules() const
{
    return index_->rules;
}

const Provider* Catalogue::provider(std::string_view id) const
{
    const auto company = index_->contents.companies.find(id);
    if (company != index_->contents.companies.end())
        return &company->second->provider;
    // A registrar without a file is a company of one product, of the same id.
    const Product* only = product(id);
    return only != nullptr && only->provider->id == id ? only->provider : nullptr;
}

const Provider* Catalogue::provider_named(std::string_view name) const
{
    return index_->company_names.find(name);
}

bool Catalogue::is_denied(std::string_view mailbox) const
{
    return denies(index_->contents.deny, mailbox);
}

const Canaries& Catalogue::canaries() const
{
    return index_->contents.canaries;
}

const std::vector<Publisher>& Catalogue::publishers() const
{
    return index_->contents.publishers;
}

const std::string& Catalogue::date() const
{
    return index_->date;
}
const std::string& Catalogue::sha256() const
{
    return index_->contents.sha256;
}

}  // namespace scanner::catalogue
