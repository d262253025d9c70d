// A browser's recording: many responses of many hosts, in the order in which they came.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/input/importers/emitter.h"

namespace scanner::input {

/// One request of a recording, and what came of it.
struct RecordedEntry {
    /// 1 for the first entry of the recording.
    std::uint64_t number = 0;
    std::string url;
    std::string method;
    /// Absent: the recording does not say.
    std::optional<resolvers::IpAddress> address;
    /// 0: there was no response; `error` may say why.
    unsigned status = 0;
    std::string version;
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<resolvers::TlsFacts> tls;
    std::string error;
    /// Out of the browser's own cache: nobody was asked.
    bool cached = false;
    std::optional<resolvers::Timestamp> started_at;
};

/// Makes one Observation for each host, in order of first appearance: its probes are the first
/// response from each address by each scheme, or the first by each scheme where no address is
/// recorded; a host that never answered has its first failure. With `per_entry`, one for each
/// entry.
class Recording {
public:
    Recording(Emitter& emitter, bool per_entry) : emitter_(emitter), per_entry_(per_entry) {}

    void add(const RecordedEntry& entry);

    /// Emits what is left. To be called once.
    void finish();

private:
    struct Host {
        Observation seen;
        bool answered = false;
        bool addressed = false;
    };

    void add_to_host(Host& host, const RecordedEntry& entry, resolvers::Probe probe,
                     std::optional<resolvers::DnsAnswer> name_failure);

    Emitter& emitter_;
    bool per_entry_;
    std::vector<Host> hosts_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::map<std::string, bool, std::less<>> urls_;
};

}  // namespace scanner::input
