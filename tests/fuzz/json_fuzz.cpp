// Any bytes as a line: nothing may go wrong, what is read must write and read back the same, and
// what we accept must be JSON to another parser too.
#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "resolvers/json/reader.h"
#include "scanner/model/json.h"

namespace {

void require(bool true_always)
{
    if (!true_always)
        std::abort();
}

void compare_with_other_parser(std::string_view text)
{
    resolvers::JsonReader in(text);
    if (!in.skip() || !in.finish())
        return;
    // Lone surrogates are the one thing that we take and the other does not.
    if (text.find("\\u") != std::string_view::npos)
        return;
    boost::json::parse_options options;
    options.allow_invalid_utf8 = true;
    options.max_depth = resolvers::JsonReader::max_depth + 1;
    boost::system::error_code error;
    boost::json::parse(text, error, {}, options);
    require(!error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace scanner;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    compare_with_other_parser(text);
    if (const auto read = read_observation(text); read.has_value()) {
        std::string once;
        write_observation(once, *read);
        const auto again = read_observation(once);
        require(again.has_value() && *again == *read);
    }
    if (const auto read = read_record(text); read.has_value()) {
        std::string once;
        write_record(once, *read);
        const auto again = read_record(once);
        require(again.has_value() && *again == *read);
    }
    return 0;
}
