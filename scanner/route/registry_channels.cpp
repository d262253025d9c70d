#include "scanner/route/registry_channels.h"

#include <algorithm>

#include "resolvers/base/time_text.h"
#include "resolvers/http/url_parts.h"
#include "resolvers/json/text.h"

namespace scanner::route {

namespace {

using resolvers::RegisteredNetwork;
using resolvers::RegistryFacts;

constexpr std::size_t length_of_day = 10;

class Channels {
public:
    explicit Channels(const catalogue::Catalogue& catalogue) : catalogue_(catalogue) {}

    void add(ChannelType type, const std::string& address, const std::string& source,
             std::optional<resolvers::Timestamp> fetched_at)
    {
        const bool known = std::any_of(list_.begin(), list_.end(), [&](const ContactChannel& one) {
            return one.address == address;
        });
        if (known || is_denied(type, address))
            return;
        ContactChannel& made = list_.emplace_back();
        made.type = type;
        made.address = address;
        made.scope = ChannelScope::general;
        made.source = source;
        made.checked = resolvers::time_text(fetched_at).substr(0, length_of_day);
    }

    template <typename Facts>
    void add_desk(const resolvers::AbuseDesk& desk, const Facts& facts)
    {
        for (const std::string& url : desk.urls)
            add(ChannelType::form, url, facts.source, facts.fetched_at);
        for (const std::string& email : desk.emails)
            add(ChannelType::email, email, facts.source, facts.fetched_at);
    }

    std::vector<ContactChannel> take() { return std::move(list_); }

private:
    bool is_denied(ChannelType type, const std::string& address) const
    {
        if (type == ChannelType::email)
            return catalogue_.is_denied(address);
        const auto url = resolvers::http::parse_http_url(address);
        return !url || catalogue_.is_denied("abuse@" + url->host);
    }

    const catalogue::Catalogue& catalogue_;
    std::vector<ContactChannel> list_;
};

// Does the host of the finding answer at an address in this network?
bool answers_in(const RegisteredNetwork& network, const Finding& finding,
                const Attribution& attribution)
{
    return std::any_of(
        attribution.addresses.begin(), attribution.addresses.end(), [&](const AddressVerdict& one) {
            return one.host.name == finding.name && one.host.product == finding.product &&
                   std::find(network.addresses.begin(), network.addresses.end(), one.address) !=
                       network.addresses.end();
        });
}

}  // namespace

std::vector<ContactChannel> registry_channels(const Finding& finding,
                                              const Attribution& attribution,
                                              const RegistryFacts& registry,
                                              const catalogue::Catalogue& catalogue)
{
    Channels channels(catalogue);
    if (finding.role == Role::registrar && registry.domain)
        channels.add_desk(registry.domain->registrar_abuse, *registry.domain);
    if (finding.role == Role::host)
        for (const RegisteredNetwork& network : registry.networks) {
            if (!answers_in(network, finding, attribution))
                continue;
            for (const std::string& url : network.remark_urls)
                channels.add(ChannelType::form, url, network.source, network.fetched_at);
            channels.add_desk(network.abuse, network);
        }
    return channels.take();
}

}  // namespace scanner::route
