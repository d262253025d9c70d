#include "resolvers/dnswire/svcb.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "resolvers/base/byte_reader.h"
#include "resolvers/base/hex.h"
#include "resolvers/base/utf8.h"
#include "resolvers/dnswire/ech.h"
#include "resolvers/dnswire/name.h"
#include "resolvers/dnswire/svcb_params.h"

namespace resolvers::dnswire {

namespace {

using Octets = std::span<const std::uint8_t>;

// What a parameter's value breaks, or nothing.
using Complaint = std::optional<std::string>;

Complaint read_alpn(Octets value, ServiceBinding& service)
{
    if (value.empty())
        return "alpn: empty";
    ByteReader reader(value);
    while (reader.left() > 0) {
        const Octets id = reader.take_after_u8();
        if (!reader.ok())
            return "alpn: id overruns value";
        if (id.empty())
            return "alpn: zero-length id";
        service.alpn.push_back(utf8_or_latin1(id));
    }
    return std::nullopt;
}

Complaint read_port(Octets value, ServiceBinding& service)
{
    ByteReader reader(value);
    service.port = reader.u16();
    if (!reader.ok() || reader.left() > 0)
        return "port: length " + std::to_string(value.size());
    return std::nullopt;
}

Complaint read_ipv4_hints(Octets value, ServiceBinding& service)
{
    if (value.empty() || value.size() % 4 != 0)
        return "ipv4hint: length " + std::to_string(value.size());
    ByteReader reader(value);
    while (reader.left() > 0)
        service.ipv4_hints.push_back(IpAddress::from_v4(reader.u32()));
    return std::nullopt;
}

Complaint read_ipv6_hints(Octets value, ServiceBinding& service)
{
    if (value.empty() || value.size() % 16 != 0)
        return "ipv6hint: length " + std::to_string(value.size());
    ByteReader reader(value);
    while (reader.left() > 0) {
        std::array<std::uint8_t, 16> bytes{};
        std::ranges::copy(reader.take(16), bytes.begin());
        service.ipv6_hints.push_back(IpAddress::from_v6(bytes));
    }
    return std::nullopt;
}

// A list that cannot be read says nothing about the record's other parameters (RFC 9848 does not
// make it malformed), so it only gets a flag.
Complaint read_ech(Octets value, ServiceBinding& service)
{
    if (value.empty())
        return "ech: empty";
    service.has_ech = true;
    Outcome<EchConfigList> list = decode_ech_config_list(value);
    if (!list.has_value()) {
        service.flags.push_back("ech-malformed:" + list.error().detail);
        return std::nullopt;
    }
    service.ech = std::move(list->configs);
    service.ech_unknown_versions = list->unknown_versions;
    return std::nullopt;
}

// RFC 9460 section 8: strictly increasing keys, not "mandatory" itself, all of them present.
Complaint check_mandatory(Octets value, const std::vector<ServiceParam>& params)
{
    if (value.empty() || value.size() % 2 != 0)
        return "mandatory: length " + std::to_string(value.size());
    ByteReader reader(value);
    std::optional<std::uint16_t> previous;
    while (reader.left() > 0) {
        const std::uint16_t key = reader.u16();
        if (key == service_key::mandatory)
            return "mandatory: lists itself";
        if (previous && key <= *previous)
            return "mandatory: not strictly increasing";
        previous = key;
        if (!std::ranges::binary_search(params, key, {}, &ServiceParam::key))
            return "mandatory: key " + std::to_string(key) + " is absent";
    }
    return std::nullopt;
}

void keep_as_hex(const ServiceParam& param, ServiceBinding& service)
{
    service.other.emplace_back("key" + std::to_string(param.key), hex_of(param.value));
}

Complaint read_param(const ServiceParam& param, const std::vector<ServiceParam>& all,
                     ServiceBinding& service)
{
    switch (param.key) {
        case service_key::mandatory:
            keep_as_hex(param, service);
            return check_mandatory(param.value, all);
        case service_key::alpn:
            return read_alpn(param.value, service);
        case service_key::no_default_alpn:
            service.no_default_alpn = true;
            return param.value.empty() ? Complaint{} : Complaint{"no-default-alpn: not empty"};
        case service_key::port:
            return read_port(param.value, service);
        case service_key::ipv4hint:
            return read_ipv4_hints(param.value, service);
        case service_key::ech:
            return read_ech(param.value, service);
        case service_key::ipv6hint:
            return read_ipv6_hints(param.value, service);
        default:
            keep_as_hex(param, service);
            return std::nullopt;
    }
}

ServiceBinding malformed(const std::string& reason)
{
    ServiceBinding service;
    service.flags.push_back("malformed:" + reason);
    return service;
}

}  // namespace

Outcome<ServiceParts> split_service(Octets rdata)
{
    ServiceParts parts;
    ByteReader reader(rdata);
    parts.priority = reader.u16();
    std::size_t position = reader.position();
    if (!reader.ok() || !read_name(rdata, position, Compression::forbidden, parts.target))
        return Failure{"malformed", "truncated, compressed or overlong TargetName"};

    reader.take(position - reader.position());
    while (reader.left() > 0) {
        ServiceParam param;
        param.key = reader.u16();
        param.value = reader.take_after_u16();
        if (!reader.ok())
            return Failure{"malformed", "RDATA ends inside a SvcParam"};
        if (!parts.params.empty() && param.key <= parts.params.back().key)
            return Failure{"malformed", "SvcParamKeys not strictly increasing"};
        parts.params.push_back(param);
    }
    return parts;
}

ServiceBinding decode_service(Octets rdata)
{
    const Outcome<ServiceParts> parts = split_service(rdata);
    if (!parts.has_value())
        return malformed(parts.error().detail);

    ServiceBinding service;
    service.priority = parts->priority;
    service.target = parts->target;
    if (parts->priority == 0) {
        // RFC 9460 section 2.4.2: recipients MUST ignore the parameters of AliasMode.
        if (!parts->params.empty())
            service.flags.push_back("alias-mode-params-ignored");
        return service;
    }
    for (const ServiceParam& param : parts->params)
        if (const Complaint complaint = read_param(param, parts->params, service))
            return malformed(*complaint);
    if (service.no_default_alpn && service.alpn.empty())
        service.flags.push_back("no-default-alpn-without-alpn");
    return service;
}

}  // namespace resolvers::dnswire
