// The words of the catalogue's enumerations, as they stand in data/. resolvers/base/words.h says
// what words are.
#pragma once

#include <string_view>

#include "resolvers/base/words.h"
#include "scanner/catalogue/catalogue.h"
#include "scanner/model/words.h"

namespace resolvers {

template <>
struct Words<scanner::SourceKind> {
    static constexpr std::string_view all[] = {"primary", "public_repository", "routing",
                                               "observation", "unverified"};
};

template <>
struct Words<scanner::TenancyKind> {
    static constexpr std::string_view all[] = {"machines", "edge", "announced"};
};

template <>
struct Words<scanner::ProductStatus> {
    static constexpr std::string_view all[] = {"active", "retiring", "defunct", "handed_over"};
};

template <>
struct Words<scanner::Storage> {
    static constexpr std::string_view all[] = {
        "", "static_hosting", "object_storage", "video", "blog", "site_builder", "paas"};
};

template <>
struct Words<scanner::MarkerKind> {
    static constexpr std::string_view all[] = {"ns",   "address", "cname",
                                               "body", "title",   "redirect"};
};

}  // namespace resolvers
