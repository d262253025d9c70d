// What registries have answered before, in an SQLite file, so that no registry is asked twice for
// the same thing. Holds the kept facts only (rdap_json.h), no answers as sent, hence nobody's name.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"
#include "resolvers/rdap/answers.h"

namespace resolvers {

/// Facts of a registry, with where and when it said so.
template <typename Facts>
struct RdapAnswer {
    Facts facts;
    /// The URL that answered.
    std::string source;
    Timestamp fetched_at{};
    /// What could not be looked at: the facts may be missing something for it (a registrar's server
    /// that did not answer). Never stored.
    std::vector<Failure> gaps;
    friend bool operator==(const RdapAnswer&, const RdapAnswer&) = default;
};

/// Safe to use from several threads; several processes may have the same file open. Each look-up
/// takes the oldest time of fetching that it still accepts. A failing file is as good as an empty
/// one: what it knew is asked again; the failures are counted.
class RdapCache {
public:
    /// Empty for a temporary file that ends with the process: unlike ":memory:" it does not grow
    /// there. Failure codes: "unreadable" (no such folder,
    /// not an SQLite file), "newer" (written by a later version).
    static Outcome<std::unique_ptr<RdapCache>> open(const std::filesystem::path& path);
    ~RdapCache();

    /// The narrowest network known to be around the address, from questions about the same block.
    /// A wide network may have customers' networks inside that only a question about their own
    /// addresses shows; so what was learnt in one block (a /24, say) is not used in the next.
    std::optional<RdapAnswer<RdapNetwork>> network(const IpAddress& address, const Prefix& block,
                                                   Timestamp not_before);
    void store(const Prefix& block, const RdapAnswer<RdapNetwork>& answer);

    std::optional<RdapAnswer<RdapDomain>> domain(const DomainName& name, Timestamp not_before);
    void store(const RdapAnswer<RdapDomain>& answer);

    /// By IANA id.
    std::optional<RdapAnswer<RdapRegistrar>> registrar(const std::string& iana_id,
                                                       Timestamp not_before);
    void store(const RdapAnswer<RdapRegistrar>& answer);

    /// Drops everything fetched before.
    void forget(Timestamp before);

    /// Statements that SQLite could not carry out, or rows that could not be read.
    unsigned failures() const { return failures_; }

private:
    struct Database;
    explicit RdapCache(std::unique_ptr<Database> database);

    struct Row {
        std::string facts;
        std::string source;
        Timestamp fetched_at{};
    };
    std::optional<Row> row(const char* kind, const std::string& key, const std::string& within,
                           Timestamp not_before);
    void put(const char* kind, const std::string& key, const std::string& first,
             const std::string& last, const Row& row);
    template <typename Facts, typename Read>
    std::optional<RdapAnswer<Facts>> answer(const std::optional<Row>& row, Read read);

    std::unique_ptr<Database> database_;
    std::mutex mutex_;
    std::atomic<unsigned> failures_{0};
};

}  // namespace resolvers
