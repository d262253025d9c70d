// Also a composition root, like live_parts.cpp: names the concrete fetcher and resolver.
#include "scanner/cli/wiring/list_source.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "resolvers/base/time_text.h"
#include "resolvers/dns/cares.h"
#include "resolvers/dns/resolver_address.h"
#include "resolvers/http/fetcher_curl.h"
#include "resolvers/tls/certificate.h"
#include "scanner/catalogue/update/renewal.h"

namespace scanner::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using resolvers::Failure;
using resolvers::Outcome;
using resolvers::http::FetchResponse;

namespace {

using Documents = Outcome<std::vector<std::string>>;

Outcome<std::string> body_of(const std::string& url, Outcome<FetchResponse> got)
{
    if (!got)
        return Failure{got.error().code, url + ": " + got.error().code +
                                             (got.error().detail.empty() ? "" : ": ") +
                                             got.error().detail};
    const unsigned status = got->status;
    if (status >= 300 && status < 400)
        return Failure{"moved", url + ": HTTP " + std::to_string(status) + ", moved to " +
                                    (got->location.empty() ? "nowhere" : got->location) +
                                    "; correct its entry in publishers.toml"};
    if (status != 200)
        return Failure{"status", url + ": HTTP " + std::to_string(status)};
    if (got->body_truncated)
        return Failure{"too_large",
                       url + ": larger than " + std::to_string(largest_document >> 20) + " MiB"};
    return std::move(got->body);
}

// ---- the network --------------------------------------------------------------------------------

class NetSource : public ListSource {
public:
    NetSource(std::string base, std::chrono::milliseconds timeout)
        : base_(std::move(base)), timeout_(timeout)
    {
    }

    std::optional<Failure> open(const SourceFlags& flags)
    {
        auto store = resolvers::tls::TrustStore::load(flags.ca_file);
        if (!store)
            return Failure{"unreadable", "--ca-file: " + store.error().detail};
        resolvers::dns::DnsOptions dns;
        for (const std::string& text : flags.resolvers) {
            const auto server = resolvers::dns::ResolverAddress::parse(text);
            if (!server)
                return Failure{"malformed", "--resolvers: " + text + ": " + server.error().detail};
            dns.servers.push_back(*server);
        }
        if (flags.resolvers.empty()) {
            auto servers = resolvers::dns::read_resolv_conf();
            // A mirror may be named by its address.
            if (!servers && base_.empty())
                return servers.error();
            if (servers)
                dns.servers = std::move(*servers);
        }
        if (!dns.servers.empty()) {
            auto cares = resolvers::dns::make_dns_client(io_.get_executor(), dns);
            if (!cares)
                return cares.error();
            dns_ = std::move(*cares);
        }
        resolvers::http::FetchOptions options;
        options.user_agent =
            "servedby/" SERVEDBY_VERSION " (renews its copies of published address lists)";
        // Whoever names a server by hand may name one in his own network, and one without TLS.
        options.allow_private = !base_.empty();
        options.allow_http = !base_.empty();
        fetcher_ = std::make_unique<resolvers::http::CurlFetcher>(io_, options, *store, dns_.get());
        return std::nullopt;
    }

    Documents documents(const catalogue::Publisher& list) override
    {
        std::vector<std::string> bodies;
        for (const std::string& url : list.urls) {
            Outcome<std::string> body = get(url);
            if (body && !list.link.empty()) {
                const std::string target = catalogue::link_in(*body, list.link);
                if (target.empty())
                    return Failure{"no_link", url + ": links to nothing with \"" + list.link +
                                                  "\" in it; has the page changed?"};
                body = get(target);
            }
            if (!body)
                return body.error();
            bodies.push_back(std::move(*body));
        }
        return bodies;
    }

    Outcome<std::string> get(const std::string& url) override
    {
        const std::string where = base_.empty() ? url : base_ + catalogue::path_of_url(url);
        if (const auto known = known_.find(where); known != known_.end())
            return known->second;
        std::optional<Outcome<FetchResponse>> got;
        resolvers::http::FetchRequest request{where, "*/*", largest_document};
        const auto deadline = std::chrono::steady_clock::now() + timeout_;
        asio::co_spawn(io_, fetcher_->get(std::move(request), deadline),
                       [&got](std::exception_ptr thrown, Outcome<FetchResponse> response) {
                           if (thrown)
                               got = Failure{"local_error", "out of memory"};
                           else
                               got = std::move(response);
                       });
        io_.restart();
        // Idle connections stay open, so the context would never be done by itself.
        while (!got)
            io_.run_one();
        return known_.emplace(where, body_of(where, std::move(*got))).first->second;
    }

private:
    std::string base_;
    std::chrono::milliseconds timeout_;
    asio::io_context io_;
    std::unique_ptr<resolvers::DnsResolver> dns_;
    std::unique_ptr<resolvers::http::CurlFetcher> fetcher_;
    // Several lists are parts of one document.
    std::map<std::string, Outcome<std::string>> known_;
};

// ---- a folder -----------------------------------------------------------------------------------

class FolderSource : public ListSource {
public:
    explicit FolderSource(std::string dir) : dir_(std::move(dir)) {}

    Documents documents(const catalogue::Publisher& list) override
    {
        std::vector<std::string> bodies;
        for (std::size_t i = 0; i < list.urls.size(); ++i) {
            const std::string stem =
                list.name() + (list.urls.size() > 1 ? "-" + std::to_string(i + 1) : "");
            Outcome<std::string> body = by_name(stem);
            if (!body && body.error().code == "not_found") {
                body = get(list.urls[i]);
                if (body && !list.link.empty()) {
                    const std::string target = catalogue::link_in(*body, list.link);
                    body = target.empty() ? Outcome<std::string>(Failure{"no_link", "no link"})
                                          : get(target);
                }
            }
            if (!body)
                return Failure{body.error().code, body.error().detail + " (nor " + stem +
                                                      ".txt, .json or .csv in " + dir_ + ")"};
            bodies.push_back(std::move(*body));
        }
        return bodies;
    }

    Outcome<std::string> get(const std::string& url) override
    {
        return read_whole_file(
            (fs::path(dir_) / (catalogue::host_of_url(url) + catalogue::path_of_url(url)))
                .string());
    }

private:
    Outcome<std::string> by_name(const std::string& stem) const
    {
        for (const char* ending : {".txt", ".json", ".csv"}) {
            auto body = read_whole_file((fs::path(dir_) / (stem + ending)).string());
            if (body || body.error().code != "not_found")
                return body;
        }
        return Failure{"not_found", stem};
    }

    std::string dir_;
};

}  // namespace

Outcome<std::string> read_whole_file(const std::string& path)
{
    std::error_code error;
    if (!fs::exists(path, error))
        return Failure{"not_found", path + ": no such file"};
    const std::uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
    if (size > largest_document)
        return Failure{"too_large",
                       path + ": larger than " + std::to_string(largest_document >> 20) + " MiB"};
    std::ifstream in(path, std::ios::binary);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    if (error || !in || size == 0)
        return Failure{"unreadable", path + ": empty, or could not be read"};
    return bytes;
}

Outcome<std::unique_ptr<ListSource>> make_source(const SourceFlags& flags)
{
    const bool is_url = flags.from.starts_with("https://") || flags.from.starts_with("http://");
    if (!flags.from.empty() && !is_url) {
        std::error_code error;
        if (!fs::is_directory(flags.from, error))
            return Failure{"not_found", "--from: " + flags.from + " is no folder, and no URL"};
        return std::unique_ptr<ListSource>(std::make_unique<FolderSource>(flags.from));
    }
    std::string base = flags.from;
    while (base.ends_with('/'))
        base.pop_back();
    auto source = std::make_unique<NetSource>(base, flags.timeout);
    if (auto failure = source->open(flags))
        return *failure;
    return std::unique_ptr<ListSource>(std::move(source));
}

}  // namespace scanner::cli
