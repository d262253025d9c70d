#include "resolvers/rdap/cache.h"

#include <sqlite3.h>

#include "resolvers/base/hex.h"
#include "resolvers/rdap/cache_json.h"

namespace resolvers {

namespace {

constexpr int format = 1;

// `key` is a block, a domain's name or a registrar's id. `first` and `last` are the ends of a
// network as 32 hex digits, and empty otherwise.
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS answer("
    " kind TEXT NOT NULL, key TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,"
    " fetched INTEGER NOT NULL, source TEXT NOT NULL, facts TEXT NOT NULL,"
    " PRIMARY KEY(kind, key, first, last)) WITHOUT ROWID";

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

void bind(sqlite3_stmt* statement, int place, const std::string& text)
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
    Statement forget;

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database()
    {
        get.reset();
        put.reset();
        forget.reset();
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
    if (!database->run(schema) || !database->run("PRAGMA user_version=1"))
        return unreadable();

    database->get =
        prepared(database->handle,
                 "SELECT facts, source, fetched FROM answer WHERE kind=?1 AND key=?2 AND"
                 " first<=?3 AND last>=?3 AND fetched>=?4"
                 " ORDER BY first DESC, last ASC LIMIT 1");
    database->put =
        prepared(database->handle,
                 "INSERT OR REPLACE INTO answer(kind, key, first, last, fetched, source,"
                 " facts) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    database->forget = prepared(database->handle, "DELETE FROM answer WHERE fetched<?1");
    if (!database->get || !database->put || !database->forget)
        return unreadable();
    return std::unique_ptr<RdapCache>(new RdapCache(std::move(database)));
}

RdapCache::RdapCache(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RdapCache::~RdapCache() = default;

std::optional<RdapCache::Row> RdapCache::row(const char* kind, const std::string& key,
                                             const std::string& within, Timestamp not_before)
{
    const std::lock_guard lock(mutex_);
    sqlite3_stmt* statement = database_->get.get();
    bind(statement, 1, kind);
    bind(statement, 2, key);
    bind(statement, 3, within);
    sqlite3_bind_int64(statement, 4, not_before.time_since_epoch().count());
    const int step = sqlite3_step(statement);
    std::optional<Row> found;
    if (step == SQLITE_ROW)
        found = Row{.facts = column(statement, 0),
                    .source = column(statement, 1),
                    .fetched_at = Timestamp(Milliseconds(sqlite3_column_int64(statement, 2)))};
    else if (step != SQLITE_DONE)
        ++failures_;
    sqlite3_reset(statement);
    return found;
}

void RdapCache::put(const char* kind, const std::string& key, const std::string& first,
                    const std::string& last, const Row& row)
{
    const std::lock_guard lock(mutex_);
    sqlite3_stmt* statement = database_->put.get();
    bind(statement, 1, kind);
    bind(statement, 2, key);
    bind(statement, 3, first);
    bind(statement, 4, last);
    sqlite3_bind_int64(statement, 5, row.fetched_at.time_since_epoch().count());
    bind(statement, 6, row.source);
    bind(statement, 7, row.facts);
    if (sqlite3_step(statement) != SQLITE_DONE)
        ++failures_;
    sqlite3_reset(statement);
}

template <typename Facts, typename Read>
std::optional<RdapAnswer<Facts>> RdapCache::answer(const std::optional<Row>& row, Read read)
{
    if (!row)
        return std::nullopt;
    Outcome<Facts> facts = read(row->facts);
    if (!facts.has_value()) {
        ++failures_;
        return std::nullopt;
    }
    return RdapAnswer<Facts>{.facts = std::move(*facts),
                             .source = row->source,
                             .fetched_at = row->fetched_at,
                             .gaps = {}};
}

std::optional<RdapAnswer<RdapNetwork>> RdapCache::network(const IpAddress& address,
                                                          const Prefix& block, Timestamp not_before)
{
    return answer<RdapNetwork>(row("network", block.text(), hex_of(address.bytes()), not_before),
                               rdap_network_of);
}

void RdapCache::store(const Prefix& block, const RdapAnswer<RdapNetwork>& answer)
{
    put("network", block.text(), hex_of(answer.facts.first.bytes()),
        hex_of(answer.facts.last.bytes()),
        {rdap_facts_text(answer.facts), answer.source, answer.fetched_at});
}

std::optional<RdapAnswer<RdapDomain>> RdapCache::domain(const DomainName& name,
                                                        Timestamp not_before)
{
    return answer<RdapDomain>(row("domain", name.text(), "", not_before), rdap_domain_of);
}

void RdapCache::store(const RdapAnswer<RdapDomain>& answer)
{
    put("domain", answer.facts.name, "", "",
        {rdap_facts_text(answer.facts), answer.source, answer.fetched_at});
}

std::optional<RdapAnswer<RdapRegistrar>> RdapCache::registrar(const std::string& iana_id,
                                                              Timestamp not_before)
{
    return answer<RdapRegistrar>(row("registrar", iana_id, "", not_before), rdap_registrar_of);
}

void RdapCache::store(const RdapAnswer<RdapRegistrar>& answer)
{
    put("registrar", answer.facts.iana_id, "", "",
        {rdap_facts_text(answer.facts), answer.source, answer.fetched_at});
}

void RdapCache::forget(Timestamp before)
{
    const std::lock_guard lock(mutex_);
    sqlite3_stmt* statement = database_->forget.get();
    sqlite3_bind_int64(statement, 1, before.time_since_epoch().count());
    if (sqlite3_step(statement) != SQLITE_DONE)
        ++failures_;
    sqlite3_reset(statement);
}

}  // namespace resolvers
