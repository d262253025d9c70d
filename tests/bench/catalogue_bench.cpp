// What loading costs, and what a look-up costs, on a generated catalogue of the size that servedby
// aims at: 570 products, 40,000 prefixes, 3,000 registrars. Prints milliseconds, megabytes and
// nanoseconds; the last as a multiple of hashing the same key once, because machines differ.
//
//   catalogue_bench [DIR]    DIR: measure this catalogue instead of a generated one
//   catalogue_bench --generate DIR   write the generated catalogue there
//   catalogue_bench --load DIR   load only, for callgrind

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using resolvers::IpAddress;

constexpr unsigned companies = 285;
constexpr unsigned products_each = 2;
constexpr unsigned prefixes_each = 140;
constexpr unsigned registrars = 3000;

double milliseconds_since(Clock::time_point begin)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// Resident memory of this process in MB: what it is now, or what it was at most.
double resident_mb(const char* field)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(field))
            return static_cast<double>(strtoul(line.c_str() + strlen(field) + 1, nullptr, 10)) /
                   1024.0;
    return 0;
}

std::string source(const char* name, const char* kind)
{
    return std::string("[sources.") + name + "]\nkind = \"" + kind +
           "\"\nurl = \"https://www.example.net/" + name +
           "/a/rather/long/path/as/they/are.json\"\ncommit = \"6fbcc53\"\nchecked = 2026-08-22\n\n";
}

// A product with two dozen rules, about as many as the busiest real ones have.
std::string product(const std::string& id, unsigned company, unsigned number)
{
    const unsigned key = company * products_each + number;
    std::string text = "[[product]]\nid = \"" + id + "\"\nname = \"Product " + id +
                       "\"\nroles = [\"front\"]\nnotes = \"Some words about what to look out for "
                       "with this product, as the real files have them.\"\n\n";
    if (number == 0)
        text += "[[product.range]]\nfile = \"c" + std::to_string(company) +
                ".txt\"\nkind = \"edge\"\nsource = \"list\"\nexample = \"" +
                std::to_string(20 + company / 64) + "." + std::to_string(company % 64 * 4) +
                ".0.1\"\n\n";
    text += "[[product.asn]]\nnumber = " + std::to_string(100000 + key) +
            "\nprecision = \"company\"\nsource = \"routing\"\nexample = \"AS" +
            std::to_string(100000 + key) + "\"\n\n";
    for (const char* kind : {"cname", "cname", "native", "ns", "ptr"}) {
        static unsigned counter = 0;
        const std::string suffix = "s" + std::to_string(counter++) + ".cdn-example.net";
        text += "[[product." + std::string(kind) + "]]\nsuffix = \"" + suffix +
                "\"\nsource = \"repo\"\nexample = \"customer." + suffix + "\"\n\n";
    }
    // Expressions are rare in real data: about one product in twenty has one.
    for (unsigned i = 0; i < (key % 20 == 0 ? 4 : 3); ++i) {
        const char* matches[] = {"present", "equals", "prefix", "regex"};
        const std::string value = "edge" + std::to_string(key) + "-" + std::to_string(i);
        text += "[[product.header]]\nname = \"" +
                (i == 0 ? "x-edge-" + std::to_string(key) : std::string("server")) +
                "\"\nmatch = \"" + matches[i] + "\"\n" +
                (i == 0 ? "" : "value = \"" + (i == 3 ? "^" + value + "$" : value) + "\"\n") +
                "side = \"edge\"\nsource = \"repo\"\nexample = \"" + value + "\"\n\n";
    }
    text += "[[product.cookie]]\nname = \"__c" + std::to_string(key) +
            "_\"\nmatch = \"prefix\"\nside = \"edge\"\nsource = \"repo\"\nexample = \"__c" +
            std::to_string(key) + "_1\"\n\n";
    for (const char* type : {"email", "form"})
        text += std::string("[[product.channel]]\ntype = \"") + type + "\"\naddress = \"" +
                (type[0] == 'e' ? "abuse@" + id + ".example" : "https://" + id + ".example/abuse") +
                "\"\nscope = \"copyright\"\npractice = [\"removes\"]\nconstraints = "
                "[\"one_host_per_report\", \"needs_ip\"]\nsource = \"list\"\n\n";
    return text;
}

void write(const fs::path& path, const std::string& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

void generate(const fs::path& dir)
{
    std::mt19937 random(1);
    for (unsigned c = 0; c < companies; ++c) {
        const std::string id = "c" + std::to_string(c);
        std::string text = "id = \"" + id + "\"\nname = \"Company " + id +
                           "\"\nlegal_entity = \"Company " + id + ", Inc.\"\naliases = [\"" + id +
                           "-net\"]\n\n" + source("list", "primary") +
                           source("repo", "public_repository") + source("routing", "routing");
        for (unsigned p = 0; p < products_each; ++p)
            text += product(id + "-p" + std::to_string(p), c, p);
        write(dir / "providers" / (id + ".toml"), text);

        // A /14 of its own, with prefixes of every length below it; one in six is IPv6.
        const unsigned high = 20 + c / 64;
        const unsigned low = c % 64 * 4;
        std::string ranges =
            "# url: https://www.example.net/list\n# fetched: 2026-08-22\n"
            "# kind: primary\n" +
            std::to_string(high) + "." + std::to_string(low) + ".0.0/14\n";
        for (unsigned i = 1; i < prefixes_each; ++i) {
            const auto length = static_cast<std::uint8_t>(18 + random() % 15);
            if (i % 6 == 0) {
                char address[64];
                snprintf(address, sizeof address, "2a%02x:%x:%x::", c % 256, c / 256 + 1,
                         static_cast<unsigned>(random() % 65536));
                ranges += std::string(address) + "/48\n";
            } else {
                const std::uint32_t bits = high << 24 |
                                           (low + static_cast<unsigned>(random()) % 4) << 16 |
                                           static_cast<std::uint16_t>(random());
                ranges += resolvers::prefix_around(IpAddress::from_v4(bits), length).text() + "\n";
            }
        }
        write(dir / "ranges" / (id + ".txt"), ranges);
    }
    std::string text = source("list", "public_repository");
    for (unsigned i = 1; i <= registrars; ++i)
        text += "[[registrar]]\niana_id = " + std::to_string(i) + "\nname = \"Registrar Number " +
                std::to_string(i) +
                ", LLC\"\n[[registrar.channel]]\ntype = \"email\"\naddress = \"abuse@registrar" +
                std::to_string(i) +
                ".example\"\nscope = \"general\"\nsource = \"list\"\nverified = false\n";
    write(dir / "registrars.toml", text);
}

// The median of five runs over all keys, in nanoseconds a key.
template <typename Keys, typename Question>
double nanoseconds(const Keys& keys, Question question)
{
    std::vector<double> runs;
    std::size_t sink = 0;
    for (int run = 0; run < 5; ++run) {
        const auto begin = Clock::now();
        for (const auto& key : keys)
            sink += question(key);
        runs.push_back(milliseconds_since(begin) * 1e6 / static_cast<double>(keys.size()));
    }
    // Keeps the work from being thrown away.
    if (sink == static_cast<std::size_t>(-1))
        puts("");
    std::sort(runs.begin(), runs.end());
    return runs[runs.size() / 2];
}

void print_lookups(const scanner::catalogue::Catalogue& catalogue)
{
    std::mt19937 random(2);
    std::vector<IpAddress> held;
    std::vector<IpAddress> any;
    for (int i = 0; i < 100000; ++i) {
        held.push_back(IpAddress::from_v4((20U + static_cast<std::uint32_t>(random()) % 4) << 24 |
                                          (static_cast<std::uint32_t>(random()) & 0xFFFFFF)));
        any.push_back(IpAddress::from_v4(static_cast<std::uint32_t>(random())));
    }
    std::vector<std::string> names;
    std::vector<std::string> strangers;
    for (unsigned i = 0; i < 10000; ++i) {
        names.push_back("www.site" + std::to_string(i) + ".s" + std::to_string(i % 2850) +
                        ".cdn-example.net");
        strangers.push_back("www.site" + std::to_string(i) + ".example.org");
    }
    using scanner::catalogue::RuleKind;
    const double unit = nanoseconds(
        names, [](const std::string& name) { return std::hash<std::string>{}(name)&1; });
    const auto print = [unit](const char* what, double each) {
        printf("%-44s %8.1f ns %8.1f x\n", what, each, each / unit);
    };
    print("hash of a host name (the unit)", unit);
    print("ranges_of, address in a listed block", nanoseconds(held, [&](const IpAddress& address) {
              return catalogue.ranges_of(address).size();
          }));
    print("ranges_of, any IPv4 address", nanoseconds(any, [&](const IpAddress& address) {
              return catalogue.ranges_of(address).size();
          }));
    print("name_rules, a CNAME under a suffix", nanoseconds(names, [&](const std::string& name) {
              return catalogue.name_rules(RuleKind::cname, name).size();
          }));
    print("name_rules, a stranger's name", nanoseconds(strangers, [&](const std::string& name) {
              return catalogue.name_rules(RuleKind::cname, name).size();
          }));
    print("header_rules, unknown header", nanoseconds(names, [&](const std::string& value) {
              return catalogue.header_rules("content-type", value).size();
          }));
    print("cookie_rules", nanoseconds(names, [&](const std::string& value) {
              return catalogue.cookie_rules(value).size();
          }));
}

int measure(const std::string& dir, bool lookups)
{
    const double before = resident_mb("VmRSS:");
    const auto begin = Clock::now();
    const clock_t cpu_begin = clock();
    const auto loaded = scanner::catalogue::Catalogue::load(dir);
    const double took = milliseconds_since(begin);
    const double cpu = static_cast<double>(clock() - cpu_begin) * 1000.0 / CLOCKS_PER_SEC;
    if (!loaded.has_value()) {
        fprintf(stderr, "%s\n", loaded.error().detail.substr(0, 2000).c_str());
        return 2;
    }
    std::size_t prefixes = 0;
    for (const scanner::catalogue::Rule* rule : loaded->rules())
        prefixes += rule->prefix_count;
    printf("%zu products, %zu rules, %zu prefixes\n", loaded->products().size(),
           loaded->rules().size(), prefixes);
    printf("load %.1f ms (%.1f ms CPU), resident %.1f MB more (at most %.1f MB in all)\n", took,
           cpu, resident_mb("VmRSS:") - before, resident_mb("VmHWM:"));
    if (lookups)
        print_lookups(*loaded);
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 2 && strcmp(argv[1], "--load") == 0)
        return measure(argv[2], false);
    if (argc > 2 && strcmp(argv[1], "--generate") == 0) {
        generate(argv[2]);
        return 0;
    }
    if (argc > 1)
        return measure(argv[1], true);

    const fs::path dir =
        fs::temp_directory_path() / ("servedby-catalogue-bench-" + std::to_string(getpid()));
    generate(dir);
    const int result = measure(dir.string(), true);
    fs::remove_all(dir);
    return result;
}
