// What reading an observation and writing a record cost, beside what Boost.JSON takes to parse the
// same line into a document. Bounded: a fixed number of rounds, about two seconds in all.
//   json_bench             figures for each step
//   json_bench STEP [N]    that step alone, N times, for callgrind
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "scanner/model/json.h"
#include "tests/output/sample_records.h"

namespace {

struct Lines {
    scanner::Record record = samples::fronted();
    std::string observation;
    std::string whole;
    std::string out;

    Lines()
    {
        scanner::write_observation(observation, record.observation);
        scanner::write_record(whole, record);
        out.reserve(1 << 16);
    }
};

// Each step returns something that depends on its work, so that none is optimised away.
std::size_t read_observation(Lines& lines)
{
    return scanner::read_observation(lines.observation)->dns.size();
}

std::size_t write_observation(Lines& lines)
{
    lines.out.clear();
    scanner::write_observation(lines.out, lines.record.observation);
    return lines.out.size();
}

std::size_t read_record(Lines& lines)
{
    return scanner::read_record(lines.whole)->attribution.evidence.size();
}

std::size_t write_record(Lines& lines)
{
    lines.out.clear();
    scanner::write_record(lines.out, lines.record);
    return lines.out.size();
}

std::size_t copy_observation(Lines& lines)
{
    const scanner::Observation copy = lines.record.observation;
    return copy.dns.size();
}

std::size_t boost_document(Lines& lines)
{
    static unsigned char buffer[1 << 16];
    boost::json::monotonic_resource memory(buffer, sizeof buffer);
    const boost::json::value document = boost::json::parse(lines.observation, &memory);
    return document.as_object().size();
}

struct Step {
    const char* name;
    std::size_t (*run)(Lines& lines);
};

constexpr Step steps[] = {
    {"read_observation", read_observation}, {"write_observation", write_observation},
    {"read_record", read_record},           {"write_record", write_record},
    {"copy_observation", copy_observation}, {"boost_document", boost_document},
};

void measure(const Step& step, Lines& lines, long rounds)
{
    std::size_t total = 0;
    // Processor time, since others may be using the machine.
    const std::clock_t start = std::clock();
    for (long i = 0; i < rounds; ++i)
        total += step.run(lines);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("%-18s %8.2f us of CPU a line (%zu)\n", step.name,
                seconds * 1e6 / static_cast<double>(rounds), total % 10);
}

}  // namespace

int main(int argc, char** argv)
{
    Lines lines;
    std::printf("observation %zu bytes, record %zu bytes\n", lines.observation.size(),
                lines.whole.size());
    const long rounds = argc > 2 ? std::atol(argv[2]) : 50'000;
    for (const Step& step : steps)
        if (argc < 2 || std::string_view(argv[1]) == step.name)
            measure(step, lines, rounds);
}
