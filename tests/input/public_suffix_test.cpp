#include "scanner/input/public_suffix.h"

#include <doctest/doctest.h>

TEST_CASE("what a registry knows is the name below an ICANN suffix, whatever private lists say")
{
    struct Case {
        const char* why;
        const char* name;
        const char* registered;
    };
    const Case cases[] = {
        {"the name itself", "example.com", "example.com"},
        {"a name below it", "a.b.example.com", "example.com"},
        {"two labels of suffix", "www.example.co.uk", "example.co.uk"},
        {"a private suffix is somebody's registered name", "someone.github.io", "github.io"},
        {"deeper", "a.someone.blogspot.com", "blogspot.com"},
        {"the private suffix itself", "github.io", "github.io"},
        {"an ICANN suffix is nobody's", "co.uk", ""},
        {"a top-level domain", "com", ""},
        {"an unknown one", "a.b.nosuchtld", "b.nosuchtld"},
        {"nothing", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(scanner::input::registered_domain(c.name) == c.registered);
    }
}
