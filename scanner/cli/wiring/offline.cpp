#include "scanner/cli/wiring/offline.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include "scanner/cli/wiring/file_clash.h"
#include "scanner/pipeline/input_stream.h"

namespace scanner::cli {

resolvers::Outcome<int> open_output(const std::string& file)
{
    if (file.empty() || file == "-")
        return STDOUT_FILENO;
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return resolvers::Failure{"not_writable", file + ": " + std::strerror(errno)};
    return descriptor;
}

pipeline::LineWriter::Packing packing_of(const std::string& file)
{
    return file.ends_with(".zst") ? pipeline::LineWriter::Packing::zstd
                                  : pipeline::LineWriter::Packing::none;
}

ExitCode exit_code_of(const pipeline::LineWriter& writer, const std::string& output)
{
    if (writer.failure() == 0 || writer.failure() == EPIPE)
        return ExitCode::ok;
    return fail((output.empty() ? "stdout" : output) + ": " + std::strerror(writer.failure()) +
                "; what was written so far is whole lines");
}

unsigned usable_cores()
{
    return std::max(std::thread::hardware_concurrency(), 1U);
}

ExitCode run_offline(const OfflineFlags& flags, std::vector<NamedFile> also_read,
                     const pipeline::LineFunction& function)
{
    const std::vector<NamedFile> inputs = named_inputs(flags.files);
    also_read.insert(also_read.end(), inputs.begin(), inputs.end());
    if (const auto clash = file_clash(also_read, {{"-o", flags.output}}))
        return fail(*clash);
    auto in = pipeline::open_inputs(flags.files);
    if (!in)
        return fail(in.error().detail);
    const auto descriptor = open_output(flags.output);
    if (!descriptor)
        return fail(descriptor.error().detail);
    pipeline::LineWriter writer(*descriptor, pipeline::LineWriter::Order::sequence,
                                packing_of(flags.output));
    const unsigned threads = flags.threads == 0 ? usable_cores() : flags.threads;
    try {
        pipeline::map_lines(**in, writer, threads, function);
    } catch (const std::exception& error) {
        writer.flush();
        return fail(error.what());
    }
    writer.flush();
    if ((*in)->bad())
        return fail(pipeline::input_fault(**in));
    return exit_code_of(writer, flags.output);
}

}  // namespace scanner::cli
