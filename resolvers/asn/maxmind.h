// Who announces an address, out of an ASN database in MaxMind's format: data/asn.mmdb, or the
// user's own GeoLite2-ASN or DB-IP file. Misses: who owns or rents the address, and every change
// since the day of the data.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "resolvers/base/outcome.h"
#include "resolvers/resolvers.h"

namespace resolvers::asn {

/// The database, mapped into memory. A file that is replaced while it is open must be replaced by
/// rename: one that is cut short or rewritten in place kills the process (SIGBUS).
class MaxmindOrigins : public OriginTable {
public:
    /// Failure codes: "not_found", "unreadable" (not such a file, or a damaged one),
    /// "not_asn_data" (a database of something else, e.g. of countries).
    static Outcome<std::unique_ptr<MaxmindOrigins>> open(const std::filesystem::path& path);

    ~MaxmindOrigins() override;

    /// A block around the address that one AS announces: at most as large as the AS's adjacent
    /// announcements together, since databases of this kind merge them. Never a covering block of
    /// another AS. An IPv4-mapped IPv6 address is not unwrapped: it is not found, unless the
    /// database itself says otherwise.
    std::optional<Origin> find(const IpAddress& address) const override;

    /// The day the database was built from, UTC: its metadata's build_epoch. For data/asn.mmdb this
    /// is the day of the routing data.
    std::string date() const override { return date_; }

    /// Of the whole file as it is mapped. Worked out at the first call (14 ms for the 10 MB of
    /// data/asn.mmdb) and remembered.
    std::string sha256() const override;

    /// What the database says about itself: its type ("GeoLite2-ASN") and description.
    const std::string& database_type() const { return database_type_; }
    const std::string& description() const { return description_; }

    /// Of its search tree: says how much it knows, for comparing two of a kind.
    std::uint32_t node_count() const;

private:
    struct Database;

    explicit MaxmindOrigins(std::unique_ptr<Database> database);

    std::unique_ptr<Database> database_;
    std::string date_;
    std::string database_type_;
    std::string description_;
    // The only state that changes after open().
    mutable std::once_flag hashed_;
    mutable std::string sha256_;
};

}  // namespace resolvers::asn
