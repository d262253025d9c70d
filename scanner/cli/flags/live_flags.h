// Flags of the commands that look at the world.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/cli/flags/option_table.h"
#include "scanner/cli/flags/polite_flags.h"
#include "scanner/cli/flags/rdap_flags.h"
#include "scanner/cli/flags/view_flags.h"

namespace scanner::cli {

struct LiveFlags {
    std::vector<std::string> files;
    std::vector<std::string> resolvers;
    ViewFlags views;
    std::string output;
    std::string input_format = "auto";
    std::string column;
    std::string user_agent;
    std::string contact;
    std::string vantage;
    std::string ca_file;
    std::chrono::milliseconds timeout{5'000};
    std::chrono::milliseconds deadline{20'000};
    unsigned retries = 1;
    unsigned in_flight = 1000;
    unsigned threads = 0;
    unsigned shards = 1;
    unsigned shard = 0;
    std::uint64_t seed = 0;
    RdapFlags rdap;
    bool ordered = false;
    bool no_http = false;
    bool allow_private = false;
    bool silent = false;
    bool stats = false;
    bool strict = false;
    PoliteFlags polite;
};

void add_live_flags(OptionTable& table, LiveFlags& flags);

}  // namespace scanner::cli
