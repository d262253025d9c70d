// What a question to the world, or to a file, came to: the answer, or why there is none.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace resolvers {

/// Why something could not be had. A failure is a fact like any other: it is stored and printed,
/// never thrown.
struct Failure {
    /// One stable, lower-case word for machines ("timeout", "malformed", "refused"). Never empty.
    std::string code;

    /// What happened, for people, in English, without a final dot. May be empty.
    std::string detail;

    friend bool operator==(const Failure&, const Failure&) = default;
};

/// Asked for by boost::system::result: a value was taken where there is only a Failure, which is a
/// bug of ours, never of the world's.
[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& where);

/// The answer, or the Failure. Test with has_value() before taking the value.
template <typename T>
using Outcome = boost::system::result<T, Failure>;

}  // namespace resolvers
