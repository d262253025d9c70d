// Certificates as strangers send them: one in DER, or several one after the other with their length
// in two bytes before each. Whatever OpenSSL can read must be described within bounds, compared and
// judged.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"
#include "resolvers/tls/certificate.h"

namespace {

using namespace resolvers;

void must(bool holds)
{
    if (!holds)
        std::abort();
}

std::vector<std::string> split(std::string_view input)
{
    if (input.starts_with('\x30'))
        return {std::string(input)};
    std::vector<std::string> parts;
    while (input.size() >= 2 && parts.size() < 12) {
        const std::size_t size = static_cast<std::size_t>(static_cast<unsigned char>(input[0]))
                                     << 8 |
                                 static_cast<unsigned char>(input[1]);
        input.remove_prefix(2);
        parts.emplace_back(input.substr(0, size));
        input.remove_prefix(std::min(size, input.size()));
    }
    return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static tls::ChainReader reader(tls::TrustStore::load().value(), 64);
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const Outcome<tls::CertificateChain> chain = tls::CertificateChain::of_der(split(input));
    if (!chain.has_value())
        return 0;
    for (const char* host : {"www.example.org", "a_b.example.org", "192.0.2.7", "2001:db8::1"}) {
        TlsFacts facts;
        reader.read(chain.value(), host, facts);
        must(facts.chain.size() == chain.value().size() && facts.chain.size() <= tls::chain_limit);
        for (const Certificate& certificate : facts.chain) {
            must(certificate.sha256.size() == 64);
            must(certificate.names.size() <= tls::certificate_names_limit);
            must(certificate.names.size() <= certificate.names_total);
            for (const std::string* text :
                 {&certificate.subject_common_name, &certificate.subject_organisation,
                  &certificate.issuer_common_name, &certificate.issuer_organisation,
                  &certificate.key})
                must(resolvers::is_utf8(*text) && text->size() <= tls::certificate_text_limit * 4);
            for (const std::string& name : certificate.names)
                must(!name.empty() && resolvers::is_utf8(name) &&
                     resolvers::to_lower(name) == name);
        }
    }
    return 0;
}
