// Recorded and made-up answers of RDAP servers (tests/fixtures/rdap), and the time they are read
// at.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "resolvers/facts.h"

namespace support {

inline const resolvers::Timestamp noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) +
                                       std::chrono::hours(12)};

inline std::string rdap_fixture(const std::string& name)
{
    std::ifstream in(std::filesystem::path(SERVEDBY_SOURCE_DIR) / "tests/fixtures/rdap" / name);
    REQUIRE(in.good());
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace support
