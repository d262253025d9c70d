// From the verdicts on single addresses to the verdict on the name.
#pragma once

#include <vector>

#include "scanner/attribute/verdict.h"

namespace scanner::attribute {

/// Fills front, host, chain, further fronts and hosts in `others`, shares and the flags that follow
/// (multi_cdn, split_by_family, not_all_addresses_probed, product_undetermined). Every address
/// weighs the same; the grade of a name is the least over the addresses that carry weight.
void merge(const Sight& sight, const std::vector<Verdict>& verdicts, Attribution& out);

/// Roles that belong to the name or to the network rather than to an answer: dns, steering,
/// scrubber, network.
void add_name_roles(const Sight& sight, Attribution& out);

}  // namespace scanner::attribute
