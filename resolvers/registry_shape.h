// The members of registry_facts.h, in the order of their declaration: the one list that writes and
// reads them, in observations and in the cache of answers. For the sources that do either.
#pragma once

#include "resolvers/json/shape.h"
#include "resolvers/registry_facts.h"

namespace resolvers {

template <>
struct Shape<AbuseDesk> {
    using Desk = AbuseDesk;
    static constexpr bool writes_all = false;
    static constexpr auto members = std::tuple{
        Member{"emails", &Desk::emails},     Member{"urls", &Desk::urls},
        Member{"named", &Desk::named},       Member{"redacted", &Desk::redacted},
        Member{"personal", &Desk::personal},
    };
};

template <>
struct Shape<RegisteredDomain> {
    using Domain = RegisteredDomain;
    static constexpr bool writes_all = false;
    static constexpr auto members = std::tuple{
        Member{"name", &Domain::name, Presence::required},
        Member{"registrar", &Domain::registrar},
        Member{"registrar_id", &Domain::registrar_id},
        Member{"registrar_url", &Domain::registrar_url},
        Member{"registrar_abuse", &Domain::registrar_abuse},
        Member{"statuses", &Domain::statuses},
        Member{"registered", &Domain::registered},
        Member{"changed", &Domain::changed},
        Member{"expires", &Domain::expires},
        Member{"redacted", &Domain::redacted},
        Member{"source", &Domain::source, Presence::required},
        Member{"fetched_at", &Domain::fetched_at},
    };
};

template <>
struct Shape<RegisteredNetwork> {
    using Network = RegisteredNetwork;
    static constexpr bool writes_all = false;
    static constexpr auto members = std::tuple{
        Member{"addresses", &Network::addresses, Presence::required},
        Member{"first", &Network::first, Presence::required},
        Member{"last", &Network::last, Presence::required},
        Member{"handle", &Network::handle},
        Member{"name", &Network::name},
        Member{"type", &Network::type},
        Member{"parent_handle", &Network::parent_handle},
        Member{"holder", &Network::holder},
        Member{"holder_handle", &Network::holder_handle},
        Member{"holder_is_person", &Network::holder_is_person},
        Member{"country", &Network::country},
        Member{"abuse", &Network::abuse},
        Member{"remark_urls", &Network::remark_urls},
        Member{"registered", &Network::registered},
        Member{"changed", &Network::changed},
        Member{"source", &Network::source, Presence::required},
        Member{"fetched_at", &Network::fetched_at},
    };
};

template <>
struct Shape<RegistryGap> {
    using Gap = RegistryGap;
    static constexpr bool writes_all = false;
    static constexpr auto members = std::tuple{
        Member{"what", &Gap::what, Presence::required},
        Member{"about", &Gap::about, Presence::required},
        Member{"code", &Gap::code, Presence::required},
        Member{"detail", &Gap::detail},
    };
};

template <>
struct Shape<RegistryFacts> {
    using Facts = RegistryFacts;
    static constexpr bool writes_all = false;
    static constexpr auto members = std::tuple{
        Member{"asked", &Facts::asked},
        Member{"domain", &Facts::domain},
        Member{"networks", &Facts::networks},
        Member{"gaps", &Facts::gaps},
    };
};

// A member that was added to a struct and forgotten here would be lost without a word.
static_assert(member_count<AbuseDesk>() == row_count<AbuseDesk>);
static_assert(member_count<RegisteredDomain>() == row_count<RegisteredDomain>);
static_assert(member_count<RegisteredNetwork>() == row_count<RegisteredNetwork>);
static_assert(member_count<RegistryGap>() == row_count<RegistryGap>);
static_assert(member_count<RegistryFacts>() == row_count<RegistryFacts>);

}  // namespace resolvers
