#include "scanner/pipeline/input_stream.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "scanner/pipeline/zstd_stream.h"

using scanner::pipeline::input_fault;
using scanner::pipeline::open_inputs;

namespace {

// A file of its own for one test, gone afterwards.
class WrittenFile {
public:
    explicit WrittenFile(std::string_view text)
    {
        const int descriptor = ::mkstemp(path);
        REQUIRE(descriptor >= 0);
        ::close(descriptor);
        std::ofstream(path, std::ios::binary) << text;
    }
    ~WrittenFile() { ::unlink(path); }

    char path[32] = "/tmp/servedby-test-XXXXXX";
};

std::string packed(std::string_view text)
{
    std::string out;
    scanner::pipeline::ZstdEncoder().pack(text, true, out);
    return out;
}

std::vector<std::string> lines_of(std::istream& in)
{
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("plain and packed files read as one text, each ending its last line")
{
    const WrittenFile plain("a\nb");
    const WrittenFile both(packed("c\n") + packed("d\ne"));
    const WrittenFile empty("");
    auto in = open_inputs({plain.path, both.path, empty.path, plain.path});
    REQUIRE(in.has_value());
    CHECK(lines_of(**in) == std::vector<std::string>{"a", "b", "c", "d", "e", "a", "b"});
    CHECK(input_fault(**in).empty());
}

TEST_CASE("a packed file that breaks off gives its whole lines, and says so by name")
{
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "line " + std::to_string(i * 7919) + "\n";
    std::string whole;
    scanner::pipeline::ZstdEncoder encoder;
    encoder.pack(text, false, whole);
    const std::size_t first = whole.size();
    encoder.pack("the last\n", true, whole);
    for (const std::size_t kept : {first, first + 3}) {
        CAPTURE(kept);
        const WrittenFile cut(whole.substr(0, kept));
        auto in = open_inputs({cut.path});
        REQUIRE(in.has_value());
        CHECK(lines_of(**in).size() == 3000);
        CHECK((*in)->bad());
        CHECK(input_fault(**in) ==
              std::string(cut.path) +
                  ": the zstd data break off; whole lines before that were read");
    }
}

TEST_CASE("half a line at the end of cut data is not given out as a line")
{
    // Blocks of zstd end anywhere: at most 128 KiB of text each.
    std::string line(300'000, 'x');
    unsigned state = 1;
    for (char& c : line) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>('a' + (state >> 24) % 26);
    }
    std::string whole;
    scanner::pipeline::ZstdEncoder().pack("first\n" + line + "\n", true, whole);
    const WrittenFile cut(whole.substr(0, whole.size() - 40));
    auto in = open_inputs({cut.path});
    REQUIRE(in.has_value());
    const std::vector<std::string> lines = lines_of(**in);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "first");
    CHECK((*in)->bad());
}

TEST_CASE("packed data without a checksum whose last block is larger than the buffer read whole")
{
    // A raw block of 100,000 bytes in a frame that says nothing but its window: RFC 8878 3.1.1.
    std::string frame("\x28\xB5\x2F\xFD\x00\x38", 6);
    const std::uint32_t header = 100'000U << 3 | 1U;
    for (int i = 0; i < 3; ++i)
        frame += static_cast<char>(header >> (8 * i) & 0xFF);
    frame += std::string(99'999, 'y') + "\n";
    const WrittenFile file(frame);
    auto in = open_inputs({file.path});
    REQUIRE(in.has_value());
    const std::vector<std::string> lines = lines_of(**in);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].size() == 99'999);
    CHECK_FALSE((*in)->bad());
}

TEST_CASE("a file that is not there is named")
{
    const auto in = open_inputs({"/no/such/file.jsonl"});
    REQUIRE_FALSE(in.has_value());
    CHECK(in.error().code == "not_found");
    CHECK(in.error().detail.starts_with("/no/such/file.jsonl: "));
}
