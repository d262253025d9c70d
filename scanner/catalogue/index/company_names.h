// Which company a free text means: "CLOUDFLARE, INC." is cloudflare. Exact names only, never parts
// of them: "Amazon Studios" is not Amazon.
#pragma once

#include <string>
#include <string_view>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/index/suffix_index.h"

namespace scanner::catalogue {

/// Lower case, white space folded, commas dropped.
std::string normal_name(std::string_view name);

/// A normal name without "inc.", "gmbh" and the like at its end; never empty if the name is not.
std::string without_legal_form(std::string_view normal);

class CompanyNames {
public:
    /// How good a claim to a name is: a company's own name beats a product's or an alias.
    enum class Claim { alias, own };

    /// Two companies with equal claims to one name: then the name means neither.
    /// The company must outlive this.
    void add(std::string_view name, const Provider& company, Claim claim);

    /// Null if the name means no company.
    const Provider* find(std::string_view name) const;

private:
    struct Holder {
        const Provider* company = nullptr;
        Claim claim = Claim::alias;
        bool disputed = false;
    };

    void add_normal(std::string normal, const Provider& company, Claim claim);

    TextMap<Holder> by_name_;
};

}  // namespace scanner::catalogue
