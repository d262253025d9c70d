// Which clock ends a probe, and when: one for each phase, one for the whole, one for a response
// that drips, and the subject's deadline above all. Pure: the time is an argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "resolvers/facts.h"
#include "resolvers/questions.h"

namespace resolvers::http {

struct ProbeTimeouts {
    /// From our SYN to the peer's answer.
    std::chrono::milliseconds connect{5'000};
    /// From the connection to the end of the TLS handshake.
    std::chrono::milliseconds handshake{8'000};
    /// From there to the end of the status line.
    std::chrono::milliseconds first_byte{10'000};
    /// From our SYN to the last byte wanted.
    std::chrono::milliseconds total{25'000};
    /// A response slower than this, once its status line is there, is cut: so many bytes...
    std::size_t low_speed_bytes = 512;
    /// ...in each window of this length. Zero switches the rule off.
    std::chrono::milliseconds low_speed_window{5'000};
    /// How long a probe may wait for its turn. Its deadline does not run meanwhile, and a probe
    /// that gets no turn is a local_error. Zero: the deadline runs, and ends the wait.
    std::chrono::milliseconds queue{0};
};

enum class ProbePhase { queued, connecting, handshaking, asking, reading, finished };

class ProbeClocks {
public:
    ProbeClocks(const ProbeTimeouts& timeouts, Deadline deadline)
        : timeouts_(timeouts), deadline_(deadline)
    {
    }

    ProbePhase phase() const { return phase_; }
    void enter(ProbePhase phase, Deadline now);
    /// Bytes of the response that came, for the minimum rate.
    void count(std::size_t bytes) { window_bytes_ += bytes; }

    /// When the probe has to be looked at again, if nothing happens before.
    Deadline limit() const;

    /// What ends the probe at this moment, as a status and the clock's name; absent if nothing
    /// does. The subject's deadline counts before our own clocks.
    std::optional<Step> expired(Deadline now);

private:
    ProbeTimeouts timeouts_;
    Deadline deadline_;
    ProbePhase phase_ = ProbePhase::queued;
    Deadline started_{};
    /// Start of the phase (for the queue: if it was entered by name); while reading, of the window.
    Deadline since_{};
    std::uint64_t window_bytes_ = 0;
};

}  // namespace resolvers::http
