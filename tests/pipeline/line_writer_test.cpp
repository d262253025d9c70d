#include "scanner/pipeline/line_writer.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

using scanner::pipeline::LineWriter;

namespace {

// A file of its own for one test, gone afterwards.
class TemporaryFile {
public:
    TemporaryFile() : descriptor(::mkstemp(path)) {}
    ~TemporaryFile()
    {
        ::close(descriptor);
        ::unlink(path);
    }

    std::string text() const
    {
        std::ifstream in(path);
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }

    char path[32] = "/tmp/servedby-test-XXXXXX";
    int descriptor;
};

}  // namespace

TEST_CASE("lines come out in the order of their numbers")
{
    TemporaryFile file;
    {
        LineWriter writer(file.descriptor, LineWriter::Order::sequence);
        writer.write(2, "c\n");
        writer.write(0, "a\n");
        writer.write(3, "");
        writer.write(1, "b\n");
        writer.write(4, "e\n");
        writer.flush();
        CHECK(writer.next_number() == 5);
    }
    CHECK(file.text() == "a\nb\nc\ne\n");
}

TEST_CASE("an interrupted run writes what it holds back, in order")
{
    TemporaryFile file;
    LineWriter writer(file.descriptor, LineWriter::Order::sequence);
    writer.write(5, "f\n");
    writer.write(3, "d\n");
    writer.flush();
    CHECK(file.text().empty());
    writer.close_gaps();
    writer.flush();
    CHECK(file.text() == "d\nf\n");
}

TEST_CASE("a reader that went away is a failure with EPIPE, not a signal")
{
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    LineWriter writer(ends[1], LineWriter::Order::as_they_come);
    writer.write(0, "a\n");
    writer.flush();
    CHECK(writer.failure() == EPIPE);
    // What follows is dropped, and nobody waits for room.
    writer.write(0, std::string(64U << 20, 'x') + "\n");
    CHECK_FALSE(writer.is_full());
    ::close(ends[1]);
    ::signal(SIGPIPE, before);
}

TEST_CASE("a full disk leaves whole lines only")
{
    // RLIMIT_FSIZE stands in for the disk; it needs a process of its own.
    TemporaryFile file;
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{10'000, 10'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        LineWriter writer(file.descriptor, LineWriter::Order::as_they_come);
        for (int i = 0; i < 300; ++i)
            writer.write(0, std::string(96, 'x') + "\n");
        writer.flush();
        ::_exit(writer.failure() == EFBIG ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 0);
    const std::string text = file.text();
    CHECK_FALSE(text.empty());
    CHECK(text.size() % 97 == 0);
    CHECK(text.back() == '\n');
}

namespace {

// What the file unpacks to, whether it is whole frames or not.
std::string unpacked(const std::string& packed, bool& whole)
{
    scanner::pipeline::ZstdDecoder decoder;
    std::string text;
    std::string room(1000, '\0');
    std::string_view rest = packed;
    while (const std::size_t got = decoder.unpack(rest, room.data(), room.size()))
        text.append(room, 0, got);
    whole = decoder.at_frame_end();
    return text;
}

}  // namespace

TEST_CASE("packed output is whole after each flush, and goes on afterwards")
{
    TemporaryFile file;
    bool whole = false;
    {
        LineWriter writer(file.descriptor, LineWriter::Order::sequence, LineWriter::Packing::zstd);
        writer.write_frame("head\n");
        writer.write(1, "b\n");
        writer.write(0, "a\n");
        writer.flush();
        CHECK(unpacked(file.text(), whole) == "head\na\nb\n");
        CHECK(whole);
        writer.write(2, "c\n");
    }
    CHECK(unpacked(file.text(), whole) == "head\na\nb\nc\n");
    CHECK(whole);
}

TEST_CASE("packed output without lines is a file that unpacks to nothing")
{
    TemporaryFile file;
    {
        LineWriter writer(file.descriptor, LineWriter::Order::sequence, LineWriter::Packing::zstd);
        writer.flush();
        writer.flush();
    }
    bool whole = false;
    CHECK(unpacked(file.text(), whole).empty());
    CHECK(whole);
    CHECK(file.text().size() > 4);
}

TEST_CASE("a full disk leaves packed output that unpacks to whole lines")
{
    TemporaryFile file;
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{10'000, 10'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        LineWriter writer(file.descriptor, LineWriter::Order::as_they_come,
                          LineWriter::Packing::zstd);
        unsigned state = 1;
        for (int i = 0; i < 3000; ++i) {
            state = state * 1664525U + 1013904223U;
            std::string line = std::to_string(state) + std::to_string(state ^ 0x5bd1e995U);
            line.resize(20, '0');
            writer.write(0, line + "\n");
            // One write to the disk each, as far as this thread can see to it.
            if (i % 50 == 0)
                writer.flush();
        }
        writer.flush();
        ::_exit(writer.failure() == EFBIG ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 0);
    bool whole = false;
    const std::string text = unpacked(file.text(), whole);
    CHECK_FALSE(text.empty());
    CHECK(text.size() % 21 == 0);
    CHECK(text.back() == '\n');
}
