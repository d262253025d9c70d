// How a struct becomes a JSON object and back: one list of its members serves both ways. For the
// sources that write or read stored values (scanner/model/json_*.cpp, the cache of registries'
// answers); everybody else wants scanner/model/json.h.
#pragma once

#include <array>
#include <concepts>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "resolvers/base/words.h"
#include "resolvers/json/reader.h"
#include "resolvers/json/writer.h"

namespace resolvers {

/// Specialised for each struct: `members` is a tuple of rows, in the order in which they are
/// written. `writes_all` makes members at their default be written too.
template <typename T>
struct Shape;

template <typename T>
concept Shaped = requires
{
    Shape<T>::members;
};

enum class Presence {
    may_miss,  ///< left out while it is at its default, unless the shape writes all
    required,  ///< always written; a reader that misses it refuses the text
};

/// A row: the member that `get` (pointer to member, or function from the struct to a reference)
/// leads to.
template <typename Get>
struct Member {
    std::string_view name;
    Get get;
    Presence presence = Presence::may_miss;
    /// The default, for text whose default is not empty.
    std::string_view fallback = {};
};

template <typename Get>
Member(std::string_view, Get) -> Member<Get>;
template <typename Get>
Member(std::string_view, Get, Presence) -> Member<Get>;
template <typename Get>
Member(std::string_view, Get, Presence, std::string_view) -> Member<Get>;

/// A row with a hand of its own: `write` writes the value, `read` reads or skips it.
template <typename T>
struct Special {
    std::string_view name;
    void (*write)(JsonWriter& out, const T& value);
    bool (*read)(JsonReader& in, T& value);
    Presence presence = Presence::required;
    /// Says when the row is left out. Null: never.
    bool (*absent)(const T& value) = nullptr;
};

// ---- How many members a struct has, so that one that is forgotten here fails the build ----------

struct AnyValue {
    template <typename T>
    constexpr operator T() const noexcept
    {
        std::abort();
    }
};

template <typename T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>)
{
    return requires
    {
        T{((void)I, AnyValue{})...};
    };
}

/// The number of members of an aggregate.
template <typename T, std::size_t N = 0>
constexpr std::size_t member_count()
{
    if constexpr (takes<T>(std::make_index_sequence<N + 1>{}))
        return member_count<T, N + 1>();
    else
        return N;
}

/// The number of rows of its shape.
template <typename T>
constexpr std::size_t row_count =
    std::tuple_size_v<std::remove_cvref_t<decltype(Shape<T>::members)>>;

// ---- Writing ------------------------------------------------------------------------------------

inline void write_value(JsonWriter& out, const std::string& value)
{
    out.string(value);
}
inline void write_value(JsonWriter& out, bool value)
{
    out.boolean(value);
}
inline void write_value(JsonWriter& out, double value)
{
    out.number(value);
}
inline void write_value(JsonWriter& out, const std::optional<resolvers::Timestamp>& value)
{
    out.time(value);
}
inline void write_value(JsonWriter& out, const resolvers::IpAddress& value)
{
    out.address(value);
}
inline void write_value(JsonWriter& out, const resolvers::Prefix& value)
{
    out.prefix(value);
}
inline void write_value(JsonWriter& out, resolvers::Milliseconds value)
{
    out.number(static_cast<std::int64_t>(value.count()));
}

template <std::integral T>
void write_value(JsonWriter& out, T value)
{
    out.number(value);
}

template <resolvers::Worded T>
void write_value(JsonWriter& out, T value)
{
    out.word(resolvers::word(value));
}

template <typename T>
void write_value(JsonWriter& out, const std::optional<T>& value)
{
    if (value)
        write_value(out, *value);
    else
        out.null();
}

template <typename A, typename B>
void write_value(JsonWriter& out, const std::pair<A, B>& value)
{
    out.open_list();
    write_value(out, value.first);
    write_value(out, value.second);
    out.close_list();
}

template <typename T>
void write_value(JsonWriter& out, const std::vector<T>& values)
{
    out.open_list();
    for (const T& value : values)
        write_value(out, value);
    out.close_list();
}

template <typename T>
bool is_default(const T& value, std::string_view fallback)
{
    if constexpr (std::is_same_v<T, std::string>)
        return value == fallback;
    else if constexpr (requires { value.empty(); })
        return value.empty();
    else if constexpr (requires { value.has_value(); })
        return !value.has_value();
    else
        return value == T{};
}

template <typename T, typename Get>
void write_row(JsonWriter& out, const T& value, const Member<Get>& row)
{
    const auto& member = std::invoke(row.get, value);
    if constexpr (!Shape<T>::writes_all)
        if (row.presence == Presence::may_miss && is_default(member, row.fallback))
            return;
    out.key(row.name);
    write_value(out, member);
}

template <typename T>
void write_row(JsonWriter& out, const T& value, const Special<T>& row)
{
    if (row.absent != nullptr && row.absent(value))
        return;
    out.key(row.name);
    row.write(out, value);
}

template <Shaped T>
void write_value(JsonWriter& out, const T& value)
{
    out.open_object();
    std::apply([&](const auto&... row) { (write_row(out, value, row), ...); }, Shape<T>::members);
    out.close_object();
}

// ---- Reading ------------------------------------------------------------------------------------

inline bool read_value(JsonReader& in, std::string& value)
{
    return in.read(value);
}
inline bool read_value(JsonReader& in, bool& value)
{
    return in.read(value);
}
inline bool read_value(JsonReader& in, double& value)
{
    return in.read(value);
}
bool read_value(JsonReader& in, std::optional<resolvers::Timestamp>& value);
bool read_value(JsonReader& in, resolvers::IpAddress& value);
bool read_value(JsonReader& in, resolvers::Prefix& value);
bool read_value(JsonReader& in, resolvers::Milliseconds& value);

template <std::integral T>
bool read_value(JsonReader& in, T& value)
{
    return in.read(value);
}

template <resolvers::Worded T>
bool read_value(JsonReader& in, T& value)
{
    std::string_view text;
    if (!in.read_text(text))
        return false;
    const std::optional<T> known = resolvers::value_of<T>(text);
    if (!known)
        return in.fail("a word that this version does not know");
    value = *known;
    return true;
}

template <typename T>
bool read_value(JsonReader& in, std::optional<T>& value)
{
    if (in.take_null()) {
        value.reset();
        return true;
    }
    return read_value(in, value.emplace());
}

template <typename A, typename B>
bool read_value(JsonReader& in, std::pair<A, B>& value)
{
    if (!in.open_list())
        return false;
    if (!in.next_element() || !read_value(in, value.first) || !in.next_element() ||
        !read_value(in, value.second) || in.next_element())
        return in.fail("expected a list of two");
    return !in.failed();
}

template <typename T>
bool read_value(JsonReader& in, std::vector<T>& values)
{
    values.clear();
    if (!in.open_list())
        return false;
    while (in.next_element()) {
        if (values.empty())
            values.reserve(4);
        if (!read_value(in, values.emplace_back())) {
            in.inside(values.size() - 1);
            return false;
        }
    }
    return !in.failed();
}

template <typename T, typename Get>
bool read_row(JsonReader& in, T& value, const Member<Get>& row)
{
    return read_value(in, std::invoke(row.get, value));
}

template <typename T>
bool read_row(JsonReader& in, T& value, const Special<T>& row)
{
    return row.read(in, value);
}

/// A row as the reader needs it: found by name at run time.
template <typename T>
struct RowReader {
    std::string_view name;
    bool required;
    bool (*read)(JsonReader& in, T& value);
};

template <typename T, std::size_t I>
bool read_row_at(JsonReader& in, T& value)
{
    return read_row(in, value, std::get<I>(Shape<T>::members));
}

template <typename T, std::size_t... I>
constexpr auto row_readers(std::index_sequence<I...>)
{
    return std::array<RowReader<T>, sizeof...(I)>{RowReader<T>{
        std::get<I>(Shape<T>::members).name,
        std::get<I>(Shape<T>::members).presence == Presence::required, &read_row_at<T, I>}...};
}

/// Reads the next member's name and finds its row: the number of rows if there is none. Members
/// mostly come in our order with some left out, so the rows from `from` on are tried first.
template <typename T, std::size_t N>
std::size_t next_row(JsonReader& in, const std::array<RowReader<T>, N>& rows, std::size_t from)
{
    for (std::size_t i = from; i < N; ++i)
        if (in.take_name(rows[i].name))
            return i;
    std::string_view name;
    if (!in.read_name(name))
        return N;
    std::size_t i = 0;
    while (i < N && rows[i].name != name)
        ++i;
    return i;
}

template <Shaped T>
bool read_value(JsonReader& in, T& value)
{
    static constexpr auto rows = row_readers<T>(std::make_index_sequence<row_count<T>>{});
    if (!in.open_object())
        return false;
    std::array<bool, rows.size()> seen{};
    std::size_t next = 0;
    while (in.more_members()) {
        const std::size_t row = next_row(in, rows, next);
        if (row == rows.size()) {
            // Written by a later version, or by somebody else for himself.
            if (!in.skip())
                return false;
            continue;
        }
        if (std::exchange(seen[row], true))
            in.fail("stands here twice");
        if (in.failed() || !rows[row].read(in, value)) {
            in.inside(rows[row].name);
            return false;
        }
        next = row + 1;
    }
    for (std::size_t i = 0; i < rows.size() && !in.failed(); ++i)
        if (rows[i].required && !seen[i]) {
            in.fail("missing");
            in.inside(rows[i].name);
        }
    return !in.failed();
}

}  // namespace resolvers
