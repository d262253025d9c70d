// The data that servedby ships, through the same checks as anybody's.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/catalogue_files.h"

TEST_CASE("the shipped data load without a fault")
{
    const std::string dir = SERVEDBY_SOURCE_DIR "/data";
    std::error_code error;
    const std::filesystem::path providers = std::filesystem::path(dir) / "providers";
    if (!std::filesystem::exists(providers, error) || std::filesystem::is_empty(providers, error)) {
        MESSAGE("no provider files in data/ yet");
        return;
    }
    const auto loaded = scanner::catalogue::Catalogue::load(dir);
    const std::string faults = loaded.has_value() ? "" : loaded.error().detail;
    CHECK(faults == "");
}
