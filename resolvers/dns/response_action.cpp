#include "resolvers/dns/response_action.h"

#include "resolvers/questions.h"

namespace resolvers::dns {

namespace {

using Next = ResponseAction::Next;

Next next_after(DnsStatus status)
{
    switch (status) {
        case DnsStatus::servfail:
        case DnsStatus::refused:
        case DnsStatus::bad_response:
            return Next::ask_again;
        default:
            return Next::finish;
    }
}

}  // namespace

ResponseAction action_for_response(const std::optional<Failure>& unreadable,
                                   const dnswire::DnsMessage& message, const Question& question,
                                   const SentQuery& sent)
{
    if (unreadable)
        return {DnsStatus::bad_response, Next::ask_again, unreadable->detail, false};
    if (!dnswire::answers_question(message, question, sent.id))
        return {DnsStatus::bad_response, Next::ask_again, "answers another question", false};
    if (message.header.truncated && !sent.over_tcp)
        return {DnsStatus::bad_response, Next::ask_over_tcp, "truncated over UDP", false};

    const DnsStatus status = dnswire::classify(message, question);
    const bool chokes = status == DnsStatus::formerr || status == DnsStatus::notimp;
    if (chokes && sent.edns && !message.edns)
        return {status, Next::ask_without_edns, "", true};
    const char* detail = status == DnsStatus::bad_response
                             ? "neither an answer to the question nor word that there is none"
                             : "";
    return {status, next_after(status), detail, true};
}

}  // namespace resolvers::dns
