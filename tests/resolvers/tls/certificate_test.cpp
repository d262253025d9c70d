#include "resolvers/tls/certificate.h"

#include <doctest/doctest.h>
#include <openssl/asn1.h>

#include "resolvers/base/digest.h"
#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"
#include "tests/support/tls_server.h"

using namespace resolvers;
using namespace support;
using namespace std::chrono_literals;

namespace {

tls::CertificateChain chain_of(const std::vector<TestCertificate>& certificates)
{
    std::vector<std::string> der;
    for (const TestCertificate& certificate : certificates)
        der.push_back(certificate.der());
    return tls::CertificateChain::of_der(der).value();
}

Certificate described(const CertificateWishes& wishes)
{
    return resolvers::tls::describe(chain_of({TestCertificate::self_signed(wishes)}).at(0), true);
}

bool covered(const std::vector<std::string>& names, const std::string& host)
{
    CertificateWishes wishes;
    wishes.names = names;
    return resolvers::tls::covers(chain_of({TestCertificate::self_signed(wishes)}).at(0), host);
}

// Made once: keys take time under sanitizers.
const TestAuthority& authority()
{
    static const TestAuthority made;
    return made;
}

}  // namespace

TEST_CASE("a certificate is described in full")
{
    const auto now = std::chrono::system_clock::now();
    const TestCertificate made = authority().leaf(
        {.common_name = "www.example.org",
         .organisation = "B\xc3\xbc"
                         "cher AG",
         .names = {"DNS:WWW.Example.org", "DNS:*.example.org", "IP:192.0.2.7", "IP:2001:db8::1"}});
    const Certificate facts = resolvers::tls::describe(chain_of({made}).at(0), true);
    CHECK(facts.sha256 == sha256_hex(made.der()));
    CHECK(facts.subject_common_name == "www.example.org");
    CHECK(facts.subject_organisation ==
          "B\xc3\xbc"
          "cher AG");
    CHECK(facts.issuer_common_name == "Test Intermediate");
    CHECK(facts.issuer_organisation == "Test Trust");
    CHECK(facts.names ==
          std::vector<std::string>{"www.example.org", "*.example.org", "192.0.2.7", "2001:db8::1"});
    CHECK(facts.names_total == 4);
    CHECK(std::chrono::abs(facts.not_before.value() - (now - 1h)) < 1min);
    CHECK(std::chrono::abs(facts.not_after.value() - (now + 24h)) < 1min);
    CHECK(facts.key == "EC P-256");

    const Certificate without = resolvers::tls::describe(chain_of({made}).at(0), false);
    CHECK(without.names.empty());
    CHECK(without.names_total == 0);
}

TEST_CASE("keys are named by kind and size")
{
    CHECK(described({.key = "P-384"}).key == "EC P-384");
    CHECK(described({.key = "RSA"}).key == "RSA 2048");
    CHECK(described({.key = "Ed25519"}).key == "Ed25519");
}

TEST_CASE("names in any string type come out as UTF-8")
{
    struct Case {
        std::string why;
        std::string bytes;
        int type;
        std::string expected;
    };
    const Case cases[] = {
        {"UTF8String", "caf\xc3\xa9", V_ASN1_UTF8STRING, "caf\xc3\xa9"},
        {"BMPString", std::string("\0c\0a\0f\0\xe9", 8), V_ASN1_BMPSTRING, "caf\xc3\xa9"},
        {"UniversalString", std::string("\0\0\0c\0\1\xf6\0", 8), V_ASN1_UNIVERSALSTRING,
         "c\xf0\x9f\x98\x80"},
        {"T61String, read as ISO-8859-1", "caf\xe9", V_ASN1_T61STRING, "caf\xc3\xa9"},
        {"PrintableString with what it may not hold", "a@b*\xe9", V_ASN1_PRINTABLESTRING,
         "a@b*\xc3\xa9"},
        {"an embedded NUL is kept", std::string("good.example\0.evil", 18), V_ASN1_UTF8STRING,
         std::string("good.example\0.evil", 18)},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const Certificate facts =
            described({.common_name = c.bytes, .names = {}, .common_name_type = c.type});
        CHECK(facts.subject_common_name == c.expected);
        CHECK(resolvers::is_utf8(facts.subject_common_name));
    }
}

TEST_CASE("names in subjectAltName are kept as sent, within bounds")
{
    const Certificate odd =
        described({.names = {},
                   .raw_names = {std::string("good.example\0.evil", 18), "caf\xe9.example", ""}});
    CHECK(odd.names ==
          std::vector<std::string>{std::string("good.example\0.evil", 18), "caf\xc3\xa9.example"});
    CHECK(odd.names_total == 3);

    CertificateWishes many;
    many.names.clear();
    for (int i = 0; i < 1000; ++i)
        many.names.push_back("DNS:" + std::to_string(i) + ".example");
    const Certificate large = described(many);
    CHECK(large.names.size() == tls::certificate_names_limit);
    CHECK(large.names_total == 1000);

    const Certificate long_name =
        described({.common_name = "x", .names = {}, .raw_names = {std::string(5000, 'a')}});
    CHECK(long_name.names.at(0).size() == tls::certificate_text_limit);
}

TEST_CASE("a certificate covers a host by RFC 9525")
{
    struct Case {
        std::string why;
        std::vector<std::string> names;
        std::string host;
        bool expected;
    };
    const Case cases[] = {
        {"the same name", {"DNS:a.example"}, "a.example", true},
        {"case does not matter", {"DNS:A.Example"}, "a.example", true},
        {"a wildcard", {"DNS:*.example.org"}, "www.example.org", true},
        {"a wildcard stands for one label", {"DNS:*.example.org"}, "a.b.example.org", false},
        {"a wildcard does not stand for none", {"DNS:*.example.org"}, "example.org", false},
        {"a wildcard is a whole label", {"DNS:w*.example.org"}, "www.example.org", false},
        {"the common name does not count", {"DNS:b.example"}, "www.example.org", false},
        {"no names at all", {}, "www.example.org", false},
        {"underscores under a wildcard", {"DNS:*.blog.example"}, "my_site.blog.example", true},
        {"underscores under another wildcard", {"DNS:*.blog.example"}, "my_site.b.example", false},
        {"underscores under a wildcard for all of a TLD", {"DNS:*.example"}, "a_b.example", false},
        {"an address", {"IP:192.0.2.7"}, "192.0.2.7", true},
        {"another address", {"IP:192.0.2.7"}, "192.0.2.8", false},
        {"an address as a name is none", {"DNS:192.0.2.7"}, "192.0.2.7", false},
        {"an IPv6 address", {"IP:2001:db8::1"}, "2001:db8::1", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(covered(c.names, c.host) == c.expected);
    }
    const tls::CertificateChain nul = chain_of({TestCertificate::self_signed(
        {.names = {}, .raw_names = {std::string("good.example\0.evil", 18)}})});
    CHECK_FALSE(resolvers::tls::covers(nul.at(0), "good.example"));
}

TEST_CASE("what is no certificate is said to be malformed")
{
    const std::string sound = authority().root.der();
    CHECK(tls::CertificateChain::of_der({sound}).has_value());
    CHECK(tls::CertificateChain::of_der({}).value().empty());
    for (const std::string& der :
         {std::string(), std::string("x"), sound.substr(0, sound.size() / 2)}) {
        const Outcome<tls::CertificateChain> chain = tls::CertificateChain::of_der({sound, der});
        REQUIRE_FALSE(chain.has_value());
        CHECK(chain.error().code == "malformed");
    }
    // OpenSSL itself refuses names that break their string type, in a handshake as well.
    const TestCertificate broken = TestCertificate::self_signed(
        {.common_name = "caf\xe9", .names = {}, .common_name_type = V_ASN1_UTF8STRING});
    CHECK_FALSE(tls::CertificateChain::of_der({broken.der()}).has_value());
    const Outcome<tls::CertificateChain> many =
        tls::CertificateChain::of_der(std::vector<std::string>(30, sound));
    CHECK(many.value().size() == tls::chain_limit);
}

TEST_CASE("a trust store judges chains without regard to names")
{
    const TestAuthority& ca = authority();
    const std::shared_ptr<const tls::TrustStore> store = tls::TrustStore::load(ca.file()).value();
    struct Case {
        std::string why;
        tls::CertificateChain chain;
        tls::Verdict expected;
    };
    const TestCertificate expired = ca.leaf({.valid_from = -7200s, .valid_until = -60s});
    const TestCertificate early = ca.leaf({.valid_from = 3600s});
    const TestCertificate leaf = ca.leaf({});
    const TestCertificate signed_by_leaf =
        TestCertificate::signed_by(leaf, {.common_name = "below.example.org"});
    const Case cases[] = {
        {"sound", chain_of({leaf, ca.intermediate}), {true, ""}},
        {"in another order", chain_of({leaf, ca.root, ca.intermediate}), {true, ""}},
        {"expired", chain_of({expired, ca.intermediate}), {false, "certificate has expired"}},
        {"not yet valid",
         chain_of({early, ca.intermediate}),
         {false, "certificate is not yet valid"}},
        {"no intermediate", chain_of({leaf}), {false, "unable to get local issuer certificate"}},
        {"signed by itself",
         chain_of({TestCertificate::self_signed({})}),
         {false, "self-signed certificate"}},
        {"signed by a leaf",
         chain_of({signed_by_leaf, leaf, ca.intermediate}),
         {false, "invalid CA certificate"}},
        {"nothing", tls::CertificateChain(), {false, "no certificate"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const tls::Verdict verdict = store->verify(c.chain);
        CHECK(verdict.trusted == c.expected.trusted);
        CHECK(verdict.error == c.expected.error);
    }

    const std::shared_ptr<const tls::TrustStore> without = tls::TrustStore::load().value();
    CHECK_FALSE(without->verify(chain_of({leaf, ca.intermediate})).trusted);
}

TEST_CASE("a file that holds no certificates is said to be unreadable")
{
    const Outcome<std::shared_ptr<const tls::TrustStore>> none =
        tls::TrustStore::load("/nonexistent/ca.pem");
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == "unreadable");
    CHECK(none.error().detail.find("/nonexistent/ca.pem") != std::string::npos);
    CHECK_FALSE(tls::TrustStore::load("/dev/null").has_value());
}

TEST_CASE("self-signed is who signed itself, not who says so")
{
    const TestAuthority ca;
    const TestCertificate alone = TestCertificate::self_signed({.common_name = "same"});
    // By its names its own issuer, by its signature not.
    const TestCertificate pretender = TestCertificate::signed_by(alone, {.common_name = "same"});
    CHECK(resolvers::tls::describe(chain_of({alone}).at(0), true).self_signed);
    CHECK(resolvers::tls::describe(chain_of({ca.root}).at(0), true).self_signed);
    CHECK_FALSE(resolvers::tls::describe(chain_of({ca.intermediate}).at(0), true).self_signed);
    CHECK_FALSE(resolvers::tls::describe(chain_of({ca.leaf({})}).at(0), true).self_signed);
    CHECK_FALSE(resolvers::tls::describe(chain_of({pretender}).at(0), true).self_signed);
}

TEST_CASE("each leaf is handed over once, for as long as it is remembered")
{
    const TestAuthority ca;
    tls::ChainReader reader(nullptr);
    std::vector<std::string> taken;
    std::string der;
    reader.on_leaf([&](const std::string& sha256, std::span<const std::uint8_t> bytes) {
        taken.push_back(sha256);
        der.assign(bytes.begin(), bytes.end());
    });
    const TestCertificate one = ca.leaf({});
    const TestCertificate two = ca.leaf({});
    TlsFacts facts;
    for (int i = 0; i < 3; ++i) {
        reader.read(chain_of({one, ca.intermediate}), "", facts);
        reader.read(chain_of({two, ca.intermediate}), "", facts);
    }
    CHECK(taken == std::vector<std::string>{sha256_hex(one.der()), sha256_hex(two.der())});
    CHECK(der == two.der());
}

TEST_CASE("a chain is verified once, and described the same from memory")
{
    const TestAuthority& ca = authority();
    tls::ChainReader reader(tls::TrustStore::load(ca.file()).value(), 4);
    const tls::CertificateChain chain = chain_of({ca.leaf({}), ca.intermediate});
    TlsFacts first;
    TlsFacts second;
    reader.read(chain, "www.example.org", first);
    reader.read(chain, "www.example.org", second);
    CHECK((first == second));
    CHECK(first.trusted == true);
    CHECK(first.name_matches == true);
    CHECK(reader.verified() == 1);

    // The verdict is the chain's, the name is the probe's.
    TlsFacts other;
    reader.read(chain, "other.example", other);
    CHECK(other.name_matches == false);
    CHECK(reader.verified() == 1);

    // The same leaf with another chain is another verdict.
    TlsFacts alone;
    std::vector<std::string> leaf_only = {ca.leaf({}).der()};
    reader.read(tls::CertificateChain::of_der(leaf_only).value(), "www.example.org", alone);
    CHECK(alone.trusted == false);
    CHECK(reader.verified() == 2);

    // Memory is bounded: enough strangers drive the first one out.
    for (int i = 0; i < 8; ++i) {
        TlsFacts stranger;
        reader.read(chain_of({ca.leaf({}), ca.intermediate}), "", stranger);
        CHECK_FALSE(stranger.name_matches.has_value());
    }
    TlsFacts again;
    reader.read(chain, "www.example.org", again);
    CHECK((again == first));
    CHECK(reader.verified() == 11);
}

TEST_CASE("without a trust store nothing is judged")
{
    tls::ChainReader reader(nullptr);
    TlsFacts facts;
    reader.read(chain_of({authority().leaf({})}), "www.example.org", facts);
    CHECK_FALSE(facts.trusted.has_value());
    CHECK(facts.verify_error == "");
    CHECK(facts.name_matches == true);
    TlsFacts empty;
    reader.read(tls::CertificateChain(), "www.example.org", empty);
    CHECK((empty == TlsFacts{}));
}
