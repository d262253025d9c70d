#include "scanner/output/outputs.h"

namespace scanner::output {

namespace {

constexpr const Output* rows[] = {
    &jsonl_output,
    &csv_output,
    &table_output,
};

}  // namespace

std::span<const Output* const> outputs()
{
    return rows;
}

const Output* find_output(std::string_view name)
{
    for (const Output* output : rows)
        if (output->name == name)
            return output;
    return nullptr;
}

}  // namespace scanner::output
