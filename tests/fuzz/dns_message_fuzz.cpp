// Any octets as a DNS message: no crash, and what comes out keeps the promises of facts.h.
#include <cstdlib>

#include "resolvers/dnswire/message.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/questions.h"

using namespace resolvers;

namespace {

void require(bool promise)
{
    if (!promise)
        std::abort();
}

bool is_printable(std::string_view text)
{
    for (const char c : text)
        if (c < 0x20 || c > 0x7E)
            return false;
    return true;
}

bool same_text(const std::vector<DnsRecord>& records)
{
    for (const DnsRecord& record : records) {
        if (!is_printable(record.name) || !is_printable(record.type) ||
            !is_printable(record.data) || record.name.empty() ||
            !resolvers::dnswire::name_octets(record.name).has_value() ||
            !resolvers::dnswire::type_number(record.type).has_value())
            return false;
        if (record.service.has_value() != (record.type == "HTTPS" || record.type == "SVCB"))
            return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span octets(data, size);
    const Outcome<dnswire::DnsMessage> all =
        resolvers::dnswire::parse_message(octets, dnswire::Sections::all);
    const Outcome<dnswire::DnsMessage> answer =
        resolvers::dnswire::parse_message(octets, dnswire::Sections::answer);
    if (!all.has_value())
        return 0;  // the other sections may be what is wrong

    require(answer.has_value());
    require(answer->answer == all->answer);
    require(answer->errors == all->errors);
    require(answer->header.rcode == all->header.rcode);
    require(answer->authority_has_soa == all->authority_has_soa);
    require(answer->authority.empty() && answer->additional.empty());
    require(same_text(all->answer) && same_text(all->authority) && same_text(all->additional));

    // A message used again must not show through.
    static dnswire::DnsMessage used;
    require(!resolvers::dnswire::parse_message_into(octets, dnswire::Sections::all, used));
    require(used.answer == all->answer && used.authority == all->authority &&
            used.additional == all->additional && used.errors == all->errors &&
            used.question.has_value() == all->question.has_value() &&
            used.edns.has_value() == all->edns.has_value());

    const Question question{DomainName::parse("example.com").value(), "HTTPS"};
    const DnsStatus status = resolvers::dnswire::classify(*all, question);
    require(resolvers::dnswire::classify(*answer, question) == status);
    if (status == DnsStatus::noerror)
        require(!all->answer.empty());
    resolvers::dnswire::answers_question(*all, question, 0x1234);
    return 0;
}
