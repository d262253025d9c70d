// Who holds one address, as the catalogue tells it: by the lists of addresses and, where it is
// known who announces the address, by the AS. Made once for each address; every question about
// whose address it is goes here.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "scanner/catalogue/catalogue.h"

namespace scanner::catalogue {

/// Made by Catalogue::holding_of, and points into the catalogue.
struct Holding {
    /// Every range that holds the address, longest prefix first. Origin-facing ranges are left out,
    /// and so are ranges of a company that routing has carved the address out of.
    std::vector<RangeHit> ranges;
    /// Rules of the AS that announces the address, the most precise first. The catalogue knows no
    /// routes, so that these are empty until the caller sets them.
    std::span<const Rule* const> as_rules;
    /// The longest match among edge, customer and service ranges; null if there is none.
    const Rule* owner = nullptr;

    /// Null if no list says whose the address is.
    const Product* product() const { return owner == nullptr ? nullptr : owner->product; }
    /// The last day on which the ranges were valid; absent for those that are valid today.
    std::optional<std::chrono::sys_days> until() const;

    /// Does the owner itself answer visitors there?
    bool is_edge() const { return is_owned_as(RangeKind::edge); }
    /// Is the address let to a customer of the owner, who runs the machine?
    bool is_customers() const { return is_owned_as(RangeKind::customer); }
    /// Is it one of the owner's own services, where no customer's site is?
    bool is_service() const { return is_owned_as(RangeKind::service); }
    /// Does only a list that nobody can verify say so?
    bool is_doubtful_service() const { return is_service() && owner->strength == Strength::weak; }
    /// Does the address belong to a company that lets machines: by a customer range or, where no
    /// list has the address, by the AS?
    bool is_rented_out() const;

    /// Does the address lie in the network of that company, by range or by AS? Ranges that third
    /// parties collected and AS numbers that several companies share do not count.
    bool belongs_to(const Provider& provider) const;
    /// Is it the company's by AS alone, for no list says that it is?
    bool is_announced_by(const Provider& provider) const;

    /// Is it listed as an edge of a product in the role front?
    bool is_front_edge() const;
    /// Every edge range that holds it, longest first.
    std::vector<const Rule*> edges() const;
    /// The product whose own edge or service is at the address; null if there is none. Customer
    /// ranges inside of such a range make no difference.
    const Product* run_by() const;

private:
    bool is_owned_as(RangeKind kind) const { return owner != nullptr && owner->range_kind == kind; }
};

}  // namespace scanner::catalogue
