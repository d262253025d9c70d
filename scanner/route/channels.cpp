#include "scanner/route/channels.h"

#include <algorithm>
#include <tuple>

namespace scanner::route {

namespace {

// Guesses last; what the provider itself says before what others say; copyright before general;
// a form before mail where both are told, because providers say so (routing.md 3.3).
auto order_of(const ContactChannel& channel)
{
    const int type = channel.type == ChannelType::form    ? 0
                     : channel.type == ChannelType::email ? 1
                     : channel.type == ChannelType::api   ? 2
                     : channel.type == ChannelType::agent ? 3
                                                          : 4;
    return std::tuple(channel.guessed, !channel.verified, channel.scope != ChannelScope::copyright,
                      type, channel.address);
}

}  // namespace

std::vector<ContactChannel> channels_for(const catalogue::Product& product, Role role,
                                         const catalogue::Catalogue& catalogue)
{
    const catalogue::Product* source = &product;
    if (source->channels.empty())
        if (const catalogue::Product* sibling = product.provider->best(role))
            source = sibling;
    std::vector<ContactChannel> channels;
    for (const ContactChannel& channel : source->channels)
        if (channel.type != ChannelType::email || !catalogue.is_denied(channel.address))
            channels.push_back(channel);
    std::stable_sort(
        channels.begin(), channels.end(),
        [](const ContactChannel& a, const ContactChannel& b) { return order_of(a) < order_of(b); });
    return channels;
}

}  // namespace scanner::route
