// Any octets as a list of sites: every line is accounted for, and what is read is read the same
// again.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "scanner/input/lists/line_list.h"
#include "scanner/input/subject_text.h"
#include "tests/fuzz/promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const scanner::input::Format format = data[0] % 3 == 0   ? scanner::input::Format::text
                                          : data[0] % 3 == 1 ? scanner::input::Format::csv
                                                             : scanner::input::Format::automatic;
    std::uint64_t lines = 1;
    for (const char c : text)
        lines += c == '\n' ? 1 : 0;

    std::istringstream in(text);
    const auto list = scanner::input::open_list(in, {format, ""});
    if (!list)
        return 0;
    const auto& reader = list->subjects;
    scanner::Subject subject;
    std::uint64_t last = 0;
    while (reader->next(subject)) {
        if (subject.line <= last || subject.line > lines)
            std::abort();
        last = subject.line;
        scanner::fuzz::check(subject);
        if (!subject.invalid.empty())
            continue;
        const scanner::Subject again = scanner::input::read_subject(subject.host, 1);
        if (again.host != subject.host || again.registrable_domain != subject.registrable_domain)
            std::abort();
        if (!subject.url.empty() &&
            scanner::input::read_exact_subject(subject.url, 1).url != subject.url)
            std::abort();
    }
    return 0;
}
