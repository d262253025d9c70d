// Builds observations for tests in a line or two, as a live scan would have made them.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/model/observation.h"

namespace support {

using Headers = std::vector<std::pair<std::string, std::string>>;

enum class Certificate { valid, wrong_name, untrusted, none };

class Observed {
public:
    explicit Observed(std::string host, std::string registrable_domain = "");

    /// An address that the host resolves to, announced by that AS.
    Observed& address(const std::string& address, unsigned asn = 0,
                      const std::string& organisation = "");
    /// Appends to the CNAME chain.
    Observed& alias(const std::string& target);
    Observed& name_server(const std::string& name);
    /// An HTTPS record with that ECH outer name.
    Observed& ech(const std::string& public_name);
    /// A completed https exchange at that address.
    Observed& https(const std::string& address, Headers headers = {}, unsigned status = 200,
                    Certificate certificate = Certificate::valid,
                    std::vector<std::string> names = {});
    /// A plain exchange without TLS.
    Observed& http(const std::string& address, Headers headers = {}, unsigned status = 200);
    /// An answer to the request that only an edge has one to, with the markers found in its body.
    Observed& edge(const std::string& address, const std::string& path, unsigned status = 200,
                   std::vector<std::string> markers = {});
    /// A TCP connection that failed.
    Observed& failed(const std::string& address, resolvers::StepStatus status);

    scanner::Observation seen;
};

/// The catalogue in data/, loaded once.
const scanner::catalogue::Catalogue& shipped_catalogue();

}  // namespace support
