#include "resolvers/tls/tcp_socket.h"

#include <linux/tcp.h>  // the C library's tcp_info lacks the byte counts
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace resolvers::tls {
namespace {

// States of include/net/tcp_states.h, which the kernel does not export.
constexpr unsigned tcp_established = 1;
constexpr unsigned tcp_syn_sent = 2;
constexpr unsigned tcp_fin_wait1 = 4;
constexpr unsigned tcp_fin_wait2 = 5;

socklen_t fill(sockaddr_storage& storage, const IpAddress& address, std::uint16_t port)
{
    if (address.is_v4()) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        in.sin_addr.s_addr = htonl(address.v4_bits());
        std::memcpy(&storage, &in, sizeof in);
        return sizeof in;
    }
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    std::copy(address.bytes().begin(), address.bytes().end(), in6.sin6_addr.s6_addr);
    std::memcpy(&storage, &in6, sizeof in6);
    return sizeof in6;
}

tcp_info info_of(int fd)
{
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        info = {};
    return info;
}

}  // namespace

std::string errno_name(int error)
{
    const char* name = strerrorname_np(error);
    return name == nullptr ? "errno_" + std::to_string(error) : name;
}

Step step_of_errno(int error)
{
    StepStatus status = StepStatus::local_error;
    switch (error) {
        case 0:
            return {StepStatus::ok, ""};
        case ECONNREFUSED:
            status = StepStatus::refused;
            break;
        case ETIMEDOUT:
            status = StepStatus::timeout;
            break;
        case ENETUNREACH:
        case EHOSTUNREACH:
        case EHOSTDOWN:
        case ENETDOWN:
        case ENONET:
        case ENOPROTOOPT:  // ICMP: protocol unreachable
            status = StepStatus::unreachable;
            break;
        case ECONNRESET:
        case ECONNABORTED:
        case ENETRESET:
            status = StepStatus::reset;
            break;
        case EPIPE:  // the peer's FIN came before
            status = StepStatus::closed;
            break;
        default:
            // EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL (no port left), EPERM (our own
            // firewall, or connection tracking full), EACCES, EAFNOSUPPORT...
            break;
    }
    return {status, errno_name(error)};
}

bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

TcpAttempt start_connecting(const IpAddress& address, std::uint16_t port, int receive_buffer)
{
    TcpAttempt attempt;
    attempt.fd = socket(address.is_v4() ? AF_INET : AF_INET6,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (attempt.fd < 0) {
        attempt.error = errno;
        return attempt;
    }
    if (receive_buffer > 0)
        setsockopt(attempt.fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_storage storage{};
    const socklen_t length = fill(storage, address, port);
    if (connect(attempt.fd, reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        attempt.error = errno;
    if (attempt.error != 0 && attempt.error != EINPROGRESS) {
        close(attempt.fd);
        attempt.fd = -1;
    }
    return attempt;
}

int pending_error(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::uint64_t bytes_received(int fd)
{
    return info_of(fd).tcpi_bytes_received;
}

bool peer_has_closed(int fd)
{
    const unsigned state = info_of(fd).tcpi_state;
    return state != tcp_established && state != tcp_syn_sent && state != tcp_fin_wait1 &&
           state != tcp_fin_wait2;
}

void reset_on_close(int fd)
{
    const linger abortive{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
}

}  // namespace resolvers::tls
