#include "scanner/score/label_names.h"

#include <algorithm>
#include "resolvers/base/ascii.h"

namespace scanner::score {

namespace {

// Aliases of the company stand with each of its products.
bool all_have(const std::vector<const catalogue::Product*>& products, const std::string& alias)
{
    return std::ranges::all_of(products, [&](const catalogue::Product* product) {
        return std::ranges::find(product->aliases, alias) != product->aliases.end();
    });
}

}  // namespace

std::string folded(std::string_view name)
{
    std::string plain;
    for (const char c : name) {
        if (resolvers::is_alpha(c) || resolvers::is_digit(c) ||
            static_cast<unsigned char>(c) >= 0x80)
            plain += resolvers::to_lower(c);
    }
    return plain;
}

LabelNames::LabelNames(const catalogue::Catalogue& catalogue) : catalogue_(catalogue)
{
    std::map<std::string_view, std::vector<const catalogue::Product*>> by_company;
    for (const catalogue::Product* product : catalogue.products())
        by_company[product->provider->id].push_back(product);
    for (const auto& [id, products] : by_company) {
        const std::string company(id);
        companies_[folded(company)].insert(company);
        companies_[folded(products.front()->provider->name)].insert(company);
        for (const catalogue::Product* product : products) {
            products_[folded(product->id)].insert(product->id);
            products_[folded(product->name)].insert(product->id);
            for (const std::string& alias : product->aliases) {
                if (all_have(products, alias))
                    companies_[folded(alias)].insert(company);
                else
                    products_[folded(alias)].insert(product->id);
            }
        }
    }
}

void LabelNames::look_up(std::string_view name, Meaning& meaning) const
{
    const std::string key = folded(name);
    if (key.empty())
        return;
    meaning.texts.insert(key);
    if (const auto found = companies_.find(key); found != companies_.end())
        meaning.companies.insert(found->second.begin(), found->second.end());
    if (const auto found = products_.find(key); found != products_.end())
        for (const std::string& id : found->second) {
            meaning.products.insert(id);
            meaning.companies_of_products.insert(catalogue_.product(id)->provider->id);
        }
    if (const catalogue::Provider* company = catalogue_.provider_named(name);
        company != nullptr && meaning.is_unknown())
        meaning.companies.insert(company->id);
}

Meaning LabelNames::find(const std::vector<std::string>& names) const
{
    Meaning meaning;
    for (const std::string& name : names) {
        Meaning whole;
        look_up(name, whole);
        // "Edgio (EdgeCast)", "Google (own)": what stands before the bracket, then what is in it.
        const std::size_t bracket = name.find('(');
        const std::string_view before = resolvers::trim(std::string_view(name).substr(0, bracket));
        if (whole.is_unknown() && bracket != std::string::npos) {
            look_up(before, whole);
            const std::size_t end = name.find(')', bracket);
            if (whole.is_unknown() && end != std::string::npos)
                look_up(
                    resolvers::trim(std::string_view(name).substr(bracket + 1, end - bracket - 1)),
                    whole);
        }
        // "StackPath/Highwinds": either.
        if (whole.is_unknown() && before.find('/') != std::string_view::npos)
            for (std::string_view rest = before; !rest.empty();) {
                const std::size_t slash = rest.find('/');
                look_up(resolvers::trim(rest.substr(0, slash)), whole);
                rest =
                    slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
            }
        meaning.companies.merge(whole.companies);
        meaning.products.merge(whole.products);
        meaning.companies_of_products.merge(whole.companies_of_products);
        meaning.texts.merge(whole.texts);
    }
    return meaning;
}

}  // namespace scanner::score
