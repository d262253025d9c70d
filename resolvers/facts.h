// What the resolvers bring back: plain facts, with failure told from absence. These are also the
// parts of a stored Observation (scanner/model), so everything here is text, numbers and lists.
// Strangers' text is always valid UTF-8: bytes that are not are read as ISO-8859-1 at capture.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/time_text.h"

namespace resolvers {

// ---- DNS ----------------------------------------------------------------------------------------

/// What became of one question (RFC 9499 terms). The first three are answers about the name;
/// everything else means that we do not know.
enum class DnsStatus {
    noerror,   ///< records of the asked type, or a CNAME towards them, were answered
    nodata,    ///< the name exists, the type does not (RFC 2308)
    nxdomain,  ///< the name does not exist; a CNAME in the answer says whose target does not
    servfail,
    refused,
    formerr,
    notimp,
    other_rcode,    ///< see DnsAnswer::rcode
    timeout,        ///< no answer in time from any server asked
    network_error,  ///< the resolver could not be reached (e.g. port unreachable)
    bad_response,   ///< an answer came that cannot be read, or answers another question
    local_error,    ///< our own machine's limit (EMFILE, no memory): says nothing about the name
    skipped,        ///< not asked: budget, opt-out or deadline
};

/// An Extended DNS Error option (RFC 8914).
struct ExtendedError {
    std::uint16_t code = 0;
    std::string text;
    friend bool operator==(const ExtendedError&, const ExtendedError&) = default;
};

/// One configuration of an ECHConfigList (RFC 9849 section 4).
struct EchConfig {
    std::uint16_t version = 0;
    std::uint8_t config_id = 0;
    std::uint16_t kem = 0;
    /// (KDF, AEAD) pairs as sent.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> suites;
    /// The outer name that the server answers for, as sent.
    std::string public_name;
    /// False when public_name breaks RFC 9849 section 6.1.7: then it is no signal.
    bool public_name_valid = false;
    friend bool operator==(const EchConfig&, const EchConfig&) = default;
};

/// What an SVCB or HTTPS record says (RFC 9460). Everything in it is the zone operator's claim.
struct ServiceBinding {
    /// 0 is AliasMode.
    std::uint16_t priority = 0;
    /// Without final dot; "." stands for the owner name (or, in AliasMode, for "no service").
    std::string target;
    std::vector<std::string> alpn;
    bool no_default_alpn = false;
    /// Absent unless sent.
    std::optional<std::uint16_t> port;
    std::vector<IpAddress> ipv4_hints;
    std::vector<IpAddress> ipv6_hints;
    /// Was there an "ech" parameter at all?
    bool has_ech = false;
    /// Empty without "ech", and when it could not be read (then `flags` says why).
    std::vector<EchConfig> ech;
    /// Configurations of versions that we do not know, skipped.
    unsigned ech_unknown_versions = 0;
    /// Other parameters as "keyNNN" and lower-case hex.
    std::vector<std::pair<std::string, std::string>> other;
    /// Oddities that do not make the record malformed, and "malformed:<reason>" for one that is:
    /// then nothing else here counts.
    std::vector<std::string> flags;
    friend bool operator==(const ServiceBinding&, const ServiceBinding&) = default;
};

/// One resource record out of an answer section.
struct DnsRecord {
    /// Owner, lower case, without final dot. Strangers' text.
    std::string name;
    /// Mnemonic ("A", "CNAME", "HTTPS"), or "TYPE123".
    std::string type;
    /// Seconds.
    std::uint32_t ttl = 0;
    /// RDATA in presentation format (RFC 1035 section 5.1, RFC 9460 section 2.1), names lower case
    /// and without final dot; "\# length hex" (RFC 3597) for types that we do not know.
    std::string data;
    /// Set for HTTPS and SVCB.
    std::optional<ServiceBinding> service;
    friend bool operator==(const DnsRecord&, const DnsRecord&) = default;
};

/// One query of several for the same question.
struct DnsAttempt {
    /// As in DnsAnswer.
    std::string resolver;
    DnsStatus status = DnsStatus::skipped;
    /// From this query to its end.
    Milliseconds took{0};
    /// As in DnsAnswer. May be empty.
    std::string detail;
    friend bool operator==(const DnsAttempt&, const DnsAttempt&) = default;
};

/// One question and what came of it.
struct DnsAnswer {
    /// The name asked, lower case, without final dot.
    std::string name;
    /// The type asked, as in DnsRecord.
    std::string type;
    DnsStatus status = DnsStatus::skipped;
    /// The response code of the last response; absent when none came (RFC 6895, with EDNS bits).
    std::optional<std::uint16_t> rcode;
    /// The answer section in order, of a long one the start. Empty unless there was a response.
    std::vector<DnsRecord> records;
    std::vector<ExtendedError> errors;
    /// "192.0.2.1:53" and the like; empty when nothing was asked or it is not known (imports).
    std::string resolver;
    /// True when the last response came over TCP after truncation.
    bool over_tcp = false;
    /// The AD bit: the resolver says it validated. Its word only.
    bool authentic_data = false;
    /// Queries sent for this question, retries among them. 0 when nothing was sent.
    unsigned attempts = 0;
    std::optional<Timestamp> asked_at;
    Milliseconds took{0};
    /// How long our own rate held it back before it was asked; not part of `took`.
    Milliseconds waited{0};
    /// More about a failure, for people. Empty otherwise.
    std::string detail;
    /// The scope that the resolver returned for the client network we claimed (RFC 7871): how many
    /// bits of it the answer depends on. Absent: it returned none.
    std::optional<std::uint8_t> ecs_scope;
    /// Each query and what came of it, in order, when there were several; else empty.
    std::vector<DnsAttempt> tried;
    friend bool operator==(const DnsAnswer&, const DnsAnswer&) = default;
};

// ---- Connections --------------------------------------------------------------------------------

/// What became of one step of a probe: TCP, then TLS, then HTTP.
enum class StepStatus {
    ok,
    not_tried,  ///< an earlier step failed, or the plan did not ask for it
    refused,    ///< TCP RST to our SYN
    timeout,
    unreachable,     ///< ICMP or no route
    reset,           ///< the peer cut an established connection
    closed,          ///< the peer closed before it said anything of use
    alert,           ///< the peer sent a TLS alert: `detail` names it
    protocol_error,  ///< what came is not TLS, or not HTTP
    too_large,       ///< a cap of ours on headers was reached before the end of them
    deadline,        ///< the subject's own deadline ended it
    local_error,     ///< our own machine's limit: says nothing about the peer
    blocked,         ///< we refused: special-purpose address, block list, opt-out
};

struct Step {
    StepStatus status = StepStatus::not_tried;
    /// For people and for finer machines: "handshake_failure", "ECONNRESET". May be empty.
    std::string detail;
    friend bool operator==(const Step&, const Step&) = default;
};

/// One certificate of a chain, as sent.
struct Certificate {
    /// SHA-256 of the DER, lower-case hex.
    std::string sha256;
    std::string subject_common_name;
    std::string subject_organisation;
    std::string issuer_common_name;
    std::string issuer_organisation;
    /// dNSName and iPAddress entries of subjectAltName (RFC 5280 4.2.1.6), lower case, as sent,
    /// wildcards kept, at most 200 of them (`names_total` counts all). Filled for the leaf only.
    std::vector<std::string> names;
    unsigned names_total = 0;
    std::optional<Timestamp> not_before;
    std::optional<Timestamp> not_after;
    /// "EC P-256", "RSA 2048". Empty if unknown.
    std::string key;
    /// Signed with its own key, checked: a root, or a leaf that nobody vouches for.
    bool self_signed = false;
    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// What one TLS handshake told.
struct TlsFacts {
    /// The name sent in SNI; empty if none was.
    std::string sni;
    /// "TLSv1.3". Empty if not known (imports).
    std::string version;
    std::string cipher;
    std::string group;
    /// The protocol agreed on by ALPN ("h2"); empty if none.
    std::string alpn;
    /// Leaf first, as sent, at most 10.
    std::vector<Certificate> chain;
    /// Did the chain verify against our trust store (name not considered)? Absent if not checked.
    std::optional<bool> trusted;
    /// Why it did not ("certificate has expired"). Empty if it did.
    std::string verify_error;
    /// Does the leaf cover `sni` (RFC 9525)? Absent if not checked.
    std::optional<bool> name_matches;
    /// Did the server staple an OCSP response (RFC 6066 section 8) when asked to? What it says is
    /// not read. Absent if not known.
    std::optional<bool> ocsp_stapled;
    friend bool operator==(const TlsFacts&, const TlsFacts&) = default;
};

/// What one HTTP exchange told. The body itself is never kept.
struct HttpFacts {
    /// "GET", upper case.
    std::string method = "GET";
    std::string url;
    /// Three digits; 0 when no final response came (an interim one, 1xx, is none).
    unsigned status = 0;
    /// "HTTP/1.1", "HTTP/2". Empty if not known.
    std::string version;
    /// In order, names lower case; cookie values replaced by "[redacted]". Capped: see
    /// `headers_truncated`.
    std::vector<std::pair<std::string, std::string>> headers;
    bool headers_truncated = false;
    /// Bytes of content read, after decoding, up to the cap. Absent if no content was looked at.
    std::optional<std::uint64_t> body_length;
    /// True when the cap (64 KiB by default) or a clock cut it.
    bool body_truncated = false;
    /// SHA-256 of those bytes, lower-case hex; empty if none were read.
    std::string body_sha256;
    /// Text of the first <title>, white space folded, at most 200 characters. Empty if none.
    std::string title;
    /// What the first <meta http-equiv=refresh> says ("0; url=/home"), at most 2,048 octets. Empty
    /// if there is none.
    std::string meta_refresh;
    /// Ids of the catalogue's body markers found, sorted (see data/README.md).
    std::vector<std::string> markers;
    friend bool operator==(const HttpFacts&, const HttpFacts&) = default;
};

/// Why a probe was made.
enum class ProbePurpose {
    root,         ///< the subject's own page
    redirect,     ///< where another response sent us
    public_name,  ///< the server that an ECH configuration names
    edge,         ///< a path that only an edge has an answer to: what came is no page of the site's
};

/// One attempt to talk to one address: connect, shake hands, ask.
struct Probe {
    /// "https" or "http".
    std::string scheme;
    /// Absent in recordings that do not say where the request went.
    std::optional<IpAddress> address;
    std::uint16_t port = 0;
    /// The host name asked for (SNI and Host).
    std::string host;
    ProbePurpose purpose = ProbePurpose::root;
    Step tcp;
    Step tls;
    Step http;
    /// Present once a handshake got as far as the server's certificate.
    std::optional<TlsFacts> tls_facts;
    /// Present once a status line came.
    std::optional<HttpFacts> http_facts;
    std::optional<Timestamp> started_at;
    Milliseconds connect_time{0};
    Milliseconds handshake_time{0};
    Milliseconds total_time{0};
    /// How long our own limits (rate, connections to an address, open files) held it back before it
    /// began; in none of the other spans.
    Milliseconds waited{0};
    friend bool operator==(const Probe&, const Probe&) = default;
};

// ---- Address ownership --------------------------------------------------------------------------

/// Who announces an address, out of a routing table of a day. Not who owns or rents it.
struct Origin {
    Prefix prefix;
    std::uint32_t asn = 0;
    /// The AS's organisation as the data names it. May be empty.
    std::string organisation;
    friend bool operator==(const Origin&, const Origin&) = default;
};

}  // namespace resolvers
