#include "scanner/cli/flags/offline_flags.h"

namespace scanner::cli {

void add_offline_flags(OptionTable& table, OfflineFlags& flags)
{
    table.add({.names = "files",
               .target = &flags.files,
               .summary = "JSON lines to read, plain or zstd (default: stdin)",
               .value = "FILE"});
    table.add({.names = "-o,--output",
               .target = &flags.output,
               .summary = "Write to FILE instead of stdout; packed if it is called *.zst",
               .value = "FILE"});
    table.add({.names = "--threads",
               .target = &flags.threads,
               .summary = "Threads (default: one a core)"});
}

}  // namespace scanner::cli
