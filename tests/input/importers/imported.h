// Runs importers over fixtures and literals, and writes what they made as short text to compare.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/input/importers/importers.h"
#include "scanner/model/words.h"

namespace scanner::test {

inline std::string fixture(std::string_view name)
{
    std::ifstream file(std::string(SERVEDBY_SOURCE_DIR "/tests/fixtures/input/") +
                       std::string(name));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

struct Imported {
    std::vector<Observation> observations;
    input::ImportSummary summary;
};

inline Imported import_text(std::string_view importer, const std::string& text,
                            const input::ImportOptions& options = {})
{
    Imported made;
    std::istringstream in(text);
    made.summary = scanner::input::importer_named(importer)->run(
        in, options, [&made](Observation seen) { made.observations.push_back(std::move(seen)); });
    return made;
}

inline Imported import_fixture(std::string_view importer, std::string_view name,
                               const input::ImportOptions& options = {})
{
    return import_text(importer, fixture(name), options);
}

inline std::string joined(const std::vector<std::string>& words)
{
    std::string made;
    for (const std::string& word : words)
        made += (made.empty() ? "" : " ") + word;
    return made;
}

/// "A noerror: www.example.com CNAME edge.example.net, edge.example.net A 192.0.2.1"
inline std::string text_of(const resolvers::DnsAnswer& answer)
{
    std::string made = answer.type + " " + std::string(word(answer.status));
    for (std::size_t i = 0; i < answer.records.size(); ++i) {
        const resolvers::DnsRecord& record = answer.records[i];
        made += (i == 0 ? ": " : ", ") + record.name + " " + record.type + " " + record.data;
    }
    return made;
}

/// "www.example.com > edge.example.net address 192.0.2.1(imported) 192.0.2.2()"
inline std::string way_of(const Observation& seen)
{
    std::string made;
    for (const std::string& name : seen.chain)
        made += (made.empty() ? "" : " > ") + name;
    made += (made.empty() ? "" : " ") + std::string(word(seen.chain_end));
    for (const SeenAddress& address : seen.addresses)
        made += " " + address.address.text() + "(" +
                (address.not_probed ? std::string(word(*address.not_probed)) : "") + ")";
    return made;
}

/// "https://www.example.com:443 192.0.2.1 ok/ok/ok 200"
inline std::string text_of(const resolvers::Probe& probe)
{
    std::string made = probe.scheme + "://" + probe.host + ":" + std::to_string(probe.port) + " " +
                       (probe.address ? probe.address->text() : "0.0.0.0") + " " +
                       std::string(word(probe.tcp.status)) + "/" +
                       std::string(word(probe.tls.status)) + "/" +
                       std::string(word(probe.http.status));
    if (probe.http_facts)
        made += " " + std::to_string(probe.http_facts->status);
    return made;
}

/// "server: nginx | via: 1.1 x"
inline std::string headers_of(const resolvers::Probe& probe)
{
    std::string made;
    if (!probe.http_facts)
        return made;
    for (const auto& [name, value] : probe.http_facts->headers)
        made += (made.empty() ? "" : " | ") + name + ": " + value;
    return made;
}

/// Milliseconds since the epoch; "0" for a moment that is not known.
inline std::string time_of(std::optional<resolvers::Timestamp> moment)
{
    return moment ? std::to_string(moment->time_since_epoch().count()) : "0";
}

}  // namespace scanner::test
