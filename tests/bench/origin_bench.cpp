// What one address look-up in data/asn.mmdb costs, beside a binary search over the same blocks held
// in memory as numbers (which gives no organisation and costs the memory that the mapped file does
// not). Usage: origin_bench [FILE.mmdb]. Build it in Release: sanitizers distort it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "resolvers/asn/maxmind.h"

using namespace resolvers;

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned look_ups = 2'000'000;

struct Block {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t asn = 0;
};

double milliseconds_since(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Every IPv4 block of the table. Where nothing is announced it looks again 256 addresses on, so
// blocks longer than /24 may be missed there.
std::vector<Block> all_blocks(const OriginTable& table)
{
    std::vector<Block> blocks;
    std::uint64_t next = 0;
    while (next <= 0xFFFFFFFF) {
        const auto bits = static_cast<std::uint32_t>(next);
        const std::optional<Origin> origin = table.find(IpAddress::from_v4(bits));
        if (!origin) {
            next = (next | 0xFF) + 1;
            continue;
        }
        const std::uint64_t size = 1ULL << (32 - origin->prefix.length);
        const std::uint32_t first = origin->prefix.address.v4_bits();
        blocks.push_back({first, static_cast<std::uint32_t>(first + size - 1), origin->asn});
        next = first + size;
    }
    return blocks;
}

std::uint32_t searched(const std::vector<Block>& blocks, std::uint32_t bits)
{
    const auto after = std::upper_bound(
        blocks.begin(), blocks.end(), bits,
        [](std::uint32_t wanted, const Block& block) { return wanted < block.first; });
    if (after == blocks.begin() || std::prev(after)->last < bits)
        return 0;
    return std::prev(after)->asn;
}

template <typename Look>
void measure(const char* what, const std::vector<IpAddress>& addresses, Look look)
{
    std::uint64_t sum = 0;
    const Clock::time_point start = Clock::now();
    for (const IpAddress& address : addresses)
        sum += look(address);
    std::printf("%-44s %7.1f ns   (checksum %llu)\n", what,
                milliseconds_since(start) * 1e6 / static_cast<double>(addresses.size()),
                static_cast<unsigned long long>(sum));
}

}  // namespace

int main(int argc, char** argv)
{
    const char* path = argc > 1 ? argv[1] : "data/asn.mmdb";
    Clock::time_point start = Clock::now();
    const Outcome<std::unique_ptr<asn::MaxmindOrigins>> opened = asn::MaxmindOrigins::open(path);
    if (!opened.has_value()) {
        std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
        return 2;
    }
    const asn::MaxmindOrigins& table = **opened;
    std::printf("open %.2f ms\n", milliseconds_since(start));
    start = Clock::now();
    const std::string sha256 = table.sha256();
    std::printf("sha256 %.2f ms, %s of %s\n", milliseconds_since(start), sha256.c_str(),
                table.date().c_str());

    start = Clock::now();
    const std::vector<Block> blocks = all_blocks(table);
    std::printf("%zu IPv4 blocks walked in %.0f ms\n", blocks.size(), milliseconds_since(start));
    if (blocks.empty())
        return 2;

    // A fixed seed: the same questions each time. Half of a scan's addresses fall on few networks,
    // so the same small set over and over is measured as well.
    std::mt19937_64 random(1);
    std::vector<IpAddress> spread;
    for (unsigned i = 0; i < look_ups; ++i) {
        const Block& block = blocks[random() % blocks.size()];
        const std::uint64_t size = static_cast<std::uint64_t>(block.last) - block.first + 1;
        spread.push_back(
            IpAddress::from_v4(static_cast<std::uint32_t>(block.first + random() % size)));
    }
    std::vector<IpAddress> few;
    for (unsigned i = 0; i < look_ups; ++i)
        few.push_back(spread[random() % 256]);

    const auto find = [&table](const IpAddress& address) {
        const std::optional<Origin> origin = table.find(address);
        return origin ? origin->asn : 0;
    };
    const auto search = [&blocks](const IpAddress& address) {
        return searched(blocks, address.v4_bits());
    };
    measure("find, addresses spread over all blocks", spread, find);
    measure("binary search (baseline), the same", spread, search);
    measure("find, 256 addresses over and over", few, find);
    measure("binary search (baseline), the same", few, search);
}
