// Questions about a catalogue that loads: is it fresh, and does the real engine agree with it?
// Pure: the day and the engine are the caller's.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner::audit {

/// Addresses change hands; a list older than this may name the wrong tenant (signal-traps 9).
constexpr std::chrono::days ranges_fresh_for{30};
/// Abuse desks move more slowly.
constexpr std::chrono::days channels_fresh_for{180};

/// Range rules and contact channels that nobody has read again for longer than that, by place.
/// Warnings, not errors: old data still load.
std::vector<catalogue::CatalogueError> stale(const catalogue::Catalogue& catalogue,
                                             std::chrono::sys_days today);

/// The id of the product that an observation made of the rule's example is attributed to; empty if
/// to none.
using ExampleJudge = std::function<std::string(const catalogue::Rule& rule)>;

/// Every rule whose example the judge gives to another product, or to none, by place.
std::vector<catalogue::CatalogueError> check_examples(const catalogue::Catalogue& catalogue,
                                                      const ExampleJudge& judge);

/// What there is, counted.
struct Census {
    std::size_t products = 0;
    /// Without those that registrars.toml makes.
    std::size_t companies = 0;
    /// By kind of fact: the rules' kinds ("range"... "answer"), then "channel", "marker" and
    /// "registrar". Every kind is there, if with 0. Channels of registrars count as channels.
    std::vector<std::pair<std::string, std::size_t>> facts;
    /// Rules and markers by kind of source, every kind there.
    std::vector<std::pair<std::string, std::size_t>> sources;
    /// Prefixes in all range rules.
    std::size_t prefixes = 0;
    /// Of the channels: those that the provider itself, or a registry, published.
    std::size_t verified_channels = 0;
    /// The earliest day that any fact was last read; empty if none is dated.
    std::string oldest;
    /// "file:line" of a fact of that day.
    std::string oldest_where;
};

Census count_facts(const catalogue::Catalogue& catalogue);

}  // namespace scanner::audit
