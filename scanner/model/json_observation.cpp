// The members of observations, in the order of their declaration.
#include "scanner/model/json_observation.h"

#include "resolvers/json/shape.h"
#include "resolvers/registry_shape.h"
#include "scanner/model/json.h"
#include "scanner/model/words.h"

// A shape is specialised where Shape is declared.
namespace resolvers {

using namespace scanner;

constexpr auto required = Presence::required;

/// Members at their default are left out of observations: they are most of the bytes.
struct Terse {
    static constexpr bool writes_all = false;
};

template <>
struct Shape<Subject> : Terse {
    static constexpr auto members = std::tuple{
        Member{"line", &Subject::line, required},
        Member{"file", &Subject::file},
        Member{"text", &Subject::text, required},
        Member{"host", &Subject::host},
        Member{"unicode", &Subject::unicode},
        Member{"is_address", &Subject::is_address},
        Member{"url", &Subject::url},
        Member{"registrable_domain", &Subject::registrable_domain},
        Member{"public_suffix", &Subject::public_suffix},
        Member{"wildcard", &Subject::wildcard},
        Member{"invalid", &Subject::invalid},
        Member{"weight", &Subject::weight},
        Member{"category", &Subject::category},
        Member{"extra", &Subject::extra},
    };
};

template <>
struct Shape<ExtendedError> : Terse {
    static constexpr auto members = std::tuple{
        Member{"code", &ExtendedError::code},
        Member{"text", &ExtendedError::text},
    };
};

template <>
struct Shape<EchConfig> : Terse {
    static constexpr auto members = std::tuple{
        Member{"version", &EchConfig::version},
        Member{"config_id", &EchConfig::config_id},
        Member{"kem", &EchConfig::kem},
        Member{"suites", &EchConfig::suites},
        Member{"public_name", &EchConfig::public_name},
        Member{"public_name_valid", &EchConfig::public_name_valid},
    };
};

template <>
struct Shape<ServiceBinding> : Terse {
    static constexpr auto members = std::tuple{
        Member{"priority", &ServiceBinding::priority},
        Member{"target", &ServiceBinding::target},
        Member{"alpn", &ServiceBinding::alpn},
        Member{"no_default_alpn", &ServiceBinding::no_default_alpn},
        Member{"port", &ServiceBinding::port},
        Member{"ipv4_hints", &ServiceBinding::ipv4_hints},
        Member{"ipv6_hints", &ServiceBinding::ipv6_hints},
        Member{"has_ech", &ServiceBinding::has_ech},
        Member{"ech", &ServiceBinding::ech},
        Member{"ech_unknown_versions", &ServiceBinding::ech_unknown_versions},
        Member{"other", &ServiceBinding::other},
        Member{"flags", &ServiceBinding::flags},
    };
};

template <>
struct Shape<DnsRecord> : Terse {
    static constexpr auto members = std::tuple{
        Member{"name", &DnsRecord::name},       Member{"type", &DnsRecord::type},
        Member{"ttl", &DnsRecord::ttl},         Member{"data", &DnsRecord::data},
        Member{"service", &DnsRecord::service},
    };
};

template <>
struct Shape<DnsAttempt> : Terse {
    static constexpr auto members = std::tuple{
        Member{"resolver", &DnsAttempt::resolver},
        Member{"status", &DnsAttempt::status, required},
        Member{"took_ms", &DnsAttempt::took},
        Member{"detail", &DnsAttempt::detail},
    };
};

template <>
struct Shape<DnsAnswer> : Terse {
    static constexpr auto members = std::tuple{
        Member{"name", &DnsAnswer::name, required},
        Member{"type", &DnsAnswer::type, required},
        Member{"status", &DnsAnswer::status, required},
        Member{"rcode", &DnsAnswer::rcode},
        Member{"records", &DnsAnswer::records},
        Member{"errors", &DnsAnswer::errors},
        Member{"resolver", &DnsAnswer::resolver},
        Member{"over_tcp", &DnsAnswer::over_tcp},
        Member{"authentic_data", &DnsAnswer::authentic_data},
        Member{"attempts", &DnsAnswer::attempts},
        Member{"asked_at", &DnsAnswer::asked_at},
        Member{"took_ms", &DnsAnswer::took},
        Member{"waited_ms", &DnsAnswer::waited},
        Member{"detail", &DnsAnswer::detail},
        Member{"ecs_scope", &DnsAnswer::ecs_scope},
        Member{"tried", &DnsAnswer::tried},
    };
};

template <>
struct Shape<Step> : Terse {
    static constexpr auto members = std::tuple{
        Member{"status", &Step::status, required},
        Member{"detail", &Step::detail},
    };
};

template <>
struct Shape<Certificate> : Terse {
    static constexpr auto members = std::tuple{
        Member{"sha256", &Certificate::sha256},
        Member{"subject_common_name", &Certificate::subject_common_name},
        Member{"subject_organisation", &Certificate::subject_organisation},
        Member{"issuer_common_name", &Certificate::issuer_common_name},
        Member{"issuer_organisation", &Certificate::issuer_organisation},
        Member{"names", &Certificate::names},
        Member{"names_total", &Certificate::names_total},
        Member{"not_before", &Certificate::not_before},
        Member{"not_after", &Certificate::not_after},
        Member{"key", &Certificate::key},
        Member{"self_signed", &Certificate::self_signed},
    };
};

template <>
struct Shape<TlsFacts> : Terse {
    static constexpr auto members = std::tuple{
        Member{"sni", &TlsFacts::sni},
        Member{"version", &TlsFacts::version},
        Member{"cipher", &TlsFacts::cipher},
        Member{"group", &TlsFacts::group},
        Member{"alpn", &TlsFacts::alpn},
        Member{"chain", &TlsFacts::chain},
        Member{"trusted", &TlsFacts::trusted},
        Member{"verify_error", &TlsFacts::verify_error},
        Member{"name_matches", &TlsFacts::name_matches},
        Member{"ocsp_stapled", &TlsFacts::ocsp_stapled},
    };
};

template <>
struct Shape<HttpFacts> : Terse {
    static constexpr auto members = std::tuple{
        Member{"method", &HttpFacts::method, Presence::may_miss, "GET"},
        Member{"url", &HttpFacts::url},
        Member{"status", &HttpFacts::status},
        Member{"version", &HttpFacts::version},
        Member{"headers", &HttpFacts::headers},
        Member{"headers_truncated", &HttpFacts::headers_truncated},
        Member{"body_length", &HttpFacts::body_length},
        Member{"body_truncated", &HttpFacts::body_truncated},
        Member{"body_sha256", &HttpFacts::body_sha256},
        Member{"title", &HttpFacts::title},
        Member{"meta_refresh", &HttpFacts::meta_refresh},
        Member{"markers", &HttpFacts::markers},
    };
};

namespace {

// Versions 1 of the formats write 0.0.0.0 where no address is known; nobody connects there.
void write_probe_address(JsonWriter& out, const Probe& probe)
{
    out.address(probe.address.value_or(IpAddress{}));
}

bool read_probe_address(JsonReader& in, Probe& probe)
{
    IpAddress address;
    if (!read_value(in, address))
        return false;
    if (address != IpAddress{})
        probe.address = address;
    return true;
}

}  // namespace

template <>
struct Shape<Probe> : Terse {
    static constexpr auto members = std::tuple{
        Member{"scheme", &Probe::scheme, required},
        Special<Probe>{"address", write_probe_address, read_probe_address},
        Member{"port", &Probe::port, required},
        Member{"host", &Probe::host, required},
        Member{"purpose", &Probe::purpose, required},
        Member{"tcp", &Probe::tcp, required},
        Member{"tls", &Probe::tls, required},
        Member{"http", &Probe::http, required},
        Member{"tls_facts", &Probe::tls_facts},
        Member{"http_facts", &Probe::http_facts},
        Member{"started_at", &Probe::started_at},
        Member{"connect_time_ms", &Probe::connect_time},
        Member{"handshake_time_ms", &Probe::handshake_time},
        Member{"total_time_ms", &Probe::total_time},
        Member{"waited_ms", &Probe::waited},
    };
};

template <>
struct Shape<Origin> : Terse {
    static constexpr auto members = std::tuple{
        Member{"prefix", &Origin::prefix, required},
        Member{"asn", &Origin::asn},
        Member{"organisation", &Origin::organisation},
    };
};

namespace {

// The word, and behind "special_purpose" what it is special for, which the address tells.
void write_not_probed(JsonWriter& out, const SeenAddress& seen)
{
    std::string text(word(*seen.not_probed));
    if (seen.not_probed == NotProbed::special_purpose)
        if (const auto special = special_purpose(seen.address))
            text += ":" + std::string(*special);
    out.word(text);
}

bool read_not_probed(JsonReader& in, SeenAddress& seen)
{
    std::string_view text;
    if (!in.read_text(text))
        return false;
    const bool special = text.starts_with("special_purpose:");
    seen.not_probed = special ? NotProbed::special_purpose : value_of<NotProbed>(text);
    return seen.not_probed || in.fail("a word that this version does not know");
}

}  // namespace

template <>
struct Shape<SeenAddress> : Terse {
    static constexpr auto members = std::tuple{
        Member{"address", &SeenAddress::address, required},
        Member{"origin", &SeenAddress::origin},
        Special<SeenAddress>{"not_probed", write_not_probed, read_not_probed, Presence::may_miss,
                             [](const SeenAddress& seen) { return !seen.not_probed; }},
    };
};

template <>
struct Shape<Redirect> : Terse {
    static constexpr auto members = std::tuple{
        Member{"from", &Redirect::from, required},
        Member{"status", &Redirect::status, required},
        Member{"location", &Redirect::location},
        Member{"to", &Redirect::to},
        Member{"outcome", &Redirect::outcome, required},
        Member{"addresses", &Redirect::addresses},
    };
};

template <>
struct Shape<View> : Terse {
    static constexpr auto members = std::tuple{
        Member{"name", &View::name, required},
        Member{"resolver", &View::resolver},
        Member{"signs", &View::signs},
        Member{"nxdomain_addresses", &View::nxdomain_addresses},
        Member{"answers", &View::answers},
    };
};

template <>
struct Shape<DataStamp> : Terse {
    static constexpr auto members = std::tuple{
        Member{"date", &DataStamp::date},
        Member{"sha256", &DataStamp::sha256},
    };
};

namespace {

void write_observation_format(JsonWriter& out, const Observation&)
{
    out.word(observation_format);
}

bool read_observation_format(JsonReader& in, Observation&)
{
    return read_format(in, observation_format);
}

}  // namespace

template <>
struct Shape<Observation> : Terse {
    static constexpr auto members = std::tuple{
        Special<Observation>{"format", write_observation_format, read_observation_format},
        Member{"input", &Observation::subject, required},
        Member{"observed_at", &Observation::observed_at, required},
        Member{"source", &Observation::source, required},
        Member{"vantage", &Observation::vantage},
        Member{"profile", &Observation::profile},
        Member{"origin_data", &Observation::origin_data},
        Member{"dns", &Observation::dns},
        Member{"views", &Observation::views},
        Member{"client_subnet", &Observation::client_subnet},
        Member{"wildcard_name", &Observation::wildcard_name},
        Member{"chain", &Observation::chain},
        Member{"chain_end", &Observation::chain_end, required},
        Member{"addresses", &Observation::addresses},
        Member{"probes", &Observation::probes},
        Member{"redirects", &Observation::redirects},
        Member{"registry", &Observation::registry},
        Member{"not_observed", &Observation::not_observed},
        Member{"refused", &Observation::refused},
        Member{"declared", &Observation::declared},
        Member{"declared_by", &Observation::declared_by},
    };
};

// A member that was added to a struct and forgotten here would be lost without a word.
template <typename... T>
constexpr bool complete = ((member_count<T>() == row_count<T>)&&...);
static_assert(complete<Subject, ExtendedError, EchConfig, ServiceBinding, DnsRecord, DnsAnswer>);
static_assert(complete<Step, Certificate, TlsFacts, HttpFacts, Probe, Origin>);
static_assert(complete<SeenAddress, Redirect, View, DataStamp>);
static_assert(member_count<Observation>() + 1 == row_count<Observation>);

}  // namespace resolvers

namespace scanner {

void write_value(resolvers::JsonWriter& out, const Observation& observation)
{
    resolvers::write_value<Observation>(out, observation);
}

bool read_value(resolvers::JsonReader& in, Observation& observation)
{
    return resolvers::read_value<Observation>(in, observation);
}

void write_observation(std::string& out, const Observation& observation)
{
    resolvers::JsonWriter writer(out, 4096);
    write_value(writer, observation);
}

void write_registry(std::string& out, const resolvers::RegistryFacts& registry)
{
    resolvers::JsonWriter writer(out, 1024);
    write_value(writer, registry);
}

resolvers::Outcome<Observation> read_observation(std::string_view line)
{
    const resolvers::Outcome<LineFormat> format = format_of(line);
    if (!format.has_value())
        return format.error();
    if (*format != LineFormat::observation)
        return resolvers::Failure{"format", "this is a record, and an observation was expected"};
    resolvers::JsonReader in(line);
    Observation observation;
    if (!read_value(in, observation) || !in.finish())
        return in.failure();
    return observation;
}

}  // namespace scanner
