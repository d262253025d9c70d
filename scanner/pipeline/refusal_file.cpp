#include "scanner/pipeline/refusal_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "resolvers/base/idn.h"

namespace scanner::pipeline {

using resolvers::DomainName;
using resolvers::Failure;
using resolvers::IpAddress;
using resolvers::Outcome;
using resolvers::Prefix;

namespace {

constexpr std::string_view spaces = " \t\r\n";

std::string_view bare(std::string_view line)
{
    line = line.substr(0, line.find('#'));
    const std::size_t first = line.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return {};
    return line.substr(first, line.find_last_not_of(spaces) - first + 1);
}

// Empty if it could be taken, else what is wrong with it.
std::string take_prefix(std::string_view text, observe::RefusalList& list)
{
    if (const std::optional<Prefix> prefix = Prefix::parse(text)) {
        list.add(*prefix);
        return "";
    }
    const std::string_view number = text.substr(text.find('/') + 1);
    if (const auto address = IpAddress::parse(text.substr(0, text.find('/'))))
        if (number.size() < 4 && number.find_first_not_of("0123456789") == std::string_view::npos &&
            !number.empty())
            if (const int length = std::stoi(std::string(number));
                length <= (address->is_v4() ? 32 : 128))
                return "has bits set beyond its length: write " +
                       prefix_around(*address, static_cast<std::uint8_t>(length)).text();
    return "is no prefix like 192.0.2.0/24 or 2001:db8::/32";
}

std::string take(std::string_view text, observe::RefusalList& list)
{
    if (text.find('/') != std::string_view::npos)
        return take_prefix(text, list);
    if (const std::optional<IpAddress> address = IpAddress::parse(text)) {
        list.add(resolvers::prefix_around(*address, address->is_v4() ? 32 : 128));
        return "";
    }
    const bool below = text.starts_with("*.");
    const auto ascii = resolvers::name_to_ascii(below ? text.substr(2) : text);
    const std::optional<DomainName> name = ascii ? DomainName::parse(*ascii) : std::nullopt;
    // The last label of a name has a letter: what has none was meant as an address.
    if (!name || name->text().find_last_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos)
        return "is neither a name, nor an address or prefix";
    list.add(*name, below ? observe::RefusalList::Reach::below
                          : observe::RefusalList::Reach::at_and_below);
    return "";
}

}  // namespace

Outcome<bool> read_refusals(std::istream& in, const std::string& file, observe::RefusalList& list)
{
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
        std::string_view text = line;
        if (number == 1 && text.starts_with("\xEF\xBB\xBF"))
            text.remove_prefix(3);
        text = bare(text);
        if (text.empty())
            continue;
        if (const std::string wrong = take(text, list); !wrong.empty())
            return Failure{"malformed", file + ":" + std::to_string(number) + ": '" +
                                            std::string(text.substr(0, 100)) + "' " + wrong};
    }
    if (in.bad())
        return Failure{"unreadable", file + ": cannot be read to its end"};
    return true;
}

Outcome<bool> read_refusal_file(const std::string& file, observe::RefusalList& list)
{
    std::ifstream in(file);
    if (!in)
        return Failure{"not_found", file + ": " + std::strerror(errno)};
    // A directory opens, and then reads as empty.
    if (in.peek() == std::ifstream::traits_type::eof() && in.bad())
        return Failure{"unreadable", file + ": " + std::strerror(errno)};
    return read_refusals(in, file, list);
}

}  // namespace scanner::pipeline
