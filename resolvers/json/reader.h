// Reads JSON in one pass, on demand: the caller asks for the next member or value and moves it to
// where it belongs, so that no document is ever built. Strict RFC 8259, but for text that is not
// UTF-8 and for lone surrogates: those become U+FFFD, for one stranger's byte must not lose a line.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "resolvers/base/outcome.h"
#include "resolvers/json/text.h"

namespace resolvers {

/// Every call that returns bool is false once anything was wrong; then failed() is true, and the
/// callers on the way out say with inside() where it was.
class JsonReader {
public:
    static constexpr std::size_t max_bytes = std::size_t{16} << 20;
    static constexpr unsigned max_depth = 32;
    /// Elements of all lists of the text together: an element in memory may be a hundred times
    /// larger than its text.
    static constexpr std::size_t max_elements = 100'000;

    /// The text must outlive the reader.
    explicit JsonReader(std::string_view text);

    bool open_object() { return open('{', "expected an object"); }
    /// The next member's name, which is good until the next call. False at the end of the object
    /// too. After true, its value must be read or skipped.
    bool next_member(std::string_view& name) { return more_members() && read_name(name); }

    /// next_member in two steps, for those who can guess which name comes: first, is there a
    /// member? Then its name must be taken or read.
    bool more_members() { return go_on('}'); }
    bool read_name(std::string_view& name)
    {
        return read_text(name) && (take(':') || fail("expected ':'"));
    }
    /// Does that name come, without escapes and white space? If not, nothing is consumed.
    bool take_name(std::string_view name)
    {
        const std::size_t size = name.size() + 3;
        if (static_cast<std::size_t>(end_ - at_) < size || at_[0] != '"' || at_[1] != name[0] ||
            at_[size - 2] != '"' || at_[size - 1] != ':' ||
            std::memcmp(at_ + 1, name.data(), name.size()) != 0)
            return false;
        at_ += size;
        return true;
    }

    bool open_list() { return open('[', "expected a list"); }
    /// Does a list come? Nothing is consumed.
    bool at_list()
    {
        skip_space();
        return at_ != end_ && *at_ == '[';
    }
    /// Is there another element? After true, it must be read or skipped.
    bool next_element() { return go_on(']') && (++elements_ <= max_elements || too_many()); }

    bool read(std::string& value)
    {
        std::string_view plain;
        if (!take_plain(plain))
            return false;
        value.assign(plain);
        return take_quote() || read_rest(value);
    }
    bool read(bool& value);
    bool read(double& value);

    template <std::integral T>
    bool read(T& value)
    {
        if constexpr (std::is_signed_v<T>) {
            std::int64_t wide = 0;
            if (!read_signed(wide, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()))
                return false;
            value = static_cast<T>(wide);
        } else {
            std::uint64_t wide = 0;
            if (!read_unsigned(wide, std::numeric_limits<T>::max()))
                return false;
            value = static_cast<T>(wide);
        }
        return true;
    }

    /// A string that is looked at, not kept: good until the next call.
    bool read_text(std::string_view& text)
    {
        return take_plain(text) && (take_quote() || read_rest_aside(text));
    }

    /// Was there a null? If not, nothing is consumed, and nothing is wrong.
    bool take_null();

    /// Any value at all.
    bool skip();

    /// Nothing but white space may follow.
    bool finish();

    bool failed() const { return failed_; }

    /// Says that what was just read will not do. Always false.
    bool fail(std::string_view what);

    /// The failure lay in this member, or in this element. Inner ones are named first.
    void inside(std::string_view member);
    void inside(std::size_t element);

    /// "dns[3].records[0].ttl: expected a whole number (byte 812)". Only after a failure.
    resolvers::Failure failure() const;

private:
    // What is short and called for every member stands here, so that it can be inlined.

    void skip_space()
    {
        if (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ')
            skip_more_space();
    }

    bool take(char c)
    {
        skip_space();
        if (at_ == end_ || *at_ != c)
            return false;
        ++at_;
        return true;
    }

    bool take_quote()
    {
        if (at_ == end_ || *at_ != '"')
            return false;
        ++at_;
        return true;
    }

    // The opening quote and all characters up to the first that is not plain.
    bool take_plain(std::string_view& plain)
    {
        if (failed_ || !take('"'))
            return fail("expected a string");
        plain = {at_, plain_length(rest())};
        at_ += plain.size();
        return true;
    }

    bool open(char bracket, std::string_view what)
    {
        if (failed_ || !take(bracket))
            return fail(what);
        first_ = true;
        return ++depth_ <= max_depth || fail("nested too deeply");
    }

    // Is there something more before the closing bracket?
    bool go_on(char closing)
    {
        if (failed_)
            return false;
        if (take(closing)) {
            --depth_;
            first_ = false;
            return false;
        }
        if (!first_ && !take(','))
            return fail(closing == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
        first_ = false;
        return true;
    }

    void skip_more_space();
    bool too_many();
    bool read_rest(std::string& value);
    bool read_rest_aside(std::string_view& text);
    bool read_escape(std::string& value);
    bool read_code_unit(unsigned& unit);
    bool take_word(std::string_view word);
    bool take_number(std::string_view& digits, bool& whole);
    bool read_signed(std::int64_t& value, std::int64_t least, std::int64_t most);
    bool read_unsigned(std::uint64_t& value, std::uint64_t most);
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    const char* begin_;
    const char* at_;
    const char* end_;
    unsigned depth_ = 0;
    std::size_t elements_ = 0;
    /// Nothing has been read yet in the innermost object or list.
    bool first_ = true;
    bool failed_ = false;
    std::string scratch_;
    std::string code_ = "malformed";
    std::string path_;
    std::string what_;
};

}  // namespace resolvers
