// One row a record, for spreadsheets and simple scripts (RFC 4180, UTF-8 without BOM, lines end
// with CRLF as it asks). Misses the evidence, and addressees after the third.
#include <algorithm>
#include <charconv>
#include <vector>

#include "resolvers/base/time_text.h"
#include "resolvers/json/text.h"
#include "scanner/model/words.h"
#include "scanner/output/escape.h"
#include "scanner/output/outputs.h"

namespace scanner::output {

namespace {

constexpr std::string_view separator = "; ";
constexpr std::size_t most_addressees = 3;

// ---- Cells --------------------------------------------------------------------------------------

using Parts = std::vector<std::string>;

// A cell about a channel is empty where no channel is known.
template <resolvers::Worded T>
std::string word_of_channel(const ContactChannel& channel, T value)
{
    return channel.address.empty() ? std::string() : std::string(word(value));
}

std::string joined(const Parts& parts, std::string_view between = separator)
{
    std::string text;
    for (const std::string& part : parts) {
        if (&part != parts.data())
            text += between;
        text += part;
    }
    return text;
}

// At most four decimals, in no locale.
std::string decimals(double value)
{
    char digits[64];
    const auto [end, error] =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 4);
    if (error != std::errc{})
        return {};
    std::string text(digits, end);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

std::string shortest(double value)
{
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string yes_or_no(bool value)
{
    return value ? "true" : "false";
}

bool is_identified(const Finding& finding)
{
    return finding.status == FindingStatus::identified;
}

// "cloudflare-proxy(confirmed)": by product where that is known.
std::string labelled(const Finding& finding)
{
    const std::string& label = !finding.product.empty()    ? finding.product
                               : !finding.provider.empty() ? finding.provider
                                                           : finding.name;
    return label + "(" + std::string(word(finding.grade)) + ")";
}

std::string of_role(const Record& record, Role role)
{
    Parts parts;
    for (const Finding& finding : record.attribution.others)
        if (finding.role == role && is_identified(finding))
            parts.push_back(labelled(finding));
    return joined(parts);
}

// Roles that have no column of their own.
std::string further_roles(const Record& record)
{
    Parts parts;
    for (const Role role : {Role::network, Role::scrubber, Role::steering, Role::registry})
        for (const Finding& finding : record.attribution.others)
            if (finding.role == role && is_identified(finding))
                parts.push_back(std::string(word(role)) + " " + labelled(finding));
    return joined(parts);
}

std::string chain(const Record& record)
{
    Parts parts;
    for (const Finding& finding : record.attribution.chain)
        if (is_identified(finding))
            parts.push_back(labelled(finding));
    return joined(parts, " > ");
}

std::string addresses(const Record& record)
{
    Parts parts;
    for (const SeenAddress& seen : record.observation.addresses)
        parts.push_back(seen.address.text());
    return joined(parts);
}

std::string asns(const Record& record)
{
    Parts parts;
    for (const SeenAddress& seen : record.observation.addresses) {
        if (!seen.origin || seen.origin->asn == 0)
            continue;
        const std::string asn = "AS" + std::to_string(seen.origin->asn);
        if (std::find(parts.begin(), parts.end(), asn) == parts.end())
            parts.push_back(asn);
    }
    return joined(parts);
}

std::string grade_of(const Finding& finding)
{
    return is_identified(finding) ? std::string(word(finding.grade)) : "";
}

const Subject& subject_of(const Record& record)
{
    return record.observation.subject;
}

// ---- Columns ------------------------------------------------------------------------------------

enum class Kind {
    text,    ///< guarded against formulas
    number,  ///< ours: a minus sign is one
};

struct Column {
    std::string_view name;
    std::string_view what;
    std::string (*cell)(const Record& record);
    Kind kind = Kind::text;
};

constexpr Column first_columns[] = {
    {"line", "line of the input, from 1",
     [](const Record& r) { return std::to_string(subject_of(r).line); }, Kind::number},
    {"input", "that line as it stood", [](const Record& r) { return subject_of(r).text; }},
    {"host", "host name (A-labels) or address that the record is about",
     [](const Record& r) { return subject_of(r).host; }},
    {"url", "URL asked about, if the line was one",
     [](const Record& r) { return subject_of(r).url; }},
    {"registrable_domain", "by the Public Suffix List",
     [](const Record& r) { return subject_of(r).registrable_domain; }},
    {"state", "`live`, `parked`, `nxdomain`...",
     [](const Record& r) { return std::string(word(r.attribution.state)); }},
    {"state_reason", "why this state", [](const Record& r) { return r.attribution.state_reason; }},
    {"front_status", "`identified`, `none` (looked, and there is none) or `unknown`",
     [](const Record& r) { return std::string(word(r.attribution.front.status)); }},
    {"front", "the outermost reverse proxy or CDN",
     [](const Record& r) { return r.attribution.front.name; }},
    {"front_product", "its product's id",
     [](const Record& r) { return r.attribution.front.product; }},
    {"front_grade", "`confirmed`, `probable` or `possible`",
     [](const Record& r) { return grade_of(r.attribution.front); }},
    {"front_share", "share of the addresses that it answers at, 0 to 1",
     [](const Record& r) {
         const Finding& front = r.attribution.front;
         return is_identified(front) ? decimals(front.share) : std::string();
     },
     Kind::number},
    {"front_reason", "why the front is unknown",
     [](const Record& r) { return std::string(word(r.attribution.front.reason)); }},
    {"further_fronts", "those at the other addresses of a multi-CDN, with grades",
     [](const Record& r) { return of_role(r, Role::front); }},
    {"host_status", "as `front_status`, for the host",
     [](const Record& r) { return std::string(word(r.attribution.host.status)); }},
    {"hosted_by", "whose machine answers; empty behind a front",
     [](const Record& r) { return r.attribution.host.name; }},
    {"host_product", "its product's id",
     [](const Record& r) { return r.attribution.host.product; }},
    {"host_grade", "as `front_grade`",
     [](const Record& r) { return grade_of(r.attribution.host); }},
    {"host_reason", "why the host is unknown: `behind_front`...",
     [](const Record& r) { return std::string(word(r.attribution.host.reason)); }},
    {"platforms", "products that store the content, with grades",
     [](const Record& r) { return of_role(r, Role::platform); }},
    {"dns", "who runs the name servers, with grades",
     [](const Record& r) { return of_role(r, Role::dns); }},
    {"registrar", "registrar, with grade",
     [](const Record& r) { return of_role(r, Role::registrar); }},
    {"further_roles", "`network`, `scrubber`, `steering`, `registry`: the role, then who",
     further_roles},
    {"chain", "from the visitor inwards: `cloudflare-proxy(confirmed) > github-pages(probable)`",
     chain},
    {"flags", "what the verdict hangs on: `multi_cdn`...",
     [](const Record& r) { return joined(words_for(r.attribution.flags)); }},
    {"claims", "providers that the site alone says it uses",
     [](const Record& r) { return joined(r.attribution.claims); }},
    {"addresses", "addresses that the name leads to", addresses},
    {"asns", "AS numbers that announce them", asns},
    {"notice_ready", "`true` if a notice is in order on this record alone",
     [](const Record& r) { return yes_or_no(r.attribution.notice_ready); }},
    {"notice_reasons", "why not",
     [](const Record& r) { return joined(r.attribution.notice_reasons); }},
    {"addressees", "how many there are; empty if the record was not routed",
     [](const Record& r) { return r.routed ? std::to_string(r.addressees.size()) : std::string(); },
     Kind::number},
};

struct AddresseeColumn {
    /// Behind "to1_", "to2_", "to3_".
    std::string_view name;
    std::string_view what;
    /// `channel` is the best one, or one with nothing in it.
    std::string (*cell)(const Addressee& addressee, const ContactChannel& channel);
};

constexpr AddresseeColumn addressee_columns[] = {
    {"name", "whom to write to", [](const Addressee& a, const ContactChannel&) { return a.name; }},
    {"role", "what it does for the site: `front`, `host`...",
     [](const Addressee& a, const ContactChannel&) { return std::string(word(a.role)); }},
    {"kind", "`primary`, `also` or `escalation`",
     [](const Addressee& a, const ContactChannel&) { return std::string(word(a.kind)); }},
    {"grade", "as `front_grade`",
     [](const Addressee& a, const ContactChannel&) {
         return a.grade == Grade::none ? std::string() : std::string(word(a.grade));
     }},
    {"channel_type", "best channel: `email`, `form`, `api`, `post` or `agent`",
     [](const Addressee&, const ContactChannel& c) { return word_of_channel(c, c.type); }},
    {"channel", "its address or URL; empty if none is known",
     [](const Addressee&, const ContactChannel& c) { return c.address; }},
    {"scope", "`copyright` or `general`",
     [](const Addressee&, const ContactChannel& c) { return word_of_channel(c, c.scope); }},
    {"constraints", "what a notice must respect: `one_host_per_report`...",
     [](const Addressee&, const ContactChannel& c) { return joined(c.constraints); }},
    {"guessed", "`true` if the address is a guess by RFC 2142",
     [](const Addressee&, const ContactChannel& c) {
         return c.address.empty() ? std::string() : yes_or_no(c.guessed);
     }},
    {"legal_entity", "the company to name in the notice",
     [](const Addressee& a, const ContactChannel&) { return a.legal_entity; }},
};

constexpr Column last_columns[] = {
    {"weight", "from the input",
     [](const Record& r) {
         const std::optional<double>& weight = subject_of(r).weight;
         return weight ? shortest(*weight) : std::string();
     },
     Kind::number},
    {"category", "from the input", [](const Record& r) { return subject_of(r).category; }},
    {"observed_at", "when the looking began, UTC",
     [](const Record& r) { return resolvers::time_text(r.observation.observed_at); }},
    {"catalogue_date", "day of the newest entry of the catalogue that decided",
     [](const Record& r) { return r.provenance.catalogue_date; }},
};

// ---- Rows ---------------------------------------------------------------------------------------

std::string addressee_prefix(std::size_t index)
{
    return "to" + std::to_string(index + 1) + "_";
}

void begin(std::string& out, const OutputOptions&)
{
    Parts names;
    for (const Column& column : first_columns)
        names.emplace_back(column.name);
    for (std::size_t i = 0; i < most_addressees; ++i)
        for (const AddresseeColumn& column : addressee_columns)
            names.push_back(addressee_prefix(i) + std::string(column.name));
    for (const Column& column : last_columns)
        names.emplace_back(column.name);
    out += joined(names, ",");
    out += "\r\n";
}

void append_column(std::string& out, const Column& column, const Record& record)
{
    const std::string cell = column.cell(record);
    if (column.kind == Kind::number)
        out += cell;
    else
        append_csv_cell(out, cell);
}

void append_addressee(std::string& out, const Record& record, std::size_t index)
{
    static const ContactChannel no_channel;
    const bool present = record.routed && index < record.addressees.size();
    for (const AddresseeColumn& column : addressee_columns) {
        if (present) {
            const Addressee& addressee = record.addressees[index];
            const ContactChannel& channel =
                addressee.channels.empty() ? no_channel : addressee.channels.front();
            append_csv_cell(out, column.cell(addressee, channel));
        }
        out += ',';
    }
}

void write(std::string& out, const Record& record, const OutputOptions&)
{
    for (const Column& column : first_columns) {
        append_column(out, column, record);
        out += ',';
    }
    for (std::size_t i = 0; i < most_addressees; ++i)
        append_addressee(out, record, i);
    for (const Column& column : last_columns) {
        if (&column != last_columns)
            out += ',';
        append_column(out, column, record);
    }
    out += "\r\n";
}

void end(std::string&, const OutputOptions&) {}

}  // namespace

const Output csv_output = {
    .name = "csv",
    .summary = "One row a record for spreadsheets, with up to three addressees.",
    .extension = "csv",
    .begin = begin,
    .write = write,
    .end = end,
};

std::string csv_column_docs()
{
    std::string docs = "| column | what it is |\n|---|---|\n";
    const auto add = [&docs](const std::string& name, std::string_view what) {
        docs += "| `" + name + "` | " + std::string(what) + " |\n";
    };
    for (const Column& column : first_columns)
        add(std::string(column.name), column.what);
    for (const AddresseeColumn& column : addressee_columns)
        add("to1_" + std::string(column.name),
            std::string(column.what) + (&column == addressee_columns
                                            ? "; `to2_` and `to3_` say the same of the next ones"
                                            : ""));
    for (const Column& column : last_columns)
        add(std::string(column.name), column.what);
    docs +=
        "\nSeveral values in one cell are separated by `; `. A cell that a spreadsheet would take "
        "for a\nformula has an apostrophe in front. Rows end with CR LF (RFC 4180); the text is "
        "UTF-8 without BOM.\n";
    return docs;
}

}  // namespace scanner::output
