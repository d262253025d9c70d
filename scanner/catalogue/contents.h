// What stands in the data files, as read: values that own each other, before they are indexed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/pattern.h"
#include "scanner/catalogue/publisher.h"
#include "scanner/model/canary.h"

namespace scanner::catalogue {

/// A rule with what only loading and matching need.
struct RuleEntry {
    Rule rule;
    /// Index into the company's products.
    std::size_t product = 0;
    /// Compiled when `rule.match` is regex; for names when they have a pattern.
    std::unique_ptr<Pattern> pattern;
    /// Of a range; empty once it is indexed.
    std::vector<resolvers::Prefix> prefixes;
    /// Name in data/ranges/, empty if the prefixes stand in the rule.
    std::string range_file;
    std::vector<std::string> yields_to;
    /// Without its range file there is no such rule, and no fault.
    bool optional = false;
    /// What the rule says; kept because a range file may be of a lesser kind than its source.
    bool verified = true;
    /// Something in it has been told to be wrong, so nothing more is asked of it.
    bool broken = false;
    /// `rule.id` before it was made unique.
    std::string plain_id;
};

/// One file of data/providers/, or all registrars together.
struct Company {
    Provider provider;
    /// "file:line" of its id.
    std::string where;
    /// By the name that rules use. Nodes stay where they are: rules point at them.
    std::map<std::string, Source> sources;
    /// Not changed in number after reading: rules point at them.
    std::vector<Product> products;
    std::vector<RuleEntry> rules;
};

/// One file of data/ranges/.
struct RangeFile {
    std::string where;
    Source source;
    /// Of its source, as written. Empty if the file does not say it.
    std::string kind;
    /// Stands for the rule's own if it is not empty.
    std::string example;
    std::vector<resolvers::Prefix> prefixes;
};

/// One file of data/states/.
struct StateFile {
    std::map<std::string, Source> sources;
    std::vector<StateRule> rules;
};

/// data/deny.toml: lower case.
struct DenyList {
    std::vector<std::string> mailboxes;
    /// The domain, and what is below it.
    std::vector<std::string> domains;
};

/// One registrar of data/registrars.toml.
struct Registrars {
    /// A company of registrars; null if there is no such file.
    std::unique_ptr<Company> company;
    /// IANA id of each product.
    std::vector<unsigned> iana_ids;
    /// Of each product, the id of the company that its row names. Empty if it names none.
    std::vector<std::string> provider_ids;
    /// Companies of those products that belong to no other.
    std::vector<std::unique_ptr<Provider>> providers;
};

struct Contents {
    /// By id.
    std::map<std::string, std::unique_ptr<Company>, std::less<>> companies;
    /// By file name.
    std::map<std::string, std::unique_ptr<RangeFile>, std::less<>> ranges;
    /// In the order read; markers of a later file replace earlier ones with their id.
    std::vector<std::unique_ptr<StateFile>> states;
    std::vector<Registrars> registrars;
    DenyList deny;
    Canaries canaries;
    /// Of a file, the last one read.
    std::vector<Publisher> publishers;
    std::string sha256;
};

}  // namespace scanner::catalogue
