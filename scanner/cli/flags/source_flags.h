// Flags that say where `servedby data update` gets documents from.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace scanner::cli {

struct SourceFlags {
    /// Empty: the publishers. "https://mirror.example/x": in place of every scheme and host.
    /// Anything else: a folder with HOST/PATH as `wget -x` stores it, or LIST.txt, LIST.json,
    /// LIST.csv (LIST-1, LIST-2... where a list has several URLs).
    std::string from;
    std::vector<std::string> resolvers;
    std::string ca_file;
    std::chrono::milliseconds timeout{60'000};
};

}  // namespace scanner::cli
