// The files of a catalogue folder, read into memory: the only place of the catalogue that touches
// the file system.
#pragma once

#include <string>
#include <vector>

#include "scanner/catalogue/errors.h"

namespace scanner {

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

    /// All of them, by name.
    std::vector<const DataFile*> by_name() const;
    bool empty() const;
};

/// Reads what is there, sorted by name; other files are left alone. Missing folders are empty ones.
/// `loose` (for overlays): provider files may also stand in the folder itself. Files that cannot be
/// read are errors.
DataFolder read_data_folder(const std::string& dir, bool loose, Errors& errors);

}  // namespace scanner
