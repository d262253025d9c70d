#include "scanner/catalogue/load/source_table.h"

#include <algorithm>

#include "resolvers/base/domain_name.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

bool is_url(std::string_view text)
{
    if (text.starts_with("https://"))
        text.remove_prefix(8);
    else if (text.starts_with("http://"))
        text.remove_prefix(7);
    else
        return false;
    const bool clean = std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == '<' || c == '>' || c == '"';
    });
    std::string_view host = text.substr(0, text.find_first_of("/?#"));
    host = host.substr(0, host.find(':'));
    return clean && resolvers::DomainName::parse(host).has_value() &&
           host.find('.') != std::string_view::npos;
}

namespace {

Source read_one(const Value& table, std::string_view file, const std::string& name, Errors& errors)
{
    const std::string title = "[sources." + name + "]";
    TableReader reader(table, file, title, errors);
    Source source;
    if (const auto kind = reader.required_one_of<SourceKind>("kind"))
        source.kind = *kind;
    // What no stranger can open may have no address, and no day on which it was read.
    const bool unverified = source.kind == SourceKind::unverified;
    source.url = unverified ? reader.text("url") : reader.required_text("url");
    if (!source.url.empty() && !is_url(source.url))
        reader.error("url", "\"" + source.url + "\" is not a URL; write https://host/path");
    source.commit = reader.text("commit");
    if (source.kind == SourceKind::public_repository && source.commit.empty())
        reader.error("commit", title + " is a repository and has no \"commit\"; name the one read");
    source.path = reader.text("path");
    source.checked = unverified ? reader.day("checked") : reader.required_day("checked");
    reader.finish();
    return source;
}

}  // namespace

std::map<std::string, Source> read_sources(TableReader& file_table, std::string_view file,
                                           Errors& errors)
{
    std::map<std::string, Source> sources;
    const Value* tables = file_table.table("sources");
    if (tables == nullptr)
        return sources;
    for (const auto& [name, table] : tables->fields) {
        if (table.kind != Value::Kind::table) {
            errors.add(place(file, table.line),
                       "source \"" + name + "\" must be a table headed [sources." + name + "]");
            continue;
        }
        sources.emplace(name, read_one(table, file, name, errors));
    }
    return sources;
}

const Source* read_source(TableReader& reader, const std::map<std::string, Source>& sources)
{
    const std::string name = reader.required_text("source");
    if (name.empty())
        return nullptr;
    const auto found = sources.find(name);
    if (found != sources.end())
        return &found->second;
    std::vector<std::string_view> known;
    for (const auto& [other, source] : sources)
        known.push_back(other);
    reader.error("source",
                 "no source is called \"" + name + "\"" +
                     (known.empty() ? "; add [sources." + name + "]" : suggestion(name, known)));
    return nullptr;
}

}  // namespace scanner::catalogue
