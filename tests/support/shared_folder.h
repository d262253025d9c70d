// Where recordings of third parties are, if they are at hand: they are no part of the sources.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace support {

/// Empty if there is no such folder; tests then skip, with a message.
inline std::filesystem::path shared_folder()
{
    if (const char* set = std::getenv("SERVEDBY_SHARED"))
        return set;
    for (const std::string up : {"/../shared", "/../../shared"})
        if (std::filesystem::exists(std::string(SERVEDBY_SOURCE_DIR) + up))
            return std::string(SERVEDBY_SOURCE_DIR) + up;
    return {};
}

}  // namespace support
