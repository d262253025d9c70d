// Publishers' lists: whatever a server sends, what is installed reads back as the same list, with
// nothing in it that the catalogue would refuse.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/catalogue/load/range_file.h"
#include "scanner/catalogue/update/renewal.h"
#include "tests/fuzz/promises.h"

using namespace scanner;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    catalogue::Publisher list;
    list.file = "acme.txt";
    list.urls = {"https://acme.example/ips"};
    list.kind = scanner::catalogue::SourceKind::primary;
    list.format = static_cast<catalogue::ListFormat>(data[0] % 3);
    constexpr const char* paths[] = {"[]", "prefixes[].ip_prefix", "a[b=c].d[].e"};
    if (list.format == catalogue::ListFormat::json)
        list.select = {paths[data[1] % 3]};
    const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);
    scanner::catalogue::link_in(body, "/Tags_");

    const auto renewed = scanner::catalogue::renew({&list, {body}, {}, "2026-11-22", false, ""});
    if (!renewed)
        return 0;
    catalogue::Errors errors;
    const auto file = scanner::catalogue::read_range_file("ranges/acme.txt", renewed->text, errors);
    fuzz::require(errors.empty());
    fuzz::require(file->prefixes == renewed->prefixes);
    return 0;
}
