#include "tests/support/vector_file.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "resolvers/base/hex.h"

namespace tests {

boost::json::object vector_file(std::string_view name)
{
    const std::string path =
        std::string(SERVEDBY_SOURCE_DIR "/tests/fixtures/vectors/") + std::string(name);
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        throw std::runtime_error("cannot read " + path);
    return boost::json::parse(text.str()).as_object();
}

std::vector<std::uint8_t> octets_of(const boost::json::object& vector)
{
    return resolvers::octets_of_hex(text_of(vector, "hex")).value();
}

std::string text_of(const boost::json::object& vector, std::string_view member)
{
    return std::string(vector.at(member).as_string());
}

}  // namespace tests
