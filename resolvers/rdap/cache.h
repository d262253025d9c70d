// What registries have answered before, in an SQLite file, so that no registry is asked twice for
// the same thing. Holds registry_facts.h, which has nothing of people, and no answers as sent.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/outcome.h"
#include "resolvers/registry_facts.h"

namespace resolvers::rdap {

/// Safe to use from several threads; several processes may have the same file open. Each look-up
/// takes the oldest time of fetching that it still accepts. A failing file is as good as an empty
/// one: what it knew is asked again; the failures are counted. So is a file of an earlier format,
/// which is emptied: those held people's mailboxes and telephone numbers.
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
    std::optional<RegisteredNetwork> network(const IpAddress& address, const Prefix& block,
                                             Timestamp not_before);
    void store(const Prefix& block, const RegisteredNetwork& network);

    std::optional<RegisteredDomain> domain(const DomainName& name, Timestamp not_before);
    void store(const RegisteredDomain& domain);

    /// The abuse desk of the registrar with that IANA id.
    std::optional<AbuseDesk> registrar_desk(const std::string& iana_id, Timestamp not_before);
    void store(const std::string& iana_id, const AbuseDesk& desk, Timestamp fetched_at);

    /// Statements that SQLite could not carry out, or rows that could not be read.
    unsigned failures() const { return failures_; }

private:
    struct Database;
    explicit RdapCache(std::unique_ptr<Database> database);

    template <typename Facts>
    std::optional<Facts> get(const char* kind, const std::string& key, const std::string& within,
                             Timestamp not_before);
    template <typename Facts>
    void put(const char* kind, const std::string& key, const std::string& first,
             const std::string& last, Timestamp fetched_at, const Facts& facts);

    std::unique_ptr<Database> database_;
    std::mutex mutex_;
    std::atomic<unsigned> failures_{0};
};

}  // namespace resolvers::rdap
