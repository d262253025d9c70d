// Any octets as a recording: nothing crashes, and what comes out keeps the promises of the model.
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
    scanner::input::ImportOptions options;
    options.per_entry = data[0] % 2 == 1;
    std::istringstream in(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    std::uint64_t observations = 0;
    const scanner::input::ImportSummary summary = scanner::input::importer_named("har")->run(
        in, options, [&observations](const scanner::Observation& seen) {
            ++observations;
            scanner::fuzz::check(seen);
        });
    if (summary.observations != observations || !summary.complete)
        std::abort();
    return 0;
}
