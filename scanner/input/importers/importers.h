// What other tools saw, as Observations: one importer a format, all in one table.
//
// Facts that a source cannot know are listed in Observation::not_observed ("address", "dns",
// "headers", "tls"), so that their absence says nothing. A probe whose answering address the source
// does not name has the address 0.0.0.0; one whose scheme it does not name, an empty scheme and the
// port 0. Addresses have no origin: the caller adds it.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <span>
#include <string_view>

#include "scanner/model/observation.h"

namespace scanner::input {

struct ImportOptions {
    /// Recordings of many responses (har, urlscan): an Observation for each entry, in its place,
    /// rather than one for each host.
    bool per_entry = false;
    /// Longest line and longest document, in octets.
    std::size_t max_line = std::size_t{16} * 1024 * 1024;
    std::size_t max_document = std::size_t{256} * 1024 * 1024;
};

struct ImportSummary {
    std::uint64_t observations = 0;
    /// Of these, how many have an invalid subject.
    std::uint64_t invalid = 0;
    /// Entries that are about no host (data: URLs, extensions) and made no Observation.
    std::uint64_t passed_over = 0;
    /// False when the stream broke off; the last Observation then says so.
    bool complete = true;
};

/// Gets each Observation once, in the order of the source.
using ObservationSink = std::function<void(Observation seen)>;

struct Importer {
    /// Also Observation::source.
    std::string_view name;
    /// One line for `--help`.
    std::string_view summary;
    /// Does a text that begins like this look like the format? The beginning may be cut anywhere.
    bool (*sniff)(std::string_view first_bytes);
    /// Reads all of the stream. What cannot be read makes an Observation with an invalid subject;
    /// nothing is thrown but what the sink throws.
    ImportSummary (*run)(std::istream& in, const ImportOptions& options,
                         const ObservationSink& sink);
};

/// All of them; formats that are told apart by more come first.
std::span<const Importer* const> importers();

/// Null if there is none of that name.
const Importer* importer_named(std::string_view name);

/// How much of a file sniff() should be given, at least.
inline constexpr std::size_t sniff_bytes = 64 * 1024;

/// Null if the text looks like none.
const Importer* sniff(std::string_view first_bytes);

}  // namespace scanner::input
