#include "scanner/catalogue/load/registrar_file.h"

#include "scanner/catalogue/load/channel_table.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

namespace {

constexpr std::int64_t largest_iana_id = 999'999'999;

void read_registrar(const Value& table, const std::string& file, Registrars& registrars,
                    Errors& errors)
{
    TableReader reader(table, file, "[[registrar]]", errors);
    Product product;
    product.where = reader.where();
    const auto id = reader.number("iana_id");
    if (!id && !reader.has("iana_id"))
        errors.add(reader.where(), "[[registrar]] has no \"iana_id\"; add it");
    if (id && (*id < 1 || *id > largest_iana_id))
        reader.error("iana_id", std::to_string(*id) + " is not an IANA registrar id");
    product.name = reader.required_text("name");
    product.roles = {Role::registrar};
    product.legal_entity = reader.text("legal_entity");
    for (LinedText& item : reader.texts("aliases"))
        product.aliases.push_back(std::move(item.text));
    product.notes = reader.text("notes");
    // A company that has a file of its own keeps its id here.
    std::string provider = reader.text("provider");
    read_channels(reader.tables("channel"), file, "[[registrar.channel]]",
                  registrars.company->sources, product, errors);
    reader.finish();
    if (!id)
        return;
    product.id = "registrar-" + std::to_string(*id);
    registrars.company->products.push_back(std::move(product));
    registrars.iana_ids.push_back(static_cast<unsigned>(*id));
    registrars.provider_ids.push_back(std::move(provider));
}

}  // namespace

Registrars read_registrar_file(const std::string& file, std::string_view text, Errors& errors)
{
    Registrars registrars;
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(file, document.error_line), "not TOML: " + document.error);
        return registrars;
    }
    TableReader reader(document.root, file, "the registrars' file", errors);
    registrars.company = std::make_unique<Company>();
    registrars.company->provider.id = "registrars";
    registrars.company->where = place(file, 1);
    registrars.company->sources = read_sources(reader, file, errors);
    for (const Value& table : reader.tables("registrar"))
        read_registrar(table, file, registrars, errors);
    reader.finish();
    return registrars;
}

}  // namespace scanner::catalogue
