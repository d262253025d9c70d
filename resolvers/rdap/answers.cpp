#include "resolvers/rdap/answers.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <limits>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "resolvers/rdap/entities.h"
#include "resolvers/rdap/values.h"

namespace resolvers {

namespace {

using namespace rdap_parts;

// ---- Members that all objects share ------------------------------------------------------------

// "clientTransferProhibited" -> "client transfer prohibited" (RFC 8056).
std::string status_words(std::string_view text)
{
    std::string words;
    for (const char c : folded(text)) {
        if (c >= 'A' && c <= 'Z' && !words.empty() && words.back() >= 'a' && words.back() <= 'z')
            words.push_back(' ');
        words.push_back(c);
    }
    return to_lower(words);
}

std::vector<std::string> statuses_of(const json::object& object)
{
    std::vector<std::string> statuses;
    for (const std::string_view status : texts_of(member(object, "status")))
        add_once(statuses, status_words(status));
    return statuses;
}

struct Events {
    std::optional<Timestamp> registered;
    std::optional<Timestamp> changed;
    std::optional<Timestamp> expires;
};

Events events_of(const json::object& object)
{
    Events events;
    const auto keep_first = [](std::optional<Timestamp>& kept,
                               const std::optional<Timestamp>& seen) {
        if (!kept)
            kept = seen;
    };
    for (const json::value& value : array_in(object, "events")) {
        const json::object* event = value.if_object();
        if (!event)
            continue;
        const std::string action = to_lower(folded(text_in(*event, "eventAction")));
        const std::optional<Timestamp> date = parse_loose_time(text_in(*event, "eventDate"));
        if (action == "registration")
            keep_first(events.registered, date);
        else if (action == "last changed" || action == "last update")
            keep_first(events.changed, date);
        else if (action == "expiration")
            keep_first(events.expires, date);
    }
    return events;
}

std::vector<RdapRedaction> redactions_of(const json::object& object)
{
    std::vector<RdapRedaction> redactions;
    for (const json::value& value : array_in(object, "redacted")) {
        const json::object* redacted = value.if_object();
        if (!redacted || redactions.size() >= max_list)
            continue;
        RdapRedaction redaction;
        if (const json::value* name = member(*redacted, "name"); name && name->is_object()) {
            redaction.name = folded(text_in(name->get_object(), "description"));
            if (redaction.name.empty())
                redaction.name = folded(text_in(name->get_object(), "type"));
        }
        for (const char* key : {"prePath", "postPath", "replacementPath"})
            if (redaction.path.empty())
                redaction.path = folded(text_in(*redacted, key));
        redaction.method = folded(text_in(*redacted, "method"));
        if (redaction.method.empty())
            redaction.method = "removal";  // RFC 9537 4.2: the default
        redactions.push_back(std::move(redaction));
    }
    return redactions;
}

void add_remarks(std::vector<RdapRemark>& remarks, const json::object& object)
{
    for (const json::value& value : array_in(object, "remarks")) {
        const json::object* remark = value.if_object();
        if (!remark || remarks.size() >= max_list)
            continue;
        std::string text;
        for (const std::string_view line : texts_of(member(*remark, "description")))
            text.append(line).push_back(' ');
        const std::string small = to_lower(text);
        constexpr std::array<std::string_view, 6> subjects = {"abuse",   "copyright", "dmca",
                                                              "infring", "takedown",  "complaint"};
        if (std::none_of(subjects.begin(), subjects.end(), [&small](std::string_view subject) {
                return small.find(subject) != std::string::npos;
            }))
            continue;
        RdapRemark kept{
            .text = folded(text), .urls = links_in(text), .emails = mail_addresses_in(text)};
        kept.urls.resize(std::min(kept.urls.size(), max_list));
        kept.emails.resize(std::min(kept.emails.size(), max_list));
        if (std::find(remarks.begin(), remarks.end(), kept) == remarks.end())
            remarks.push_back(std::move(kept));
    }
}

// ---- The three classes -------------------------------------------------------------------------

Outcome<json::value> read_object(std::string_view text, std::string_view object_class)
{
    if (text.size() > rdap_size_limit)
        return Failure{"too_large", std::to_string(text.size()) + " octets"};
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    json::error_code error;
    json::value value = json::parse(text, error);
    if (error)
        return Failure{"not_json", error.message()};
    const json::object* object = value.if_object();
    if (!object)
        return Failure{"not_rdap", "no object"};
    const std::string seen_class = to_lower(text_in(*object, "objectClassName"));
    if (seen_class == object_class)
        return value;
    if (member(*object, "errorCode"))
        return Failure{"rdap_error", text_or_number_in(*object, "errorCode") + " " +
                                         folded(text_in(*object, "title"))};
    return Failure{"not_rdap",
                   seen_class.empty() ? "no objectClassName" : "a \"" + folded(seen_class) + "\""};
}

// The entities that may be the holder: registrants of the object itself. AFRINIC gave its entities
// no roles at all; there, only an organisation may be it.
std::vector<Entity> holders_among(const std::vector<Entity>& entities)
{
    std::vector<Entity> registrants;
    std::vector<Entity> organisations;
    for (const Entity& entity : entities) {
        if (entity.depth != 0)
            continue;
        if (entity.has_role("registrant"))
            registrants.push_back(entity);
        else if (entity.roles.empty() && card_of(entity).kind == "org")
            organisations.push_back(entity);
    }
    return registrants.empty() ? organisations : registrants;
}

// The first with an organisation's name; failing that, the handle of the first organisation, or of
// the first at all.
void read_holder(RdapResource& resource, const std::vector<Entity>& entities)
{
    bool by_organisation = false;
    for (const Entity& entity : holders_among(entities)) {
        const Card card = card_of(entity);
        resource.holder = organisation_on(card, entity.handle);
        if (!resource.holder.empty()) {
            resource.holder_handle = entity.handle;
            resource.holder_is_person = false;
            return;
        }
        const bool organisation = card.kind == "org" || entity.handle.starts_with("ORG-");
        if (resource.holder_handle.empty() || (organisation && !by_organisation))
            resource.holder_handle = entity.handle;
        by_organisation |= organisation;
        // The RIPE database marks its maintainers, which are no people, as individuals named like
        // their handles.
        if (card.individual() && !named_like(card.formatted_name, entity.handle))
            resource.holder_is_person = true;
    }
}

void read_resource(RdapResource& resource, const json::object& object)
{
    const std::vector<Entity> entities = entities_of(object);
    resource.handle = folded(text_in(object, "handle"));
    resource.name = folded(text_in(object, "name"));
    resource.whois_server = to_lower(folded(text_in(object, "port43")));
    const std::string_view country = text_in(object, "country");
    if (country.size() == 2)
        for (const char c : country)
            resource.country.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    read_holder(resource, entities);
    resource.abuse = abuse_among(entities);
    resource.statuses = statuses_of(object);
    resource.redactions = redactions_of(object);
    const Events events = events_of(object);
    resource.registered = events.registered;
    resource.changed = events.changed;

    add_remarks(resource.remarks, object);
    for (const Entity& entity : entities)
        if (entity.has_role("registrant") || entity.has_role("abuse"))
            add_remarks(resource.remarks, *entity.object);
}

std::string iana_id_of(const Entity& registrar, const json::object& domain)
{
    for (const json::value& value : array_in(*registrar.object, "publicIds")) {
        const json::object* id = value.if_object();
        if (id && to_lower(text_in(*id, "type")) == "iana registrar id")
            return text_or_number_in(*id, "identifier");
    }
    // Under ICANN's profile the registrar's handle is its IANA id; elsewhere it may be anything.
    for (const std::string_view level : texts_of(member(domain, "rdapConformance")))
        if (level.starts_with("icann_rdap") && !registrar.handle.empty() &&
            registrar.handle.find_first_not_of("0123456789") == std::string::npos)
            return registrar.handle;
    return {};
}

RdapRegistrar registrar_of(const json::object& domain)
{
    RdapRegistrar registrar;
    const std::vector<Entity> entities = entities_of(domain);
    const auto found = std::find_if(entities.begin(), entities.end(), [](const Entity& entity) {
        return entity.has_role("registrar");
    });
    std::vector<Entity> desks;
    if (found != entities.end()) {
        const Card card = card_of(*found);
        registrar.name = organisation_on(card, found->handle);
        registrar.iana_id = iana_id_of(*found, domain);
        if (!card.home_pages.empty())
            registrar.url = card.home_pages.front();
        desks = entities_of(*found->object);
        desks.push_back(*found);
    }
    registrar.abuse = abuse_among(std::move(desks));
    if (registrar.abuse.named)
        return registrar;
    // One large registrar puts its abuse desk beside itself instead of under itself. One under
    // somebody else (a registrant's) is not the registrar's.
    std::vector<Entity> top;
    for (const Entity& entity : entities)
        if (entity.depth == 0 && !entity.has_role("registrant"))
            top.push_back(entity);
    registrar.abuse = abuse_among(std::move(top));
    return registrar;
}

// The registry's pointer to the registrar's own answer, which alone may have the abuse desk.
std::string related_of(const json::object& object)
{
    std::vector<std::string> own;
    std::string related;
    for (const json::value& value : array_in(object, "links")) {
        const json::object* link = value.if_object();
        if (!link)
            continue;
        const std::string relation = to_lower(text_in(*link, "rel"));
        const std::string type = to_lower(text_in(*link, "type"));
        std::string target = folded(text_in(*link, "href"));
        if (relation == "self")
            own.push_back(target);
        else if (relation == "related" && related.empty() &&
                 to_lower(target).starts_with("https://") &&
                 (type.empty() || type.find("json") != std::string::npos))
            related = std::move(target);
    }
    return std::find(own.begin(), own.end(), related) == own.end() ? related : std::string();
}

std::string host_name(std::string_view text)
{
    std::string name = to_lower(folded(text));
    if (name.ends_with('.'))
        name.pop_back();
    return name;
}

std::optional<std::uint32_t> asn_in(const json::object& object, std::string_view key)
{
    const std::string text = text_or_number_in(object, key);
    if (text.empty() || text.size() > 10 ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const unsigned long long number = std::stoull(text);
    if (number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

}  // namespace

Outcome<RdapDomain> parse_rdap_domain(std::string_view text)
{
    const Outcome<json::value> value = read_object(text, "domain");
    if (!value.has_value())
        return value.error();
    const json::object& object = value->get_object();

    RdapDomain domain;
    domain.name = host_name(text_in(object, "ldhName"));
    if (domain.name.empty())
        return Failure{"malformed", "a domain without ldhName"};
    domain.handle = folded(text_in(object, "handle"));
    domain.registrar = registrar_of(object);
    domain.statuses = statuses_of(object);
    const Events events = events_of(object);
    domain.registered = events.registered;
    domain.changed = events.changed;
    domain.expires = events.expires;
    for (const json::value& nameserver : array_in(object, "nameservers"))
        if (const json::object* one = nameserver.if_object())
            add_once(domain.nameservers, host_name(text_in(*one, "ldhName")));
    domain.redactions = redactions_of(object);
    domain.related = related_of(object);
    domain.whois_server = to_lower(folded(text_in(object, "port43")));
    return domain;
}

Outcome<RdapNetwork> parse_rdap_network(std::string_view text)
{
    const Outcome<json::value> value = read_object(text, "ip network");
    if (!value.has_value())
        return value.error();
    const json::object& object = value->get_object();

    RdapNetwork network;
    const std::optional<IpAddress> first = parse_rdap_address(text_in(object, "startAddress"));
    const std::optional<IpAddress> last = parse_rdap_address(text_in(object, "endAddress"));
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first)
        return Failure{"malformed", "a network without startAddress and endAddress"};
    read_resource(network, object);
    network.first = *first;
    network.last = *last;
    network.prefixes = prefixes_between(*first, *last);
    network.type = folded(text_in(object, "type"));
    network.parent_handle = folded(text_in(object, "parentHandle"));
    return network;
}

Outcome<RdapAutnum> parse_rdap_autnum(std::string_view text)
{
    const Outcome<json::value> value = read_object(text, "autnum");
    if (!value.has_value())
        return value.error();
    const json::object& object = value->get_object();

    RdapAutnum autnum;
    const std::optional<std::uint32_t> first = asn_in(object, "startAutnum");
    if (!first)
        return Failure{"malformed", "an autnum without startAutnum"};
    autnum.first = *first;
    autnum.last = asn_in(object, "endAutnum").value_or(*first);
    if (autnum.last < autnum.first)
        return Failure{"malformed", "endAutnum before startAutnum"};
    read_resource(autnum, object);
    return autnum;
}

}  // namespace resolvers
