#include "scanner/pipeline/refusal_lists.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

using scanner::Refusal;
using scanner::pipeline::RefusalLists;

namespace {

struct Folder {
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }

    std::string write(const std::string& name, const std::string& text) const
    {
        std::ofstream(path / name) << text;
        return path / name;
    }

    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("servedby-refusals-" + std::to_string(getpid()));
};

std::optional<Refusal> of(const RefusalLists& lists, std::string_view host)
{
    return lists.refusal_of(std::string(host));
}

}  // namespace

TEST_CASE("lists are replaced as a whole when they are read again")
{
    const Folder folder;
    const std::string wished = folder.write("wished", "a.example\n");
    const std::string blocked = folder.write("blocked", "b.example\n192.0.2.0/24\n");
    const auto lists = RefusalLists::read({wished}, {blocked}).value();
    CHECK(lists->any());
    CHECK(of(*lists, "www.a.example") == Refusal::opt_out);
    CHECK(of(*lists, "b.example") == Refusal::blocked);
    CHECK(lists->refusal_of(*resolvers::IpAddress::parse("192.0.2.9")) == Refusal::blocked);

    folder.write("wished", "b.example\nc.example\n");
    folder.write("blocked", "198.51.100.0/24\n");
    CHECK_FALSE(of(*lists, "c.example"));
    CHECK(lists->read_again().value() ==
          "--optout 2 names and 0 prefixes, --blocklist 0 names and 1 prefixes");
    CHECK_FALSE(of(*lists, "a.example"));
    CHECK(of(*lists, "b.example") == Refusal::opt_out);
    CHECK(of(*lists, "c.example") == Refusal::opt_out);
    CHECK_FALSE(lists->refusal_of(*resolvers::IpAddress::parse("192.0.2.9")));
    CHECK_FALSE(RefusalLists::read({}, {}).value()->any());
}

TEST_CASE("what cannot be read leaves the old lists, both of them")
{
    const Folder folder;
    const std::string wished = folder.write("wished", "a.example\n");
    const std::string blocked = folder.write("blocked", "b.example\n");
    const auto lists = RefusalLists::read({wished}, {blocked}).value();
    const auto still_there = [&] {
        CHECK(of(*lists, "a.example") == Refusal::opt_out);
        CHECK(of(*lists, "b.example") == Refusal::blocked);
        CHECK_FALSE(of(*lists, "c.example"));
    };
    folder.write("wished", "c.example\n");
    folder.write("blocked", "c.example\nnot a name\n");
    auto again = lists->read_again();
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().detail ==
          "--blocklist: " + blocked +
              ":2: 'not a name' is neither a name, nor an address or prefix");
    still_there();

    std::filesystem::remove(blocked);
    again = lists->read_again();
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == "not_found");
    still_there();

    // A pipe would be waited for, or read as empty.
    REQUIRE(mkfifo(blocked.c_str(), 0600) == 0);
    again = lists->read_again();
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == "unreadable");
    still_there();

    CHECK_FALSE(RefusalLists::read({folder.path / "none"}, {}).has_value());
}

TEST_CASE("who asks while the lists are replaced sees one state or the other")
{
    const Folder folder;
    const std::string file = folder.write("list", "a.example\n");
    const auto lists = RefusalLists::read({file}, {file}).value();
    std::atomic<bool> done{false};
    std::atomic<unsigned> torn{0};
    std::thread asker([&] {
        while (!done)
            if (of(*lists, "a.example") != Refusal::opt_out)
                ++torn;
    });
    for (int i = 0; i < 200; ++i)
        CHECK(lists->read_again().has_value());
    done = true;
    asker.join();
    CHECK(torn == 0);
}
