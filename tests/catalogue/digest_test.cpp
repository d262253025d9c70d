#include "scanner/catalogue/digest.h"

#include <doctest/doctest.h>

using scanner::Digest;

TEST_CASE("digests are SHA-256")
{
    // FIPS 180-4, the examples of its appendix.
    Digest nothing;
    CHECK(nothing.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Digest abc;
    abc.add("a");
    abc.add("bc");
    CHECK(abc.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
