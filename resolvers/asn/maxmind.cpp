#include "resolvers/asn/maxmind.h"

#include <maxminddb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <span>
#include <system_error>
#include <vector>

#include "resolvers/base/digest.h"

namespace resolvers::asn {

namespace {

constexpr const char* asn_field[] = {"autonomous_system_number", nullptr};
constexpr const char* organisation_field[] = {"autonomous_system_organization", nullptr};

// How many nodes to visit for a first record; a path through an IPv6 tree has 128 of them.
constexpr unsigned nodes_to_try = 4096;

std::string day_of(std::uint64_t epoch)
{
    // Beyond the year 9999 the field is nonsense, and chrono's conversion would overflow.
    constexpr std::uint64_t last_second = 253'402'300'799;
    if (epoch == 0 || epoch > last_second)
        return {};
    const auto second = std::chrono::sys_seconds(std::chrono::seconds(epoch));
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(second));
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text;
}

// The AS number of a record; absent if it has none. MaxMind and DB-IP store it in 32 bits, but the
// format leaves the width to the writer. AS 0 is nobody (RFC 7607).
std::optional<std::uint32_t> asn_of(MMDB_entry_s& entry)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(&entry, &data, asn_field) != MMDB_SUCCESS || !data.has_data)
        return std::nullopt;
    std::uint64_t number = 0;
    if (data.type == MMDB_DATA_TYPE_UINT32)
        number = data.uint32;
    else if (data.type == MMDB_DATA_TYPE_UINT16)
        number = data.uint16;
    else if (data.type == MMDB_DATA_TYPE_UINT64)
        number = data.uint64;
    if (number == 0 || number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::string organisation_of(MMDB_entry_s& entry)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(&entry, &data, organisation_field) != MMDB_SUCCESS || !data.has_data ||
        data.type != MMDB_DATA_TYPE_UTF8_STRING)
        return {};
    return std::string(data.utf8_string, data.data_size);
}

// Does the first record that can be found have an AS number? Absent if no record was found.
std::optional<bool> holds_asns(const MMDB_s& database)
{
    std::vector<std::uint64_t> open_nodes{0};
    for (unsigned visited = 0; !open_nodes.empty() && visited < nodes_to_try; ++visited) {
        MMDB_search_node_s node;
        const auto number = static_cast<std::uint32_t>(open_nodes.back());
        open_nodes.pop_back();
        if (MMDB_read_node(&database, number, &node) != MMDB_SUCCESS)
            return std::nullopt;
        if (node.left_record_type == MMDB_RECORD_TYPE_DATA)
            return asn_of(node.left_record_entry).has_value();
        if (node.right_record_type == MMDB_RECORD_TYPE_DATA)
            return asn_of(node.right_record_entry).has_value();
        if (node.right_record_type == MMDB_RECORD_TYPE_SEARCH_NODE)
            open_nodes.push_back(node.right_record);
        if (node.left_record_type == MMDB_RECORD_TYPE_SEARCH_NODE)
            open_nodes.push_back(node.left_record);
    }
    return std::nullopt;
}

// In an IPv6 tree the IPv4 Internet lives under ::/96. An IPv6 address in there is not that IPv4
// address: the block was deprecated by RFC 4291 2.5.5.1.
bool is_in_v4_corner(const IpAddress& address)
{
    return address.is_v6() && std::all_of(address.bytes().begin(), address.bytes().begin() + 12,
                                          [](std::uint8_t octet) { return octet == 0; });
}

}  // namespace

struct MaxmindOrigins::Database {
    MMDB_s handle{};

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    // Does nothing to a handle that was never opened.
    ~Database() { MMDB_close(&handle); }
};

Outcome<std::unique_ptr<MaxmindOrigins>> MaxmindOrigins::open(const std::filesystem::path& path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return Failure{"not_found", path.string() + ": no such file"};

    auto database = std::make_unique<Database>();
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->handle);
    if (status != MMDB_SUCCESS) {
        database->handle = MMDB_s{};
        return Failure{"unreadable", path.string() + ": " + MMDB_strerror(status)};
    }
    const std::optional<bool> has_asns = holds_asns(database->handle);
    if (!has_asns)
        return Failure{"not_asn_data", path.string() + ": holds no record"};
    if (!*has_asns) {
        const char* type = database->handle.metadata.database_type;
        return Failure{"not_asn_data",
                       path.string() + ": has no autonomous_system_number: is this" +
                           " an ASN database? It says it is \"" + (type ? type : "") + "\""};
    }
    return std::unique_ptr<MaxmindOrigins>(new MaxmindOrigins(std::move(database)));
}

MaxmindOrigins::MaxmindOrigins(std::unique_ptr<Database> database) : database_(std::move(database))
{
    const MMDB_metadata_s& metadata = database_->handle.metadata;
    date_ = day_of(metadata.build_epoch);
    if (metadata.database_type)
        database_type_ = metadata.database_type;
    for (std::size_t i = 0; i < metadata.description.count; ++i) {
        const MMDB_description_s& description = *metadata.description.descriptions[i];
        if (description_.empty() || std::strcmp(description.language, "en") == 0)
            description_ = description.description;
    }
}

MaxmindOrigins::~MaxmindOrigins() = default;

std::uint32_t MaxmindOrigins::node_count() const
{
    return database_->handle.metadata.node_count;
}

std::optional<Origin> MaxmindOrigins::find(const IpAddress& address) const
{
    if (is_in_v4_corner(address))
        return std::nullopt;

    sockaddr_storage socket_address{};
    if (address.is_v4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(socket_address);
        v4.sin_family = AF_INET;
        std::memcpy(&v4.sin_addr, address.bytes().data(), 4);
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(socket_address);
        v6.sin6_family = AF_INET6;
        std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
    }
    int status = MMDB_SUCCESS;
    MMDB_lookup_result_s result = MMDB_lookup_sockaddr(
        &database_->handle, reinterpret_cast<const sockaddr*>(&socket_address), &status);
    if (status != MMDB_SUCCESS || !result.found_entry)
        return std::nullopt;
    const std::optional<std::uint32_t> asn = asn_of(result.entry);
    if (!asn)
        return std::nullopt;

    // Depths count from the root of the tree, of which IPv4 is the corner below 96 bits. A record
    // above that corner would cover all of IPv4.
    unsigned length = result.netmask;
    if (address.is_v4() && database_->handle.depth == 128)
        length = length < 96 ? 0 : length - 96;
    return Origin{.prefix = prefix_around(address, static_cast<std::uint8_t>(length)),
                  .asn = *asn,
                  .organisation = organisation_of(result.entry)};
}

std::string MaxmindOrigins::sha256() const
{
    std::call_once(hashed_, [this] {
        const MMDB_s& handle = database_->handle;
        const std::span content(handle.file_content, static_cast<std::size_t>(handle.file_size));
        sha256_ = sha256_hex(std::as_bytes(content));
    });
    return sha256_;
}

}  // namespace resolvers::asn
