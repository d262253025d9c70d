#include "scanner/catalogue/update/json_select.h"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace scanner::catalogue {

namespace json = boost::json;
using resolvers::Failure;
using resolvers::Outcome;

namespace {

using Steps = std::vector<JsonPath::Step>;

bool has_text(const json::value& element, const JsonPath::Step& step)
{
    if (step.filter_name.empty())
        return true;
    const json::object* object = element.if_object();
    const json::value* member = object == nullptr ? nullptr : object->if_contains(step.filter_name);
    const json::string* text = member == nullptr ? nullptr : member->if_string();
    return text != nullptr && std::string_view(*text) == step.filter_text;
}

// False if something else than a text stands at the end.
bool collect(const json::value& value, const Steps& steps, std::size_t at,
             std::vector<std::string>& found)
{
    if (at == steps.size()) {
        const json::string* text = value.if_string();
        if (text != nullptr)
            found.emplace_back(*text);
        return text != nullptr;
    }
    const JsonPath::Step& step = steps[at];
    if (step.elements) {
        const json::array* list = value.if_array();
        if (list == nullptr)
            return true;
        for (const json::value& element : *list)
            if (has_text(element, step) && !collect(element, steps, at + 1, found))
                return false;
        return true;
    }
    const json::object* object = value.if_object();
    const json::value* member = object == nullptr ? nullptr : object->if_contains(step.name);
    return member == nullptr || member->is_null() || collect(*member, steps, at + 1, found);
}

}  // namespace

Outcome<JsonPath> JsonPath::parse(std::string_view text)
{
    JsonPath path;
    const auto fault = [&](const char* what) {
        return Failure{"malformed", "\"" + std::string(text) + "\" is not a path: " + what +
                                        "; write like prefixes[service=CLOUDFRONT].ip_prefix"};
    };
    std::string_view rest = text;
    while (!rest.empty()) {
        Step step;
        if (rest.front() == '[') {
            const std::size_t end = rest.find(']');
            if (end == std::string_view::npos)
                return fault("no ']'");
            const std::string_view inside = rest.substr(1, end - 1);
            const std::size_t equals = inside.find('=');
            if (!inside.empty() && (equals == std::string_view::npos || equals == 0))
                return fault("between brackets stands name=text or nothing");
            step.elements = true;
            if (!inside.empty()) {
                step.filter_name = inside.substr(0, equals);
                step.filter_text = inside.substr(equals + 1);
            }
            rest.remove_prefix(end + 1);
        } else {
            if (!path.steps_.empty()) {
                if (rest.front() != '.')
                    return fault("a '.' is missing");
                rest.remove_prefix(1);
            }
            const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
            if (end == 0)
                return fault("a name is empty");
            step.name = rest.substr(0, end);
            rest.remove_prefix(end);
        }
        path.steps_.push_back(std::move(step));
    }
    if (path.steps_.empty())
        return fault("it is empty");
    return path;
}

Outcome<std::vector<std::string>> select_texts(std::string_view text,
                                               const std::vector<std::string>& paths)
{
    json::monotonic_resource memory;
    json::error_code error;
    const json::value document = json::parse({text.data(), text.size()}, error, &memory);
    if (error)
        return Failure{"malformed", "not JSON (" + error.message() + ")"};
    std::vector<std::string> found;
    for (const std::string& one : paths) {
        const Outcome<JsonPath> path = JsonPath::parse(one);
        if (!path)
            return path.error();
        const std::size_t before = found.size();
        if (!collect(document, path->steps(), 0, found))
            return Failure{"malformed", "what stands at " + one + " is no text"};
        if (found.size() == before)
            return Failure{"empty",
                           "nothing stands at " + one + "; has the publisher changed the format?"};
    }
    return found;
}

}  // namespace scanner::catalogue
