// servedby data: what the catalogue knows, searched, checked, renewed and compared.
#include "scanner/cli/commands/data.h"

namespace scanner::cli {

namespace {

constexpr Command table[] = {
    {"show", "What is known of a name, an address, a suffix, a header, and from where",
     data_show_command},
    {"check", "Read everything, try every example on the engine itself", data_check_command},
    {"update", "Fetch the lists that publishers give out, and the routing data",
     data_update_command},
    {"diff", "What differs between two data directories", data_diff_command},
};

}  // namespace

std::span<const Command> data_commands()
{
    return table;
}

}  // namespace scanner::cli
