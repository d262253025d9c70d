#include "resolvers/rdap/answers.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "resolvers/rdap/entities.h"
#include "resolvers/rdap/values.h"

namespace resolvers::rdap {

namespace {

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

// The names of the fields that were left out (RFC 9537).
std::vector<std::string> redactions_of(const json::object& object)
{
    std::vector<std::string> redactions;
    for (const json::value& value : array_in(object, "redacted")) {
        const json::object* redacted = value.if_object();
        if (!redacted || redactions.size() >= max_list)
            continue;
        std::string& redaction = redactions.emplace_back();
        if (const json::value* name = member(*redacted, "name"); name && name->is_object()) {
            redaction = folded(text_in(name->get_object(), "description"));
            if (redaction.empty())
                redaction = folded(text_in(name->get_object(), "type"));
        }
    }
    return redactions;
}

// Where the remarks that speak of reports point to.
void add_remark_urls(std::vector<std::string>& urls, const json::object& object)
{
    for (const json::value& value : array_in(object, "remarks")) {
        const json::object* remark = value.if_object();
        if (!remark)
            continue;
        std::string text;
        for (const std::string_view line : texts_of(member(*remark, "description")))
            text.append(line).push_back(' ');
        const std::string small = to_lower(text);
        constexpr std::array<std::string_view, 6> subjects = {"abuse",   "copyright", "dmca",
                                                              "infring", "takedown",  "complaint"};
        if (std::any_of(subjects.begin(), subjects.end(), [&small](std::string_view subject) {
                return small.find(subject) != std::string::npos;
            }))
            for (std::string& url : links_in(text))
                add_once(urls, std::move(url));
    }
}

// ---- The two classes ---------------------------------------------------------------------------

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
void read_holder(RegisteredNetwork& network, const std::vector<Entity>& entities)
{
    bool by_organisation = false;
    for (const Entity& entity : holders_among(entities)) {
        const Card card = card_of(entity);
        network.holder = organisation_on(card, entity.handle);
        if (!network.holder.empty()) {
            network.holder_handle = entity.handle;
            network.holder_is_person = false;
            return;
        }
        const bool organisation = card.kind == "org" || entity.handle.starts_with("ORG-");
        if (network.holder_handle.empty() || (organisation && !by_organisation))
            network.holder_handle = entity.handle;
        by_organisation |= organisation;
        // The RIPE database marks its maintainers, which are no people, as individuals named like
        // their handles.
        if (card.individual() && !named_like(card.formatted_name, entity.handle))
            network.holder_is_person = true;
    }
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

void read_registrar(RegisteredDomain& domain, const json::object& object)
{
    const std::vector<Entity> entities = entities_of(object);
    const auto found = std::find_if(entities.begin(), entities.end(), [](const Entity& entity) {
        return entity.has_role("registrar");
    });
    std::vector<Entity> desks;
    if (found != entities.end()) {
        const Card card = card_of(*found);
        domain.registrar = organisation_on(card, found->handle);
        domain.registrar_id = iana_id_of(*found, object);
        if (!card.home_pages.empty())
            domain.registrar_url = card.home_pages.front();
        desks = entities_of(*found->object);
        desks.push_back(*found);
    }
    domain.registrar_abuse = abuse_desk_among(std::move(desks));
    if (domain.registrar_abuse.named)
        return;
    // One large registrar puts its abuse desk beside itself instead of under itself. One under
    // somebody else (a registrant's) is not the registrar's.
    std::vector<Entity> top;
    for (const Entity& entity : entities)
        if (entity.depth == 0 && !entity.has_role("registrant"))
            top.push_back(entity);
    domain.registrar_abuse = abuse_desk_among(std::move(top));
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
    read_registrar(domain, object);
    domain.statuses = statuses_of(object);
    const Events events = events_of(object);
    domain.registered = events.registered;
    domain.changed = events.changed;
    domain.expires = events.expires;
    domain.redacted = redactions_of(object);
    domain.related = related_of(object);
    return domain;
}

Outcome<RegisteredNetwork> parse_rdap_network(std::string_view text)
{
    const Outcome<json::value> value = read_object(text, "ip network");
    if (!value.has_value())
        return value.error();
    const json::object& object = value->get_object();

    RegisteredNetwork network;
    const std::optional<IpAddress> first = parse_rdap_address(text_in(object, "startAddress"));
    const std::optional<IpAddress> last = parse_rdap_address(text_in(object, "endAddress"));
    if (!first || !last || first->is_v4() != last->is_v4() || *last < *first)
        return Failure{"malformed", "a network without startAddress and endAddress"};
    network.first = *first;
    network.last = *last;
    network.handle = folded(text_in(object, "handle"));
    network.name = folded(text_in(object, "name"));
    network.type = folded(text_in(object, "type"));
    network.parent_handle = folded(text_in(object, "parentHandle"));
    if (const std::string_view country = text_in(object, "country"); country.size() == 2)
        for (const char c : country)
            network.country.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    const Events events = events_of(object);
    network.registered = events.registered;
    network.changed = events.changed;

    const std::vector<Entity> entities = entities_of(object);
    read_holder(network, entities);
    network.abuse = abuse_desk_among(entities);
    add_remark_urls(network.remark_urls, object);
    for (const Entity& entity : entities)
        if (entity.has_role("registrant") || entity.has_role("abuse"))
            add_remark_urls(network.remark_urls, *entity.object);
    return network;
}

}  // namespace resolvers::rdap
