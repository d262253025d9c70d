// Flags that hold a run back: who must not be looked at, and how fast everybody else may be.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

struct PoliteFlags {
    std::vector<std::string> block_lists;
    std::vector<std::string> opt_outs;
    std::string per_address = "2:2";
    std::string per_prefix = "10:10";
    std::string per_edge = "50:50";
    std::string rate;
    std::string dns_rate;
    std::chrono::milliseconds longest_wait = std::chrono::minutes(30);
    std::string certificates;
};

void add_polite_flags(OptionTable& table, PoliteFlags& flags);

}  // namespace scanner::cli
