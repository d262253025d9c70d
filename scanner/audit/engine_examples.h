// To whom the engine itself gives the example of a rule: the real decision over an observation made
// of that example alone, seen where the product's own addresses are if they are known. For
// `servedby data check`.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/observation.h"

namespace scanner::audit {

class EngineJudge {
public:
    /// The catalogue must outlive the judge.
    explicit EngineJudge(const catalogue::Catalogue& catalogue);

    /// The id of the product that the example is attributed to; empty if to none. A signal that
    /// names nobody by itself (a header at a stranger's address, an origin-facing range) is
    /// attributed to the product whose evidence it is.
    std::string operator()(const catalogue::Rule& rule) const;

    /// What somebody would have seen who looked at a site that shows this example.
    Observation observation_of(const catalogue::Rule& rule) const;

private:
    /// Where a product's answers come from, as far as its rules say.
    struct Place {
        std::optional<resolvers::IpAddress> address;
        std::uint32_t asn = 0;
    };

    Place place_of(const catalogue::Rule& rule) const;

    const catalogue::Catalogue& catalogue_;
    std::map<const catalogue::Product*, Place> places_;
    /// Public, and in no list.
    resolvers::IpAddress nobodys_;
};

}  // namespace scanner::audit
