#include "resolvers/http/probe_clocks.h"

#include <algorithm>

namespace resolvers::http {

void ProbeClocks::enter(ProbePhase phase, Deadline now)
{
    if (phase_ == ProbePhase::queued && phase != ProbePhase::queued) {
        started_ = now;
        if (timeouts_.queue.count() > 0 && since_ != Deadline{})
            deadline_ += now - since_;
    }
    phase_ = phase;
    since_ = now;
    window_bytes_ = 0;
}

Deadline ProbeClocks::limit() const
{
    if (phase_ == ProbePhase::queued && timeouts_.queue.count() > 0)
        return since_ + timeouts_.queue;
    if (phase_ == ProbePhase::queued || phase_ == ProbePhase::finished)
        return deadline_;
    const Deadline next = std::min(deadline_, started_ + timeouts_.total);
    switch (phase_) {
        case ProbePhase::connecting:
            return std::min(next, since_ + timeouts_.connect);
        case ProbePhase::handshaking:
            return std::min(next, since_ + timeouts_.handshake);
        case ProbePhase::asking:
            return std::min(next, since_ + timeouts_.first_byte);
        default:
            break;
    }
    return timeouts_.low_speed_window.count() > 0
               ? std::min(next, since_ + timeouts_.low_speed_window)
               : next;
}

std::optional<Step> ProbeClocks::expired(Deadline now)
{
    if (phase_ == ProbePhase::finished || now < limit())
        return std::nullopt;
    if (phase_ == ProbePhase::queued && timeouts_.queue.count() > 0)
        return Step{StepStatus::local_error, "queued"};
    if (now >= deadline_)
        return Step{StepStatus::deadline, phase_ == ProbePhase::queued ? "queued" : ""};
    if (now >= started_ + timeouts_.total)
        return Step{StepStatus::timeout, "total"};
    switch (phase_) {
        case ProbePhase::connecting:
            return Step{StepStatus::timeout, "connect"};
        case ProbePhase::handshaking:
            return Step{StepStatus::timeout, "handshake"};
        case ProbePhase::asking:
            return Step{StepStatus::timeout, "first_byte"};
        default:
            break;
    }
    if (window_bytes_ < timeouts_.low_speed_bytes)
        return Step{StepStatus::timeout, "low_speed"};
    since_ = now;
    window_bytes_ = 0;
    return std::nullopt;
}

}  // namespace resolvers::http
