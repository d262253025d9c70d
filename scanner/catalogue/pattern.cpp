#include "scanner/catalogue/pattern.h"

#include <re2/re2.h>

namespace scanner::catalogue {

namespace {

re2::StringPiece piece(std::string_view text)
{
    return {text.data(), text.size()};
}

re2::RE2::Options options()
{
    re2::RE2::Options chosen;
    chosen.set_case_sensitive(false);
    chosen.set_log_errors(false);
    // Ours are short; a long one is a mistake in the data and should say so.
    chosen.set_max_mem(1 << 20);
    return chosen;
}

}  // namespace

struct Pattern::Compiled {
    explicit Compiled(std::string_view expression) : re(piece(expression), options()) {}
    re2::RE2 re;
};

Pattern::Pattern(std::string_view expression) : compiled_(std::make_unique<Compiled>(expression)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::string Pattern::error() const
{
    return compiled_->re.ok() ? "" : compiled_->re.error();
}

bool Pattern::matches(std::string_view text) const
{
    return compiled_->re.ok() && re2::RE2::PartialMatch(piece(text), compiled_->re);
}

}  // namespace scanner::catalogue
