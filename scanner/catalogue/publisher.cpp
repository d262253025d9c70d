#include "scanner/catalogue/publisher.h"

#include <algorithm>

#include "scanner/catalogue/load/document.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/load/table_reader.h"
#include "scanner/catalogue/update/json_select.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

constexpr std::string_view formats[] = {"lines", "json", "geofeed"};

bool is_file_name(std::string_view name)
{
    return name.size() > 4 && name.ends_with(".txt") && name.front() != '.' &&
           name.find_first_of("/\\") == std::string_view::npos;
}

void read_urls(TableReader& reader, std::string_view file, Publisher& list, Errors& errors)
{
    for (LinedText& item : reader.texts("urls")) {
        if (!is_url(item.text) || !item.text.starts_with("https://"))
            errors.add(place(file, item.line),
                       "\"" + item.text +
                           "\" is not an https URL; lists are fetched safely or "
                           "not at all");
        list.urls.push_back(std::move(item.text));
    }
    if (!reader.has("urls"))
        errors.add(reader.where(), "[[list]] has no \"urls\"; add it");
}

void read_select(TableReader& reader, std::string_view file, Publisher& list, Errors& errors)
{
    for (LinedText& item : reader.texts("select")) {
        const auto path = JsonPath::parse(item.text);
        if (!path)
            errors.add(place(file, item.line), path.error().detail);
        list.select.push_back(std::move(item.text));
    }
    const bool is_json = list.format == ListFormat::json;
    if (is_json && !reader.has("select"))
        errors.add(reader.where(),
                   "format \"json\" needs \"select\": what in the document is the "
                   "list?");
    if (!is_json && reader.has("select"))
        reader.error("select", "\"select\" is for format \"json\" alone; leave it out");
}

}  // namespace

std::string Publisher::name() const
{
    return file.substr(0, file.rfind(".txt"));
}

std::vector<Publisher> read_publishers(const std::string& name, std::string_view text,
                                       const std::string& folder, Errors& errors)
{
    std::vector<Publisher> lists;
    const Document document = parse_toml(text);
    if (!document.error.empty()) {
        errors.add(place(name, document.error_line), "not TOML: " + document.error);
        return lists;
    }
    TableReader file(document.root, name, "the publishers' file", errors);
    for (const Value& table : file.tables("list")) {
        TableReader reader(table, name, "[[list]]", errors);
        Publisher list;
        list.where = reader.where();
        list.folder = folder;
        list.file = reader.required_text("file");
        if (!list.file.empty() && !is_file_name(list.file))
            reader.error("file", "\"" + list.file +
                                     "\" is not a file of data/ranges/; write like "
                                     "examplecdn.txt");
        read_urls(reader, name, list, errors);
        if (const auto format = reader.required_word("format", formats))
            list.format = static_cast<ListFormat>(*format);
        read_select(reader, name, list, errors);
        list.link = reader.text("link");
        if (!list.link.empty() && list.urls.size() > 1)
            reader.error("link", "one page leads to the list; name one URL");
        list.kind = reader.one_of<SourceKind>("kind").value_or(SourceKind::primary);
        list.remark = reader.text("remark");
        reader.finish();
        for (const Publisher& other : lists)
            if (other.file == list.file)
                errors.add(list.where, "\"" + list.file + "\" stands in " + other.where +
                                           " already; a file has one publisher");
        lists.push_back(std::move(list));
    }
    file.finish();
    return lists;
}

std::string host_of_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos)
        return "";
    url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find_first_of("/?#")));
}

std::string path_of_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme != std::string_view::npos)
        url.remove_prefix(scheme + 3);
    const std::size_t begin = url.find_first_of("/?");
    if (begin == std::string_view::npos)
        return "/";
    return (url[begin] == '?' ? "/" : "") + std::string(url.substr(begin));
}

}  // namespace scanner::catalogue
