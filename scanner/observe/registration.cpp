#include "scanner/observe/registration.h"

#include <algorithm>
#include <iterator>

#include "scanner/observe/targets.h"

namespace scanner::observe {

namespace asio = boost::asio;
using resolvers::DomainName;
using resolvers::IpAddress;
using resolvers::RegistryFacts;
using resolvers::RegistryGap;
using resolvers::RegistryQuestion;

std::vector<IpAddress> choose_registered(const Observation& seen, const World& world,
                                         const Plan& plan, std::vector<RegistryGap>& gaps)
{
    std::vector<IpAddress> in_order;
    for (const bool probed : {true, false})
        for (const SeenAddress& one : seen.addresses)
            if (!one.not_probed == probed)
                in_order.push_back(one.address);

    std::vector<IpAddress> chosen;
    for (const IpAddress& address : in_order) {
        // Nobody's private addresses, and no questions about those who asked to be left alone.
        if (resolvers::special_purpose(address) || refusal_of(address, world, plan))
            continue;
        const std::string lister = world.policy != nullptr ? world.policy->lister_of(address) : "";
        if (!lister.empty())
            gaps.push_back({"network", address.text(), "listed", lister});
        else if (chosen.size() >= plan.registry_networks)
            gaps.push_back({"network", address.text(), "cap", ""});
        else
            chosen.push_back(address);
    }
    return chosen;
}

asio::awaitable<void> look_up_registration(Observation& seen, World& world, const Plan& plan,
                                           resolvers::Deadline deadline)
{
    if (world.registry == nullptr || (!plan.registry_domain && plan.registry_networks == 0))
        co_return;
    RegistryFacts& facts = seen.registry;
    RegistryQuestion question;
    const bool about_name = plan.registry_domain && !seen.subject.is_address;
    if (about_name && world.suffixes != nullptr) {
        facts.asked.emplace_back("domain");
        question.domain = DomainName::parse(world.suffixes->registered_domain(seen.subject.host));
    }
    std::vector<RegistryGap> gaps;
    if (plan.registry_networks > 0) {
        facts.asked.emplace_back("network");
        question.addresses = choose_registered(seen, world, plan, gaps);
    }
    if (question.domain || !question.addresses.empty()) {
        std::vector<std::string> asked = std::move(facts.asked);
        facts = co_await world.registry->look_up(std::move(question), deadline);
        facts.asked = std::move(asked);
    }
    facts.gaps.insert(facts.gaps.end(), std::make_move_iterator(gaps.begin()),
                      std::make_move_iterator(gaps.end()));
}

}  // namespace scanner::observe
