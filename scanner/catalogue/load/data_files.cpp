#include "scanner/catalogue/load/data_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace scanner::catalogue {

namespace {

namespace fs = std::filesystem;

// Nothing that a person maintains is larger; the largest published list is below 2 MB.
constexpr std::uintmax_t largest_file = 32U << 20;

bool read_file(const fs::path& path, std::string& text, std::string& fault)
{
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    if (error) {
        fault = error.message();
        return false;
    }
    if (size > largest_file) {
        fault = "larger than 32 MiB; is this the right file?";
        return false;
    }
    std::ifstream in(path, std::ios::binary);
    text.resize(static_cast<std::size_t>(size));
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (!in || in.gcount() != static_cast<std::streamsize>(size)) {
        fault = "could not be read";
        return false;
    }
    return true;
}

void add_file(const fs::path& path, std::string name, std::vector<DataFile>& files, Errors& errors)
{
    DataFile file{std::move(name), {}};
    std::string fault;
    if (!read_file(path, file.text, fault)) {
        errors.add(place(file.name, 0), fault);
        return;
    }
    files.push_back(std::move(file));
}

// Files of one folder with that ending; hidden ones are an editor's.
void add_folder(const std::string& dir, const std::string& folder, std::string_view ending,
                std::vector<DataFile>& files, Errors& errors)
{
    std::error_code error;
    fs::directory_iterator entries(folder.empty() ? fs::path(dir) : fs::path(dir) / folder, error);
    if (error)
        return;
    std::vector<fs::path> paths;
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
        if (error)
            break;
        const std::string name = entries->path().filename().string();
        std::error_code ignored;
        if (!name.starts_with('.') && name.ends_with(ending) && entries->is_regular_file(ignored))
            paths.push_back(entries->path());
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        const std::string name = path.filename().string();
        if (folder.empty() &&
            (name == "registrars.toml" || name == "deny.toml" || name == "canaries.toml"))
            continue;
        add_file(path, folder.empty() ? name : folder + "/" + name, files, errors);
    }
}

void add_single(const std::string& dir, const std::string& name, std::vector<DataFile>& files,
                Errors& errors)
{
    std::error_code error;
    const fs::path path = fs::path(dir) / name;
    if (fs::exists(path, error))
        add_file(path, name, files, errors);
}

}  // namespace

std::vector<const DataFile*> DataFolder::by_name() const
{
    std::vector<const DataFile*> all;
    for (const auto* files :
         {&providers, &ranges, &states, &registrars, &deny, &canaries, &publishers})
        for (const DataFile& file : *files)
            all.push_back(&file);
    std::sort(all.begin(), all.end(),
              [](const DataFile* a, const DataFile* b) { return a->name < b->name; });
    return all;
}

bool DataFolder::empty() const
{
    return providers.empty() && ranges.empty() && states.empty() && registrars.empty() &&
           deny.empty() && canaries.empty() && publishers.empty();
}

std::string range_path(const std::string& dir, const std::string& file)
{
    return (fs::path(dir) / "ranges" / file).string();
}

namespace {

// Lays texts over the range files that were read, and adds those that the disk has not.
void lay_over(const std::string& dir, const FileTexts& instead, std::vector<DataFile>& ranges)
{
    const std::string begin = range_path(dir, "");
    for (const auto& [path, text] : instead) {
        if (!path.starts_with(begin))
            continue;
        const std::string name = "ranges/" + path.substr(begin.size());
        const auto found = std::find_if(ranges.begin(), ranges.end(),
                                        [&](const DataFile& file) { return file.name == name; });
        if (found != ranges.end())
            found->text = text;
        else
            ranges.push_back({name, text});
    }
    std::sort(ranges.begin(), ranges.end(),
              [](const DataFile& a, const DataFile& b) { return a.name < b.name; });
}

}  // namespace

DataFolder read_data_folder(const std::string& dir, bool loose, const FileTexts& instead,
                            Errors& errors)
{
    DataFolder folder;
    add_folder(dir, "providers", ".toml", folder.providers, errors);
    if (loose)
        add_folder(dir, "", ".toml", folder.providers, errors);
    add_folder(dir, "ranges", ".txt", folder.ranges, errors);
    lay_over(dir, instead, folder.ranges);
    add_folder(dir, "states", ".toml", folder.states, errors);
    add_single(dir, "registrars.toml", folder.registrars, errors);
    add_single(dir, "deny.toml", folder.deny, errors);
    add_single(dir, "canaries.toml", folder.canaries, errors);
    add_single(dir, "ranges/publishers.toml", folder.publishers, errors);
    return folder;
}

}  // namespace scanner::catalogue
