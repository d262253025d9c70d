#include "resolvers/tls/tcp_socket.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace resolvers;

TEST_CASE("an errno says something about the peer, or about ourselves")
{
    struct Case {
        int error;
        StepStatus status;
        std::string detail;
    };
    const Case cases[] = {
        {0, StepStatus::ok, ""},
        {ECONNREFUSED, StepStatus::refused, "ECONNREFUSED"},
        {ETIMEDOUT, StepStatus::timeout, "ETIMEDOUT"},
        {ENETUNREACH, StepStatus::unreachable, "ENETUNREACH"},
        {EHOSTUNREACH, StepStatus::unreachable, "EHOSTUNREACH"},
        {ECONNRESET, StepStatus::reset, "ECONNRESET"},
        {EPIPE, StepStatus::closed, "EPIPE"},
        {EMFILE, StepStatus::local_error, "EMFILE"},
        {ENFILE, StepStatus::local_error, "ENFILE"},
        {ENOBUFS, StepStatus::local_error, "ENOBUFS"},
        {EADDRNOTAVAIL, StepStatus::local_error, "EADDRNOTAVAIL"},
        {EPERM, StepStatus::local_error, "EPERM"},
        {EAFNOSUPPORT, StepStatus::local_error, "EAFNOSUPPORT"},
        {12345, StepStatus::local_error, "errno_12345"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.detail);
        CHECK((resolvers::tls::step_of_errno(c.error) == Step{c.status, c.detail}));
    }
}
