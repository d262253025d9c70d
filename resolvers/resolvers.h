// The questions that can be put to the world, as interfaces. Live resolvers, recordings and the
// tests' fakes all stand behind these; only the composition root in scanner/cli knows which.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/facts.h"
#include "resolvers/questions.h"
#include "resolvers/registry_facts.h"

namespace resolvers {

class DnsResolver {
public:
    virtual ~DnsResolver() = default;

    /// Asks all the questions at once. One answer each, in their order, whatever happens; by the
    /// deadline at the latest: a question without an answer by then has status timeout, one that
    /// was not even sent skipped.
    /// The resolver must outlive the coroutine.
    virtual boost::asio::awaitable<std::vector<DnsAnswer>> ask(std::vector<Question> questions,
                                                               Deadline deadline) = 0;
};

class HttpProber {
public:
    virtual ~HttpProber() = default;

    /// Connects to the address, shakes hands, sends one GET, reads within the caps. Follows
    /// nothing, re-uses nothing. Never fails as a whole: the steps say what became of each.
    /// The prober must outlive the coroutine.
    virtual boost::asio::awaitable<Probe> probe(ProbeRequest request, Deadline deadline) = 0;
};

class OriginTable {
public:
    virtual ~OriginTable() = default;

    /// A block around the address that one AS announces. Absent: not announced on that day.
    /// Safe to call from several threads.
    virtual std::optional<Origin> find(const IpAddress& address) const = 0;

    /// Day of the data, "2026-06-17"; and SHA-256 of the file, lower-case hex.
    virtual std::string date() const = 0;
    virtual std::string sha256() const = 0;
};

/// Who a name and addresses are registered to, and through whom.
class Registry {
public:
    virtual ~Registry() = default;

    /// Never fails as a whole: what could not be learnt by the deadline is among the gaps. The
    /// registry must outlive the coroutine.
    virtual boost::asio::awaitable<RegistryFacts> look_up(RegistryQuestion question,
                                                          Deadline deadline) = 0;
};

}  // namespace resolvers
