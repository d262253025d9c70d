#include "scanner/catalogue/errors.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace scanner::catalogue {

namespace {

struct Place {
    std::string_view file;
    std::size_t line = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
};

Place split(std::string_view where)
{
    const std::size_t colon = where.rfind(':');
    if (colon == std::string_view::npos)
        return {where, 0};
    const std::string_view digits = where.substr(colon + 1);
    std::size_t line = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return {where, 0};
    return {where.substr(0, colon), line};
}

// Levenshtein's distance, where two neighbours swapped count as one slip.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

std::string place(std::string_view file, std::size_t line)
{
    return line == 0 ? std::string(file) : std::string(file) + ":" + std::to_string(line);
}

void Errors::add(std::string where, std::string what)
{
    found_.push_back({std::move(where), std::move(what)});
}

std::vector<CatalogueError> Errors::sorted() const
{
    std::vector<CatalogueError> all = found_;
    std::sort(all.begin(), all.end(), [](const CatalogueError& a, const CatalogueError& b) {
        const Place here = split(a.where);
        const Place there = split(b.where);
        return here != there ? here < there : a.what < b.what;
    });
    const auto same = [](const CatalogueError& a, const CatalogueError& b) {
        return a.where == b.where && a.what == b.what;
    };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    return all;
}

std::string Errors::text() const
{
    std::string lines;
    for (const CatalogueError& error : sorted()) {
        if (!lines.empty())
            lines += '\n';
        lines += error.text();
    }
    return lines;
}

std::string_view nearest(std::string_view word, Words known)
{
    std::string_view best;
    std::size_t best_distance = 3;
    for (const std::string_view candidate : known) {
        const std::size_t slips = distance(word, candidate);
        // Two slips in a word of three letters are another word.
        if (slips < best_distance && slips * 2 < candidate.size() + 1) {
            best = candidate;
            best_distance = slips;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, Words known)
{
    const std::string_view near = nearest(word, known);
    if (!near.empty())
        return "; did you mean \"" + std::string(near) + "\"?";
    std::string all = "; known are:";
    for (const std::string_view candidate : known)
        all += " " + std::string(candidate);
    return all;
}

}  // namespace scanner::catalogue
