#include "resolvers/json/reader.h"

#include <charconv>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "resolvers/json/text.h"

namespace resolvers {

namespace {

}  // namespace

JsonReader::JsonReader(std::string_view text)
    : begin_(text.data()), at_(text.data()), end_(text.data() + text.size())
{
    if (text.size() > max_bytes) {
        fail("longer than " + std::to_string(max_bytes) + " bytes");
        code_ = "too_large";
    }
}

bool JsonReader::fail(std::string_view what)
{
    // The first failure is the cause; whatever comes after it is not.
    if (!failed_) {
        failed_ = true;
        what_ = what;
    }
    return false;
}

void JsonReader::inside(std::string_view member)
{
    const bool dot = !path_.empty() && path_.front() != '[';
    path_.insert(0, dot ? "." : "");
    path_.insert(0, member);
}

void JsonReader::inside(std::size_t element)
{
    const bool dot = !path_.empty() && path_.front() != '[';
    path_.insert(0, "[" + std::to_string(element) + (dot ? "]." : "]"));
}

resolvers::Failure JsonReader::failure() const
{
    std::string detail = path_.empty() ? "" : path_ + ": ";
    detail += what_ + " (byte " + std::to_string(at_ - begin_) + ")";
    return {code_, detail};
}

void JsonReader::skip_more_space()
{
    while (at_ != end_ && resolvers::is_space(*at_))
        ++at_;
}

bool JsonReader::too_many()
{
    fail("more than " + std::to_string(max_elements) + " list elements");
    code_ = "too_large";
    return false;
}

// The rest of a string from its first character that is not plain ASCII.
bool JsonReader::read_rest(std::string& value)
{
    while (at_ != end_) {
        const char c = *at_;
        if (c == '"') {
            ++at_;
            return true;
        }
        if (c == '\\') {
            ++at_;
            if (!read_escape(value))
                return false;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            return fail("control character in a string");
        } else if (static_cast<unsigned char>(c) < 0x80) {
            value.push_back(c);
            ++at_;
        } else {
            const resolvers::Utf8Char next = resolvers::decode_utf8(rest());
            if (next.valid)
                value.append(at_, next.length);
            else
                resolvers::append_utf8(value, 0xFFFD);
            at_ += next.length;
        }
        const std::size_t plain = plain_length(rest());
        value.append(at_, plain);
        at_ += plain;
    }
    return fail("the text ends inside a string");
}

// The same for a string whose beginning is `text` so far, and that is looked at only.
bool JsonReader::read_rest_aside(std::string_view& text)
{
    scratch_.assign(text);
    if (!read_rest(scratch_))
        return false;
    text = scratch_;
    return true;
}

bool JsonReader::read_code_unit(unsigned& unit)
{
    const std::string_view digits = rest().substr(0, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() != 4 || error != std::errc{} || end != digits.data() + 4)
        return fail("expected four hexadecimal digits after \\u");
    at_ += 4;
    return true;
}

// RFC 8259 section 7; behind the backslash.
bool JsonReader::read_escape(std::string& value)
{
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meaning = "\"\\/\b\f\n\r\t";
    if (at_ == end_)
        return fail("the text ends inside a string");
    const char c = *at_;
    if (const std::size_t which = letters.find(c); which != std::string_view::npos) {
        value.push_back(meaning[which]);
        ++at_;
        return true;
    }
    if (c != 'u')
        return fail("unknown escape in a string");
    ++at_;
    unsigned unit = 0;
    if (!read_code_unit(unit))
        return false;
    const bool leads = unit >= 0xD800 && unit <= 0xDBFF;
    if (leads && rest().starts_with("\\u")) {
        const char* const before = at_;
        at_ += 2;
        unsigned trail = 0;
        if (!read_code_unit(trail))
            return false;
        if (trail >= 0xDC00 && trail <= 0xDFFF) {
            resolvers::append_utf8(value, 0x10000 + ((unit - 0xD800) << 10) + (trail - 0xDC00));
            return true;
        }
        // Not its other half: it is a character of its own, read next.
        at_ = before;
    }
    resolvers::append_utf8(value, unit);
    return true;
}

bool JsonReader::take_word(std::string_view word)
{
    skip_space();
    if (!rest().starts_with(word))
        return false;
    at_ += word.size();
    return true;
}

bool JsonReader::take_null()
{
    skip_space();
    return !failed_ && at_ != end_ && *at_ == 'n' && take_word("null");
}

bool JsonReader::read(bool& value)
{
    if (failed_)
        return false;
    value = take_word("true");
    return value || take_word("false") || fail("expected true or false");
}

// RFC 8259 section 6. `whole`: without fraction and exponent.
bool JsonReader::take_number(std::string_view& digits, bool& whole)
{
    if (failed_)
        return false;
    skip_space();
    const char* at = at_;
    const auto take_if = [this, &at](char c) {
        const bool found = at != end_ && *at == c;
        at += found ? 1 : 0;
        return found;
    };
    const auto take_digits = [this, &at] {
        const char* const from = at;
        while (at != end_ && resolvers::is_digit(*at))
            ++at;
        return at != from;
    };
    take_if('-');
    whole = true;
    if (!take_if('0') && !take_digits())
        return fail("expected a number");
    if (take_if('.')) {
        whole = false;
        if (!take_digits())
            return fail("expected digits after the decimal point");
    }
    if (take_if('e') || take_if('E')) {
        whole = false;
        if (!take_if('+'))
            take_if('-');
        if (!take_digits())
            return fail("expected digits in the exponent");
    }
    digits = {at_, static_cast<std::size_t>(at - at_)};
    at_ = at;
    return true;
}

bool JsonReader::read(double& value)
{
    std::string_view digits;
    bool whole = false;
    if (!take_number(digits, whole))
        return false;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{})
        return fail("expected a number within the range of a double");
    return true;
}

bool JsonReader::read_signed(std::int64_t& value, std::int64_t least, std::int64_t most)
{
    std::string_view digits;
    bool whole = false;
    if (!take_number(digits, whole))
        return false;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (whole && error == std::errc{} && value >= least && value <= most)
        return true;
    return fail("expected a whole number from " + std::to_string(least) + " to " +
                std::to_string(most));
}

bool JsonReader::read_unsigned(std::uint64_t& value, std::uint64_t most)
{
    std::string_view digits;
    bool whole = false;
    if (!take_number(digits, whole))
        return false;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (whole && error == std::errc{} && value <= most)
        return true;
    return fail("expected a whole number from 0 to " + std::to_string(most));
}

// As deep as max_depth, no deeper.
bool JsonReader::skip()
{
    if (failed_)
        return false;
    skip_space();
    const char c = at_ != end_ ? *at_ : '\0';
    std::string_view ignored;
    bool whole = false;
    switch (c) {
        case '{':
            if (!open_object())
                return false;
            while (next_member(ignored))
                if (!skip())
                    return false;
            return !failed_;
        case '[':
            if (!open_list())
                return false;
            while (next_element())
                if (!skip())
                    return false;
            return !failed_;
        case '"':
            return read_text(ignored);
        case 't':
        case 'f':
            return read(whole);
        case 'n':
            return take_null() || fail("expected a value");
        default:
            return (c == '-' || resolvers::is_digit(c)) ? take_number(ignored, whole)
                                                        : fail("expected a value");
    }
}

bool JsonReader::finish()
{
    if (failed_)
        return false;
    skip_space();
    return at_ == end_ || fail("something follows the end of the value");
}

}  // namespace resolvers
