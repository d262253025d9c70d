#include "resolvers/tls/certificate.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <climits>
#include <ctime>
#include <unordered_map>

#include "resolvers/base/ascii.h"
#include "resolvers/base/hex.h"
#include "resolvers/base/utf8.h"

namespace resolvers::tls {
namespace {

constexpr std::size_t digest_size = 32;
using Digest = std::array<unsigned char, digest_size>;

struct OpensslFree {
    void operator()(unsigned char* p) const { OPENSSL_free(p); }
    void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
    void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
    void operator()(X509_STORE* p) const { X509_STORE_free(p); }
    void operator()(STACK_OF(X509) * p) const { sk_X509_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpensslFree>;

// Fetched once: OpenSSL 3 looks an algorithm up anew each time EVP_sha256() is handed to it.
const EVP_MD* sha256()
{
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

Digest digest_of(X509* certificate)
{
    Digest digest{};
    X509_digest(certificate, sha256(), digest.data(), nullptr);
    return digest;
}

// At most `limit` characters of valid UTF-8.
std::string shortened(std::string text, std::size_t limit)
{
    if (text.size() <= limit)
        return text;
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 && ++characters > limit) {
            text.resize(i);
            break;
        }
    return text;
}

std::string_view raw_bytes(const ASN1_STRING* string)
{
    const int length = ASN1_STRING_length(string);
    if (length <= 0)
        return {};
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(length)};
}

// OpenSSL converts what is well formed (BMPString, T61String...); what is not is read bytewise.
std::string text_of(const ASN1_STRING* string)
{
    unsigned char* converted = nullptr;
    const int length = ASN1_STRING_to_UTF8(&converted, string);
    const Owned<unsigned char> guard(converted);
    const std::string_view bytes = length >= 0
                                       ? std::string_view{reinterpret_cast<const char*>(converted),
                                                          static_cast<std::size_t>(length)}
                                       : raw_bytes(string);
    return shortened(utf8_or_latin1(bytes), certificate_text_limit);
}

// The last, which is the most specific, of the entries of a kind.
std::string entry_of(const X509_NAME* name, int kind)
{
    int found = -1;
    for (int at = -1; (at = X509_NAME_get_index_by_NID(name, kind, at)) >= 0;)
        found = at;
    if (found < 0)
        return {};
    return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, found)));
}

std::optional<Timestamp> time_of(const ASN1_TIME* time)
{
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return Timestamp{std::chrono::seconds{timegm(&parts)}};
}

std::string key_of(X509* certificate)
{
    EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (key == nullptr)
        return {};
    const std::string bits = " " + std::to_string(EVP_PKEY_get_bits(key));
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return "RSA" + bits;
        case EVP_PKEY_RSA_PSS:
            return "RSA-PSS" + bits;
        case EVP_PKEY_DSA:
            return "DSA" + bits;
        case EVP_PKEY_ED25519:
            return "Ed25519";
        case EVP_PKEY_ED448:
            return "Ed448";
        case EVP_PKEY_EC: {
            std::array<char, 80> group{};
            std::size_t length = 0;
            if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1)
                return "EC";
            const std::string name(group.data(), length);
            const char* nist = EC_curve_nid2nist(OBJ_sn2nid(name.c_str()));
            return "EC " + (nist == nullptr ? name : std::string(nist));
        }
        default:
            return {};
    }
}

Owned<GENERAL_NAMES> alternative_names(X509* certificate)
{
    return Owned<GENERAL_NAMES>(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

std::string address_text(std::string_view bytes)
{
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    if (bytes.size() == 4)
        return IpAddress::from_v4(static_cast<std::uint32_t>(data[0]) << 24 |
                                  static_cast<std::uint32_t>(data[1]) << 16 |
                                  static_cast<std::uint32_t>(data[2]) << 8 | data[3])
            .text();
    if (bytes.size() == 16) {
        std::array<std::uint8_t, 16> parts{};
        std::copy_n(data, 16, parts.begin());
        return IpAddress::from_v6(parts).text();
    }
    return {};
}

void add_names(X509* certificate, Certificate& facts)
{
    const Owned<GENERAL_NAMES> names = alternative_names(certificate);
    if (!names)
        return;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS && name->type != GEN_IPADD)
            continue;
        ++facts.names_total;
        if (facts.names.size() >= certificate_names_limit)
            continue;
        std::string text;
        if (name->type == GEN_DNS)
            text = to_lower(
                shortened(utf8_or_latin1(raw_bytes(name->d.dNSName)), certificate_text_limit));
        else
            text = address_text(raw_bytes(name->d.iPAddress));
        if (!text.empty())
            facts.names.push_back(std::move(text));
    }
}

// RFC 9525 section 6.3 for a host whose first label has an underscore, which X509_check_host will
// not match with a wildcard although people, and browsers, do use such names.
bool wildcard_covers(X509* certificate, std::string_view host)
{
    const std::size_t dot = host.find('.');
    if (dot == host.npos || dot == 0 || host.substr(0, dot).find('_') == host.npos)
        return false;
    const std::string parent = to_lower(host.substr(dot));
    if (parent.find('.', 1) == parent.npos)
        return false;
    const Owned<GENERAL_NAMES> names = alternative_names(certificate);
    if (!names)
        return false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS)
            continue;
        const std::string_view pattern = raw_bytes(name->d.dNSName);
        if (pattern.starts_with("*.") && to_lower(pattern.substr(1)) == parent)
            return true;
    }
    return false;
}

}  // namespace

// ---- Chains -------------------------------------------------------------------------------------

void CertificateChain::Release::operator()(x509_st* certificate) const
{
    X509_free(certificate);
}

CertificateChain CertificateChain::of_stack(const stack_st_X509* stack)
{
    CertificateChain chain;
    for (int i = 0; i < sk_X509_num(stack) && chain.size() < chain_limit; ++i) {
        X509* certificate = sk_X509_value(stack, i);
        X509_up_ref(certificate);
        chain.certificates_.emplace_back(certificate);
    }
    return chain;
}

Outcome<CertificateChain> CertificateChain::of_der(const std::vector<std::string>& certificates)
{
    CertificateChain chain;
    for (const std::string& der : certificates) {
        if (chain.size() >= chain_limit)
            break;
        const auto* at = reinterpret_cast<const unsigned char*>(der.data());
        if (der.size() > LONG_MAX)
            return Failure{"malformed", "certificate too large"};
        X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
        if (certificate == nullptr) {
            ERR_clear_error();
            return Failure{"malformed", "not a certificate in DER"};
        }
        chain.certificates_.emplace_back(certificate);
    }
    return chain;
}

Certificate describe(x509_st* certificate, bool with_names)
{
    Certificate facts;
    facts.sha256 = hex_of(digest_of(certificate));
    const X509_NAME* subject = X509_get_subject_name(certificate);
    const X509_NAME* issuer = X509_get_issuer_name(certificate);
    facts.subject_common_name = entry_of(subject, NID_commonName);
    facts.subject_organisation = entry_of(subject, NID_organizationName);
    facts.issuer_common_name = entry_of(issuer, NID_commonName);
    facts.issuer_organisation = entry_of(issuer, NID_organizationName);
    facts.not_before = time_of(X509_get0_notBefore(certificate));
    facts.not_after = time_of(X509_get0_notAfter(certificate));
    facts.key = key_of(certificate);
    // Compares the names before it looks at the signature, so that it costs little for most.
    facts.self_signed = X509_self_signed(certificate, 1) == 1;
    if (with_names)
        add_names(certificate, facts);
    ERR_clear_error();
    return facts;
}

bool covers(x509_st* certificate, const std::string& host)
{
    bool covered = false;
    if (const std::optional<IpAddress> address = IpAddress::parse(host)) {
        covered =
            X509_check_ip(certificate, address->bytes().data(), address->is_v4() ? 4 : 16, 0) == 1;
    } else {
        constexpr unsigned flags =
            X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
        covered = X509_check_host(certificate, host.data(), host.size(), flags, nullptr) == 1 ||
                  wildcard_covers(certificate, host);
    }
    ERR_clear_error();
    return covered;
}

// ---- Trust --------------------------------------------------------------------------------------

struct TrustStore::Store {
    Owned<X509_STORE> roots{X509_STORE_new()};
};

TrustStore::TrustStore() : store_(std::make_unique<Store>()) {}
TrustStore::~TrustStore() = default;

Outcome<std::shared_ptr<const TrustStore>> TrustStore::load(const std::string& ca_file)
{
    const std::shared_ptr<TrustStore> store(new TrustStore);
    // A machine without roots is possible: nothing verifies there, and `doctor` says so.
    X509_STORE_set_default_paths(store->store_->roots.get());
    ERR_clear_error();
    if (!ca_file.empty() &&
        X509_STORE_load_file(store->store_->roots.get(), ca_file.c_str()) != 1) {
        ERR_clear_error();
        return Failure{"unreadable", ca_file + ": no certificates in PEM could be read from it"};
    }
    return std::shared_ptr<const TrustStore>(store);
}

x509_store_st* TrustStore::handle() const
{
    return store_->roots.get();
}

Verdict TrustStore::verify(const CertificateChain& chain) const
{
    if (chain.empty())
        return {false, "no certificate"};
    const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
    const Owned<STACK_OF(X509)> untrusted(sk_X509_new_null());
    for (std::size_t i = 1; i < chain.size(); ++i)
        sk_X509_push(untrusted.get(), chain.at(i));
    Verdict verdict;
    if (!context || X509_STORE_CTX_init(context.get(), store_->roots.get(), chain.at(0),
                                        untrusted.get()) != 1) {
        verdict.error = "out of memory";
    } else {
        X509_STORE_CTX_set_default(context.get(), "ssl_server");
        // What Debian's OpenSSL asks of a connection of its own ("DEFAULT@SECLEVEL=2").
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), 2);
        verdict.trusted = X509_verify_cert(context.get()) == 1;
        if (!verdict.trusted)
            verdict.error = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    }
    ERR_clear_error();
    return verdict;
}

// ---- Memory -------------------------------------------------------------------------------------

namespace {

// Digests are as good as random already.
struct DigestHash {
    std::size_t operator()(const Digest& digest) const
    {
        std::size_t value = 0;
        std::copy_n(digest.begin(), sizeof value, reinterpret_cast<unsigned char*>(&value));
        return value;
    }
};

// Two generations: when the young one is full it becomes the old one, and the old one is forgotten.
// What is asked for again moves up. Never more than `limit` entries, no lists to keep in order.
template <typename Value>
class Generations {
public:
    explicit Generations(std::size_t limit) : half_(std::max<std::size_t>(limit / 2, 1)) {}

    Value* find(const Digest& key)
    {
        if (const auto at = young_.find(key); at != young_.end())
            return &at->second;
        const auto at = old_.find(key);
        if (at == old_.end())
            return nullptr;
        Value value = std::move(at->second);
        old_.erase(at);
        return &put(key, std::move(value));
    }

    Value& put(const Digest& key, Value value)
    {
        if (young_.size() >= half_ && !young_.contains(key)) {
            old_ = std::move(young_);
            young_.clear();
        }
        return young_.insert_or_assign(key, std::move(value)).first->second;
    }

private:
    std::size_t half_;
    std::unordered_map<Digest, Value, DigestHash> young_;
    std::unordered_map<Digest, Value, DigestHash> old_;
};

// A certificate expires while a long run goes on, so no verdict is kept for long.
constexpr std::chrono::minutes verdict_age{10};

struct KeptVerdict {
    Verdict verdict;
    std::chrono::steady_clock::time_point at;
};

void hand_over(X509* certificate, const std::string& sha256_text, const LeafTaker& taker)
{
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size > 0)
        taker(sha256_text, {der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    ERR_clear_error();
}

// Leaves have up to 200 names each, and fewer of them are shared than chains are.
constexpr std::size_t leaf_share = 8;

Digest chain_digest(const std::vector<Digest>& digests)
{
    Digest key{};
    EVP_Digest(digests.data(), digests.size() * digest_size, key.data(), nullptr, sha256(),
               nullptr);
    return key;
}

}  // namespace

struct ChainReader::Memory {
    explicit Memory(std::size_t entries)
        : leaves(entries / leaf_share), others(entries), verdicts(entries)
    {
    }
    Generations<Certificate> leaves;
    Generations<Certificate> others;
    Generations<KeptVerdict> verdicts;
};

ChainReader::ChainReader(std::shared_ptr<const TrustStore> store, std::size_t entries)
    : store_(std::move(store)), memory_(std::make_unique<Memory>(entries))
{
}

ChainReader::~ChainReader() = default;

void ChainReader::read(const CertificateChain& chain, const std::string& host, TlsFacts& facts)
{
    if (chain.empty())
        return;
    std::vector<Digest> digests;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        digests.push_back(digest_of(chain.at(i)));
        // A leaf has its names, so the same certificate in another place is another entry.
        Generations<Certificate>& known = i == 0 ? memory_->leaves : memory_->others;
        const Certificate* certificate = known.find(digests.back());
        if (certificate == nullptr) {
            certificate = &known.put(digests.back(), describe(chain.at(i), i == 0));
            if (i == 0 && on_leaf_)
                hand_over(chain.at(i), certificate->sha256, on_leaf_);
        }
        facts.chain.push_back(*certificate);
    }
    if (!host.empty())
        facts.name_matches = covers(chain.at(0), host);
    if (!store_)
        return;

    const Digest key = chain_digest(digests);
    const auto now = std::chrono::steady_clock::now();
    KeptVerdict* kept = memory_->verdicts.find(key);
    if (kept == nullptr || now - kept->at > verdict_age) {
        ++verified_;
        kept = &memory_->verdicts.put(key, {store_->verify(chain), now});
    }
    facts.trusted = kept->verdict.trusted;
    facts.verify_error = kept->verdict.error;
}

}  // namespace resolvers::tls
