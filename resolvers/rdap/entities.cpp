#include "resolvers/rdap/entities.h"

#include <algorithm>
#include <cstdint>

#include "resolvers/base/ascii.h"
#include "resolvers/rdap/values.h"

namespace resolvers::rdap {

namespace {

constexpr std::size_t max_entities = 256;
constexpr std::size_t max_text = 500;

}  // namespace

// ---- Reading JSON that may be of any shape -----------------------------------------------------

std::string folded(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
        if (!blank)
            out.push_back(c);
        else if (!out.empty() && out.back() != ' ')
            out.push_back(' ');
    }
    if (out.ends_with(' '))
        out.pop_back();
    if (out.size() > max_text) {
        std::size_t cut = max_text;
        while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80)
            --cut;
        out.resize(cut);
    }
    return out;
}

const json::value* member(const json::object& object, std::string_view key)
{
    return object.if_contains(key);
}

std::string_view text_in(const json::object& object, std::string_view key)
{
    const json::value* value = member(object, key);
    const json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

std::string text_or_number_in(const json::object& object, std::string_view key)
{
    const json::value* value = member(object, key);
    if (value && value->is_int64())
        return std::to_string(value->get_int64());
    if (value && value->is_uint64())
        return std::to_string(value->get_uint64());
    return folded(text_in(object, key));
}

const json::array& array_in(const json::object& object, std::string_view key)
{
    static const json::array none;
    const json::value* value = member(object, key);
    const json::array* array = value ? value->if_array() : nullptr;
    return array ? *array : none;
}

std::vector<std::string_view> texts_of(const json::value* value)
{
    std::vector<std::string_view> texts;
    if (!value)
        return texts;
    if (const json::string* text = value->if_string()) {
        texts.emplace_back(*text);
    } else if (const json::array* array = value->if_array()) {
        for (const json::value& item : *array)
            if (const json::string* part = item.if_string())
                texts.emplace_back(*part);
    }
    return texts;
}

void add_once(std::vector<std::string>& list, std::string text)
{
    if (!text.empty() && list.size() < max_list &&
        std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(std::move(text));
}

// ---- Entities and their jCards (RFC 7095) ------------------------------------------------------

bool Entity::has_role(std::string_view role) const
{
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

namespace {

// Parameter names are case-insensitive; one large registrar writes "Type".
const json::value* parameter(const json::object& parameters, std::string_view name)
{
    for (const auto& [key, value] : parameters)
        if (to_lower(key) == name)
            return &value;
    return nullptr;
}

bool has_type(const json::object& parameters, std::string_view type)
{
    for (const std::string_view seen : texts_of(parameter(parameters, "type")))
        if (to_lower(seen) == type)
            return true;
    return false;
}

unsigned pref_of(const json::object& parameters)
{
    const json::value* value = parameter(parameters, "pref");
    std::int64_t pref = 0;
    if (value && value->is_int64())
        pref = value->get_int64();
    for (const std::string_view text : texts_of(value))
        if (!text.empty() && text.size() <= 3 &&
            text.find_first_not_of("0123456789") == std::string_view::npos)
            pref = std::stoi(std::string(text));
    return pref >= 1 && pref <= 100 ? static_cast<unsigned>(pref) : 101;
}

void read_mail(Card& card, const json::object& parameters, std::string_view text)
{
    const std::vector<std::string> addresses = mail_addresses_in(text);
    for (const std::string& address : addresses)
        if (card.mails.size() < max_list)
            card.mails.push_back({address, pref_of(parameters), has_type(parameters, "abuse")});
    if (!addresses.empty())
        return;
    // A form in place of the address, or words in place of either.
    const std::vector<std::string> links = links_in(text);
    for (const std::string& link : links)
        add_once(card.contact_links, link);
    if (links.empty() && !folded(text).empty() && is_placeholder(text))
        card.redacted = true;
}

// No telephone number is kept. Words in place of one tell that something is withheld.
void read_phone(Card& card, const json::object& parameters, std::string_view text)
{
    if (has_type(parameters, "fax"))
        return;
    std::string phone = folded(text);
    if (to_lower(phone).starts_with("tel:"))
        phone.erase(0, 4);
    const bool number = phone.find_first_of("0123456789") != std::string::npos;
    if (!number && !phone.empty() && is_placeholder(phone))
        card.redacted = true;
}

void read_property(Card& card, const json::array& property)
{
    // [name, parameters, type, value...]
    if (property.size() < 4 || !property[0].is_string())
        return;
    static const json::object no_parameters;
    const json::object* sent = property[1].if_object();
    const json::object& parameters = sent ? *sent : no_parameters;
    const std::string name = to_lower(property[0].get_string());

    for (std::size_t i = 3; i < property.size(); ++i) {
        for (const std::string_view text : texts_of(&property[i])) {
            if (name == "email") {
                read_mail(card, parameters, text);
            } else if (name == "tel") {
                read_phone(card, parameters, text);
            } else if (name == "contact-uri") {
                read_mail(card, parameters, text);
            } else if (name == "url") {
                for (std::string& link : links_in(text))
                    add_once(card.home_pages, std::move(link));
            } else if (name == "kind" && card.kind.empty()) {
                card.kind = to_lower(folded(text));
            } else if (name == "fn" && card.formatted_name.empty()) {
                card.formatted_name = folded(text);
            } else if (name == "org" && card.organisation.empty()) {
                card.organisation = folded(text);
            }
        }
    }
}

}  // namespace

Card card_of(const Entity& entity)
{
    Card card;
    const json::array& vcard = array_in(*entity.object, "vcardArray");
    if (vcard.size() < 2 || !vcard[1].is_array())
        return card;
    for (const json::value& property : vcard[1].get_array())
        if (const json::array* array = property.if_array())
            read_property(card, *array);
    return card;
}

std::vector<Entity> entities_of(const json::object& object)
{
    std::vector<Entity> found;
    const auto add = [&found](const json::object& parent, unsigned depth) {
        for (const json::value& value : array_in(parent, "entities")) {
            const json::object* child = value.if_object();
            if (!child || found.size() >= max_entities)
                continue;
            Entity entity{.object = child,
                          .depth = depth,
                          .roles = {},
                          .handle = folded(text_in(*child, "handle"))};
            for (const std::string_view role : texts_of(member(*child, "roles")))
                if (entity.roles.size() < max_list)
                    entity.roles.push_back(to_lower(folded(role)));
            found.push_back(std::move(entity));
        }
    };
    add(object, 0);
    for (std::size_t i = 0; i < found.size(); ++i)
        add(*found[i].object, found[i].depth + 1);
    return found;
}

bool named_like(std::string_view name, std::string_view handle)
{
    return name.empty() || name == handle || is_placeholder(name);
}

std::string organisation_on(const Card& card, std::string_view handle)
{
    // On a card of a person the organisation may be the person again.
    if (card.individual())
        return {};
    if (!named_like(card.formatted_name, handle))
        return card.formatted_name;
    return named_like(card.organisation, handle) ? std::string() : card.organisation;
}

namespace {

bool speaks_of_reports(std::string_view link)
{
    const std::string small = to_lower(link);
    for (const std::string_view word : {"abuse", "report", "contact", "dmca", "copyright"})
        if (small.find(word) != std::string::npos)
            return true;
    return false;
}

// A person's own mailbox is nobody's business, unless it is named for the task.
bool is_personal(const Card& card, std::string_view address)
{
    return card.individual() && !address.starts_with("abuse");
}

}  // namespace

AbuseDesk abuse_desk_among(std::vector<Entity> entities)
{
    std::erase_if(entities, [](const Entity& entity) { return !entity.has_role("abuse"); });
    std::stable_sort(entities.begin(), entities.end(), [](const Entity& a, const Entity& b) {
        const bool a_shared = a.roles.size() > 1;
        const bool b_shared = b.roles.size() > 1;
        return a_shared != b_shared ? b_shared : a.depth < b.depth;
    });

    AbuseDesk desk;
    desk.named = !entities.empty();
    // In lower case, those of people among them: whose mailbox it is, its first entry says.
    std::vector<std::string> seen;
    for (const Entity& entity : entities) {
        Card card = card_of(entity);
        std::stable_sort(
            card.mails.begin(), card.mails.end(), [](const CardMail& a, const CardMail& b) {
                return a.pref != b.pref ? a.pref < b.pref : a.type_abuse > b.type_abuse;
            });
        for (CardMail& mail : card.mails) {
            const std::size_t before = seen.size();
            add_once(seen, to_lower(mail.address));
            if (seen.size() == before)
                continue;
            if (is_personal(card, mail.address))
                desk.personal = true;
            else
                desk.emails.push_back(std::move(mail.address));
        }
        for (std::string& link : card.contact_links)
            add_once(desk.urls, std::move(link));
        // A desk's "url" may as well be the company's front page, which takes no reports.
        for (std::string& link : card.home_pages)
            if (speaks_of_reports(link))
                add_once(desk.urls, std::move(link));
        desk.redacted |= card.redacted;
    }
    return desk;
}

}  // namespace resolvers::rdap
