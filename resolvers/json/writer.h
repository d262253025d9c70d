// Writes JSON at the end of a string, piece by piece: no document in memory, no white space, commas
// by itself. Keeping brackets in pairs and names in objects is the caller's business.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/time_text.h"
#include "resolvers/json/text.h"

namespace resolvers {

/// Until it is destroyed, `out` holds rubbish behind what was written: nobody else may look at it.
class JsonWriter {
public:
    /// `expected` bytes are made ready at once; more comes as needed.
    explicit JsonWriter(std::string& out, std::size_t expected = 512);
    ~JsonWriter();
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    void open_object() { open('{'); }
    void close_object() { close('}'); }
    void open_list() { open('['); }
    void close_list() { close(']'); }

    /// The name of the member whose value comes next. Must need no escapes: our own names only.
    /// Inline, since names are constants: half of all that is written are names.
    void key(std::string_view name)
    {
        need(name.size() + 4);
        separate();
        put('"');
        std::memcpy(at_, name.data(), name.size());
        at_ += name.size();
        put('"');
        put(':');
        comma_ = false;
    }

    /// Bytes that are not UTF-8 become U+FFFD; nothing is escaped but what JSON requires, and DEL.
    void string(std::string_view text);

    /// A string of ours that needs no escapes (words, digits).
    void word(std::string_view text);

    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }

    template <std::integral T>
    void number(T value)
    {
        if constexpr (std::is_signed_v<T>)
            signed_number(value);
        else
            unsigned_number(value);
    }

    /// The shortest digits that read back as the same double. JSON has no infinity and no NaN:
    /// null.
    void number(double value);

    /// RFC 3339; null for a moment that is not known.
    void time(std::optional<resolvers::Timestamp> value);
    void address(const resolvers::IpAddress& value);
    void prefix(const resolvers::Prefix& value);

private:
    void open(char bracket)
    {
        need(2);
        separate();
        put(bracket);
        comma_ = false;
    }

    void close(char bracket)
    {
        need(1);
        put(bracket);
        comma_ = true;
    }

    void raw(std::string_view text);
    void signed_number(std::int64_t value);
    void unsigned_number(std::uint64_t value);
    void rest_of_string(std::string_view text);
    char* address_text(char* to, const resolvers::IpAddress& value);

    /// Makes sure that so many bytes can be written at `at_`.
    void need(std::size_t bytes)
    {
        if (static_cast<std::size_t>(end_ - at_) < bytes)
            grow(bytes);
    }
    void grow(std::size_t bytes);
    void put(char c) { *at_++ = c; }
    void separate()
    {
        if (comma_)
            put(',');
        comma_ = true;
    }

    std::string& out_;
    char* at_;
    char* end_;
    bool comma_ = false;
};

}  // namespace resolvers
