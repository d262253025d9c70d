#include "scanner/catalogue/load/channel_table.h"

#include <algorithm>

#include "resolvers/base/ascii.h"
#include "resolvers/base/domain_name.h"
#include "scanner/catalogue/load/source_table.h"
#include "scanner/catalogue/words.h"

namespace scanner::catalogue {

namespace {

constexpr std::string_view practices[] = {"forwards_to_operator", "forwards_to_host",
                                          "discloses_host",       "removes",
                                          "relays_to_customer",   "restricts_service"};
// "max_<number>_urls" besides.
constexpr std::string_view constraints[] = {
    "plain_text_only",    "no_attachments", "one_host_per_report", "one_case_per_report",
    "max_250_urls",       "needs_ip",       "needs_exact_urls",    "prior_contact_wanted",
    "no_noreply_sender",  "english_only",   "needs_authorisation", "confirmation_click",
    "account_needed",     "captcha",        "asset_url_wanted",    "native_url_wanted",
    "legal_basis_wanted", "fixed_subject",  "hosted_content_only"};

bool is_url_limit(std::string_view word)
{
    if (!word.starts_with("max_") || !word.ends_with("_urls") || word.size() < 10)
        return false;
    const std::string_view digits = word.substr(4, word.size() - 9);
    return digits.size() <= 6 && digits.front() != '0' &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_constraint(std::string_view word)
{
    return std::ranges::find(constraints, word) != std::end(constraints) || is_url_limit(word);
}

bool is_practice(std::string_view word)
{
    return std::ranges::find(practices, word) != std::end(practices);
}

std::vector<std::string> known_words(TableReader& reader, std::string_view file,
                                     std::string_view key, bool (*is_known)(std::string_view),
                                     Words known, Errors& errors)
{
    std::vector<std::string> words;
    for (LinedText& item : reader.texts(key)) {
        if (!is_known(item.text)) {
            errors.add(place(file, item.line), "unknown " + std::string(key) + " \"" + item.text +
                                                   "\"" + suggestion(item.text, known));
            continue;
        }
        words.push_back(std::move(item.text));
    }
    return words;
}

void check_address(TableReader& reader, const ContactChannel& channel)
{
    if (channel.address.empty())
        return;
    if (channel.type == ChannelType::email && !plain_mailbox(channel.address))
        reader.error("address", "\"" + channel.address +
                                    "\" is not a mail address; write local@host.tld alone");
    if ((channel.type == ChannelType::form || channel.type == ChannelType::api) &&
        !is_url(channel.address))
        reader.error("address",
                     "\"" + channel.address + "\" is not a URL; write https://host/path");
}

}  // namespace

std::optional<std::string> plain_mailbox(std::string_view text)
{
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64)
        return std::nullopt;
    // RFC 5322 atext and dots: quoted local parts are legal, and never a provider's abuse desk.
    const std::string_view local = text.substr(0, at);
    const bool plain = std::all_of(local.begin(), local.end(), [](char c) {
        return (resolvers::to_lower(c) >= 'a' && resolvers::to_lower(c) <= 'z') ||
               (c >= '0' && c <= '9') ||
               std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
    });
    if (!plain || local.front() == '.' || local.back() == '.' ||
        local.find("..") != std::string_view::npos)
        return std::nullopt;
    const std::string_view host = text.substr(at + 1);
    const auto domain = resolvers::DomainName::parse(host);
    if (!domain || domain->text().find('.') == std::string::npos || host.back() == '.')
        return std::nullopt;
    return resolvers::to_lower(local) + "@" + domain->text();
}

void read_channels(const std::vector<Value>& tables, std::string_view file, std::string_view title,
                   const std::map<std::string, Source>& sources, Product& product, Errors& errors)
{
    for (const Value& table : tables) {
        TableReader reader(table, file, title, errors);
        ContactChannel channel;
        // Nothing is asked of a postal address, so that a wrong type is told alone.
        channel.type = reader.required_one_of<ChannelType>("type").value_or(ChannelType::post);
        channel.address = reader.required_text("address");
        check_address(reader, channel);
        if (const auto scope = reader.required_one_of<ChannelScope>("scope"))
            channel.scope = *scope;
        channel.practice = known_words(reader, file, "practice", is_practice, practices, errors);
        channel.constraints =
            known_words(reader, file, "constraints", is_constraint, constraints, errors);

        const Source* source = read_source(reader, sources);
        const std::optional<bool> verified = reader.flag("verified");
        if (source != nullptr) {
            channel.source = source->text();
            channel.checked = source->checked;
            if (channel.checked.empty())
                reader.error("source",
                             "a channel needs a date, and its source has no \"checked\"; "
                             "say when somebody last read it");
            channel.verified = verified.value_or(source->kind == SourceKind::primary);
            if (channel.verified && source->kind == SourceKind::unverified)
                reader.error("verified",
                             "a channel from an unverified source cannot be verified; name where "
                             "it stands, or say false");
        }
        reader.finish();
        product.channels.push_back(std::move(channel));
        product.channel_where.push_back(reader.where());
    }
}

}  // namespace scanner::catalogue
