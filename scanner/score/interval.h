// How sure a share is, given how many were counted.
#pragma once

#include <cstdint>

namespace scanner::score {

struct Interval {
    double low = 0.0;
    double high = 1.0;
};

/// Wilson's score interval at 95 % for `hits` out of `trials` (E. B. Wilson, JASA 22, 1927). The
/// whole of 0 to 1 without trials.
Interval wilson(std::uint64_t hits, std::uint64_t trials);

}  // namespace scanner::score
