// One line of output: what was asked, what was seen, what it means, whom to write to, and with
// which knowledge that was decided.
#pragma once

#include <string>
#include <vector>

#include "scanner/model/addressee.h"
#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"

namespace scanner {

struct Provenance {
    /// "servedby 0.1.0".
    std::string tool;
    /// Day of the newest entry of the catalogue, and SHA-256 over its files.
    std::string catalogue_date;
    std::string catalogue_sha256;
    friend bool operator==(const Provenance&, const Provenance&) = default;
};

struct Record {
    Observation observation;
    Attribution attribution;
    /// False until route has been over it: then `addressees` says nothing.
    bool routed = false;
    std::vector<Addressee> addressees;
    Provenance provenance;
    friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace scanner
