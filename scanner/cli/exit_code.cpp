#include "scanner/cli/exit_code.h"

#include <iostream>

namespace scanner::cli {

ExitCode fail(const std::string& what)
{
    std::cerr << "servedby: " << what << '\n';
    return ExitCode::failed;
}

}  // namespace scanner::cli
