#include "scanner/input/importers/emitter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "scanner/input/importers/imported_probe.h"
#include "scanner/input/importers/json_documents.h"
#include "scanner/input/importers/json_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

using resolvers::Probe;
using resolvers::StepStatus;

bool was_tried(const Probe& probe)
{
    return probe.tcp.status != StepStatus::not_tried;
}

void add_probed_addresses(Observation& seen)
{
    for (const Probe& probe : seen.probes) {
        // Another name's addresses (a redirect's) are not the subject's.
        if (!probe.address || !was_tried(probe) || probe.host != seen.subject.host)
            continue;
        const auto known = std::find_if(
            seen.addresses.begin(), seen.addresses.end(),
            [&probe](const SeenAddress& address) { return address.address == probe.address; });
        if (known == seen.addresses.end())
            seen.addresses.push_back({*probe.address, std::nullopt, std::nullopt});
        else
            known->not_probed.reset();
    }
    std::sort(seen.addresses.begin(), seen.addresses.end(),
              [](const SeenAddress& a, const SeenAddress& b) { return a.address < b.address; });
}

// Does the DNS part say what addresses there are, be it none?
bool addresses_settled(const Observation& seen)
{
    return !seen.addresses.empty() || seen.chain_end == ChainEnd::nodata ||
           seen.chain_end == ChainEnd::nxdomain || seen.chain_end == ChainEnd::dangling ||
           seen.chain_end == ChainEnd::failed;
}

void list_not_observed(Observation& seen, bool headers_known)
{
    const auto any = [&seen](auto has) {
        return std::any_of(seen.probes.begin(), seen.probes.end(), has);
    };
    if (!addresses_settled(seen))
        seen.not_observed.emplace_back("address");
    if (seen.dns.empty())
        seen.not_observed.emplace_back("dns");
    if (!headers_known || !any([](const Probe& probe) { return was_tried(probe); }))
        seen.not_observed.emplace_back("headers");
    if (!any([](const Probe& probe) { return probe.tls_facts.has_value(); }))
        seen.not_observed.emplace_back("tls");
}

}  // namespace

Observation Emitter::begin(Subject subject) const
{
    Observation seen;
    seen.subject = std::move(subject);
    seen.source = source_;
    seen.profile = "imported";
    return seen;
}

void Emitter::finish(Observation seen, bool headers_known)
{
    ++summary.observations;
    if (!seen.subject.invalid.empty()) {
        ++summary.invalid;
        // Whatever was read beside it is about nobody.
        Observation bare = begin(std::move(seen.subject));
        bare.observed_at = seen.observed_at;
        sink_(std::move(bare));
        return;
    }
    follow_answers(seen);
    add_probed_addresses(seen);
    list_not_observed(seen, headers_known);
    sink_(std::move(seen));
}

void Emitter::invalid(std::string_view text, std::uint64_t line, std::string why)
{
    finish(begin(unreadable_subject(text, line, std::move(why))), false);
}

void report_break(const LineReader& lines, Emitter& emitter)
{
    if (!lines.failed())
        return;
    emitter.summary.complete = false;
    emitter.invalid("", lines.number() + 1, "the input could not be read further");
}

void import_json_lines(LineReader& lines, const ImportOptions& options, Emitter& emitter,
                       const EachObject& each)
{
    read_json_documents(
        lines, options.max_document,
        [&](std::uint64_t line, std::string_view text, resolvers::Outcome<json::value> value) {
            if (value.has_error()) {
                const resolvers::Failure& failure = value.error();
                emitter.invalid(text, line,
                                failure.code == "malformed" ? "is not JSON: " + failure.detail
                                                            : failure.detail);
                return;
            }
            if (const json::object* object = value->if_object())
                each(emitter, line, *object);
            else
                emitter.invalid(text, line, "is JSON, but no object");
        });
    report_break(lines, emitter);
}

ImportSummary import_json(std::string_view source, std::istream& in, const ImportOptions& options,
                          const ObservationSink& sink, const EachObject& each)
{
    Emitter emitter(source, sink);
    LineReader lines(in, options.max_line);
    import_json_lines(lines, options, emitter, each);
    return emitter.summary;
}

bool has_keys(std::string_view first_bytes, std::initializer_list<std::string_view> wanted,
              std::initializer_list<std::string_view> unwanted)
{
    const std::size_t begin = first_bytes.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return false;
    std::string_view text = first_bytes.substr(begin);
    if (text.starts_with('[')) {
        text.remove_prefix(1);
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    }
    const std::vector<std::string> keys = leading_keys(text);
    const auto present = [&keys](std::string_view key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    return std::all_of(wanted.begin(), wanted.end(), present) &&
           std::none_of(unwanted.begin(), unwanted.end(), present);
}

}  // namespace scanner::input
