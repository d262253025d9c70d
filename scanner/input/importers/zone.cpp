// What a zone's operator declares: JSON lines with host, cname, alias, a, aaaa, ns, and whether the
// name is proxied. Configuration, not answers: what the public sees of a proxied name are the
// proxy's addresses, and these lists are what stands behind it.
#include <boost/json/serialize.hpp>
#include <utility>

#include "resolvers/base/time_text.h"
#include "scanner/input/importers/emitter.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::DnsRecord;

void import_line(Emitter& emitter, std::uint64_t number, const json::object& line)
{
    const std::string host = text_at(line, {"host"});
    if (host.empty()) {
        emitter.invalid(json::serialize(line), number, "the line names no host");
        return;
    }
    Observation seen = emitter.begin(read_subject(host, number));
    seen.observed_at = resolvers::parse_recorded_time(text_at(line, {"date"}));
    if (const std::optional<bool> proxied = bool_at(line, {"proxied"}))
        seen.declared = *proxied ? "proxied" : "dns_only";
    if (!seen.declared.empty())
        seen.declared_by = text_at(line, {"ns_provider"});
    for (const std::string_view key : {"zone", "ns_provider"})
        if (std::string value = text_at(line, {key}); !value.empty())
            seen.subject.extra.emplace_back(key, std::move(value));

    ListedRecords lists;
    lists.cnames = texts_at(line, {"cname"});
    lists.ns = texts_at(line, {"ns"});
    lists.ns_of_zone = true;
    const std::vector<std::string> aliases = texts_at(line, {"alias"});
    if (lists.cnames.empty())
        lists.cnames = aliases;
    const bool none = bool_at(line, {"no_address"}).value_or(false);
    for (auto [key, list] : {std::pair{"a", &lists.a}, std::pair{"aaaa", &lists.aaaa}}) {
        std::vector<std::string> texts = texts_at(line, {key});
        if (!texts.empty() || none)
            *list = std::move(texts);
    }
    add_listed_answers(seen, seen.subject.host, lists);
    // An ALIAS is a CNAME that the name server resolves by itself: nobody else sees it.
    if (!aliases.empty() && texts_at(line, {"cname"}).empty())
        for (resolvers::DnsAnswer& answer : seen.dns)
            for (DnsRecord& record : answer.records)
                if (record.type == "CNAME" && record.name == seen.subject.host)
                    record.type = "ALIAS";
    emitter.finish(std::move(seen), false);
}

bool looks_like_zone(std::string_view first_bytes)
{
    return has_keys(first_bytes, {"zone", "host", "proxied"});
}

ImportSummary import_zone(std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink)
{
    return import_json("zone", in, options, sink, import_line);
}

}  // namespace

const Importer zone_importer = {
    .name = "zone",
    .summary = "declared zone contents: JSON lines with host, records and proxied",
    .sniff = looks_like_zone,
    .run = import_zone,
};

}  // namespace scanner::input
