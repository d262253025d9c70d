// RDAP answers come from strangers: any bytes must give facts or a Failure, and what is kept must
// keep its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "resolvers/rdap/answers.h"
#include "resolvers/rdap/values.h"

using namespace resolvers;

namespace {

void require(bool kept)
{
    if (!kept)
        std::abort();
}

void check(const AbuseDesk& desk)
{
    require(desk.named || desk == AbuseDesk{});
    for (const std::string& email : desk.emails)
        require(email.find('@') != std::string::npos &&
                email.find_first_of(" \r\n\t<>") == std::string::npos);
    for (const std::string& url : desk.urls)
        require(url.find_first_of(" \r\n\t<>") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const Outcome<rdap::RdapDomain> domain = resolvers::rdap::parse_rdap_domain(text);
        domain.has_value()) {
        require(!domain->name.empty());
        check(domain->registrar_abuse);
    }
    if (const Outcome<RegisteredNetwork> network = resolvers::rdap::parse_rdap_network(text);
        network.has_value()) {
        const std::vector<Prefix> prefixes =
            resolvers::rdap::prefixes_between(network->first, network->last);
        require(!prefixes.empty() && prefixes.size() <= 254);
        require(prefixes.front().contains(network->first));
        require(prefixes.back().contains(network->last));
        check(network->abuse);
        require(!network->holder_is_person || network->holder.empty());
    }
    return 0;
}
