#include "scanner/score/interval.h"

#include <doctest/doctest.h>

using scanner::score::wilson;

TEST_CASE("Wilson's interval at 95 %, against tabled values")
{
    struct Case {
        unsigned hits;
        unsigned trials;
        double low;
        double high;
    };
    // From the closed form, computed with 50 digits.
    const Case cases[] = {
        {0, 10, 0.0, 0.277533}, {10, 10, 0.722467, 1.0},       {5, 10, 0.236593, 0.763407},
        {1, 1, 0.206549, 1.0},  {99, 100, 0.945508, 0.998233}, {995, 1000, 0.988347, 0.997863},
    };
    for (const Case& c : cases) {
        CAPTURE(c.hits);
        CAPTURE(c.trials);
        CHECK(wilson(c.hits, c.trials).low == doctest::Approx(c.low).epsilon(1e-4));
        CHECK(wilson(c.hits, c.trials).high == doctest::Approx(c.high).epsilon(1e-4));
    }
    CHECK(wilson(0, 0).low == 0.0);
    CHECK(wilson(0, 0).high == 1.0);
}
