// The words of the catalogue's enumerations, as they stand in data/. resolvers/base/words.h says
// what words are.
#pragma once

#include <string_view>

#include "resolvers/base/words.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/model/words.h"

namespace resolvers {

template <>
struct Words<scanner::catalogue::SourceKind> {
    static constexpr std::string_view all[] = {"primary", "public_repository", "routing",
                                               "observation", "unverified"};
};

template <>
struct Words<scanner::catalogue::TenancyKind> {
    static constexpr std::string_view all[] = {"machines", "edge", "announced"};
};

template <>
struct Words<scanner::catalogue::ProductStatus> {
    static constexpr std::string_view all[] = {"active", "retiring", "defunct", "handed_over"};
};

template <>
struct Words<scanner::catalogue::Storage> {
    static constexpr std::string_view all[] = {
        "", "static_hosting", "object_storage", "video", "blog", "site_builder", "paas"};
};

template <>
struct Words<scanner::catalogue::MarkerKind> {
    static constexpr std::string_view all[] = {"ns",   "address", "cname",
                                               "body", "title",   "redirect"};
};

}  // namespace resolvers
