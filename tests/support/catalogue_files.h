// Small catalogues for tests: written into a folder of their own, loaded, and removed again; and
// the fixture that has a rule of every kind (tests/fixtures/catalogue).
#pragma once

#include <stdlib.h>

#include <cassert>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace test {

/// A catalogue folder under the system's temporary one, gone with the object.
class CatalogueFiles {
public:
    CatalogueFiles()
    {
        std::string name =
            (std::filesystem::temp_directory_path() / "servedby-catalogue-XXXXXX").string();
        [[maybe_unused]] const char* made = ::mkdtemp(name.data());
        assert(made != nullptr);
        dir_ = name;
    }

    ~CatalogueFiles()
    {
        std::error_code ignored;
        std::filesystem::remove_all(dir_, ignored);
    }

    CatalogueFiles(const CatalogueFiles&) = delete;
    CatalogueFiles& operator=(const CatalogueFiles&) = delete;

    /// `path` relative to the folder ("providers/acme.toml"); replaces what stood there.
    CatalogueFiles& write(const std::string& path, std::string_view text)
    {
        const std::filesystem::path whole = std::filesystem::path(dir_) / path;
        std::filesystem::create_directories(whole.parent_path());
        std::ofstream(whole, std::ios::binary) << text;
        return *this;
    }

    const std::string& dir() const { return dir_; }

    resolvers::Outcome<scanner::catalogue::Catalogue> load(
        const std::vector<std::string>& overlays = {}) const
    {
        return scanner::catalogue::Catalogue::load(dir_, overlays);
    }

    /// What load() complains about, "file:line: what" a line; empty if it does not.
    std::string faults(const std::vector<std::string>& overlays = {}) const
    {
        const auto loaded = load(overlays);
        return loaded.has_value() ? "" : loaded.error().detail;
    }

private:
    std::string dir_;
};

inline std::string fixture_catalogue_dir()
{
    return SERVEDBY_SOURCE_DIR "/tests/fixtures/catalogue";
}

/// The fixture, loaded once.
inline const scanner::catalogue::Catalogue& fixture_catalogue()
{
    static const scanner::catalogue::Catalogue loaded = [] {
        auto outcome = scanner::catalogue::Catalogue::load(fixture_catalogue_dir());
        if (!outcome.has_value())
            throw std::runtime_error(outcome.error().detail);
        return std::move(*outcome);
    }();
    return loaded;
}

/// The head of a provider file that is right: a company "acme" with sources "page", "repo" and
/// "rumour", and its product "acme-front", to which tables like [[product.header]] can be added.
inline constexpr std::string_view acme = R"(id = "acme"
name = "Acme"

[sources.page]
kind = "primary"
url = "https://acme.example/ips"
checked = 2026-08-20

[sources.repo]
kind = "public_repository"
url = "https://git.example/acme"
commit = "abc123"
checked = 2026-08-01

[sources.rumour]
kind = "unverified"
path = "general knowledge"

[[product]]
id = "acme-front"
name = "Acme Front"
roles = ["front"]

)";

/// Lines of `acme`: what is added to it begins on the next.
inline constexpr unsigned acme_lines = 23;

/// A second company, for claims on the same things.
inline constexpr std::string_view other = R"(id = "other"
name = "Other"
[sources.page]
kind = "primary"
url = "https://other.example/"
checked = 2026-08-10
[[product]]
id = "other-host"
name = "Other Host"
roles = ["host"]
[[product.range]]
prefixes = ["25.1.0.0/16", "25.1.7.0/24"]
kind = "customer"
source = "page"
example = "25.1.1.1"
[[product.asn]]
number = 64501
precision = "product"
source = "page"
example = "AS64501"
[[product.cname]]
suffix = "cname.other.example"
source = "page"
example = "x.cname.other.example"
[[product.cname]]
suffix = "other.example"
pattern = "^[a-z]+[.]p[0-9][.]other[.]example$"
source = "page"
example = "x.p1.other.example"
[[product.native]]
suffix = "native.other.example"
source = "page"
example = "x.native.other.example"
[[product.ns]]
suffix = "ns.other.example"
source = "page"
example = "a.ns.other.example"
[[product.ptr]]
suffix = "ptr.other.example"
source = "page"
example = "a.ptr.other.example"
[[product.header]]
name = "server"
match = "equals"
value = "Other"
side = "edge"
source = "page"
example = "other"
[[product.cookie]]
name = "other_"
match = "prefix"
side = "edge"
source = "page"
example = "other_1"
[[product.certificate]]
field = "san_suffix"
value = "cert.other.example"
source = "page"
example = "x.cert.other.example"
[[product.certificate]]
field = "subject_o"
value = "Other, Inc."
source = "page"
example = "Other, Inc."
[[product.ech]]
public_name = "ech.other.example"
source = "page"
example = "ech.other.example"
)";

}  // namespace test
