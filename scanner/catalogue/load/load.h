// From folders of files to Contents: read, parse, lay overlays over, resolve range files.
#pragma once

#include <string>
#include <vector>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/load/data_files.h"

namespace scanner::catalogue {

/// What stands in `dir` with each overlay laid over it in turn; the range files of `instead` in
/// place of those on the disk. Faults go to `errors`; what could be read is returned all the same.
Contents load_contents(const std::string& dir, const std::vector<std::string>& overlays,
                       const FileTexts& instead, Errors& errors);

}  // namespace scanner::catalogue
