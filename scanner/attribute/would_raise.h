// What one more answer would change in what is said of an address: asked before the answer is
// fetched. Pure.
#pragma once

#include "scanner/attribute/sign.h"

namespace scanner::attribute {

/// Would an answer to the path of an edge_path rule, from the edge at that address, name a front
/// there, or another one, or raise its grade? Something has answered there over HTTP: the answer
/// adds its sign and nothing else. False for an address that the observation does not know, for an
/// answer that was seen already, and where the front is confirmed.
/// `context` is look_at() of the observation with its signs collected. It is changed while the
/// function runs and is as it was when the function returns, so that one context serves for any
/// number of rules and addresses.
bool would_raise(Sight& context, const catalogue::Rule& rule, const resolvers::IpAddress& address);

}  // namespace scanner::attribute
