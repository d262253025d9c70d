// Flags about who is asked and what is asked of them: views, canaries, profiles.
#pragma once

#include <string>
#include <vector>

#include "scanner/cli/flags/option_table.h"

namespace scanner::cli {

struct ViewFlags {
    std::vector<std::string> views;
    std::string profile = "standard";
    std::string client_subnet;
    std::string canary = "auto";
    std::string authority = "never";
    bool www = false;
};

void add_view_flags(OptionTable& table, ViewFlags& flags);

}  // namespace scanner::cli
