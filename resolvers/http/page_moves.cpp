#include "resolvers/http/page_moves.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/http/head.h"

namespace resolvers::http {
namespace {

bool is_html_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

void skip_spaces(std::string_view& text)
{
    while (!text.empty() && is_html_space(text.front()))
        text.remove_prefix(1);
}

// Takes "url =" off the front, if it is there as a whole.
void skip_url_word(std::string_view& text)
{
    if (to_lower(text.substr(0, 3)) != "url")
        return;
    std::string_view rest = text.substr(3);
    skip_spaces(rest);
    if (rest.empty() || rest.front() != '=')
        return;
    rest.remove_prefix(1);
    skip_spaces(rest);
    text = rest;
}

const std::string* field_of(const HttpFacts& facts, std::string_view name)
{
    for (const auto& [key, value] : facts.headers)
        if (key == name)
            return &value;
    return nullptr;
}

bool has_several_locations(const HttpFacts& facts)
{
    const std::string* first = field_of(facts, "location");
    return first != nullptr &&
           std::any_of(facts.headers.begin(), facts.headers.end(), [&](const auto& field) {
               return field.first == "location" && field.second != *first;
           });
}

}  // namespace

bool is_redirect_status(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<std::string> refresh_reference(std::string_view value)
{
    skip_spaces(value);
    unsigned seconds = 0;
    bool any_digit = false;
    while (!value.empty() && is_digit(value.front())) {
        const auto digit = static_cast<unsigned>(value.front() - '0');
        seconds = std::min(seconds * 10 + digit, 1'000'000U);
        any_digit = true;
        value.remove_prefix(1);
    }
    if (!any_digit && (value.empty() || value.front() != '.'))
        return std::nullopt;
    while (!value.empty() && (is_digit(value.front()) || value.front() == '.'))
        value.remove_prefix(1);
    if (value.empty() || seconds > longest_refresh_seconds)
        return std::nullopt;
    const char separator = value.front();
    if (separator != ';' && separator != ',' && !is_html_space(separator))
        return std::nullopt;
    skip_spaces(value);
    if (!value.empty() && (value.front() == ';' || value.front() == ','))
        value.remove_prefix(1);
    skip_spaces(value);
    skip_url_word(value);
    if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
        const char quote = value.front();
        value.remove_prefix(1);
        value = value.substr(0, value.find(quote));
    }
    if (value.empty())
        return std::nullopt;
    return std::string(value);
}

std::optional<std::string> move_of(const HttpFacts& facts)
{
    if (is_redirect_status(facts.status))
        if (const std::string* location = field_of(facts, "location"))
            return *location;
    if (const std::string* refresh = field_of(facts, "refresh"))
        if (std::optional<std::string> reference = refresh_reference(*refresh))
            return reference;
    return refresh_reference(facts.meta_refresh);
}

Outcome<Url> move_target(const Url& base, std::string_view reference)
{
    Outcome<Url> target = parse_url(reference, &base);
    // Behind an empty label it would make another host of it: "77.." is none, "77." is 0.0.0.77.
    if (target.has_value() && target->host.size() > 1 && target->host.ends_with('.') &&
        !target->host.ends_with(".."))
        target->host.pop_back();
    return target;
}

std::optional<Outcome<Url>> move_from(const Url& base, const HttpFacts& facts)
{
    const std::optional<std::string> reference = move_of(facts);
    if (!reference)
        return std::nullopt;
    const bool by_location =
        is_redirect_status(facts.status) && field_of(facts, "location") != nullptr;
    if (by_location && has_several_locations(facts))
        return Outcome<Url>(Failure{"several", "several Location headers that differ"});
    Outcome<Url> target = move_target(base, *reference);
    if (!by_location && target.has_value() && *target == base)
        return std::nullopt;
    return target;
}

bool shows_content(const HttpFacts& facts)
{
    if (facts.status < 200)
        return false;
    if (facts.status < 300 || facts.status >= 400)
        return true;
    const bool moves = is_redirect_status(facts.status) && field_of(facts, "location") != nullptr;
    return !moves && facts.body_length.value_or(0) > 0;
}

bool is_bad_port(std::uint16_t port)
{
    static constexpr std::uint16_t bad[] = {
        0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
        37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
        110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
        427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
        563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
    return std::binary_search(std::begin(bad), std::end(bad), port);
}

}  // namespace resolvers::http
