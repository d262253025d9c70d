#include "scanner/attribute/would_raise.h"

#include <algorithm>

#include "scanner/attribute/signals.h"
#include "scanner/attribute/verdict.h"

namespace scanner::attribute {

namespace {

// A sign for as long as the object lives.
class Supposed {
public:
    Supposed(Sight& sight, Sign sign) : signs_(sight.signs) { signs_.push_back(std::move(sign)); }
    Supposed(const Supposed&) = delete;
    Supposed& operator=(const Supposed&) = delete;
    ~Supposed() { signs_.pop_back(); }

private:
    std::vector<Sign>& signs_;
};

bool tells_more(const Finding& now, const Finding& then)
{
    return then.status == FindingStatus::identified &&
           (now.status != FindingStatus::identified || now.product != then.product ||
            now.grade < then.grade);
}

}  // namespace

bool would_raise(Sight& context, const catalogue::Rule& rule, const resolvers::IpAddress& address)
{
    const auto here = std::ranges::find_if(
        context.addresses, [&](const AddressSight& one) { return one.address == address; });
    if (here == context.addresses.end())
        return false;
    const auto index = static_cast<std::size_t>(here - context.addresses.begin());
    const Finding now = judge(context, index).front;
    if (now.grade == Grade::confirmed)
        return false;
    Sign sign = edge_path_sign(rule, index);
    if (is_among(context.signs, sign))
        return false;
    const Supposed supposed(context, std::move(sign));
    return tells_more(now, judge(context, index).front);
}

}  // namespace scanner::attribute
