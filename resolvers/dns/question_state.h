// What becomes of one question: given how a query for it ended, says what to do next. Pure: the
// engine (engine.h) carries it out, over whichever transport.
//
//             no room: waits outside the deadline of its name
//                         +---------+
//     asked ------------> | waiting | <----------------------------------------------+
//       |                 +---------+ <--------------------------------+             |
//       |                   |     ^ a server has room                  |             |
//       |  a server has room|     | not sent: held back, or            | pause over  |
//       |                   v     | a limit of our machine             |             |
//       |                 +-----------+  spoke nonsense or of trouble, |             |
//       +---------------> | in flight |  or gone; the only server   +--------+       |
//                         +-----------+ --------------------------> | paused |       |
//                           |  |  |  |                              +--------+       |
//         truncated:        |  |  |  |  retries left: another server, or after       |
//         +-----------------+  |  |  |  silence the same. Costs no retry: a server   |
//         v                    |  |  |  that is gone while another answers; EDNS not |
//     +-----------------+      |  |  |  known; the connection was closed between     |
//     | waiting for TCP |      |  |  +-----------------------------------------------+
//     +-----------------+      |  |
//         | room               |  | an answer; no retries left; the deadline; cancelled
//         +-> in flight        |  v
//                              | +------+
//                              +>| done |  (from each place by the deadline or cancellation)
//                                +------+
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "resolvers/dns/response_action.h"
#include "resolvers/dns/server_chooser.h"
#include "resolvers/facts.h"
#include "resolvers/resolvers.h"

namespace resolvers::dns {

enum class NextStep {
    finish,
    ask,           ///< any server, or the same one, as soon as there is room
    ask_first,     ///< the same, before all others that wait
    ask_over_tcp,  ///< the same server, as soon as there is room
    pause,         ///< for pause_length(), then `ask`
};

struct QuestionState {
    using TimePoint = std::chrono::steady_clock::time_point;

    /// The one asked last; null at first.
    DnsServer* server = nullptr;
    /// How the last query was sent.
    SentQuery sent;
    /// The next query goes where the last one went.
    bool same_server = false;
    bool without_edns = false;
    /// A truncated response came, and TCP has not been tried to the end.
    bool truncated = false;
    /// A whole response has come, if only to say SERVFAIL.
    bool responded = false;
    /// Further queries after trouble. What costs none: TCP after truncation, no EDNS, moves.
    unsigned retries_left = 0;
    /// Pauses made so far, and moves to another server that cost no retry.
    unsigned pauses = 0;
    unsigned moves = 0;
    /// As in DnsAnswer, which is made only when there is something to write into it: what lies
    /// around for as long as a query takes has gone cold when it is touched again.
    unsigned attempts = 0;
    Timestamp asked_at{};
    TimePoint first_sent{};
    TimePoint last_sent{};

    /// A query goes to this server now.
    void on_send(DnsServer& to, TimePoint now)
    {
        server = &to;
        sent.edns = to.edns && !without_edns;
        sent.over_tcp = truncated || to.address.transport != DnsTransport::udp;
        same_server = false;
        if (attempts == 0)
            first_sent = now;
        last_sent = now;
        ++attempts;
    }

    /// Octets came. `message` is room to read them into.
    NextStep on_response(std::span<const std::uint8_t> octets, const Question& question,
                         dnswire::DnsMessage& message, const ServerChooser& servers, TimePoint now,
                         DnsAnswer& answer);

    /// None came. Not for what was not sent.
    NextStep on_failure(const DnsReply& reply, const ServerChooser& servers, TimePoint now,
                        DnsAnswer& answer);

    /// Our machine did not send it, which is no attempt, and says nothing about the server.
    NextStep on_unsent(const DnsReply& reply, DnsAnswer& answer);

    /// The question is given up, at its deadline or because nobody wants it any more.
    void on_give_up(bool cancelled, bool in_flight, TimePoint now, DnsAnswer& answer);

    /// Writes a failure into the answer, unless a server has said something before.
    void note_failure(DnsStatus status, std::string_view detail, DnsAnswer& answer) const;

    /// Completes the answer.
    void on_finish(const Question& question, TimePoint now, DnsAnswer& answer) const;

    /// How long to pause at least; the engine spreads it by up to as much again. Counts the pause.
    std::chrono::milliseconds pause_length();

private:
    NextStep step_after(DnsReply::End end, const ServerChooser& servers);
    NextStep retry(bool at_once, const ServerChooser& servers);
    bool moves_on(DnsReply::End end, const ServerChooser& servers);
    void note_attempt(DnsStatus status, std::string_view detail, TimePoint now,
                      DnsAnswer& answer) const;
};

inline void QuestionState::on_finish(const Question& question, TimePoint now,
                                     DnsAnswer& answer) const
{
    answer.name = question.name.text();
    answer.type = question.type;
    answer.attempts = attempts;
    answer.asked_at = asked_at;
    if (attempts > 0)
        answer.took = std::chrono::floor<Milliseconds>(now - first_sent);
    if (attempts < 2 && !answer.tried.empty())
        answer.tried.clear();  // the second could not be sent
}

}  // namespace resolvers::dns
