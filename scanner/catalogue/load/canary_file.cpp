#include "scanner/catalogue/load/canary_file.h"

#include <algorithm>

#include "resolvers/base/domain_name.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

namespace {

constexpr std::string_view kinds[] = {"nonexistent", "known", "bogus", "policy"};

bool is_canary_name(std::string name, bool may_be_random)
{
    if (const std::size_t mark = name.find(random_label_mark); mark != std::string::npos) {
        if (!may_be_random)
            return false;
        name.replace(mark, std::string_view(random_label_mark).size(), "a");
    }
    const auto parsed = resolvers::DomainName::parse(name);
    return parsed && parsed->text() == name;
}

void read_canary(const Value& table, const std::string& file,
                 const std::map<std::string, Source>& sources, Canaries& canaries, Errors& errors)
{
    TableReader reader(table, file, "[[canary]]", errors);
    const auto kind = reader.required_word("kind", kinds);
    const std::string name = reader.required_text("name");
    std::vector<resolvers::IpAddress> addresses;
    for (const LinedText& item : reader.texts("addresses")) {
        if (const auto address = resolvers::IpAddress::parse(item.text))
            addresses.push_back(*address);
        else
            errors.add(place(file, item.line), "\"" + item.text + "\" is not an address");
    }
    std::sort(addresses.begin(), addresses.end());
    read_source(reader, sources);
    reader.finish();
    if (!kind || name.empty())
        return;
    const std::string_view word = kinds[*kind];
    if (!is_canary_name(name, word == "nonexistent")) {
        reader.error("name", "\"" + name + "\" is not a name in lower case" +
                                 (word == "nonexistent" ? " with at most one {random} in it" : ""));
        return;
    }
    if (addresses.empty() == (word == "known")) {
        reader.error("addresses", word == "known"
                                      ? "a known answer needs its \"addresses\""
                                      : "only a canary of kind \"known\" has \"addresses\"");
        return;
    }
    if (word == "known")
        canaries.known.push_back({name, std::move(addresses)});
    else if (word == "nonexistent")
        canaries.nonexistent.push_back(name);
    else
        (word == "bogus" ? canaries.bogus : canaries.policy).push_back(name);
}

}  // namespace

void read_canary_file(const std::string& file, std::string_view text, Canaries& canaries,
                      Errors& errors)
{
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(file, document.error_line), "not TOML: " + document.error);
        return;
    }
    canaries = Canaries{};
    TableReader reader(document.root, file, "the canary file", errors);
    const std::map<std::string, Source> sources = read_sources(reader, file, errors);
    for (const Value& table : reader.tables("canary"))
        read_canary(table, file, sources, canaries, errors);
    reader.finish();
}

}  // namespace scanner::catalogue
