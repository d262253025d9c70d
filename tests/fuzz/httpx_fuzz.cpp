// Any octets as lines of httpx, or, by the first octet, of each of the other formats.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "scanner/input/importers/importers.h"
#include "tests/fuzz/promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto table = scanner::input::importers();
    const scanner::input::Importer* importer =
        data[0] < table.size() ? table[data[0]] : scanner::input::importer_named("httpx");
    scanner::input::sniff(text);

    scanner::input::ImportOptions options;
    options.max_line = 4096;
    options.max_document = 8192;
    std::istringstream in(text);
    std::uint64_t observations = 0;
    const scanner::input::ImportSummary summary =
        importer->run(in, options, [&observations](const scanner::Observation& seen) {
            ++observations;
            scanner::fuzz::check(seen);
        });
    if (summary.observations != observations || !summary.complete)
        std::abort();
    return 0;
}
