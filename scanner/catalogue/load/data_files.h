// The files of a catalogue folder, read into memory: the only place of the catalogue that touches
// the file system.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scanner/catalogue/errors.h"

namespace scanner::catalogue {

struct DataFile {
    /// Relative to the folder, with '/': "providers/examplecdn.toml".
    std::string name;
    std::string text;
};

struct DataFolder {
    std::vector<DataFile> providers;
    std::vector<DataFile> ranges;
    std::vector<DataFile> states;
    /// None or one.
    std::vector<DataFile> registrars;
    std::vector<DataFile> deny;
    std::vector<DataFile> canaries;
    /// ranges/publishers.toml.
    std::vector<DataFile> publishers;

    /// All of them, by name.
    std::vector<const DataFile*> by_name() const;
    bool empty() const;
};

/// Texts that stand for files, whatever is on the disk, by path: FOLDER/ranges/examplecdn.txt.
using FileTexts = std::map<std::string, std::string>;

/// The path of a file of data/ranges/ as FileTexts wants it.
std::string range_path(const std::string& dir, const std::string& file);

/// Reads what is there, sorted by name; other files are left alone. Missing folders are empty ones.
/// `loose` (for overlays): provider files may also stand in the folder itself. Files that cannot be
/// read are errors.
DataFolder read_data_folder(const std::string& dir, bool loose, const FileTexts& instead,
                            Errors& errors);

}  // namespace scanner::catalogue
