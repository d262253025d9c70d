#include "resolvers/base/digest.h"

#include <doctest/doctest.h>

using namespace resolvers;

TEST_CASE("sha256_hex gives the digests of FIPS 180-4's examples")
{
    struct Case {
        const char* why;
        std::string text;
        const char* expected;
    };
    const Case cases[] = {
        {"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"one block", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"a million octets", std::string(1'000'000, 'a'),
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.why);
        CHECK(sha256_hex(c.text) == c.expected);
    }
}

TEST_CASE("Sha256 does not care how its input is cut, and starts anew after each digest")
{
    Sha256 digest;
    CHECK(digest.update("a").update("").update("bc").hex() == sha256_hex("abc"));
    CHECK(digest.update("abc").hex() == sha256_hex("abc"));
    Sha256 moved = std::move(digest.update("ab"));
    CHECK(moved.update("c").hex() == sha256_hex("abc"));
}
