// Reads the corpora of tests/fixtures/corpora/: observations in a short form, each with the verdict
// that must come of it. README.md there says what the keys mean.
#pragma once

#include <string>
#include <vector>

#include "scanner/catalogue/load/document.h"
#include "scanner/model/addressee.h"
#include "scanner/model/attribution.h"
#include "scanner/model/observation.h"

namespace support {

struct CorpusCase {
    std::string id;
    /// Which traps it stands for ("30.1", "61.24"), or which worked conflict ("a").
    std::vector<std::string> traps;
    std::string why;
    /// "traps.toml:41"
    std::string where;
    scanner::Observation seen;
    scanner::catalogue::Value expect;
};

/// A trap that no single observation can express, and the test case that covers it.
struct CoveredElsewhere {
    std::string trap;
    std::string why;
    /// File under tests/, and the words that must stand in it (a case's name).
    std::string file;
    std::string test;
};

struct Corpus {
    std::vector<CorpusCase> cases;
    std::vector<CoveredElsewhere> elsewhere;
};

/// Reads tests/fixtures/corpora/FILE. Throws std::runtime_error with "file:line: what" on any key
/// or word that it does not know: a fixture that is misread would test nothing.
const Corpus& corpus(const std::string& file);

/// What of the expected verdict does not hold, a line each; empty when all does. The case is judged
/// with the shipped catalogue, and as a stored observation is: written as JSON and read back first.
std::string differences(const CorpusCase& one);

/// What must hold of every verdict, whatever was seen; a line for each breach. `differences` has
/// these too.
std::vector<std::string> breaches(const scanner::Attribution& attribution,
                                  const std::vector<scanner::Addressee>& addressees);

/// Fills in who announces each address, by data/asn.mmdb, where nobody has said it yet.
void add_origins(scanner::Observation& seen);

/// "cloudflare-proxy front confirmed", for messages.
std::string text_of(const scanner::Finding& finding);

}  // namespace support
