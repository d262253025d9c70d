// DNS messages between wire format and facts (RFC 1035, 6891, 8914, 7871, 3597), without any I/O.
// Reads what strangers send: total, bounded by the limits named in the .cpp, never throws for it.
// Misses: TSIG and DNSSEC records as anything but RFC 3597 text; classes other than IN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"
#include "resolvers/facts.h"
#include "resolvers/questions.h"

namespace resolvers::dnswire {

// ---- Types --------------------------------------------------------------------------------------

/// The number of a type written as a mnemonic that we know ("HTTPS") or as "TYPE65" (RFC 3597).
/// Upper case only. Absent for anything else.
std::optional<std::uint16_t> type_number(std::string_view text);

/// "HTTPS"; "TYPE123" for a type that we do not know.
std::string type_text(std::uint16_t number);

// ---- Queries ------------------------------------------------------------------------------------

struct EdnsOptions {
    /// False sends no OPT record at all, for servers that choke on it.
    bool enabled = true;
    /// The largest UDP answer that we ask for, in octets. 1232 passes every path without fragments.
    std::uint16_t udp_size = 1232;
    /// Asks for DNSSEC records (the DO bit).
    bool dnssec_ok = false;
    /// The client network to claim (RFC 7871). Absent: no such option is sent.
    std::optional<Prefix> client_subnet{};
    /// Pads the query to a multiple of so many octets (RFC 7830, 8467), at most 128; for encrypted
    /// ways only. 0: not at all.
    std::uint16_t padding_block = 0;
    /// Sets RD. (Not of EDNS, but here with what else a query may carry.)
    bool recursion_desired = true;
};

/// No query of ours is longer: 306 octets, and what fills up the third block of 128.
inline constexpr std::size_t max_query = 3 * 128;
static_assert(max_query >= 12 + 255 + 4 + 11 + 4 + 4 + 16 + 4);

/// One query of class IN: AD set (it asks for the AD bit in return, RFC 6840 5.7), RD as asked.
/// Failure "unknown_type" if the question's type is not one that type_number reads.
Outcome<std::vector<std::uint8_t>> encode_query(const Question& question, std::uint16_t id,
                                                const EdnsOptions& edns);

/// The same without an allocation. Returns the length; 0 if the type is not known.
std::size_t encode_query_into(std::span<std::uint8_t, max_query> buffer, const Question& question,
                              std::uint16_t id, const EdnsOptions& edns);

// ---- Responses ----------------------------------------------------------------------------------

struct DnsHeader {
    std::uint16_t id = 0;
    /// QR: set in responses.
    bool response = false;
    std::uint8_t opcode = 0;
    /// AA, TC, RD, RA, AD, CD.
    bool authoritative = false;
    bool truncated = false;
    bool recursion_desired = false;
    bool recursion_available = false;
    bool authentic_data = false;
    bool checking_disabled = false;
    /// With the upper bits out of the OPT record, if there is one (RFC 6891 section 6.1.3).
    std::uint16_t rcode = 0;
};

struct AskedQuestion {
    /// As DnsRecord::name.
    std::string name;
    std::uint16_t type = 0;
    std::uint16_t record_class = 0;
};

struct Edns {
    std::uint16_t udp_size = 0;
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    /// The scope prefix length that the server returned (RFC 7871). Absent: no such option.
    std::optional<std::uint8_t> client_subnet_scope;
};

struct DnsMessage {
    DnsHeader header;
    /// Absent unless there is exactly one.
    std::optional<AskedQuestion> question;
    /// Records of class IN. OPT is not among the additional ones: see `edns` and `errors`.
    std::vector<DnsRecord> answer;
    /// These two stay empty when only the answer was asked for.
    std::vector<DnsRecord> authority;
    std::vector<DnsRecord> additional;
    /// Does the authority section hold a SOA, an NS record? Known whatever was asked for.
    bool authority_has_soa = false;
    bool authority_has_ns = false;
    /// Absent: the server sent no OPT record.
    std::optional<Edns> edns;
    std::vector<ExtendedError> errors;
};

enum class Sections { all, answer };

/// Reads a message. With Sections::answer the records of the other sections are only skipped, which
/// is cheaper. Failure "malformed" says what could not be read; octets after the message are
/// ignored. An SVCB or HTTPS record that breaks RFC 9460 does not make the message malformed: see
/// ServiceBinding::flags.
Outcome<DnsMessage> parse_message(std::span<const std::uint8_t> octets,
                                  Sections sections = Sections::all);

/// The same into a message that was used before, whose memory it takes over: for those who read
/// many. Absent if it went well; after a failure the message holds nothing of use.
std::optional<Failure> parse_message_into(std::span<const std::uint8_t> octets, Sections sections,
                                          DnsMessage& message);

/// Is this the response to that query: id, QR, opcode, and the question itself in type, class and
/// name (letters in any case)?
bool answers_question(const DnsMessage& message, const Question& question, std::uint16_t id);

/// What the message says about the question; it is taken to answer it and not to be truncated.
/// noerror needs a record of the asked type, or a CNAME, that belongs to the name itself.
/// A referral (RFC 2308 section 2.1) is bad_response: the server did not look any further.
DnsStatus classify(const DnsMessage& message, const Question& question);

}  // namespace resolvers::dnswire
