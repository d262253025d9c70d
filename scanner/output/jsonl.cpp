// One record a line, as it is: everything that is known, for machines. Misses nothing.
#include "scanner/model/json.h"
#include "scanner/output/outputs.h"

namespace scanner::output {

namespace {

void nothing(std::string&, const OutputOptions&) {}

void write(std::string& out, const Record& record, const OutputOptions&)
{
    write_record(out, record);
    out += '\n';
}

}  // namespace

const Output jsonl_output = {
    .name = "jsonl",
    .summary = "One JSON record a line, with all evidence and the observation itself.",
    .extension = "jsonl",
    .begin = nothing,
    .write = write,
    .end = nothing,
};

}  // namespace scanner::output
