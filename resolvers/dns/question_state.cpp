#include "resolvers/dns/question_state.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace resolvers::dns {

namespace {

using std::chrono::milliseconds;
using End = DnsReply::End;
using Next = ResponseAction::Next;

// Before the only server is asked again after it refused, failed or talked nonsense; doubled each
// time, and spread so that many questions do not come back as one.
constexpr milliseconds repeat_pause{100};
constexpr unsigned max_doublings = 5;

DnsStatus status_of(End end)
{
    switch (end) {
        case End::timeout:
            return DnsStatus::timeout;
        case End::unreachable:
        case End::interrupted:
            return DnsStatus::network_error;
        case End::malformed:
            return DnsStatus::bad_response;
        default:
            return DnsStatus::local_error;
    }
}

void keep_response(const ResponseAction& action, const DnsServer& server, bool truncated,
                   dnswire::DnsMessage& message, DnsAnswer& answer)
{
    answer.status = action.status;
    answer.rcode = message.header.rcode;
    // Moved, unless that would hand over room for far more than is kept: what a long answer made
    // room for would else stay with the next short one.
    const std::size_t records = message.answer.size();
    const std::size_t kept = std::min(records, records_limit);
    if (kept == records && message.answer.capacity() <= 2 * kept + 8)
        answer.records = std::move(message.answer);
    else
        answer.records.assign(
            std::make_move_iterator(message.answer.begin()),
            std::make_move_iterator(message.answer.begin() + static_cast<std::ptrdiff_t>(kept)));
    answer.errors = std::move(message.errors);
    answer.resolver = server.text;
    answer.over_tcp = truncated || server.address.transport == DnsTransport::tcp;
    answer.authentic_data = message.header.authentic_data;
    answer.ecs_scope.reset();
    if (message.edns)
        answer.ecs_scope = message.edns->client_subnet_scope;
    answer.detail = action.detail;
    if (records > records_limit)
        answer.detail = std::to_string(records) + " records, the first " +
                        std::to_string(records_limit) + " kept";
}

}  // namespace

NextStep QuestionState::on_response(std::span<const std::uint8_t> octets, const Question& question,
                                    dnswire::DnsMessage& message, const ServerChooser& servers,
                                    TimePoint now, DnsAnswer& answer)
{
    const std::optional<Failure> unreadable =
        dnswire::parse_message_into(octets, dnswire::Sections::answer, message);
    const ResponseAction action = action_for_response(unreadable, message, question, sent);
    if (action.next == Next::ask_over_tcp) {
        answer.rcode = message.header.rcode;
        note_attempt(action.status, action.detail, now, answer);
        truncated = true;
        return NextStep::ask_over_tcp;
    }
    const bool further = action.next == Next::ask_without_edns ||
                         (action.next == Next::ask_again && retries_left > 0);
    if (further || attempts > 1)
        note_attempt(action.status, action.detail, now, answer);
    if (!action.responded) {
        note_failure(action.status, action.detail, answer);
        return retry(false, servers);
    }
    responded = true;
    keep_response(action, *server, truncated, message, answer);
    // Remembered only once it shows that it can do without: one odd name must not cost us EDNS for
    // all names.
    if (without_edns && action.status != DnsStatus::formerr && action.status != DnsStatus::notimp)
        server->edns = false;
    switch (action.next) {
        case Next::ask_without_edns:
            without_edns = true;
            same_server = true;
            return truncated ? NextStep::ask_over_tcp : NextStep::ask;
        case Next::ask_again:
            return retry(false, servers);
        default:
            return NextStep::finish;
    }
}

NextStep QuestionState::on_failure(const DnsReply& reply, const ServerChooser& servers,
                                   TimePoint now, DnsAnswer& answer)
{
    const DnsStatus status = status_of(reply.end);
    note_failure(status, reply.detail, answer);
    const NextStep next = step_after(reply.end, servers);
    if (next != NextStep::finish || attempts > 1)
        note_attempt(status, reply.detail, now, answer);
    return next;
}

NextStep QuestionState::step_after(End end, const ServerChooser& servers)
{
    // The server has answered others meanwhile: there is an end to it.
    if (end == End::interrupted) {
        same_server = true;
        return NextStep::ask_first;
    }
    if (moves_on(end, servers)) {
        truncated = false;
        return NextStep::ask;
    }
    // Silence has taken long enough already, and a TLS connection pauses before it is made anew.
    const bool paused_already =
        end == End::timeout ||
        (end == End::unreachable && server->address.transport == DnsTransport::tls);
    return retry(paused_already, servers);
}

// Another channel may have its socket already, or room in its buffer.
NextStep QuestionState::on_unsent(const DnsReply& reply, DnsAnswer& answer)
{
    --attempts;
    if (!truncated)
        return NextStep::ask_first;
    note_failure(DnsStatus::local_error, reply.detail, answer);
    return NextStep::finish;
}

void QuestionState::on_give_up(bool cancelled, bool in_flight, TimePoint now, DnsAnswer& answer)
{
    constexpr std::string_view silence = "no response before the deadline";
    if (attempts > 1 && in_flight)
        note_attempt(cancelled ? DnsStatus::skipped : DnsStatus::timeout, silence, now, answer);
    if (cancelled) {
        answer.status = DnsStatus::skipped;
        answer.detail = "cancelled";
    } else if (attempts == 0) {
        answer.status = DnsStatus::skipped;
        answer.detail = "not sent before the deadline";
    } else if (in_flight || truncated) {
        note_failure(DnsStatus::timeout, silence, answer);
    }
}

// A server that spoke, or is known to be gone, gets a pause if there is no other.
NextStep QuestionState::retry(bool at_once, const ServerChooser& servers)
{
    truncated = false;
    if (retries_left == 0)
        return NextStep::finish;
    --retries_left;
    return at_once || servers.count() > 1 ? NextStep::ask : NextStep::pause;
}

// A server that is not there, or has long been silent, costs the question no retry while another
// one answers: it has not been asked yet.
bool QuestionState::moves_on(End end, const ServerChooser& servers)
{
    const bool gone =
        end == End::unreachable || (end == End::timeout && servers.is_silent(*server));
    if (!gone || moves + 1 >= servers.count() || !servers.has_another_than(*server))
        return false;
    ++moves;
    return true;
}

milliseconds QuestionState::pause_length()
{
    return repeat_pause * (1 << std::min(pauses++, max_doublings));
}

// What a server said before, if only SERVFAIL, counts for more than silence now.
void QuestionState::note_failure(DnsStatus status, std::string_view detail, DnsAnswer& answer) const
{
    if (responded)
        return;
    answer.status = status;
    answer.detail = truncated ? "truncated over UDP; over TCP: " : "";
    answer.detail += detail;
    if (server != nullptr)
        answer.resolver = server->text;
}

// Called where a query ended and others were, or will be, sent for the same question.
void QuestionState::note_attempt(DnsStatus status, std::string_view detail, TimePoint now,
                                 DnsAnswer& answer) const
{
    answer.tried.push_back({server->text, status, std::chrono::floor<milliseconds>(now - last_sent),
                            std::string(detail)});
}

}  // namespace resolvers::dns
