#include "scanner/score/interval.h"

#include <algorithm>
#include <cmath>

namespace scanner::score {

Interval wilson(std::uint64_t hits, std::uint64_t trials)
{
    if (trials == 0)
        return {};
    constexpr double z = 1.959964;  // 97.5 % quantile of the normal distribution
    const double n = static_cast<double>(trials);
    const double share = static_cast<double>(hits) / n;
    const double scale = 1.0 / (1.0 + z * z / n);
    const double centre = (share + z * z / (2 * n)) * scale;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) * scale;
    // At the ends the interval touches them; rounding should not leave it just beside.
    return {hits == 0 ? 0.0 : std::max(0.0, centre - half),
            hits == trials ? 1.0 : std::min(1.0, centre + half)};
}

}  // namespace scanner::score
