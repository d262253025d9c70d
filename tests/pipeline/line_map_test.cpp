#include "scanner/pipeline/line_map.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

using scanner::pipeline::LineWriter;
using scanner::pipeline::map_lines;

namespace {

std::string mapped(const std::string& input, unsigned threads,
                   const scanner::pipeline::LineFunction& function)
{
    char path[] = "/tmp/servedby-test-XXXXXX";
    const int descriptor = ::mkstemp(path);
    {
        LineWriter writer(descriptor, LineWriter::Order::sequence);
        std::istringstream in(input);
        map_lines(in, writer, threads, function);
        writer.flush();
    }
    std::ifstream in(path);
    std::ostringstream all;
    all << in.rdbuf();
    ::close(descriptor);
    ::unlink(path);
    return all.str();
}

void number_it(std::string_view line, std::uint64_t number, std::string& out)
{
    out += std::to_string(number) + ":" + std::string(line) + "\n";
}

}  // namespace

TEST_CASE("each line is mapped once, numbered, in order")
{
    CHECK(mapped("a\n\nb\r\nc", 1, number_it) == "1:a\n3:b\n4:c\n");
    CHECK(mapped("", 2, number_it) == "");
}

TEST_CASE("the number of threads does not show in the output")
{
    std::string input;
    for (int i = 0; i < 50'000; ++i)
        input += "line " + std::to_string(i * 7919 % 50'000) + "\n";
    const std::string one = mapped(input, 1, number_it);
    CHECK(mapped(input, 2, number_it) == one);
    CHECK(mapped(input, 5, number_it) == one);
}

TEST_CASE("what the function throws comes out at the caller")
{
    const auto broken = [](std::string_view line, std::uint64_t, std::string&) {
        if (line == "bad")
            throw std::runtime_error("broken");
    };
    CHECK_THROWS_AS(mapped("good\nbad\ngood\n", 2, broken), std::runtime_error);
}
