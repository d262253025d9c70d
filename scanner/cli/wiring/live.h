// How a run that looks at the world is put together from its flags, and how it goes. The concrete
// resolvers are made in live_parts.cpp and views.cpp.
#pragma once

#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "resolvers/base/outcome.h"
#include "scanner/cli/exit_code.h"
#include "scanner/cli/flags/live_flags.h"
#include "scanner/cli/wiring/knowledge.h"
#include "scanner/cli/wiring/limits.h"
#include "scanner/cli/wiring/registry.h"
#include "scanner/cli/wiring/views.h"
#include "scanner/pipeline/certificate_file.h"
#include "scanner/pipeline/scan.h"

namespace scanner::cli {

/// What a run needs, made once; must outlive the scan.
struct Live {
    pipeline::ScanOptions options;
    pipeline::ScanParts parts;
    std::unique_ptr<resolvers::OriginTable> origins;
    /// Null if nobody wants the certificates.
    std::shared_ptr<pipeline::CertificateFile> certificates;
    /// May be null.
    std::unique_ptr<pipeline::ResolverWatch> watch;
    std::vector<ViewSetup> views;
    /// Null if there are no lists.
    std::shared_ptr<pipeline::RefusalLists> refusals;
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
                                   const catalogue::Catalogue& catalogue);

/// Runs the scan over the named files (or stdin) into the output (or stdout), with progress on
/// stderr and orderly interrupts. `live.parts.finish` is to be set.
ExitCode run_live(const LiveFlags& flags, Live& live, const Frame& frame);

/// The same over a stream instead of the named files.
ExitCode run_live_on(const LiveFlags& flags, Live& live, const Frame& frame,
                     std::unique_ptr<std::istream> in);

}  // namespace scanner::cli
