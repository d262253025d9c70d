#include "scanner/catalogue/index/company_names.h"

#include <algorithm>
#include "resolvers/base/ascii.h"

namespace scanner::catalogue {

namespace {

// Last words that say what kind of company it is, dots taken out.
constexpr std::string_view legal_forms[] = {
    "inc", "incorporated", "llc",    "ltd",     "limited", "llp",  "lp",     "corp", "corporation",
    "co",  "company",      "plc",    "gmbh",    "mbh",     "ag",   "kg",     "ug",   "se",
    "bv",  "nv",           "sa",     "sas",     "sasu",    "sarl", "srl",    "spa",  "sl",
    "slu", "ab",           "oy",     "oyj",     "as",      "a/s",  "aps",    "ou",   "uab",
    "sia", "sro",          "doo",    "ooo",     "kft",     "zrt",  "jsc",    "pjsc", "cjsc",
    "pte", "pty",          "pvt",    "private", "fze",     "fzco", "fz-llc", "ehf",  "eood",
    "ood", "ltda",         "eireli", "tbk",     "bhd",     "sdn",  "kk",     "&",    "and"};

bool is_legal_form(std::string_view word)
{
    std::string plain;
    for (const char c : word)
        if (c != '.')
            plain += c;
    return std::ranges::find(legal_forms, std::string_view(plain)) != std::end(legal_forms);
}

}  // namespace

std::string normal_name(std::string_view name)
{
    std::string normal;
    for (const char c : name) {
        const bool space = c == ' ' || c == '\t' || c == ',' || c == '\n' || c == '\r';
        if (!space)
            normal += resolvers::to_lower(c);
        else if (!normal.empty() && normal.back() != ' ')
            normal += ' ';
    }
    if (normal.ends_with(' '))
        normal.pop_back();
    return normal;
}

std::string without_legal_form(std::string_view normal)
{
    while (true) {
        const std::size_t space = normal.rfind(' ');
        if (space == std::string_view::npos || !is_legal_form(normal.substr(space + 1)))
            break;
        normal = normal.substr(0, space);
    }
    return std::string(normal);
}

void CompanyNames::add_normal(std::string normal, const Provider& company, Claim claim)
{
    if (normal.empty())
        return;
    Holder& holder = by_name_[std::move(normal)];
    if (holder.company == nullptr || claim > holder.claim)
        holder = {&company, claim, false};
    else if (claim == holder.claim && holder.company != &company)
        holder.disputed = true;
}

void CompanyNames::add(std::string_view name, const Provider& company, Claim claim)
{
    const std::string normal = normal_name(name);
    add_normal(without_legal_form(normal), company, claim);
    add_normal(normal, company, claim);
}

const Provider* CompanyNames::find(std::string_view name) const
{
    const std::string normal = normal_name(name);
    auto found = by_name_.find(normal);
    if (found == by_name_.end())
        found = by_name_.find(without_legal_form(normal));
    if (found == by_name_.end() || found->second.disputed)
        return nullptr;
    return found->second.company;
}

}  // namespace scanner::catalogue
