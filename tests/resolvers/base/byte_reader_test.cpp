#include "resolvers/base/byte_reader.h"

#include <doctest/doctest.h>

#include <vector>

using resolvers::ByteReader;

TEST_CASE("a byte reader reads big-endian numbers and runs in order")
{
    const std::vector<std::uint8_t> bytes = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                             0x02, 0xAA, 0xBB, 0x00, 0x01, 0xCC, 0xDD};
    ByteReader reader(bytes);
    CHECK(reader.u8() == 0x01);
    CHECK(reader.u16() == 0x0203);
    CHECK(reader.u32() == 0x04050607);
    const auto short_run = reader.take_after_u8();
    CHECK(std::vector<std::uint8_t>(short_run.begin(), short_run.end()) ==
          std::vector<std::uint8_t>{0xAA, 0xBB});
    const auto long_run = reader.take_after_u16();
    CHECK(std::vector<std::uint8_t>(long_run.begin(), long_run.end()) ==
          std::vector<std::uint8_t>{0xCC});
    CHECK(reader.position() == 13);
    CHECK(reader.left() == 1);
    CHECK(reader.rest().size() == 1);
    CHECK(reader.left() == 0);
    CHECK(reader.ok());
}

TEST_CASE("a byte reader that ran past the end stays failed and gives zeros")
{
    const std::vector<std::uint8_t> bytes = {0xFF, 0xFF, 0xFF};
    ByteReader reader(bytes);
    CHECK(reader.u32() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.left() == 0);
    CHECK(reader.u8() == 0);
    CHECK(reader.take(1).empty());
    CHECK(reader.rest().empty());
    CHECK_FALSE(reader.ok());
}

TEST_CASE("a run longer than what is left fails without being read")
{
    const std::vector<std::uint8_t> bytes = {0x05, 0x01, 0x02};
    ByteReader reader(bytes);
    CHECK(reader.take_after_u8().empty());
    CHECK_FALSE(reader.ok());
}
