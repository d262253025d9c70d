#include "resolvers/outcome.h"

#include <boost/throw_exception.hpp>
#include <stdexcept>

namespace resolvers {

void throw_exception_from_error(const Failure& failure, const boost::source_location& where)
{
    boost::throw_exception(std::logic_error("value of a failure: " + failure.code), where);
}

}  // namespace resolvers
