#include "scanner/attribute/views.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "resolvers/base/domain_name.h"
#include "resolvers/dnswire/records.h"
#include "scanner/model/words.h"

namespace scanner::attribute {

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::DnsStatus;
using resolvers::IpAddress;

// What one view says about the subject.
struct Testimony {
    std::vector<IpAddress> addresses;
    /// Of those, the ones on the public Internet.
    std::size_t public_addresses = 0;
    /// All of A and AAAA came back as "no such name", or as "no such type".
    bool nxdomain = false;
    bool nodata = false;

    bool denies() const { return nxdomain || nodata; }
};

// Answers about other names (name servers, redirects' hosts) are no part of the testimony.
bool about_subject(const DnsAnswer& answer, const std::vector<std::string>& names)
{
    return std::find(names.begin(), names.end(), answer.name) != names.end();
}

std::vector<std::string> names_of(const Observation& seen, const std::vector<DnsAnswer>& answers)
{
    // Whoever makes up answers may make up different aliases for A and AAAA: all of them count.
    resolvers::dnswire::AliasWalk aliases =
        resolvers::dnswire::follow_aliases(seen.subject.host, answers);
    std::vector<std::string> names = std::move(aliases.names);
    std::move(aliases.branches.begin(), aliases.branches.end(), std::back_inserter(names));
    return names;
}

Testimony testimony_of(const std::vector<DnsAnswer>& answers, const std::vector<std::string>& names)
{
    Testimony said;
    unsigned asked = 0;
    unsigned nxdomain = 0;
    unsigned nodata = 0;
    for (const DnsAnswer& answer : answers) {
        if ((answer.type != "A" && answer.type != "AAAA") || !about_subject(answer, names))
            continue;
        ++asked;
        nxdomain += answer.status == DnsStatus::nxdomain ? 1 : 0;
        nodata += answer.status == DnsStatus::nodata ? 1 : 0;
        for (const DnsRecord* record : resolvers::dnswire::led_records(answer))
            if (const auto address = IpAddress::parse(record->data))
                said.addresses.push_back(*address);
    }
    for (const IpAddress& address : said.addresses)
        said.public_addresses += resolvers::special_purpose(address) ? 0 : 1;
    said.nxdomain = asked > 0 && nxdomain == asked;
    said.nodata = asked > 0 && !said.nxdomain && nxdomain + nodata == asked;
    return said;
}

std::string error_sign(const std::vector<DnsAnswer>& answers, const std::vector<std::string>& names)
{
    for (const DnsAnswer& answer : answers) {
        if (!about_subject(answer, names))
            continue;
        for (const resolvers::ExtendedError& error : answer.errors)
            if (const std::string_view word = tampering_word(error.code); !word.empty())
                return "extended error " + std::to_string(error.code) + " (" + std::string(word) +
                       ")" + (error.text.empty() ? "" : ": " + error.text.substr(0, 120));
    }
    return "";
}

bool tells_of_blocking(const catalogue::StateRule& rule)
{
    return rule.sufficient &&
           (rule.state == State::tampered || rule.state == State::blocked_for_vantage);
}

// Addresses and aliases that the catalogue knows as block pages'.
std::string marker_sign(const Testimony& said, const std::vector<std::string>& names,
                        const catalogue::Catalogue& catalogue)
{
    for (const IpAddress& address : said.addresses)
        for (const catalogue::StateRule* rule : catalogue.address_markers(address))
            if (tells_of_blocking(*rule))
                return address.text() + " is an address of " + rule->operator_name;
    if (names.size() > 1)
        for (const catalogue::StateRule* rule :
             catalogue.state_rules_of(catalogue::MarkerKind::cname))
            for (std::size_t i = 1; i < names.size(); ++i)
                if (resolvers::is_under(names[i], rule->key) && tells_of_blocking(*rule))
                    return names[i] + " is an alias of " + rule->operator_name;
    return "";
}

std::string canary_sign(const Testimony& said, const View& view)
{
    for (const IpAddress& address : said.addresses)
        if (std::find(view.nxdomain_addresses.begin(), view.nxdomain_addresses.end(), address) !=
            view.nxdomain_addresses.end())
            return address.text() + " is what it answers for names that do not exist";
    return "";
}

std::string special_sign(const Testimony& said)
{
    if (said.addresses.empty() || said.public_addresses > 0)
        return "";
    return said.addresses.front().text() + " is " +
           std::string(*resolvers::special_purpose(said.addresses.front()));
}

// Whoever has a trusted certificate for the name is no forger's block page.
bool proven_by_certificate(const Observation& seen)
{
    return std::any_of(seen.probes.begin(), seen.probes.end(), [&](const resolvers::Probe& probe) {
        return probe.host == seen.subject.host && probe.tls_facts &&
               probe.tls_facts->trusted.value_or(false) &&
               probe.tls_facts->name_matches.value_or(false);
    });
}

const View* find_view(const Observation& seen, std::string_view name)
{
    for (const View& view : seen.views)
        if (view.name == name)
            return &view;
    return nullptr;
}

bool decided_without_answers(State state)
{
    return state == State::opt_out || state == State::invalid_input || state == State::seized ||
           state == State::parked || state == State::on_hold || state == State::not_registered;
}

}  // namespace

std::string_view tampering_word(std::uint16_t code)
{
    switch (code) {
        case 4:
            return "forged answer";
        case 15:
            return "blocked";
        case 16:
            return "censored";
        case 17:
            return "filtered";
        default:
            return "";
    }
}

ViewsVerdict compare_views(const Observation& seen, const catalogue::Catalogue& catalogue)
{
    ViewsVerdict verdict;
    if (!seen.subject.invalid.empty() || seen.refused || seen.subject.is_address)
        return verdict;
    const std::vector<std::string> names = names_of(seen, seen.dns);
    const Testimony reference = testimony_of(seen.dns, names);

    // The views first: an oddity of the reference's may be theirs too, and then is none.
    bool specials_confirmed = false;
    for (const View& view : seen.views) {
        if (view.answers.empty())
            continue;
        const std::vector<std::string> its_names = names_of(seen, view.answers);
        const Testimony said = testimony_of(view.answers, its_names);
        std::string sign = error_sign(view.answers, its_names);
        if (sign.empty())
            sign = marker_sign(said, its_names, catalogue);
        if (sign.empty())
            sign = canary_sign(said, view);
        if (sign.empty() && reference.public_addresses > 0)
            sign = special_sign(said);
        if (sign.empty() && reference.public_addresses > 0 && said.denies())
            sign = said.nxdomain ? "says that the name does not exist"
                                 : "says that the name has no address";
        if (!sign.empty()) {
            verdict.tampered.push_back({view.name, std::move(sign)});
            continue;
        }
        specials_confirmed = specials_confirmed || !special_sign(said).empty();
        // A resolver that makes up answers is no witness, whatever it says here.
        if (!view.signs.empty() || said.public_addresses == 0)
            continue;
        if (verdict.clean_view.empty() || view.name == "authority")
            verdict.clean_view = view.name;
    }

    std::string sign = error_sign(seen.dns, names);
    if (sign.empty())
        sign = marker_sign(reference, names, catalogue);
    const View* canaries = find_view(seen, "reference");
    if (sign.empty() && canaries != nullptr && !proven_by_certificate(seen))
        sign = canary_sign(reference, *canaries);
    // Alone, a special-purpose address is the zone's own mistake as likely as anybody's.
    if (sign.empty() && !verdict.clean_view.empty() && !specials_confirmed)
        sign = special_sign(reference);
    // What a zone's own servers say is what there is to say (signals.md section 3.3).
    if (sign.empty() && reference.denies() && verdict.clean_view == "authority")
        sign = reference.nxdomain ? "says that the name does not exist"
                                  : "says that the name has no address";
    if (!sign.empty()) {
        verdict.reference_sign = sign;
        verdict.tampered.insert(verdict.tampered.begin(), {"reference", std::move(sign)});
    } else if (reference.denies()) {
        verdict.contradicted_by = verdict.clean_view;
    }
    return verdict;
}

void apply_views(const ViewsVerdict& views, const Observation& seen, Attribution& out)
{
    std::size_t next = out.evidence.size();
    for (const ViewSign& sign : views.tampered) {
        Evidence& made = out.evidence.emplace_back();
        made.id = "e" + std::to_string(++next);
        made.signal = "views";
        made.channel = Channel::dns;
        made.strength = Strength::strong;
        made.role = Role::dns;
        const View* view = find_view(seen, sign.view);
        made.seen = "view " + sign.view +
                    (view == nullptr || view->resolver.empty() ? "" : " (" + view->resolver + ")") +
                    ": " + sign.what;
        // A site's operator can run a resolver, but not the one that the user chose.
        made.forgeable = false;
    }
    const bool others = std::any_of(views.tampered.begin(), views.tampered.end(),
                                    [](const ViewSign& sign) { return sign.view != "reference"; });
    if (others)
        out.flags.push_back(Flag::view_tampered);
    if (decided_without_answers(out.state))
        return;

    if (!views.reference_sign.empty()) {
        if (out.state != State::tampered)
            out.state_reason = "reference view: " + views.reference_sign;
        out.state = State::tampered;
        if (views.clean_view.empty()) {
            forget_whom(out, UnknownReason::all_views_tampered);
            return;
        }
        out.flags.push_back(Flag::reference_view_tampered);
        out.state_reason += "; view " + views.clean_view + " answers otherwise";
        forget_whom(out, UnknownReason::resolver_disagreement);
        return;
    }
    if (!views.contradicted_by.empty()) {
        out.flags.push_back(Flag::resolver_disagreement);
        out.state_reason += (out.state_reason.empty() ? "" : "; ") +
                            ("view " + views.contradicted_by) + " has addresses";
        forget_whom(out, UnknownReason::resolver_disagreement);
    }
}

void forget_whom(Attribution& out, UnknownReason reason)
{
    for (Finding* finding : {&out.front, &out.host}) {
        Finding unknown;
        unknown.role = finding->role;
        unknown.reason = reason;
        unknown.against =
            finding->status == FindingStatus::identified ? finding->evidence : finding->against;
        *finding = std::move(unknown);
    }
    out.chain.clear();
    std::erase_if(out.others, [](const Finding& finding) {
        return finding.role != Role::dns && finding.role != Role::registrar;
    });
}

}  // namespace scanner::attribute
