// RDAP answers come from strangers: any bytes must give facts or a Failure, and what is kept must
// keep its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "resolvers/rdap/answers.h"

using namespace resolvers;

namespace {

void require(bool kept)
{
    if (!kept)
        std::abort();
}

void check(const RdapAbuse& abuse)
{
    require(abuse.named || (abuse.emails.empty() && abuse.phones.empty() && abuse.urls.empty()));
    for (const RdapEmail& email : abuse.emails)
        require(email.address.find('@') != std::string::npos &&
                email.address.find_first_of(" \r\n\t<>") == std::string::npos);
    for (const std::string& url : abuse.urls)
        require(url.find_first_of(" \r\n\t<>") == std::string::npos);
}

void check(const RdapResource& resource)
{
    check(resource.abuse);
    require(!resource.holder_is_person || resource.holder.empty());
    for (const RdapRemark& remark : resource.remarks)
        require(remark.text.size() <= 500);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const Outcome<RdapDomain> domain = parse_rdap_domain(text); domain.has_value()) {
        require(!domain->name.empty());
        check(domain->registrar.abuse);
    }
    if (const Outcome<RdapNetwork> network = parse_rdap_network(text); network.has_value()) {
        require(!network->prefixes.empty() && network->prefixes.size() <= 254);
        require(network->prefixes.front().contains(network->first));
        require(network->prefixes.back().contains(network->last));
        check(*network);
    }
    if (const Outcome<RdapAutnum> autnum = parse_rdap_autnum(text); autnum.has_value()) {
        require(autnum->first <= autnum->last);
        check(*autnum);
    }
    return 0;
}
