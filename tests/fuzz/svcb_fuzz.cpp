// Any octets as SVCB data, as an ECHConfigList and as presentation text: no crash, and the ways to
// text and back meet.
#include <cstdlib>

#include "resolvers/dnswire/ech.h"
#include "resolvers/dnswire/svcb.h"

using namespace resolvers;

namespace {

void require(bool promise)
{
    if (!promise)
        std::abort();
}

bool is_malformed(const ServiceBinding& service)
{
    return !service.flags.empty() && service.flags[0].starts_with("malformed:");
}

void as_rdata(std::span<const std::uint8_t> octets)
{
    const ServiceBinding service = resolvers::dnswire::decode_service(octets);
    if (is_malformed(service)) {
        ServiceBinding bare = service;
        bare.flags.clear();
        require(bare == ServiceBinding{} && service.flags.size() == 1);
    }
    const std::string text = resolvers::dnswire::service_text(octets);
    for (const char c : text)
        require(c >= 0x20 && c <= 0x7E);
    const Outcome<std::vector<std::uint8_t>> again = resolvers::dnswire::service_octets(text);
    require(again.has_value());
    // Names are lowered on the way; everything else comes back as it was.
    require(again->size() == octets.size());
    ServiceBinding reread = resolvers::dnswire::decode_service(*again);
    require(reread == service);
    require(resolvers::dnswire::service_text(*again) == text);
}

void as_text(std::string_view text)
{
    const Outcome<std::vector<std::uint8_t>> octets = resolvers::dnswire::service_octets(text);
    const Outcome<ServiceBinding> service = resolvers::dnswire::parse_service_presentation(text);
    require(octets.has_value() == service.has_value());
    if (!octets.has_value())
        return;
    require(*service == resolvers::dnswire::decode_service(*octets));
    const Outcome<std::vector<std::uint8_t>> again =
        resolvers::dnswire::service_octets(resolvers::dnswire::service_text(*octets));
    require(again.has_value() && again->size() == octets->size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0 || size > 65536)
        return 0;
    const std::span octets(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            as_rdata(octets);
            break;
        case 1: {
            const Outcome<dnswire::EchConfigList> list =
                resolvers::dnswire::decode_ech_config_list(octets);
            if (list.has_value())
                require(!list->configs.empty() || list->unknown_versions > 0);
            break;
        }
        default:
            as_text({reinterpret_cast<const char*>(octets.data()), octets.size()});
    }
    return 0;
}
