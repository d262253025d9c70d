// Entities and their jCards (RFC 9083 section 5.1, RFC 7095) inside an RDAP object, and careful
// reading of JSON that may be of any shape. Seen by answers.cpp and bootstrap.cpp alone.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/registry_facts.h"

namespace resolvers::rdap {

namespace json = boost::json;

/// However long an answer is, no list kept of it is longer. Real ones stay far below.
inline constexpr std::size_t max_list = 64;

/// White space and control characters folded to single blanks, at most 500 octets, cut at a
/// character's boundary.
std::string folded(std::string_view text);

/// Members of an object; nothing, where they are missing or of another type.
const json::value* member(const json::object& object, std::string_view key);
std::string_view text_in(const json::object& object, std::string_view key);
const json::array& array_in(const json::object& object, std::string_view key);
/// Some registries send numbers where RFC 9083 has strings ("identifier": 9999).
std::string text_or_number_in(const json::object& object, std::string_view key);
/// A string, or an array of strings, as a list: servers mix the two. `value` may be null.
std::vector<std::string_view> texts_of(const json::value* value);

/// Appends unless it is empty, there already, or the list is full.
void add_once(std::vector<std::string>& list, std::string text);

/// One entity; it points into the parsed answer.
struct Entity {
    const json::object* object = nullptr;
    /// 0: directly in the object asked for.
    unsigned depth = 0;
    /// Lower case.
    std::vector<std::string> roles;
    std::string handle;

    bool has_role(std::string_view role) const;
};

struct CardMail {
    std::string address;
    /// RFC 6350 5.3: 1 to 100; 101, less preferred than all of these, where it is not given.
    unsigned pref = 101;
    bool type_abuse = false;
};

/// What is of use on an entity's jCard.
struct Card {
    std::string kind;
    std::string formatted_name;
    std::string organisation;
    std::vector<CardMail> mails;
    std::vector<std::string> contact_links;
    std::vector<std::string> home_pages;
    bool redacted = false;

    bool individual() const { return kind == "individual"; }
};

/// The entities inside an object at any depth, outer ones first, at most 256.
std::vector<Entity> entities_of(const json::object& object);

/// Empty if the entity has no jCard.
Card card_of(const Entity& entity);

/// Does the name say no more than the handle, or nothing?
bool named_like(std::string_view name, std::string_view handle);

/// The organisation's name on a card; empty on a person's.
std::string organisation_on(const Card& card, std::string_view handle);

/// The abuse desk among the entities, without people's own mailboxes.
AbuseDesk abuse_desk_among(std::vector<Entity> entities);

}  // namespace resolvers::rdap
