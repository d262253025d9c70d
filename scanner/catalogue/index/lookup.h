// The contents of the data files and every index over them. What Catalogue answers, it answers from
// here; the checks ask the same indexes, so that they judge what will really happen.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/errors.h"
#include "scanner/catalogue/index/address_index.h"
#include "scanner/catalogue/index/company_names.h"
#include "scanner/catalogue/index/overlaps.h"
#include "scanner/catalogue/index/suffix_index.h"
#include "scanner/catalogue/index/text_index.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

class Lookup {
public:
    /// Makes rule ids unique and indexes everything; quarrels over prefixes are errors.
    Lookup(Contents contents, Errors& errors);

    // Indexes point into the contents.
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

    /// Null for kinds without a suffix.
    const SuffixIndex* names(RuleKind kind) const;
    std::vector<const Rule*> certificates(std::string_view field, std::string_view value) const;

    const AddressIndex& ranges(Listing listing) const;

    Contents contents;
    AddressIndex addresses;
    AddressIndex origin_facing;
    /// Of ranges that have been given up.
    AddressIndex former;
    std::unordered_map<std::uint32_t, std::vector<const Rule*>> asns;
    NamedValueIndex headers;
    ValueIndex cookies;
    TextMap<std::vector<const Rule*>> ech;
    std::vector<const Rule*> answers;
    std::vector<const Rule*> edge_paths;
    /// Of those that have one.
    std::unordered_map<const Rule*, const Pattern*> answer_patterns;
    std::vector<StateRule> states;
    std::array<std::vector<const StateRule*>, resolvers::words_of<MarkerKind>().size()>
        states_by_kind;
    /// Those on addresses, by the first octet: no prefix of theirs is shorter.
    std::array<std::vector<const StateRule*>, 256> address_states;
    std::vector<std::pair<std::string, std::string>> body_markers;
    TextMap<const Product*> product_by_id;
    std::unordered_map<unsigned, const Product*> registrars;
    /// By id.
    std::vector<const Product*> products;
    std::vector<const Rule*> rules;
    CompanyNames company_names;
    /// Newest day that any source was read.
    std::string date;

private:
    void number_rules();
    void add_rule(const RuleEntry& entry);
    void add_product(const Product& product);
    void add_names(const Company& company);
    void add_states();
    void sort_all();
    void note_day(const Source& source);

    std::array<SuffixIndex, 4> names_;
    SuffixIndex san_suffixes_;
    TextMap<ValueIndex> certificate_fields_;
};

}  // namespace scanner::catalogue
