// A DNS name as a checked value: lower-case A-labels, no final dot.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace resolvers {

/// A name that may be asked of the DNS: 1 to 253 octets, labels of 1 to 63 octets out of letters,
/// digits, '-' and '_', lower case. The root is not one. Strangers' names that break these rules
/// stay plain text.
class DomainName {
public:
    /// Absent unless the text is such a name; upper case is lowered and one final dot dropped.
    /// IDN must be turned into A-labels first (scanner/input does).
    static std::optional<DomainName> parse(std::string_view text);

    /// Without final dot.
    const std::string& text() const { return text_; }

    friend auto operator<=>(const DomainName&, const DomainName&) = default;

private:
    explicit DomainName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Is `name` equal to `suffix`, or below it, at a label boundary? Both lower case, no final dot.
/// "evilcdn.example" is not under "cdn.example", nor is "evil\.cdn.example", whose first label
/// holds the dot (presentation format, RFC 1035 section 5.1).
bool is_under(std::string_view name, std::string_view suffix);

/// The part after the first label; empty for a single label.
std::string_view parent_of(std::string_view name);

}  // namespace resolvers

template <>
struct std::hash<resolvers::DomainName> {
    std::size_t operator()(const resolvers::DomainName& name) const noexcept
    {
        return std::hash<std::string>{}(name.text());
    }
};
