#include "scanner/catalogue/load/provider_file.h"

#include <algorithm>

#include "scanner/catalogue/load/channel_table.h"
#include "scanner/catalogue/load/rule_table.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

// The words of Role, and "service", which is no role but the absence of one.
constexpr std::string_view roles[] = {"front",    "platform", "host",      "network",  "scrubber",
                                      "steering", "dns",      "registrar", "registry", "service"};

std::vector<std::string> plain(std::vector<LinedText> lined)
{
    std::vector<std::string> texts;
    texts.reserve(lined.size());
    for (LinedText& item : lined)
        texts.push_back(std::move(item.text));
    return texts;
}

void read_roles(TableReader& reader, std::string_view file, Product& product, Errors& errors)
{
    if (!reader.has("roles"))
        errors.add(reader.where(), "[[product]] has no \"roles\"; add it");
    for (const LinedText& item : reader.texts("roles")) {
        if (item.text == "service")
            product.service = true;
        else if (const auto role = value_of<Role>(item.text))
            product.roles.push_back(*role);
        else
            errors.add(place(file, item.line),
                       "unknown role \"" + item.text + "\"" + suggestion(item.text, roles));
    }
    if (reader.has("roles") && product.roles.empty() && !product.service)
        reader.error("roles", "a product needs at least one role");
}

void read_tenancies(TableReader& product_reader, std::string_view file,
                    const std::map<std::string, Source>& sources, Product& product, Errors& errors)
{
    for (const Value& table : product_reader.tables("runs_on")) {
        TableReader reader(table, file, "[[product.runs_on]]", errors);
        Tenancy tenancy;
        tenancy.where = reader.where();
        tenancy.network = reader.required_text("network");
        if (const auto how = reader.required_one_of<TenancyKind>("how"))
            tenancy.how = *how;
        tenancy.source = read_source(reader, sources);
        reader.finish();
        if (std::ranges::find(product.runs_on, tenancy.network, &Tenancy::network) !=
            product.runs_on.end())
            reader.error("network", "\"" + tenancy.network + "\" stands twice; keep one");
        product.runs_on.push_back(std::move(tenancy));
    }
}

// The value names the source that says so.
void read_lessor(TableReader& reader, const Company& company, Product& product)
{
    const std::string source = reader.text("lessor");
    product.lessor = !source.empty();
    if (product.lessor && !company.sources.contains(source))
        reader.error("lessor", "unknown source \"" + source +
                                   "\"; \"lessor\" names the [sources.*] that says so");
    if (product.lessor && !product.has(Role::network))
        reader.error("lessor", "who lets addresses has the role \"network\"; add it");
}

void read_product(const Value& table, std::string_view file, Company& company, Errors& errors)
{
    TableReader reader(table, file, "[[product]]", errors);
    const std::size_t index = company.products.size();
    Product& product = company.products.emplace_back();
    product.where = reader.where();
    product.id = reader.required_text("id");
    if (!product.id.empty() && !is_id(product.id))
        reader.error("id", "\"" + product.id + "\" is not an id; use a-z, 0-9 and '-'");
    else if (!product.id.empty() && product.id != company.provider.id &&
             !product.id.starts_with(company.provider.id + "-"))
        reader.error("id", "product \"" + product.id + "\" must begin with \"" +
                               company.provider.id + "-\"");
    product.name = reader.required_text("name");
    read_roles(reader, file, product, errors);
    product.status = reader.one_of<ProductStatus>("status").value_or(ProductStatus::active);
    product.storage = reader.one_of<Storage>("storage").value_or(Storage::none);
    product.undetermined_with = plain(reader.texts("undetermined_with"));
    read_lessor(reader, company, product);
    product.notes = reader.text("notes");
    read_tenancies(reader, file, company.sources, product, errors);

    const Provider& provider = company.provider;
    product.legal_entity = reader.text("legal_entity");
    if (product.legal_entity.empty())
        product.legal_entity = provider.legal_entity;
    product.aliases = plain(reader.texts("aliases"));
    product.aliases.insert(product.aliases.end(), provider.aliases.begin(), provider.aliases.end());

    read_channels(reader.tables("channel"), file, "[[product.channel]]", company.sources, product,
                  errors);
    read_rules(reader, file, index, company, errors);
    reader.finish();
}

// "providers/examplecdn.toml" -> "examplecdn".
std::string_view stem_of(std::string_view file)
{
    file = file.substr(file.rfind('/') + 1);
    return file.substr(0, file.rfind('.'));
}

}  // namespace

bool is_id(std::string_view text)
{
    if (text.empty() || text.front() == '-' || text.back() == '-' ||
        text.find("--") != std::string_view::npos)
        return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::unique_ptr<Company> read_provider_file(const std::string& file, std::string_view text,
                                            Errors& errors)
{
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(file, document.error_line), "not TOML: " + document.error);
        return nullptr;
    }
    TableReader reader(document.root, file, "a provider's file", errors);
    auto company = std::make_unique<Company>();
    company->provider.id = reader.required_text("id");
    company->where = reader.where("id");
    if (!company->provider.id.empty() && !is_id(company->provider.id))
        reader.error("id", "\"" + company->provider.id + "\" is not an id; use a-z, 0-9 and '-'");
    else if (!company->provider.id.empty() && company->provider.id != stem_of(file))
        reader.error("id", "id \"" + company->provider.id +
                               "\" is not the file's name; call the file " + company->provider.id +
                               ".toml");
    company->provider.name = reader.required_text("name");
    company->provider.legal_entity = reader.text("legal_entity");
    company->provider.aliases = plain(reader.texts("aliases"));
    company->sources = read_sources(reader, file, errors);
    for (const Value& table : reader.tables("product"))
        read_product(table, file, *company, errors);
    if (!reader.has("product"))
        errors.add(reader.where(), "no [[product]] in this file; a company has at least one");
    reader.finish();
    if (company->provider.id.empty())
        return nullptr;

    // Products stay where they are from here on.
    for (RuleEntry& entry : company->rules)
        entry.rule.product = &company->products[entry.product];
    return company;
}

}  // namespace scanner::catalogue
