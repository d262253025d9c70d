// Whom a label means by a name: "Azure Front Door/CDN", "Google (own)", "cloudflare-pages". Exact
// names, ids and aliases of the catalogue, letter case and punctuation aside; never parts of words.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner::score {

/// What the names of a label stand for.
struct Meaning {
    /// Companies that are meant as a whole: any product of theirs is right.
    std::set<std::string> companies;
    /// Products that are meant; their companies, when another product was said.
    std::set<std::string> products;
    std::set<std::string> companies_of_products;
    /// The names, folded, for providers that the catalogue does not know.
    std::set<std::string> texts;

    /// Does the catalogue know nobody of that name?
    bool is_unknown() const { return companies.empty() && products.empty(); }
};

/// Letters and digits only, in lower case.
std::string folded(std::string_view name);

class LabelNames {
public:
    explicit LabelNames(const catalogue::Catalogue& catalogue);

    Meaning find(const std::vector<std::string>& names) const;

private:
    void look_up(std::string_view name, Meaning& meaning) const;

    const catalogue::Catalogue& catalogue_;
    std::map<std::string, std::set<std::string>, std::less<>> companies_;
    std::map<std::string, std::set<std::string>, std::less<>> products_;
};

}  // namespace scanner::score
