// The problems of a catalogue, gathered while it is read: all of them, not the first alone.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner::catalogue {

/// "providers/examplecdn.toml:41"; the file alone for line 0.
std::string place(std::string_view file, std::size_t line);

class Errors {
public:
    void add(std::string where, std::string what);

    bool empty() const { return found_.empty(); }
    std::size_t count() const { return found_.size(); }

    /// By file, then by line; each once.
    std::vector<CatalogueError> sorted() const;

    /// One "file:line: what" a line, without a final line break.
    std::string text() const;

private:
    std::vector<CatalogueError> found_;
};

/// Words that may stand somewhere.
using Words = std::span<const std::string_view>;

/// The one of `known` that a slip of the finger turns into `word`; empty if none is near enough.
std::string_view nearest(std::string_view word, Words known);

/// "; did you mean \"known\"?", or, when nothing is near, "; known are: a b c".
std::string suggestion(std::string_view word, Words known);

}  // namespace scanner::catalogue
