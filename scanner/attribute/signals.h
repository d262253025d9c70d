// The table of signals: each reads one kind of fact and says which products it points at, how
// strongly, and who could have forged it. A new signal is one file in signals/ and one row here.
#pragma once

#include <span>
#include <vector>

#include "scanner/attribute/sign.h"

namespace scanner::attribute {

struct Signal {
    /// = the file's name in signals/.
    const char* name;
    /// One sentence for `explain` and the documentation.
    const char* proves;
    /// Reads sight.observation and sight.addresses, appends to sight.signs.
    void (*collect)(Sight& sight, const catalogue::Catalogue& catalogue);
};

std::span<const Signal> signals();

/// Runs every signal over a laid out observation. The same thing seen by several probes becomes one
/// sign, and each sign has its product.
void collect_signs(Sight& sight, const catalogue::Catalogue& catalogue);

/// Is the same thing among the signs already?
bool is_among(const std::vector<Sign>& signs, const Sign& sign);

/// The sign of an answer to the path of an edge_path rule, from the address at that index of
/// Sight::addresses.
Sign edge_path_sign(const catalogue::Rule& rule, AddressIndex address);

void address_range(Sight&, const catalogue::Catalogue&);
void origin_as(Sight&, const catalogue::Catalogue&);
void cname_suffix(Sight&, const catalogue::Catalogue&);
void native_host(Sight&, const catalogue::Catalogue&);
void name_server(Sight&, const catalogue::Catalogue&);
void http_header(Sight&, const catalogue::Catalogue&);
void http_cookie(Sight&, const catalogue::Catalogue&);
void edge_answer(Sight&, const catalogue::Catalogue&);
void certificate_name(Sight&, const catalogue::Catalogue&);
void certificate_issuer(Sight&, const catalogue::Catalogue&);
void https_record(Sight&, const catalogue::Catalogue&);
void public_name(Sight&, const catalogue::Catalogue&);
void reverse_name(Sight&, const catalogue::Catalogue&);
void mail_lead(Sight&, const catalogue::Catalogue&);
void declared_zone(Sight&, const catalogue::Catalogue&);
void registry(Sight&, const catalogue::Catalogue&);

}  // namespace scanner::attribute
