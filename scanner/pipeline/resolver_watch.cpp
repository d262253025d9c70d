#include "scanner/pipeline/resolver_watch.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace scanner::pipeline {

namespace asio = boost::asio;

namespace {

std::string named(const WatchedResolver& resolver)
{
    return "resolver " + resolver.resolver +
           (resolver.view == "reference" ? "" : " (view " + resolver.view + ")");
}

std::string finding_of(const observe::CanaryReport& report)
{
    if (!report.answered)
        return "has answered no canary";
    std::string what = !report.validates   ? "not known whether it validates DNSSEC"
                       : *report.validates ? "validates DNSSEC"
                                           : "does not validate DNSSEC";
    if (report.declares_filtering)
        what += "; says that it filters";
    if (report.caught())
        what += "; makes answers up";
    return what;
}

std::string in_words(const WatchedResolver& resolver, const View& health, bool alone)
{
    std::string what;
    for (const std::string& sign : health.signs) {
        what += what.empty() ? " " : ", and ";
        if (sign == "rewrites_nxdomain") {
            what += "has addresses for names that do not exist (";
            for (std::size_t i = 0; i < health.nxdomain_addresses.size(); ++i)
                what += (i == 0 ? "" : ", ") + health.nxdomain_addresses[i].text();
            what += ")";
        } else {
            what += "gives a wrong answer to a question whose answer is known";
        }
    }
    return named(resolver) + what + "; " +
           (alone ? "records are marked, since there is no other" : "the others are asked instead");
}

}  // namespace

ResolverWatch::ResolverWatch(std::vector<WatchedResolver> resolvers, Options options)
    : resolvers_(std::move(resolvers)),
      options_(std::move(options)),
      caught_(std::make_unique<std::atomic<bool>[]>(resolvers_.size())),
      answers_(std::make_unique<std::atomic<bool>[]>(resolvers_.size())),
      silent_(std::make_unique<std::atomic<bool>[]>(resolvers_.size())),
      reports_(resolvers_.size())
{
}

ResolverWatch::~ResolverWatch()
{
    stop();
}

void ResolverWatch::start(std::chrono::milliseconds patience)
{
    thread_ = std::thread([this] { run(); });
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return first_round_over_; });
}

void ResolverWatch::stop()
{
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        io_.stop();
    }
    changed_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void ResolverWatch::run()
{
    std::vector<std::unique_ptr<resolvers::DnsResolver>> made;
    for (const WatchedResolver& resolver : resolvers_)
        made.push_back(resolver.make(io_));
    for (;;) {
        const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
        std::size_t left = 0;
        for (std::size_t i = 0; i < made.size(); ++i) {
            if (made[i] == nullptr)
                continue;
            ++left;
            asio::co_spawn(
                io_, observe::check_resolver(*made[i], options_.canaries, deadline),
                [this, i, &left](std::exception_ptr error, observe::CanaryReport report) {
                    if (!error)
                        take(i, std::move(report));
                    // Connections that are kept would keep it running.
                    if (--left == 0)
                        io_.stop();
                });
        }
        if (left > 0)
            io_.run();
        std::unique_lock lock(mutex_);
        first_round_over_ = true;
        changed_.notify_all();
        if (stopping_ || changed_.wait_for(lock, options_.period, [this] { return stopping_; }))
            return;
        io_.restart();
    }
}

// One that does not answer keeps the name that it has.
void ResolverWatch::take(std::size_t place, observe::CanaryReport report)
{
    answers_[place].store(report.answered, std::memory_order_relaxed);
    silent_[place].store(!report.answered, std::memory_order_relaxed);
    if (!report.answered)
        return;
    const WatchedResolver& resolver = resolvers_[place];
    const bool newly = report.caught() && !caught(place);
    caught_[place].store(report.caught(), std::memory_order_relaxed);
    const auto others =
        std::count_if(resolvers_.begin(), resolvers_.end(),
                      [&](const WatchedResolver& other) { return other.view == resolver.view; });
    std::string line;
    {
        const std::lock_guard lock(mutex_);
        reports_[place] = std::move(report);
        if (newly) {
            line = in_words(resolver, reports_[place].health, others == 1);
            if (std::find(told_.begin(), told_.end(), line) == told_.end())
                told_.push_back(line);
        }
    }
    if (newly && options_.tell)
        options_.tell(line);
}

View ResolverWatch::health_of(const std::string& view) const
{
    View health;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < resolvers_.size(); ++i) {
        if (resolvers_[i].view != view)
            continue;
        if (!caught(i))
            return View{};
        const View& its = reports_[i].health;
        health.resolver += (health.resolver.empty() ? "" : ",") + resolvers_[i].resolver;
        health.signs.insert(health.signs.end(), its.signs.begin(), its.signs.end());
        health.nxdomain_addresses.insert(health.nxdomain_addresses.end(),
                                         its.nxdomain_addresses.begin(),
                                         its.nxdomain_addresses.end());
    }
    const auto tidy = [](auto& values) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    };
    tidy(health.signs);
    tidy(health.nxdomain_addresses);
    return health;
}

std::vector<std::string> ResolverWatch::summary() const
{
    const std::lock_guard lock(mutex_);
    return told_;
}

std::vector<std::string> ResolverWatch::findings() const
{
    std::vector<std::string> lines;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < resolvers_.size(); ++i)
        lines.push_back(named(resolvers_[i]) + ": " + finding_of(reports_[i]));
    return lines;
}

}  // namespace scanner::pipeline
