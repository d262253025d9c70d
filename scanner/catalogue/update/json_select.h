// Takes the texts out of a JSON document that a path points at. Steps are separated by dots: a name
// (the member of an object), "[]" (every element of a list), or "[name=text]" (every element whose
// member has that text): "regions[].cidrs[].cidr", "prefixes[service=CLOUDFRONT].ip_prefix".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/outcome.h"

namespace scanner::catalogue {

class JsonPath {
public:
    /// Failure code: "malformed".
    static resolvers::Outcome<JsonPath> parse(std::string_view text);

    struct Step {
        /// Of the member; empty for elements.
        std::string name;
        bool elements = false;
        /// Of elements; an empty name takes them all.
        std::string filter_name;
        std::string filter_text;
    };

    const std::vector<Step>& steps() const { return steps_; }

private:
    std::vector<Step> steps_;
};

/// What the paths point at, in their order. Elements that lack a member are passed over, but each
/// path must find something: a renamed member must not look like an empty list. Failure codes:
/// "malformed" (no JSON, or something else than a text at a path's end), "empty".
resolvers::Outcome<std::vector<std::string>> select_texts(std::string_view json,
                                                          const std::vector<std::string>& paths);

}  // namespace scanner::catalogue
