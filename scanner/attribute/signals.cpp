#include "scanner/attribute/signals.h"

#include <algorithm>

namespace scanner::attribute {

namespace {

constexpr Signal table[] = {
    {"address_range", "the address lies in a list of the provider's own addresses", address_range},
    {"origin_as", "the address is announced by the provider's AS", origin_as},
    {"cname_suffix", "an alias of the name lies under a name that the provider hands out",
     cname_suffix},
    {"native_host", "the name itself was handed out by the provider", native_host},
    {"name_server", "the zone is served by the provider's name servers: that role alone",
     name_server},
    {"http_header", "a response header that the provider adds; anybody can send it", http_header},
    {"http_cookie", "a cookie that the provider sets; anybody can set it", http_cookie},
    {"edge_answer", "an answer that the edge made by itself", edge_answer},
    {"certificate_name", "a trusted certificate for a name of the provider's own",
     certificate_name},
    {"certificate_issuer", "the certificate's issuer: anybody may be its customer",
     certificate_issuer},
    {"https_record", "the ECH outer name in the zone's HTTPS record; the operator writes it",
     https_record},
    {"public_name", "a valid certificate for the provider's ECH outer name, at this address",
     public_name},
    {"reverse_name", "the address's reverse name is the provider's, and leads back to it",
     reverse_name},
    {"mail_lead", "the zone's mail points at the provider: a lead, and part of no verdict",
     mail_lead},
    {"declared_zone", "the zone's own operator declared it so", declared_zone},
    {"registry", "the registry names the registrar of the domain: that role alone", registry},
};

}  // namespace

std::span<const Signal> signals()
{
    return table;
}

bool is_among(const std::vector<Sign>& signs, const Sign& sign)
{
    return std::any_of(signs.begin(), signs.end(), [&](const Sign& other) {
        return other.rule == sign.rule && other.product == sign.product &&
               other.address == sign.address && other.channel == sign.channel &&
               (other.seen == sign.seen || other.channel == Channel::http);
    });
}

void collect_signs(Sight& sight, const catalogue::Catalogue& catalogue)
{
    for (const Signal& signal : signals())
        signal.collect(sight, catalogue);
    std::vector<Sign> unique;
    unique.reserve(sight.signs.size());
    for (Sign& sign : sight.signs) {
        if (sign.product == nullptr)
            sign.product = sign.rule->product;
        if (!is_among(unique, sign))
            unique.push_back(std::move(sign));
    }
    sight.signs = std::move(unique);
}

}  // namespace scanner::attribute
