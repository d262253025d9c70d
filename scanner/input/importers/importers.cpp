#include "scanner/input/importers/importers.h"

#include <array>

#include "scanner/input/importers/emitter.h"

namespace scanner::input {

namespace {

constexpr std::array<const Importer*, 10> table = {
    &har_importer,     &urlscan_importer, &ooni_importer, &httpx_importer, &zdns_importer,
    &massdns_importer, &dnsx_importer,    &zone_importer, &curl_importer,  &dig_importer,
};

}  // namespace

std::span<const Importer* const> importers()
{
    return table;
}

const Importer* importer_named(std::string_view name)
{
    for (const Importer* importer : table)
        if (importer->name == name)
            return importer;
    return nullptr;
}

const Importer* sniff(std::string_view first_bytes)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (first_bytes.starts_with(byte_order_mark))
        first_bytes.remove_prefix(byte_order_mark.size());
    for (const Importer* importer : table)
        if (importer->sniff(first_bytes))
            return importer;
    return nullptr;
}

}  // namespace scanner::input
