#include "resolvers/dns/response_action.h"

#include "resolvers/questions.h"

namespace resolvers {

namespace {

using Next = DnsVerdict::Next;

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

DnsVerdict judge_response(const std::optional<Failure>& unreadable, const DnsMessage& message,
                          const Question& question, const SentQuery& sent)
{
    if (unreadable)
        return {DnsStatus::bad_response, Next::ask_again, unreadable->detail, false};
    if (!answers_question(message, question, sent.id))
        return {DnsStatus::bad_response, Next::ask_again, "answers another question", false};
    if (message.header.truncated && !sent.over_tcp)
        return {DnsStatus::bad_response, Next::ask_over_tcp, "truncated over UDP", false};

    const DnsStatus status = classify(message, question);
    const bool chokes = status == DnsStatus::formerr || status == DnsStatus::notimp;
    if (chokes && sent.edns && !message.edns)
        return {status, Next::ask_without_edns, "", true};
    const char* detail = status == DnsStatus::bad_response
                             ? "neither an answer to the question nor word that there is none"
                             : "";
    return {status, next_after(status), detail, true};
}

bool take_whole_response(std::span<const std::uint8_t> octets, const Question& question,
                         std::uint16_t id, DnsAnswer& answer)
{
    DnsMessage message;
    const std::optional<Failure> unreadable = parse_message_into(octets, Sections::answer, message);
    const SentQuery sent{.id = id, .edns = false, .over_tcp = true};
    const DnsVerdict verdict = judge_response(unreadable, message, question, sent);
    if (!verdict.responded && answer.rcode)
        return false;
    answer.status = verdict.status;
    answer.detail = verdict.detail;
    if (verdict.responded) {
        answer.rcode = message.header.rcode;
        const std::size_t records = message.answer.size();
        if (records > records_limit) {
            message.answer.erase(message.answer.begin() + records_limit, message.answer.end());
            message.answer.shrink_to_fit();
            answer.detail = std::to_string(records) + " records, the first " +
                            std::to_string(records_limit) + " kept";
        }
        answer.records = std::move(message.answer);
        answer.errors = std::move(message.errors);
        answer.authentic_data = message.header.authentic_data;
        answer.ecs_scope.reset();
        if (message.edns)
            answer.ecs_scope = message.edns->client_subnet_scope;
    }
    return verdict.next == DnsVerdict::Next::finish;
}

}  // namespace resolvers
