#include "scanner/input/public_suffix.h"

#include <libpsl.h>

#include <memory>

namespace scanner::input {

namespace {

struct FreeList {
    void operator()(psl_ctx_t* list) const { psl_free(list); }
};

// Loaded once; reading it afterwards changes nothing in it. psl_latest takes the distribution's
// file when that is newer than what the library was built with.
const psl_ctx_t* suffix_list()
{
    static const std::unique_ptr<psl_ctx_t, FreeList> list(psl_latest(nullptr));
    return list ? list.get() : psl_builtin();
}

}  // namespace

SuffixSplit split_at_suffix(std::string_view name)
{
    const psl_ctx_t* list = suffix_list();
    if (list == nullptr || name.empty())
        return {};
    const std::string terminated(name);
    SuffixSplit split;
    if (const char* suffix = psl_unregistrable_domain(list, terminated.c_str()))
        split.public_suffix = suffix;
    if (const char* domain = psl_registrable_domain(list, terminated.c_str()))
        split.registrable_domain = domain;
    return split;
}

std::string registered_domain(std::string_view name)
{
    const psl_ctx_t* list = suffix_list();
    if (list == nullptr)
        return {};
    while (!name.empty()) {
        const std::size_t dot = name.find('.');
        if (dot == std::string_view::npos)
            return {};
        const std::string parent(name.substr(dot + 1));
        const std::string whole(name);
        if (psl_is_public_suffix2(list, whole.c_str(), PSL_TYPE_ICANN))
            return {};
        if (psl_is_public_suffix2(list, parent.c_str(), PSL_TYPE_ICANN))
            return whole;
        name.remove_prefix(dot + 1);
    }
    return {};
}

}  // namespace scanner::input
