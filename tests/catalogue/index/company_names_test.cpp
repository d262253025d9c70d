#include "scanner/catalogue/index/company_names.h"

#include <doctest/doctest.h>

#include "tests/support/catalogue_files.h"

using scanner::catalogue::CompanyNames;
using scanner::catalogue::normal_name;
using scanner::catalogue::without_legal_form;

TEST_CASE("a free text names a company by any of its names, exactly")
{
    struct Case {
        const char* why;
        const char* name;
        const char* company;
    };
    const Case cases[] = {
        {"display name", "ExampleCDN", "examplecdn"},
        {"in upper case", "EXAMPLECDN", "examplecdn"},
        {"id", "examplecdn", "examplecdn"},
        {"legal entity", "Example CDN, Inc.", "examplecdn"},
        {"legal entity without comma and dot", "example cdn inc", "examplecdn"},
        {"legal entity without its form", "Example CDN", "examplecdn"},
        {"another form", "Example CDN LLC", "examplecdn"},
        {"several forms", "Example CDN Co., Ltd.", "examplecdn"},
        {"alias", "example  edge ", "examplecdn"},
        {"an AS's name", "EXAMPLECDN-NET", "examplecdn"},
        {"product's name", "examplecdn storage", "examplecdn"},
        {"product's id", "examplecdn-storage", "examplecdn"},
        {"B.V.", "Example Net BV", "examplenet"},
        {"GmbH", "EXAMPLE HOSTING GMBH", "examplehost"},
        {"part of a name", "Example", ""},
        {"more than a name", "ExampleCDN Studios", ""},
        {"a form alone", "GmbH", ""},
        {"nothing", "", ""},
        {"registrars are known by number, not by name", "Example Registrar, LLC", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        const scanner::catalogue::Provider* found =
            test::fixture_catalogue().provider_named(c.name);
        CHECK((found == nullptr ? "" : found->id) == c.company);
    }
}

TEST_CASE("a name that two companies claim alike means neither")
{
    const scanner::catalogue::Provider a, b, c;
    CompanyNames names;
    names.add("Edge", a, CompanyNames::Claim::alias);
    names.add("Edge", b, CompanyNames::Claim::alias);
    names.add("Solid", a, CompanyNames::Claim::alias);
    names.add("Solid", b, CompanyNames::Claim::own);
    names.add("Solid", c, CompanyNames::Claim::alias);
    names.add("Twice", a, CompanyNames::Claim::alias);
    names.add("Twice", a, CompanyNames::Claim::alias);
    CHECK(names.find("Edge") == nullptr);
    CHECK(names.find("Solid") == &b);
    CHECK(names.find("Twice") == &a);
}

TEST_CASE("legal forms go, names stay")
{
    CHECK(normal_name("  Foo,\tBar  Inc. ") == "foo bar inc.");
    CHECK(without_legal_form("foo bar inc.") == "foo bar");
    CHECK(without_legal_form("foo gmbh & co. kg") == "foo");
    CHECK(without_legal_form("foo s.r.l.") == "foo");
    CHECK(without_legal_form("inc.") == "inc.");
    CHECK(without_legal_form("company inc.") == "company");
    CHECK(without_legal_form("") == "");
}
