// Which RDAP server answers for a name or an address: IANA's bootstrap registries (RFC 9224)
// as they were on the day of their files. Misses: top-level domains whose registry has told IANA of
// no server (.ru, .me, .io, .de among them in 2026), and blocks that moved to another registry,
// which the first server answers with a redirect.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "resolvers/base/domain_name.h"
#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"

namespace resolvers::rdap {

class RdapBootstrap {
public:
    /// Reads dns.json, ipv4.json and ipv6.json of a folder. Failure codes: "not_found"
    /// (a file is missing), "malformed" (with the file's name).
    static Outcome<RdapBootstrap> load(const std::filesystem::path& folder);

    /// The same from the three files' text.
    static Outcome<RdapBootstrap> parse(std::string_view dns, std::string_view ipv4,
                                        std::string_view ipv6);

    /// The server's base URL: https, with a final '/'. The longest match decides (RFC 9224 sections
    /// 4 and 5). Failure codes: "no_server" (IANA lists none), "no_https" (only one without TLS,
    /// whose word anybody on the way can change).
    Outcome<std::string> server_for(const DomainName& name) const;
    Outcome<std::string> server_for(const IpAddress& address) const;

private:
    /// Base URL, empty if there is none with https.
    using Server = std::string;

    RdapBootstrap() = default;
    Outcome<void> read(std::string_view text, std::string_view file);
    bool add_key(std::string_view file, std::string_view key, const Server& server);

    std::map<std::string, Server, std::less<>> by_suffix_;
    std::map<Prefix, Server> by_prefix_;
};

}  // namespace resolvers::rdap
