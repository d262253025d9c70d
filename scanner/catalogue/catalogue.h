// What data/ knows, read once, checked, indexed, never changed afterwards. Look-ups are by the
// thing seen: an address, a name, a header. Safe to share between threads.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolvers/base/ip_address.h"
#include "resolvers/base/outcome.h"
#include "scanner/model/addressee.h"
#include "scanner/model/attribution.h"
#include "scanner/model/canary.h"
#include "scanner/model/evidence.h"

namespace scanner::catalogue {

/// What a source is, and with it how far its facts carry (data/README.md).
enum class SourceKind { primary, public_repository, routing, observation, unverified };

/// Where a fact stands.
struct Source {
    SourceKind kind = SourceKind::primary;
    std::string url;
    std::string commit;
    std::string path;
    /// ISO date of the last reading.
    std::string checked;
    /// "url@commit path", for people.
    std::string text() const;
};

struct Product;
struct Provider;

/// How a product is present in a network that is not its company's.
enum class TenancyKind {
    machines,   ///< on rented machines and balancers
    edge,       ///< the network's own addresses face the visitor
    announced,  ///< the product's own addresses, which that network announces
};

/// Whose network a product is known to answer from, besides its own company's: a platform on rented
/// machines, behind a CDN that it bought, or with addresses of its own that a CDN announces.
struct Tenancy {
    /// Id of the company whose network it is, and the company; never null once it is loaded.
    std::string network;
    const Provider* provider = nullptr;
    TenancyKind how = TenancyKind::machines;
    const Source* source = nullptr;
    /// "file:line" of the entry.
    std::string where;
};

enum class ProductStatus { active, retiring, defunct, handed_over };

/// What a platform stores of a site.
enum class Storage { none, static_hosting, object_storage, video, blog, site_builder, paas };

/// One [[product]] of data/providers/.
struct Product {
    std::string id;
    std::string name;
    /// The company that offers it. Never null once it is loaded.
    const Provider* provider = nullptr;
    /// Of the product if it has one of its own, else of the company. May be empty.
    std::string legal_entity;
    /// Other names of the product, then those of the company.
    std::vector<std::string> aliases;
    std::vector<Role> roles;
    /// An address of this product serves no customer's site (public resolver, VPN exit).
    bool service = false;
    ProductStatus status = ProductStatus::active;
    Storage storage = Storage::none;
    /// Products of the same company that look the same from outside on a custom domain.
    std::vector<std::string> undetermined_with;
    /// Lets address space to others, who run the machines.
    bool lessor = false;
    /// Derived: a strong range rule lists addresses of its edge.
    bool lists_edges = false;
    std::vector<Tenancy> runs_on;
    std::vector<ContactChannel> channels;
    std::string notes;
    /// "file:line" of the product, and of each channel.
    std::string where;
    std::vector<std::string> channel_where;

    bool has(Role role) const;
    /// Does one of the two name the other as a product that looks the same from outside?
    bool looks_like(const Product& other) const;
    /// The entry of runs_on for that company's network; null if there is none.
    const Tenancy* tenancy_at(const Provider& network) const;
};

/// A company: one file of data/providers/, or a registrar that has no such file. The Catalogue has
/// one object for each company, so that two products are of one company if their pointers are
/// equal.
struct Provider {
    std::string id;
    std::string name;
    /// As the file has it for all products. May be empty.
    std::string legal_entity;
    std::vector<std::string> aliases;
    /// In the order of the file. Registrars that stand in registrars.toml are not among them.
    std::vector<const Product*> products;

    // What follows is derived from the products when the catalogue is loaded.

    /// By role; null where no product has it.
    std::array<const Product*, role_count> best_by_role{};
    /// The product that lets address space to others; null if there is none.
    const Product* lessor = nullptr;
    /// How many products (host, platform) an address of its network may belong to.
    std::size_t products_with_machines = 0;

    /// The product in that role: one in use before one that has been given up, one that can be
    /// reached before one that cannot, then the first. Null if there is none.
    const Product* best(Role role) const { return best_by_role[static_cast<std::size_t>(role)]; }
    /// Do customers run the machines in its network?
    bool rents_machines() const { return best(Role::host) != nullptr; }
    /// Does it announce prefixes of others?
    bool carries() const
    {
        return best(Role::scrubber) != nullptr || best(Role::network) != nullptr;
    }
    /// Do all machines in its network face visitors? Then nobody else's can be there.
    bool is_only_edges() const { return !rents_machines() && !carries(); }
};

enum class RuleKind {
    range,
    asn,
    cname,
    native,
    ns,
    ptr,
    header,
    cookie,
    certificate,
    ech,
    answer,
    edge_path
};

/// Which addresses a range lists; see data/README.md.
enum class RangeKind { edge, customer, service, origin_facing, from_routing, third_party };

/// How much an AS number tells.
enum class AsnPrecision { product, company, shared };

enum class TextMatch { present, equals, prefix, contains, regex };

/// One rule. Lives as long as the Catalogue.
struct Rule {
    /// "<product>/<kind>/<what>", unique.
    std::string id;
    RuleKind kind = RuleKind::range;
    const Product* product = nullptr;
    Strength strength = Strength::weak;
    Side side = Side::none;
    const Source* source = nullptr;
    std::string example;
    /// "file:line" of the rule.
    std::string where;

    // Only what belongs to the rule's kind is set.
    RangeKind range_kind = RangeKind::edge;
    std::uint32_t asn = 0;
    /// The last day on which the range was the product's; absent while it is.
    std::optional<std::chrono::sys_days> until;
    /// How many prefixes the range lists.
    std::size_t prefix_count = 0;
    AsnPrecision precision = AsnPrecision::company;
    /// Suffix of a name, header or cookie name, certificate field, ECH public name, path.
    std::string key;
    /// Is `key` only the beginning of a header's name?
    bool key_is_prefix = false;
    /// Of a header's value, a cookie's name, a certificate's field. `regex` for names whose suffix
    /// a pattern narrows, `present` for other names.
    TextMatch match = TextMatch::present;
    /// Lower case unless it is a regex.
    std::string value;
    /// For answers: the state that the answer means, absent if it only shows that the edge answered
    /// ("edge" in the file), the HTTP status (0: any), and the body text. For edge paths the last
    /// two.
    std::optional<State> state;
    unsigned http_status = 0;
    std::string body;
};

/// A prefix of a range rule that holds an address.
struct RangeHit {
    const Rule* rule = nullptr;
    resolvers::Prefix prefix;
};

/// A problem in the data: "cloudflare.toml:41: ...".
struct CatalogueError {
    std::string where;
    std::string what;
    std::string text() const { return where + ": " + what; }
};

/// Where a state's marker is found.
enum class MarkerKind { ns, address, cname, body, title, redirect };

/// State markers of data/states/ (parking, seizure, block pages).
struct StateRule {
    std::string id;
    /// "parked", "seized", "blocked_for_vantage", "tampered".
    State state = State::parked;
    MarkerKind kind = MarkerKind::ns;
    /// Suffix, prefix text, or lower-case text, by kind.
    std::string key;
    /// `key` of an address rule, read.
    resolvers::Prefix prefix;
    /// Enough alone? Parking name servers are not (signal-traps 31): they need a second kind.
    bool sufficient = false;
    /// Which service or authority ("sedo", "cuii").
    std::string operator_name;
    const Source* source = nullptr;
    std::string example;
    std::string where;
};

struct Holding;
struct Publisher;

class Catalogue {
public:
    /// Reads DIR/providers, DIR/ranges, DIR/states, DIR/registrars.toml, DIR/deny.toml and
    /// DIR/canaries.toml; then the same of each overlay, whose files replace products and companies
    /// of the same id, and the canaries altogether.
    /// On error: every problem found, not the first alone, one "file:line: what" a line in
    /// Failure::detail (code "catalogue").
    static resolvers::Outcome<Catalogue> load(const std::string& dir,
                                              const std::vector<std::string>& overlays = {});

    /// The same with these range files in place of those on the disk, by path
    /// ("DIR/ranges/examplecdn.txt"): would they do?
    static resolvers::Outcome<Catalogue> load_with(const std::map<std::string, std::string>& ranges,
                                                   const std::string& dir,
                                                   const std::vector<std::string>& overlays = {});

    Catalogue(Catalogue&&) noexcept;
    Catalogue& operator=(Catalogue&&) noexcept;
    ~Catalogue();

    /// Who holds the address (scanner/catalogue/holding.h), as of that day: ranges that have been
    /// given up since still count. Without a day: as of today.
    Holding holding_of(const resolvers::IpAddress& address,
                       std::optional<std::chrono::sys_days> day = std::nullopt) const;

    /// Every rule whose range holds the address, longest prefix first; origin-facing ones never,
    /// and none that has been given up.
    std::vector<RangeHit> ranges_of(const resolvers::IpAddress& address) const;

    /// The same of ranges that have been given up since, as of that day: those still held then.
    std::vector<RangeHit> former_ranges_of(const resolvers::IpAddress& address,
                                           std::chrono::sys_days day) const;

    /// The same of origin-facing ranges, which say who calls an origin, never who answers there.
    std::vector<RangeHit> origin_facing_of(const resolvers::IpAddress& address) const;

    /// Listed prefixes that lie inside this one and are longer, in order, at most `limit`.
    std::vector<RangeHit> ranges_inside(const resolvers::Prefix& prefix, std::size_t limit) const;

    /// What each range rule lists, in order; without the prefixes that it yields to another rule.
    std::map<const Rule*, std::vector<resolvers::Prefix>> prefixes_by_rule() const;

    /// The most precise first.
    const std::vector<const Rule*>& asn_rules(std::uint32_t asn) const;

    /// Rules whose suffix the name lies under, longest first. `kind` is cname, native, ns or ptr.
    std::vector<const Rule*> name_rules(RuleKind kind, std::string_view name) const;

    /// Header rules that match; `name` in any case.
    std::vector<const Rule*> header_rules(std::string_view name, std::string_view value) const;
    std::vector<const Rule*> cookie_rules(std::string_view name) const;

    /// `field` is one of the words of data/README.md; `value` as it stands in the certificate.
    std::vector<const Rule*> certificate_rules(std::string_view field,
                                               std::string_view value) const;
    std::vector<const Rule*> ech_rules(std::string_view public_name) const;

    /// All [[product.answer]] rules.
    const std::vector<const Rule*>& answer_rules() const;

    /// All [[product.edge_path]] rules.
    const std::vector<const Rule*>& edge_path_rules() const;

    /// Does a value of the header `rule.key` satisfy this answer rule, as far as its header goes?
    /// False for a rule without one. Status and body are the caller's: all given must hold.
    bool answer_matches(const Rule& rule, std::string_view header_value) const;

    const std::vector<StateRule>& state_rules() const;
    /// Those whose prefix holds the address, in the same order.
    std::vector<const StateRule*> address_markers(const resolvers::IpAddress& address) const;
    /// Those of one kind, in the same order.
    const std::vector<const StateRule*>& state_rules_of(MarkerKind kind) const;

    /// Body texts to look for while a body is at hand: (rule id, lower-case text).
    const std::vector<std::pair<std::string, std::string>>& body_markers() const;

    const Product* product(std::string_view id) const;
    /// A registrar by its IANA id ("registrar-292", also among the products); null if not known.
    const Product* registrar(unsigned iana_id) const;
    /// Every product, by id.
    const std::vector<const Product*>& products() const;
    /// Every rule, by id.
    const std::vector<const Rule*>& rules() const;

    /// A company by its id; null if there is none.
    const Provider* provider(std::string_view id) const;

    /// Which company a free-text name means (label, AS organisation); null if none, or several.
    const Provider* provider_named(std::string_view name) const;

    /// Must this mailbox never be written to (RIRs, registries, placeholders)?
    bool is_denied(std::string_view mailbox) const;

    /// Questions to resolvers whose answers are known. Empty without that file.
    const Canaries& canaries() const;

    /// Where the lists of data/ranges/ are published, in the order of the file.
    const std::vector<Publisher>& publishers() const;

    /// Newest `checked` date of all sources, and SHA-256 over all files in order of their names.
    const std::string& date() const;
    const std::string& sha256() const;

private:
    struct Index;
    explicit Catalogue(std::unique_ptr<Index> index);
    std::unique_ptr<Index> index_;
};

}  // namespace scanner::catalogue
