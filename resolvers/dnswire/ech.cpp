#include "resolvers/dnswire/ech.h"

#include <algorithm>
#include <string>

#include "resolvers/base/ascii.h"
#include "resolvers/base/byte_reader.h"
#include "resolvers/base/hex.h"
#include "resolvers/base/utf8.h"

namespace resolvers::dnswire {

namespace {

constexpr std::uint16_t known_version = 0xfe0d;
constexpr std::size_t max_name = 253;
constexpr std::size_t max_label = 63;

Failure malformed(std::string detail)
{
    return Failure{"malformed", std::move(detail)};
}

// ECHConfigContents of version 0xfe0d. The public key, maximum_name_length and the extensions say
// nothing about who serves; they are only checked to be whole.
Outcome<EchConfig> decode_contents(std::span<const std::uint8_t> octets)
{
    ByteReader reader(octets);
    EchConfig config;
    config.version = known_version;
    config.config_id = reader.u8();
    config.kem = reader.u16();
    if (!reader.ok())
        return malformed("truncated kem_id");

    const auto public_key = reader.take_after_u16();
    if (!reader.ok() || public_key.empty())
        return malformed("truncated or empty public_key");

    const auto suites = reader.take_after_u16();
    if (!reader.ok() || suites.empty() || suites.size() % 4 != 0)
        return malformed("bad length of cipher_suites");
    ByteReader suite_reader(suites);
    while (suite_reader.left() > 0) {
        const std::uint16_t kdf = suite_reader.u16();
        const std::uint16_t aead = suite_reader.u16();
        config.suites.emplace_back(kdf, aead);
    }

    reader.u8();  // maximum_name_length
    const auto public_name = reader.take_after_u8();
    if (!reader.ok() || public_name.empty())
        return malformed("truncated or empty public_name");

    ByteReader extensions(reader.take_after_u16());
    if (!reader.ok())
        return malformed("truncated extensions");
    while (extensions.left() > 0) {
        extensions.u16();
        extensions.take_after_u16();
    }
    if (!extensions.ok())
        return malformed("truncated extension");
    if (reader.left() > 0)
        return malformed("trailing bytes in ECHConfigContents");

    const std::string name(public_name.begin(), public_name.end());
    config.public_name_valid = is_ech_public_name(name);
    config.public_name = utf8_or_latin1(public_name);
    return config;
}

// A last label of digits, or "0x" and hexadecimal digits, makes the whole an IPv4 address to the
// parsers of the WHATWG URL standard.
bool reads_as_number(std::string_view label)
{
    if (label.size() >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
        return std::all_of(label.begin() + 2, label.end(),
                           [](char c) { return hex_value(c) >= 0; });
    return std::all_of(label.begin(), label.end(), is_digit);
}

bool is_host_label(std::string_view label)
{
    if (label.empty() || label.size() > max_label || label.front() == '-' || label.back() == '-')
        return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
}

}  // namespace

Outcome<EchConfigList> decode_ech_config_list(std::span<const std::uint8_t> octets)
{
    ByteReader reader(octets);
    const std::uint16_t length = reader.u16();
    if (!reader.ok() || length != reader.left())
        return malformed("list length " + std::to_string(length) + ", but " +
                         std::to_string(octets.size()) + " bytes in all");
    if (length == 0)
        return malformed("empty list");

    EchConfigList list;
    while (reader.left() > 0) {
        const std::uint16_t version = reader.u16();
        const auto contents = reader.take_after_u16();
        if (!reader.ok())
            return malformed("ECHConfig overruns the list");
        if (version != known_version) {
            ++list.unknown_versions;
            continue;
        }
        Outcome<EchConfig> config = decode_contents(contents);
        if (!config.has_value())
            return config.error();
        list.configs.push_back(std::move(*config));
    }
    return list;
}

bool is_ech_public_name(std::string_view name)
{
    if (name.empty() || name.size() > max_name)
        return false;
    while (true) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        if (!is_host_label(label))
            return false;
        if (dot == std::string_view::npos)
            return !reads_as_number(label);
        name.remove_prefix(dot + 1);
    }
}

}  // namespace resolvers::dnswire
