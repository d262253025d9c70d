#include "scanner/cli/exit_code.h"

#include <iostream>

namespace scanner {

ExitCode fail(const std::string& what)
{
    std::cerr << "servedby: " << what << '\n';
    return ExitCode::failed;
}

}  // namespace scanner
