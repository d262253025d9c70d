// The tables of a product that say what gives it away: [[product.range]], [[product.header]]...
// One row a kind; what a rule means across files is check.cpp's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/contents.h"
#include "scanner/catalogue/load/table_reader.h"

namespace scanner::catalogue {

/// Reads every kind of rule of one product into `company.rules`, in the order of the kinds.
void read_rules(TableReader& product_table, std::string_view file, std::size_t product,
                Company& company, Errors& errors);

/// "range", "asn"... in the order of RuleKind.
std::string_view kind_word(RuleKind kind);
/// All of them.
std::vector<std::string_view> rule_kind_words();
std::string_view range_kind_word(RangeKind kind);
std::string_view precision_word(AsnPrecision precision);

/// How a rule compares, for people and ids: "=value", "^=value", "*=value", "~value" or nothing.
std::string match_text(TextMatch match, std::string_view value);

/// The strength of data/README.md for a rule that says nothing itself. Headers, cookies and answers
/// are strong here: that they are weak outside of a known range is for the judge of both.
Strength usual_strength(const Rule& rule);

/// Weak when nobody can check the rule; else as it is.
Strength capped(Strength strength, bool verified, SourceKind source_kind);

}  // namespace scanner::catalogue
