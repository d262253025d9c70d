// Joins records with labels as they come and adds up what the labels make of them. Holds the labels
// and the disagreements, never the records.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/score/tally.h"

namespace scanner::score {

class Scorer {
public:
    /// Tells a disagreement's record at length; may be empty.
    using Explain = std::function<std::string(const Record&)>;

    /// The catalogue must outlive the scorer.
    Scorer(std::vector<Label> labels, const catalogue::Catalogue& catalogue, Grade threshold,
           Explain explain = {});

    /// A record joins the label with the id in its column "case"; without that column, the first
    /// label of its host that has no record yet.
    void add(const Record& record);

    /// A line that is no record.
    void add_unreadable();

    /// Labels that got no record are silent. Call once, at the end.
    Score finish();

private:
    Label* label_for(const Record& record, bool& repeated);
    Section& section_of(const Label& label, bool record_has_address, SectionKey& key);

    std::vector<Label> labels_;
    std::vector<bool> joined_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::unordered_multimap<std::string, std::size_t> by_host_;
    const catalogue::Catalogue& catalogue_;
    LabelNames names_;
    Explain explain_;
    Score score_;
};

}  // namespace scanner::score
