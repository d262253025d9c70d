#include "resolvers/rdap/cache.h"

#include <sqlite3.h>

#include "resolvers/base/hex.h"
#include "resolvers/registry_shape.h"

namespace resolvers::rdap {

namespace {

constexpr int format = 2;

// `key` is a block, a domain's name or a registrar's id. `first` and `last` are the ends of a
// network as 32 hex digits, and empty otherwise.
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS answer("
    " kind TEXT NOT NULL, key TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,"
    " fetched INTEGER NOT NULL, facts TEXT NOT NULL,"
    " PRIMARY KEY(kind, key, first, last)) WITHOUT ROWID;"
    "PRAGMA user_version=2";

struct StatementDeleter {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

Statement prepared(sqlite3* handle, const char* text)
{
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, text, -1, &statement, nullptr);
    return Statement(statement);
}

void bind_text(sqlite3_stmt* statement, int place, const std::string& text)
{
    sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
}

std::string column(sqlite3_stmt* statement, int place)
{
    const unsigned char* text = sqlite3_column_text(statement, place);
    const int size = sqlite3_column_bytes(statement, place);
    return text ? std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size))
                : std::string();
}

}  // namespace

struct RdapCache::Database {
    sqlite3* handle = nullptr;
    Statement get;
    Statement put;

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database()
    {
        get.reset();
        put.reset();
        sqlite3_close(handle);
    }

    bool run(const char* text)
    {
        return sqlite3_exec(handle, text, nullptr, nullptr, nullptr) == SQLITE_OK;
    }

    int written_format()
    {
        const Statement statement = prepared(handle, "PRAGMA user_version");
        if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW)
            return -1;
        return sqlite3_column_int(statement.get(), 0);
    }
};

Outcome<std::unique_ptr<RdapCache>> RdapCache::open(const std::filesystem::path& path)
{
    auto database = std::make_unique<Database>();
    const auto unreadable = [&path, &database] {
        return Failure{"unreadable", path.string() + ": " + sqlite3_errmsg(database->handle)};
    };
    if (sqlite3_open_v2(path.c_str(), &database->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK)
        return unreadable();
    // Another thread's write lasts microseconds. The journal mode is a wish: memory has none.
    constexpr int patience_ms = 250;
    sqlite3_busy_timeout(database->handle, patience_ms);
    database->run("PRAGMA journal_mode=WAL");
    database->run("PRAGMA synchronous=NORMAL");

    const int written = database->written_format();
    if (written < 0)
        return unreadable();
    if (written > format)
        return Failure{"newer", path.string() + ": was written by a later version of this program"};
    // Not only forgotten: VACUUM overwrites what an earlier format held of people.
    if (written > 0 && written < format &&
        (!database->run("DROP TABLE IF EXISTS answer") || !database->run("VACUUM")))
        return unreadable();
    if (!database->run(schema))
        return unreadable();

    database->get = prepared(database->handle,
                             "SELECT facts FROM answer WHERE kind=?1 AND key=?2 AND"
                             " first<=?3 AND last>=?3 AND fetched>=?4"
                             " ORDER BY first DESC, last ASC LIMIT 1");
    database->put = prepared(database->handle,
                             "INSERT OR REPLACE INTO answer(kind, key, first, last, fetched, facts)"
                             " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!database->get || !database->put)
        return unreadable();
    return std::unique_ptr<RdapCache>(new RdapCache(std::move(database)));
}

RdapCache::RdapCache(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RdapCache::~RdapCache() = default;

template <typename Facts>
std::optional<Facts> RdapCache::get(const char* kind, const std::string& key,
                                    const std::string& within, Timestamp not_before)
{
    const std::lock_guard lock(mutex_);
    sqlite3_stmt* statement = database_->get.get();
    bind_text(statement, 1, kind);
    bind_text(statement, 2, key);
    bind_text(statement, 3, within);
    sqlite3_bind_int64(statement, 4, not_before.time_since_epoch().count());
    const int step = sqlite3_step(statement);
    const std::string text = step == SQLITE_ROW ? column(statement, 0) : "";
    sqlite3_reset(statement);
    if (step == SQLITE_DONE)
        return std::nullopt;

    std::optional<Facts> facts(std::in_place);
    resolvers::JsonReader in(text);
    if (step == SQLITE_ROW && read_value(in, *facts) && in.finish())
        return facts;
    ++failures_;
    return std::nullopt;
}

template <typename Facts>
void RdapCache::put(const char* kind, const std::string& key, const std::string& first,
                    const std::string& last, Timestamp fetched_at, const Facts& facts)
{
    std::string text;
    {
        resolvers::JsonWriter out(text);
        write_value(out, facts);
    }
    const std::lock_guard lock(mutex_);
    sqlite3_stmt* statement = database_->put.get();
    bind_text(statement, 1, kind);
    bind_text(statement, 2, key);
    bind_text(statement, 3, first);
    bind_text(statement, 4, last);
    sqlite3_bind_int64(statement, 5, fetched_at.time_since_epoch().count());
    bind_text(statement, 6, text);
    if (sqlite3_step(statement) != SQLITE_DONE)
        ++failures_;
    sqlite3_reset(statement);
}

std::optional<RegisteredNetwork> RdapCache::network(const IpAddress& address, const Prefix& block,
                                                    Timestamp not_before)
{
    return get<RegisteredNetwork>("network", block.text(), hex_of(address.bytes()), not_before);
}

void RdapCache::store(const Prefix& block, const RegisteredNetwork& network)
{
    put("network", block.text(), hex_of(network.first.bytes()), hex_of(network.last.bytes()),
        network.fetched_at.value_or(Timestamp{}), network);
}

std::optional<RegisteredDomain> RdapCache::domain(const DomainName& name, Timestamp not_before)
{
    return get<RegisteredDomain>("domain", name.text(), "", not_before);
}

void RdapCache::store(const RegisteredDomain& domain)
{
    put("domain", domain.name, "", "", domain.fetched_at.value_or(Timestamp{}), domain);
}

std::optional<AbuseDesk> RdapCache::registrar_desk(const std::string& iana_id, Timestamp not_before)
{
    return get<AbuseDesk>("registrar", iana_id, "", not_before);
}

void RdapCache::store(const std::string& iana_id, const AbuseDesk& desk, Timestamp fetched_at)
{
    put("registrar", iana_id, "", "", fetched_at, desk);
}

}  // namespace resolvers::rdap
