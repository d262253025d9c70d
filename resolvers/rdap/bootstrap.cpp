#include "resolvers/rdap/bootstrap.h"

#include <array>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "resolvers/base/ascii.h"
#include "resolvers/rdap/entities.h"

namespace resolvers::rdap {

namespace {

// IANA's largest, dns.json, has 71 KB.
constexpr std::size_t max_file = 4 << 20;

// The first https URL (RFC 9224 section 3: secure transport is to be preferred). Empty if none.
std::string https_server(const json::array& urls)
{
    for (const json::value& url : urls) {
        const json::string* text = url.if_string();
        if (!text || !to_lower(*text).starts_with("https://"))
            continue;
        std::string server(*text);
        if (!server.ends_with('/'))
            server.push_back('/');
        return server;
    }
    return {};
}

Outcome<std::string> found(const std::string& server, const std::string& asked)
{
    if (server.empty())
        return Failure{"no_https", "the RDAP server for " + asked + " offers no https"};
    // In so many words, since in C++20 a Failure could be made from a string as well.
    return server;
}

Failure no_server(const std::string& asked)
{
    return Failure{"no_server", "IANA lists no RDAP server for " + asked};
}

}  // namespace

bool RdapBootstrap::add_key(std::string_view file, std::string_view key, const Server& server)
{
    if (file == "dns.json") {
        // The root would be an empty key; nobody runs an RDAP server for it.
        const std::optional<DomainName> suffix = DomainName::parse(key);
        return suffix && by_suffix_.emplace(suffix->text(), server).second;
    }
    const std::optional<Prefix> prefix = Prefix::parse(key);
    if (!prefix || prefix->address.is_v4() != (file == "ipv4.json"))
        return false;
    return by_prefix_.emplace(*prefix, server).second;
}

Outcome<void> RdapBootstrap::read(std::string_view text, std::string_view file)
{
    const auto malformed = [&file](const std::string& what) {
        return Failure{"malformed", std::string(file) + ": " + what};
    };
    if (text.size() > max_file)
        return malformed("too large");
    json::error_code error;
    const json::value value = json::parse(text, error);
    if (error)
        return malformed(error.message());
    const json::object* registry = value.if_object();
    if (!registry || !text_in(*registry, "version").starts_with("1."))
        return malformed("not a bootstrap registry of version 1 (RFC 9224)");

    std::size_t keys_read = 0;
    for (const json::value& entry : array_in(*registry, "services")) {
        const json::array* service = entry.if_array();
        if (!service || service->size() != 2 || !(*service)[0].is_array() ||
            !(*service)[1].is_array())
            return malformed("a service that is no pair of lists");
        const Server server = https_server((*service)[1].get_array());
        for (const json::value& key : (*service)[0].get_array()) {
            if (!key.is_string() || !add_key(file, key.get_string(), server))
                return malformed("a key that cannot be read, or stands twice: " +
                                 folded(key.is_string() ? std::string_view(key.get_string())
                                                        : std::string_view("not text")));
            ++keys_read;
        }
    }
    if (keys_read == 0)
        return malformed("no services");
    return {};
}

Outcome<RdapBootstrap> RdapBootstrap::parse(std::string_view dns, std::string_view ipv4,
                                            std::string_view ipv6)
{
    struct File {
        std::string_view text;
        std::string_view name;
    };
    RdapBootstrap bootstrap;
    for (const File& file :
         std::array<File, 3>{{{dns, "dns.json"}, {ipv4, "ipv4.json"}, {ipv6, "ipv6.json"}}}) {
        const Outcome<void> read = bootstrap.read(file.text, file.name);
        if (!read.has_value())
            return read.error();
    }
    return bootstrap;
}

Outcome<RdapBootstrap> RdapBootstrap::load(const std::filesystem::path& folder)
{
    std::array<std::string, 3> texts;
    constexpr std::array<const char*, 3> names = {"dns.json", "ipv4.json", "ipv6.json"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::ifstream in(folder / names[i], std::ios::binary);
        if (!in)
            return Failure{"not_found", (folder / names[i]).string() + ": cannot be opened"};
        texts[i].assign(std::istreambuf_iterator<char>(in), {});
    }
    return parse(texts[0], texts[1], texts[2]);
}

Outcome<std::string> RdapBootstrap::server_for(const DomainName& name) const
{
    for (std::string_view suffix = name.text(); !suffix.empty(); suffix = parent_of(suffix)) {
        const auto entry = by_suffix_.find(suffix);
        if (entry != by_suffix_.end())
            return found(entry->second, name.text());
    }
    return no_server(name.text());
}

Outcome<std::string> RdapBootstrap::server_for(const IpAddress& address) const
{
    for (int length = address.is_v4() ? 32 : 128; length >= 0; --length) {
        const auto entry =
            by_prefix_.find(prefix_around(address, static_cast<std::uint8_t>(length)));
        if (entry != by_prefix_.end())
            return found(entry->second, address.text());
    }
    return no_server(address.text());
}

}  // namespace resolvers::rdap
