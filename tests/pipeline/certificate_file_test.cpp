#include "scanner/pipeline/certificate_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

using scanner::pipeline::CertificateFile;

namespace {

struct TemporaryFile {
    std::string path = "/tmp/servedby-certs-XXXXXX";
    TemporaryFile() { close(mkstemp(path.data())); }
    ~TemporaryFile() { unlink(path.c_str()); }

    std::vector<std::string> lines() const
    {
        std::ifstream in(path);
        std::vector<std::string> read;
        for (std::string line; std::getline(in, line);)
            read.push_back(line);
        return read;
    }
};

std::string hash(unsigned number)
{
    std::string text(64, '0');
    const std::string digits = std::to_string(number);
    text.replace(16 - digits.size(), digits.size(), digits);
    return text;
}

const std::vector<std::uint8_t> der = {0x30, 0x82, 0xff};

}  // namespace

TEST_CASE("a certificate is written once, as a line of JSON")
{
    const TemporaryFile file;
    const auto opened = CertificateFile::open(file.path);
    REQUIRE(opened.has_value());
    for (int i = 0; i < 3; ++i) {
        (*opened)->add(hash(1), der);
        (*opened)->add(hash(2), der);
    }
    CHECK((*opened)->finish());
    CHECK(file.lines() ==
          std::vector<std::string>{R"({"sha256":")" + hash(1) + R"(","der":"MIL/"})",
                                   R"({"sha256":")" + hash(2) + R"(","der":"MIL/"})"});
}

TEST_CASE("beyond what can be remembered some are written again, and none is left out")
{
    const TemporaryFile file;
    const auto opened = CertificateFile::open(file.path, 3000);
    REQUIRE(opened.has_value());
    for (unsigned i = 1; i <= 3000; ++i)
        (*opened)->add(hash(i), der);
    for (unsigned i = 1; i <= 3000; ++i)
        (*opened)->add(hash(i), der);
    CHECK((*opened)->finish());
    CHECK(file.lines().size() == 3000);
    (*opened)->add(hash(3001), der);
    (*opened)->add(hash(7), der);
    CHECK((*opened)->finish());
    CHECK(file.lines().size() == 3002);
}

TEST_CASE("a file that cannot be written is told")
{
    CHECK_FALSE(CertificateFile::open("/no/such/folder/certs").has_value());
    const auto full = CertificateFile::open("/dev/full");
    REQUIRE(full.has_value());
    (*full)->add(hash(1), der);
    CHECK_FALSE((*full)->finish());
}
