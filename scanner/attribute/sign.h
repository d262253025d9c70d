// The working form of evidence inside attribute: what a signal found, still tied to the rule and
// the address it belongs to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/catalogue/catalogue.h"
#include "scanner/catalogue/holding.h"
#include "scanner/model/evidence.h"
#include "scanner/model/observation.h"

namespace scanner::attribute {

/// A place in Sight::addresses; absent for the name as a whole.
using AddressIndex = std::optional<std::size_t>;

/// One thing that one signal saw. Kept small: most subjects have a dozen, and text is only made for
/// what is printed.
struct Sign {
    /// Name of the signal's file.
    const char* signal = "";
    Channel channel = Channel::dns;
    Strength strength = Strength::weak;
    /// Null only for a declaration or a registry's word, which name a product by themselves.
    const catalogue::Rule* rule = nullptr;
    /// Filled from the rule unless the signal sets it.
    const catalogue::Product* product = nullptr;
    /// What was seen, as seen.
    std::string seen;
    /// Absent when it is about the name as a whole.
    AddressIndex address = {};
    /// Can the site's operator make this up alone?
    bool forgeable = true;
    /// Where to look further, and part of no verdict.
    bool lead = false;
};

/// Is this a request for the subject's own page? Not if it is for another host, nor if it is one
/// that only an edge has an answer to (purpose "edge"): that answer is no page of the site's.
bool asks_for_page(const resolvers::Probe& probe, const Observation& seen);

/// One address and everything about it that the rules need at hand.
struct AddressSight {
    /// Absent: the source did not say which address answered.
    std::optional<resolvers::IpAddress> address;
    const SeenAddress* seen = nullptr;
    std::vector<const resolvers::Probe*> probes;

    /// A handshake, or an HTTP exchange, came about here.
    bool connected = false;
    /// An HTTP response for the subject's page came from here: a front's marks would have shown.
    bool answered_http = false;
    /// Somebody answered there with a trusted certificate for the subject's name.
    bool valid_certificate = false;
    /// A certificate was served, and it is not trusted or is for other names.
    bool certificate_veto = false;
    /// Probing was left out, or failed for reasons of our own: its silence says nothing.
    bool not_looked = false;

    /// An address that no site can be reached at (special-purpose, or the company's own service):
    /// beside others it carries no weight.
    bool weightless = false;

    /// Whose it was when it was seen.
    catalogue::Holding holding;

    /// The routing data are of a day when the address had changed hands: they name a later holder.
    bool origin_is_later = false;
    /// The routing data are so much younger than the observation that a network that has gone since
    /// may have been here.
    bool origin_is_much_later = false;

    const resolvers::Origin* origin() const
    {
        return seen != nullptr && seen->origin && !origin_is_later ? &*seen->origin : nullptr;
    }

    /// Is it known to be somebody's at all?
    bool has_holder() const { return holding.owner != nullptr || origin() != nullptr; }
};

/// Are both addresses of one holder, as far as the catalogue or the routing data tell?
bool same_holder(const AddressSight& a, const AddressSight& b);

/// The cname and the native rule that a host name lies under, where both are known; of two products
/// the longer suffix alone. At most two.
std::vector<const catalogue::Rule*> owners_of_name(const catalogue::Catalogue& catalogue,
                                                   std::string_view name);

/// An observation laid out for the rules.
struct Sight {
    const Observation* observation = nullptr;
    std::vector<AddressSight> addresses;
    std::vector<Sign> signs;

    /// Null if the index is absent.
    const AddressSight* at(AddressIndex index) const
    {
        return index ? &addresses[*index] : nullptr;
    }
};

/// Lays out an observation: addresses with their owners, no signs yet.
Sight look_at(const Observation& seen, const catalogue::Catalogue& catalogue);

}  // namespace scanner::attribute
