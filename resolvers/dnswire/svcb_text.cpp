// The presentation format of SVCB and HTTPS records, both ways (RFC 9460 section 2.1 and
// appendix A). Misses parameter names newer than "ohttp": those must come as keyNNN.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "resolvers/base/byte_reader.h"
#include "resolvers/base/hex.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/dnswire/svcb.h"
#include "resolvers/dnswire/svcb_params.h"

namespace resolvers::dnswire {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Octets = std::span<const std::uint8_t>;

constexpr std::size_t max_rdata = 65535;
constexpr std::size_t max_text = 4 * max_rdata + 64;  // every octet as "\DDD"

struct KeyName {
    std::string_view name;
    std::uint16_t key;
};

// For one key the name to write stands first; "echconfig" is what dig wrote before RFC 9848.
constexpr KeyName key_names[] = {
    {"mandatory", service_key::mandatory},
    {"alpn", service_key::alpn},
    {"no-default-alpn", service_key::no_default_alpn},
    {"port", service_key::port},
    {"ipv4hint", service_key::ipv4hint},
    {"ech", service_key::ech},
    {"echconfig", service_key::ech},
    {"ipv6hint", service_key::ipv6hint},
    {"dohpath", service_key::dohpath},
    {"ohttp", service_key::ohttp},
};

std::string text_of_key(std::uint16_t key)
{
    for (const KeyName& known : key_names)
        if (known.key == key)
            return std::string(known.name);
    return "key" + std::to_string(key);
}

// ---- Writing ------------------------------------------------------------------------------------

std::string quoted(Octets octets)
{
    std::string text = "\"";
    append_escaped(octets, text);
    text.push_back('"');
    return text;
}

// The ids with commas between them, one in an id escaped (appendix A.1). Absent if malformed.
std::optional<std::string> alpn_text(Octets value)
{
    Bytes list;
    ByteReader reader(value);
    while (reader.left() > 0) {
        const Octets id = reader.take_after_u8();
        if (!reader.ok() || id.empty())
            return std::nullopt;
        if (!list.empty())
            list.push_back(',');
        for (const std::uint8_t octet : id) {
            if (octet == ',' || octet == '\\')
                list.push_back('\\');
            list.push_back(octet);
        }
    }
    if (list.empty())
        return std::nullopt;
    return quoted(list);
}

std::optional<std::string> hints_text(Octets value, std::size_t width)
{
    if (value.empty() || value.size() % width != 0)
        return std::nullopt;
    std::string text;
    for (; !value.empty(); value = value.subspan(width)) {
        if (!text.empty())
            text.push_back(',');
        std::array<std::uint8_t, 16> bytes{};
        std::ranges::copy(value.first(width), bytes.begin());
        ByteReader reader(value);
        text += (width == 4 ? IpAddress::from_v4(reader.u32()) : IpAddress::from_v6(bytes)).text();
    }
    return text;
}

std::optional<std::string> mandatory_text(Octets value)
{
    if (value.empty() || value.size() % 2 != 0)
        return std::nullopt;
    std::string text;
    ByteReader reader(value);
    std::optional<std::uint16_t> previous;
    while (reader.left() > 0) {
        const std::uint16_t key = reader.u16();
        if (previous && key <= *previous)
            return std::nullopt;
        if (previous)
            text.push_back(',');
        text += text_of_key(key);
        previous = key;
    }
    return text;
}

// The value as its key's own format has it; absent if it is not of that format. An empty text
// means that the key stands alone.
std::optional<std::string> value_text(const ServiceParam& param)
{
    switch (param.key) {
        case service_key::mandatory:
            return mandatory_text(param.value);
        case service_key::alpn:
            return alpn_text(param.value);
        case service_key::port: {
            if (param.value.size() != 2)
                return std::nullopt;
            ByteReader reader(param.value);
            return std::to_string(reader.u16());
        }
        case service_key::ipv4hint:
            return hints_text(param.value, 4);
        case service_key::ech:
            if (param.value.empty())
                return std::nullopt;
            return base64_of(param.value);
        case service_key::ipv6hint:
            return hints_text(param.value, 16);
        case service_key::no_default_alpn:
        case service_key::ohttp:
            if (!param.value.empty())
                return std::nullopt;
            return "";
        default:
            return param.value.empty() ? std::string() : quoted(param.value);
    }
}

// ---- Reading ------------------------------------------------------------------------------------

Failure malformed(std::string detail)
{
    return Failure{"malformed", std::move(detail)};
}

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(' || c == ')';
}

// Takes one token off the front: quotes dropped, escapes kept, so that spaces and semicolons
// inside quotes belong to it. Empty at the end of the text, or at a comment; absent if a quote is
// left open, or holds nothing.
std::optional<std::string> take_token(std::string_view& text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    std::string token;
    bool in_quotes = false;
    bool had_quotes = false;
    while (!text.empty()) {
        const char c = text.front();
        if (!in_quotes && (is_space(c) || c == ';'))
            break;
        text.remove_prefix(1);
        if (c == '"') {
            in_quotes = !in_quotes;
            had_quotes = true;
            continue;
        }
        token.push_back(c);
        if (c == '\\' && !text.empty()) {
            token.push_back(text.front());
            text.remove_prefix(1);
        }
    }
    if (in_quotes || (had_quotes && token.empty()))
        return std::nullopt;
    return token;
}

std::optional<std::uint16_t> read_u16(std::string_view digits)
{
    std::uint16_t value = 0;
    const char* end = digits.data() + digits.size();
    const std::from_chars_result read = std::from_chars(digits.data(), end, value);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != end)
        return std::nullopt;
    return value;
}

void append_u16(std::uint16_t value, Bytes& octets)
{
    octets.push_back(static_cast<std::uint8_t>(value >> 8));
    octets.push_back(static_cast<std::uint8_t>(value));
}

std::optional<Bytes> unescaped(std::string_view text)
{
    Bytes octets;
    while (!text.empty()) {
        const std::optional<std::uint8_t> octet = take_octet(text);
        if (!octet)
            return std::nullopt;
        octets.push_back(*octet);
    }
    return octets;
}

// A comma-separated list in which "\," and "\\" stand for themselves (appendix A.1). No items for
// no octets.
std::vector<Bytes> split_list(const Bytes& octets)
{
    std::vector<Bytes> items;
    if (octets.empty())
        return items;
    items.emplace_back();
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (octets[i] == ',') {
            items.emplace_back();
            continue;
        }
        if (octets[i] == '\\' && i + 1 < octets.size())
            ++i;
        items.back().push_back(octets[i]);
    }
    return items;
}

struct KeyText {
    std::uint16_t key = 0;
    /// Written as keyNNN: then the value is octets, whatever the key's own format.
    bool generic = false;
};

std::optional<KeyText> read_key(std::string_view text)
{
    for (const KeyName& known : key_names)
        if (known.name == text)
            return KeyText{known.key, false};
    if (!text.starts_with("key") || (text.size() > 4 && text[3] == '0'))
        return std::nullopt;
    const std::optional<std::uint16_t> key = read_u16(text.substr(3));
    if (!key)
        return std::nullopt;
    return KeyText{*key, true};
}

std::optional<Bytes> mandatory_octets(const Bytes& text)
{
    std::vector<std::uint16_t> keys;
    for (const Bytes& item : split_list(text)) {
        const std::optional<KeyText> key = read_key(std::string(item.begin(), item.end()));
        if (!key)
            return std::nullopt;
        keys.push_back(key->key);
    }
    std::ranges::sort(keys);
    Bytes octets;
    for (const std::uint16_t key : keys)
        append_u16(key, octets);
    return octets;
}

std::optional<Bytes> alpn_octets(const Bytes& text)
{
    Bytes octets;
    for (const Bytes& id : split_list(text)) {
        if (id.size() > 255)
            return std::nullopt;
        octets.push_back(static_cast<std::uint8_t>(id.size()));
        octets.insert(octets.end(), id.begin(), id.end());
    }
    return octets;
}

std::optional<Bytes> hints_octets(const Bytes& text, std::size_t width)
{
    Bytes octets;
    for (const Bytes& item : split_list(text)) {
        const auto address = IpAddress::parse(std::string(item.begin(), item.end()));
        if (!address || address->is_v4() != (width == 4))
            return std::nullopt;
        const auto& bytes = address->bytes();
        octets.insert(octets.end(), bytes.begin(), bytes.begin() + static_cast<long>(width));
    }
    return octets;
}

std::optional<Bytes> value_octets(const KeyText& key, const Bytes& text)
{
    if (key.generic)
        return text;
    const std::string as_string(text.begin(), text.end());
    switch (key.key) {
        case service_key::mandatory:
            return mandatory_octets(text);
        case service_key::alpn:
            return alpn_octets(text);
        case service_key::port: {
            const std::optional<std::uint16_t> port = read_u16(as_string);
            if (!port)
                return std::nullopt;
            Bytes octets;
            append_u16(*port, octets);
            return octets;
        }
        case service_key::ipv4hint:
            return hints_octets(text, 4);
        case service_key::ech:
            return octets_of_base64(as_string);
        case service_key::ipv6hint:
            return hints_octets(text, 16);
        default:
            return text;
    }
}

struct OwnedParam {
    std::uint16_t key = 0;
    Bytes value;
};

Outcome<OwnedParam> read_param(std::string_view token)
{
    const std::size_t equals = token.find('=');
    const std::optional<KeyText> key = read_key(token.substr(0, equals));
    if (!key)
        return malformed("unknown parameter '" + std::string(token.substr(0, equals)) + "'");
    const std::string_view raw =
        equals == std::string_view::npos ? std::string_view{} : token.substr(equals + 1);
    const std::optional<Bytes> text = unescaped(raw);
    std::optional<Bytes> value = text ? value_octets(*key, *text) : std::nullopt;
    if (!value || value->size() > max_rdata)
        return malformed("unreadable value of " + text_of_key(key->key));
    return OwnedParam{key->key, std::move(*value)};
}

// What follows "\#" (RFC 3597 section 5): the length, and that many octets in any number of words.
Outcome<Bytes> read_generic(std::string_view text)
{
    const std::optional<std::string> length_token = take_token(text);
    const std::optional<std::uint16_t> length =
        length_token ? read_u16(*length_token) : std::nullopt;
    if (!length)
        return malformed("no length after \\#");
    std::string digits;
    for (std::optional<std::string> word = take_token(text); word && !word->empty();
         word = take_token(text))
        digits += *word;
    std::optional<Bytes> octets = octets_of_hex(digits);
    if (!octets || octets->size() != *length)
        return malformed("not as many octets as \\# says");
    return std::move(*octets);
}

}  // namespace

std::string service_text(Octets rdata)
{
    const Outcome<ServiceParts> parts = split_service(rdata);
    if (!parts.has_value())
        return unknown_rdata_text(rdata);

    std::string text = std::to_string(parts->priority) + " " + parts->target;
    for (const ServiceParam& param : parts->params) {
        const std::optional<std::string> value = value_text(param);
        if (!value)
            return unknown_rdata_text(rdata);
        text += " " + text_of_key(param.key);
        if (!value->empty())
            text += "=" + *value;
    }
    return text;
}

Outcome<Bytes> service_octets(std::string_view text)
{
    if (text.size() > max_text)
        return malformed("longer than any record");
    const std::optional<std::string> first = take_token(text);
    if (first && *first == "\\#")
        return read_generic(text);
    const std::optional<std::uint16_t> priority = first ? read_u16(*first) : std::nullopt;
    if (!priority)
        return malformed("no SvcPriority");
    const std::optional<std::string> target_text = take_token(text);
    const std::optional<Bytes> target = target_text ? name_octets(*target_text) : std::nullopt;
    if (!target)
        return malformed("no TargetName");

    std::vector<OwnedParam> params;
    while (true) {
        const std::optional<std::string> token = take_token(text);
        if (!token)
            return malformed("a quote is left open or empty");
        if (token->empty())
            break;
        Outcome<OwnedParam> param = read_param(*token);
        if (!param.has_value())
            return param.error();
        params.push_back(std::move(*param));
    }
    std::ranges::sort(params, {}, &OwnedParam::key);
    const auto repeated = std::ranges::adjacent_find(params, {}, &OwnedParam::key);
    if (repeated != params.end())
        return malformed(text_of_key(repeated->key) + " twice");

    Bytes rdata;
    append_u16(*priority, rdata);
    rdata.insert(rdata.end(), target->begin(), target->end());
    for (const OwnedParam& param : params) {
        append_u16(param.key, rdata);
        append_u16(static_cast<std::uint16_t>(param.value.size()), rdata);
        rdata.insert(rdata.end(), param.value.begin(), param.value.end());
        if (rdata.size() > max_rdata)
            return malformed("longer than any record");
    }
    return rdata;
}

Outcome<ServiceBinding> parse_service_presentation(std::string_view text)
{
    const Outcome<Bytes> rdata = service_octets(text);
    if (!rdata.has_value())
        return rdata.error();
    return decode_service(*rdata);
}

}  // namespace resolvers::dnswire
