#include "resolvers/rdap/registry.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <iterator>
#include <utility>

namespace resolvers {

namespace asio = boost::asio;

namespace {

// A person's own mailbox is nobody's business, unless it is named for the task.
bool is_personal(const RdapEmail& email)
{
    return email.individual && !email.address.starts_with("abuse");
}

AbuseDesk kept_desk(const RdapAbuse& abuse)
{
    AbuseDesk desk;
    for (const RdapEmail& email : abuse.emails) {
        if (is_personal(email))
            desk.personal = true;
        else
            desk.emails.push_back(email.address);
    }
    desk.urls = abuse.urls;
    desk.named = abuse.named;
    desk.redacted = abuse.redacted;
    return desk;
}

template <typename T>
void move_to_end(std::vector<T>& to, std::vector<T>& from)
{
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

RegisteredDomain kept_facts(const RdapAnswer<RdapDomain>& answer)
{
    const RdapDomain& facts = answer.facts;
    RegisteredDomain kept;
    kept.name = facts.name;
    kept.registrar = facts.registrar.name;
    kept.registrar_id = facts.registrar.iana_id;
    kept.registrar_url = facts.registrar.url;
    kept.registrar_abuse = kept_desk(facts.registrar.abuse);
    kept.statuses = facts.statuses;
    kept.registered = facts.registered;
    kept.changed = facts.changed;
    kept.expires = facts.expires;
    for (const RdapRedaction& redaction : facts.redactions)
        kept.redacted.push_back(redaction.name);
    kept.source = answer.source;
    kept.fetched_at = answer.fetched_at;
    return kept;
}

RegisteredNetwork kept_facts(const RdapAnswer<RdapNetwork>& answer)
{
    const RdapNetwork& facts = answer.facts;
    RegisteredNetwork kept;
    kept.first = facts.first;
    kept.last = facts.last;
    kept.handle = facts.handle;
    kept.name = facts.name;
    kept.type = facts.type;
    kept.parent_handle = facts.parent_handle;
    kept.holder = facts.holder;
    kept.holder_handle = facts.holder_handle;
    kept.holder_is_person = facts.holder_is_person;
    kept.country = facts.country;
    kept.abuse = kept_desk(facts.abuse);
    for (const RdapRemark& remark : facts.remarks)
        for (const std::string& url : remark.urls)
            if (std::find(kept.remark_urls.begin(), kept.remark_urls.end(), url) ==
                kept.remark_urls.end())
                kept.remark_urls.push_back(url);
    kept.registered = facts.registered;
    kept.changed = facts.changed;
    kept.source = answer.source;
    kept.fetched_at = answer.fetched_at;
    return kept;
}

RdapRegistry::RdapRegistry(std::unique_ptr<HttpFetcher> fetcher, std::shared_ptr<RdapShared> shared,
                           RdapOptions options)
    : shared_(std::move(shared)),
      fetcher_(std::move(fetcher)),
      client_(*fetcher_, shared_->bootstrap, *shared_->cache, *shared_->throttle,
              std::move(options))
{
}

asio::awaitable<RegistryFacts> RdapRegistry::domain(DomainName name, Deadline deadline)
{
    RegistryFacts facts;
    const Outcome<RdapAnswer<RdapDomain>> answer = co_await client_.domain(name, deadline);
    if (!answer.has_value()) {
        facts.gaps.push_back({"domain", name.text(), answer.error().code, answer.error().detail});
        co_return facts;
    }
    facts.domain = kept_facts(*answer);
    for (const Failure& gap : answer->gaps)
        facts.gaps.push_back({"registrar", name.text(), gap.code, gap.detail});
    co_return facts;
}

asio::awaitable<RegistryFacts> RdapRegistry::networks(std::vector<IpAddress> addresses,
                                                      Deadline deadline)
{
    RegistryFacts facts;
    for (const IpAddress& address : addresses) {
        const Outcome<RdapAnswer<RdapNetwork>> answer = co_await client_.network(address, deadline);
        if (!answer.has_value()) {
            facts.gaps.push_back(
                {"network", address.text(), answer.error().code, answer.error().detail});
            continue;
        }
        // The same network may serve several; a narrower one around another address may not.
        RegisteredNetwork network = kept_facts(*answer);
        const auto known = std::find_if(
            facts.networks.begin(), facts.networks.end(), [&](const RegisteredNetwork& other) {
                return other.first == network.first && other.last == network.last;
            });
        if (known != facts.networks.end()) {
            known->addresses.push_back(address);
        } else {
            network.addresses = {address};
            facts.networks.push_back(std::move(network));
        }
    }
    co_return facts;
}

asio::awaitable<RegistryFacts> RdapRegistry::look_up(RegistryQuestion question, Deadline deadline)
{
    using asio::experimental::awaitable_operators::operator&&;
    if (!question.domain) {
        RegistryFacts facts = co_await networks(std::move(question.addresses), deadline);
        co_return facts;
    }
    if (question.addresses.empty()) {
        RegistryFacts facts = co_await domain(std::move(*question.domain), deadline);
        co_return facts;
    }
    // Different registries: none has to wait for the other.
    auto about_name = domain(std::move(*question.domain), deadline);
    auto about_addresses = networks(std::move(question.addresses), deadline);
    auto both = std::move(about_name) && std::move(about_addresses);
    auto got = co_await std::move(both);
    RegistryFacts facts = std::move(std::get<0>(got));
    facts.networks = std::move(std::get<1>(got).networks);
    move_to_end(facts.gaps, std::get<1>(got).gaps);
    co_return facts;
}

}  // namespace resolvers
