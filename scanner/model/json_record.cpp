// The members of records. Everything that was concluded is written even when it is empty, so that
// a reader need not know the defaults.
#include "resolvers/json/shape.h"
#include "scanner/model/json.h"
#include "scanner/model/json_observation.h"
#include "scanner/model/words.h"

// A shape is specialised where Shape is declared.
namespace resolvers {

using namespace scanner;

constexpr auto required = Presence::required;

struct Full {
    static constexpr bool writes_all = true;
};

template <>
struct Shape<Finding> : Full {
    static constexpr auto members = std::tuple{
        Member{"role", &Finding::role, required}, Member{"status", &Finding::status, required},
        Member{"provider", &Finding::provider},   Member{"product", &Finding::product},
        Member{"name", &Finding::name},           Member{"grade", &Finding::grade, required},
        Member{"reason", &Finding::reason},       Member{"share", &Finding::share},
        Member{"score", &Finding::score},         Member{"evidence", &Finding::evidence},
        Member{"against", &Finding::against},
    };
};

template <>
struct Shape<AddressVerdict> : Full {
    static constexpr auto members = std::tuple{
        Member{"address", &AddressVerdict::address, required},
        Member{"owner", &AddressVerdict::owner},
        Member{"front", &AddressVerdict::front, required},
        Member{"host", &AddressVerdict::host, required},
    };
};

template <>
struct Shape<Evidence> : Full {
    static constexpr auto members = std::tuple{
        Member{"id", &Evidence::id, required},
        Member{"signal", &Evidence::signal, required},
        Member{"channel", &Evidence::channel, required},
        Member{"strength", &Evidence::strength, required},
        Member{"role", &Evidence::role, required},
        Member{"provider", &Evidence::provider},
        Member{"product", &Evidence::product},
        Member{"rule", &Evidence::rule},
        Member{"seen", &Evidence::seen},
        Member{"address", &Evidence::address},
        Member{"side", &Evidence::side},
        Member{"forgeable", &Evidence::forgeable},
    };
};

template <>
struct Shape<ContactChannel> : Full {
    static constexpr auto members = std::tuple{
        Member{"type", &ContactChannel::type, required},
        Member{"address", &ContactChannel::address, required},
        Member{"scope", &ContactChannel::scope},
        Member{"constraints", &ContactChannel::constraints},
        Member{"practice", &ContactChannel::practice},
        Member{"source", &ContactChannel::source},
        Member{"checked", &ContactChannel::checked},
        Member{"verified", &ContactChannel::verified},
        Member{"guessed", &ContactChannel::guessed},
    };
};

template <>
struct Shape<Addressee> : Full {
    static constexpr auto members = std::tuple{
        Member{"rank", &Addressee::rank, required},
        Member{"kind", &Addressee::kind, required},
        Member{"role", &Addressee::role, required},
        Member{"provider", &Addressee::provider},
        Member{"product", &Addressee::product},
        Member{"name", &Addressee::name},
        Member{"legal_entity", &Addressee::legal_entity},
        Member{"grade", &Addressee::grade},
        Member{"basis", &Addressee::basis},
        Member{"counter_evidence", &Addressee::counter_evidence},
        Member{"channels", &Addressee::channels},
    };
};

template <>
struct Shape<Provenance> : Full {
    static constexpr auto members = std::tuple{
        Member{"tool", &Provenance::tool},
        Member{"catalogue_date", &Provenance::catalogue_date},
        Member{"catalogue_sha256", &Provenance::catalogue_sha256},
    };
};

namespace {

// Part of an attribution: {"ready":true,"reasons":[]}.
struct Notice {
    bool ready = false;
    std::vector<std::string> reasons;
};

void write_format(JsonWriter& out, const Record&)
{
    out.word(record_format);
}

bool read_record_format(JsonReader& in, Record&)
{
    return read_format(in, record_format);
}

// What a reader of records wants first, without going into the observation.
void write_input(JsonWriter& out, const Record& record)
{
    const Subject& subject = record.observation.subject;
    const auto text = [&out](std::string_view name, const std::string& value) {
        out.key(name);
        out.string(value);
    };
    const auto text_if_set = [&text](std::string_view name, const std::string& value) {
        if (!value.empty())
            text(name, value);
    };
    out.open_object();
    out.key("line");
    out.number(subject.line);
    text_if_set("file", subject.file);
    text("text", subject.text);
    text("host", subject.host);
    text_if_set("url", subject.url);
    text_if_set("registrable_domain", subject.registrable_domain);
    if (subject.weight) {
        out.key("weight");
        out.number(*subject.weight);
    }
    text_if_set("category", subject.category);
    if (!subject.extra.empty()) {
        out.key("extra");
        write_value(out, subject.extra);
    }
    text_if_set("invalid", subject.invalid);
    out.close_object();
}

void write_observed_at(JsonWriter& out, const Record& record)
{
    out.time(record.observation.observed_at);
}

// These say again what the observation says.
bool skip_repetition(JsonReader& in, Record&)
{
    return in.skip();
}

void write_addressees(JsonWriter& out, const Record& record)
{
    if (record.routed)
        write_value(out, record.addressees);
    else
        out.null();
}

bool read_addressees(JsonReader& in, Record& record)
{
    record.routed = !in.take_null();
    return !record.routed || read_value(in, record.addressees);
}

}  // namespace

template <>
struct Shape<Notice> : Full {
    static constexpr auto members = std::tuple{
        Member{"ready", &Notice::ready, required},
        Member{"reasons", &Notice::reasons, required},
    };
};

namespace {

void write_notice(JsonWriter& out, const Record& record)
{
    write_value(out, Notice{record.attribution.notice_ready, record.attribution.notice_reasons});
}

bool read_notice(JsonReader& in, Record& record)
{
    Notice notice;
    if (!read_value(in, notice))
        return false;
    record.attribution.notice_ready = notice.ready;
    record.attribution.notice_reasons = std::move(notice.reasons);
    return true;
}

// Leads from a record to a member of its attribution.
template <auto pointer>
constexpr auto of_attribution = [](auto& record) -> auto&
{
    return record.attribution.*pointer;
};

}  // namespace

template <>
struct Shape<Record> : Full {
    static constexpr auto members = std::tuple{
        Special<Record>{"format", write_format, read_record_format},
        Special<Record>{"input", write_input, skip_repetition, Presence::may_miss},
        Special<Record>{"observed_at", write_observed_at, skip_repetition, Presence::may_miss},
        Member{"state", of_attribution<&Attribution::state>, required},
        Member{"state_reason", of_attribution<&Attribution::state_reason>},
        Member{"front", of_attribution<&Attribution::front>, required},
        Member{"host", of_attribution<&Attribution::host>, required},
        Member{"chain", of_attribution<&Attribution::chain>},
        Member{"others", of_attribution<&Attribution::others>},
        Member{"flags", of_attribution<&Attribution::flags>},
        Member{"claims", of_attribution<&Attribution::claims>},
        Member{"addresses", of_attribution<&Attribution::addresses>},
        Member{"evidence", of_attribution<&Attribution::evidence>},
        Special<Record>{"notice", write_notice, read_notice},
        Special<Record>{"addressees", write_addressees, read_addressees},
        Member{"provenance", &Record::provenance},
        Member{"observation", &Record::observation, required},
    };
};

// A member that was added to a struct and forgotten here would be lost without a word. A record
// has format, input and observed_at besides; its attribution lies open, with two members in one
// ("notice"); `routed` and `addressees` are one.
template <typename... T>
constexpr bool complete = ((member_count<T>() == row_count<T>)&&...);
static_assert(complete<Finding, AddressVerdict, Evidence, ContactChannel, Addressee, Provenance>);
static_assert(member_count<Record>() - 2 + member_count<Attribution>() - 1 + 3 ==
              row_count<Record>);

}  // namespace resolvers

namespace scanner {

void write_record(std::string& out, const Record& record)
{
    resolvers::JsonWriter writer(out, 8192);
    write_value(writer, record);
}

resolvers::Outcome<Record> read_record(std::string_view line)
{
    const resolvers::Outcome<LineFormat> format = format_of(line);
    if (!format.has_value())
        return format.error();
    if (*format != LineFormat::record)
        return resolvers::Failure{"format", "this is an observation, and a record was expected"};
    resolvers::JsonReader in(line);
    Record record;
    if (!read_value(in, record) || !in.finish())
        return in.failure();
    return record;
}

}  // namespace scanner
