// What `curl -v` says while it works, read line by line.
#pragma once

#include <string>
#include <string_view>

#include "scanner/input/importers/emitter.h"
#include "scanner/input/lists/line_reader.h"

namespace scanner::input {

/// Does a text that begins like this look like talk of `curl -v`?
bool looks_like_curl_text(std::string_view first_bytes);

/// Makes one Observation for each run of exchanges with one host: on a redirect to another host the
/// next begins. Bodies between the lines are passed over. Knows the address, the certificate's
/// one matching name and issuer, the headers, and (since curl 8.5) the addresses of
/// the name.
class CurlTextReader {
public:
    explicit CurlTextReader(Emitter& emitter) : emitter_(emitter) {}

    void feed(const Line& line);

    /// Emits what is left. To be called once. False if nothing of curl's was in the text.
    bool finish();

private:
    /// One connection and its last response.
    struct Exchange {
        std::uint64_t line = 0;
        std::string host;
        std::uint16_t port = 0;
        bool tls = false;
        bool over_proxy = false;
        bool connecting = false;
        std::optional<resolvers::IpAddress> address;
        std::string method;
        std::string target;
        /// The host named in the request, which decides over the one connected to.
        std::string asked_host;
        resolvers::TlsFacts tls_facts;
        bool certificate = false;
        bool headers_ended = false;
        resolvers::HttpFacts http;
        std::string failure;
        std::vector<std::string> a;
        std::vector<std::string> aaaa;
    };

    void read_talk(std::string_view talk, std::uint64_t line);
    void read_certificate(std::string_view talk);
    void read_request(std::string_view request);
    void read_response(std::string_view response);
    void begin_exchange(std::uint64_t line, std::string_view host);
    void end_exchange();
    void flush();

    Emitter& emitter_;
    Exchange now_;
    bool open_ = false;
    std::optional<Observation> seen_;
    bool any_ = false;
    /// Did curl talk (-v), rather than only report an error?
    bool talked_ = false;
};

}  // namespace scanner::input
