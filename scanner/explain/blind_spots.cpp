// What an observation could not see, in words: "could not look" must never read as "saw nothing".
#include "scanner/explain/explain.h"
#include "scanner/model/words.h"

namespace scanner::explain {

namespace {

using resolvers::DnsStatus;
using resolvers::StepStatus;

std::string step_sentence(const char* what, const resolvers::Step& step)
{
    std::string text = std::string(what) + ": " + std::string(word(step.status));
    if (!step.detail.empty())
        text += " (" + step.detail + ")";
    return text;
}

std::string unprobed_sentence(const SeenAddress& address, NotProbed why)
{
    const std::string text = address.address.text() + " was not probed: ";
    switch (why) {
        case NotProbed::same_network:
            return text + "another address of the same holder and family was";
        case NotProbed::cap:
            return text + "the budget of requests was used up";
        case NotProbed::special_purpose:
            return text + "no request goes to a special-purpose address (" +
                   std::string(resolvers::special_purpose(address.address).value_or("")) + ")";
        case NotProbed::opt_out:
            return text + "its owner asked not to be";
        case NotProbed::blocked:
            return text + "it is on a block list";
        case NotProbed::rate:
            return text + "our own limits of rate and connections held it back";
        case NotProbed::no_http:
            return text + "only the DNS was asked";
        case NotProbed::deadline:
        case NotProbed::imported:
            break;
    }
    return text + std::string(word(why));
}

}  // namespace

std::vector<std::string> blind_spots(const Observation& seen)
{
    std::vector<std::string> lines;
    for (const std::string& fact : seen.not_observed)
        lines.push_back("this source (" + seen.source + ") does not tell: " + fact);
    for (const resolvers::DnsAnswer& answer : seen.dns) {
        if (answer.status == DnsStatus::noerror || answer.status == DnsStatus::nodata ||
            answer.status == DnsStatus::nxdomain)
            continue;
        std::string line =
            answer.name + " " + answer.type + ": " + std::string(word(answer.status));
        if (!answer.resolver.empty())
            line += " from " + answer.resolver;
        if (!answer.detail.empty())
            line += " (" + answer.detail + ")";
        lines.push_back(std::move(line));
    }
    for (const SeenAddress& address : seen.addresses)
        if (address.not_probed && address.not_probed != NotProbed::imported)
            lines.push_back(unprobed_sentence(address, *address.not_probed));
    for (const resolvers::Probe& probe : seen.probes) {
        const std::string where =
            probe.scheme + " at " +
            (probe.address ? probe.address->text() : "an address that is not known") + ": ";
        for (const auto& [name, step] : {std::pair{"tcp", &probe.tcp}, std::pair{"tls", &probe.tls},
                                         std::pair{"http", &probe.http}})
            if (step->status != StepStatus::ok && step->status != StepStatus::not_tried)
                lines.push_back(where + step_sentence(name, *step));
    }
    for (const resolvers::RegistryGap& gap : seen.registry.gaps)
        if (gap.code != "listed")
            lines.push_back("registry, " + gap.what + " " + gap.about + ": " + gap.code +
                            (gap.detail.empty() ? "" : " (" + gap.detail + ")"));
    return lines;
}

std::vector<std::string> next_steps(const Record& record)
{
    std::vector<std::string> steps;
    const Attribution& verdict = record.attribution;
    const bool connected = !record.observation.probes.empty();
    if (verdict.front.status == FindingStatus::identified && verdict.front.grade == Grade::probable)
        steps.push_back(connected
                            ? "a second, independent channel would confirm the front: a valid "
                              "certificate for the name, or the edge's own headers, there"
                            : "a connection to its addresses would confirm the front");
    if (verdict.front.status == FindingStatus::identified && verdict.front.grade == Grade::possible)
        steps.emplace_back(
            "the address that answered would raise the front: what the site itself "
            "says is not enough");
    if (verdict.host.reason == UnknownReason::behind_front)
        steps.push_back("the host does not show from outside; " + verdict.front.name +
                        " knows it: ask for forwarding or disclosure in the notice");
    if (verdict.host.status == FindingStatus::identified && verdict.host.grade == Grade::possible)
        steps.emplace_back(
            record.observation.registry.networks.empty()
                ? "the registry's entry of the address would tell who holds it: --rdap network"
                : "the registry's entry of the address tells who holds it (observation.registry)");
    if (verdict.front.reason == UnknownReason::conflict)
        steps.emplace_back(
            "look again in ten minutes and from elsewhere before writing to anybody");
    return steps;
}

}  // namespace scanner::explain
