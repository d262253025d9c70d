// Questions about a catalogue that loads: is it fresh, and does the real engine agree with it?
// Pure: the day and the engine are the caller's.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner {

/// Addresses change hands; a list older than this may name the wrong tenant (signal-traps 9).
constexpr std::chrono::days ranges_fresh_for{30};
/// Abuse desks move more slowly.
constexpr std::chrono::days channels_fresh_for{180};

/// Range rules and contact channels that nobody has read again for longer than that, by place.
/// Warnings, not errors: old data still load.
std::vector<CatalogueError> stale(const Catalogue& catalogue, std::chrono::sys_days today);

/// The id of the product that an observation made of the rule's example is attributed to; empty if
/// to none.
using ExampleJudge = std::function<std::string(const Rule& rule)>;

/// Every rule whose example the judge gives to another product, or to none, by place.
std::vector<CatalogueError> check_examples(const Catalogue& catalogue, const ExampleJudge& judge);

}  // namespace scanner
