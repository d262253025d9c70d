// Flags of the commands that look at the world, and how such a run goes. The concrete resolvers are
// made in live_parts.cpp alone.
#pragma once

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/cli/commands.h"
#include "scanner/cli/flags/option_table.h"
#include "scanner/cli/flags/polite_flags.h"
#include "scanner/cli/flags/rdap_flags.h"
#include "scanner/cli/flags/view_flags.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/pipeline/certificate_file.h"
#include "scanner/pipeline/scan.h"

namespace scanner {

struct LiveFlags {
    std::vector<std::string> files;
    std::vector<std::string> resolvers;
    ViewFlags views;
    std::string output;
    std::string input_format = "auto";
    std::string column;
    std::string user_agent;
    std::string contact;
    std::string vantage;
    std::string ca_file;
    std::string timeout = "5s";
    std::string deadline = "20s";
    unsigned retries = 1;
    unsigned in_flight = 1000;
    unsigned threads = 0;
    unsigned shards = 1;
    unsigned shard = 0;
    std::uint64_t seed = 0;
    RdapFlags rdap;
    bool ordered = false;
    bool no_http = false;
    bool allow_private = false;
    bool silent = false;
    bool stats = false;
    bool strict = false;
    PoliteFlags polite;
};

void add_live_flags(OptionTable& table, LiveFlags& flags);

/// What a run needs, made once; must outlive the scan.
struct Live {
    ScanOptions options;
    ScanParts parts;
    std::unique_ptr<resolvers::OriginTable> origins;
    /// Null if nobody wants the certificates.
    std::shared_ptr<CertificateFile> certificates;
    /// May be null.
    std::unique_ptr<ResolverWatch> watch;
    std::vector<ViewSetup> views;
    /// Null if there are no lists.
    std::shared_ptr<RefusalLists> refusals;
};

/// What stands before and after all records of an output; mostly nothing.
struct Frame {
    std::string before;
    std::string after;
};

/// Which of the files that the flags name would be written over, in words; absent if none.
std::optional<std::string> clash_of(const LiveFlags& flags, const KnowledgeFlags& knowledge);

/// `catalogue` must outlive the result. Failure also where files clash; opens none for writing
/// then.
resolvers::Outcome<Live> make_live(const LiveFlags& flags, const KnowledgeFlags& knowledge,
                                   const Catalogue& catalogue);

/// Runs the scan over the named files (or stdin) into the output (or stdout), with progress on
/// stderr and orderly interrupts. `live.parts.finish` is to be set.
ExitCode run_live(const LiveFlags& flags, Live& live, const Frame& frame);

/// The same over a stream instead of the named files.
ExitCode run_live_on(const LiveFlags& flags, Live& live, const Frame& frame,
                     std::unique_ptr<std::istream> in);

}  // namespace scanner
