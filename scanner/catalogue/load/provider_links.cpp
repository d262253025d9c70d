#include "scanner/catalogue/load/provider_links.h"

namespace scanner::catalogue {

namespace {

// The living before the dead, the reachable before the mute, then as the file has them.
int rank(const Product& product)
{
    return (product.status == ProductStatus::defunct  ? 4
            : product.status == ProductStatus::active ? 0
                                                      : 1) +
           (product.channels.empty() ? 2 : 0);
}

void add_product(Provider& provider, Product& product)
{
    product.provider = &provider;
    provider.products.push_back(&product);
    for (const Role role : product.roles) {
        const Product*& best = provider.best_by_role[static_cast<std::size_t>(role)];
        if (best == nullptr || rank(product) < rank(*best))
            best = &product;
    }
    if (product.lessor && (provider.lessor == nullptr || product.id < provider.lessor->id))
        provider.lessor = &product;
    if (product.has(Role::host) || product.has(Role::platform))
        ++provider.products_with_machines;
}

void link_company(Company& company, const Contents& contents)
{
    for (Product& product : company.products) {
        add_product(company.provider, product);
        for (Tenancy& tenancy : product.runs_on)
            if (const auto network = contents.companies.find(tenancy.network);
                network != contents.companies.end())
                tenancy.provider = &network->second->provider;
    }
    for (const RuleEntry& entry : company.rules)
        if (entry.rule.kind == RuleKind::range && entry.rule.range_kind == RangeKind::edge &&
            entry.rule.strength >= Strength::strong)
            company.products[entry.product].lists_edges = true;
}

void link_registrars(Registrars& registrars, const Contents& contents)
{
    for (std::size_t i = 0; i < registrars.iana_ids.size(); ++i) {
        Product& product = registrars.company->products[i];
        const std::string& named = registrars.provider_ids[i];
        const auto company = contents.companies.find(named);
        if (company != contents.companies.end()) {
            product.provider = &company->second->provider;
            continue;
        }
        Provider& own = *registrars.providers.emplace_back(std::make_unique<Provider>());
        own.id = named.empty() ? product.id : named;
        own.name = product.name;
        own.legal_entity = product.legal_entity;
        own.aliases = product.aliases;
        add_product(own, product);
    }
}

}  // namespace

void link_providers(Contents& contents)
{
    for (auto& [id, company] : contents.companies)
        link_company(*company, contents);
    for (Registrars& registrars : contents.registrars)
        link_registrars(registrars, contents);
}

}  // namespace scanner::catalogue
