// TCP sockets as a prober needs them: non-blocking, small receive buffer, and able to say precisely
// what became of a connection. What errno says is turned into a Step here and nowhere else.
#pragma once

#include <cstdint>
#include <string>

#include "resolvers/facts.h"

namespace resolvers::tls {

/// "ECONNRESET"; "errno_N" for one without a name.
std::string errno_name(int error);

/// What an errno of connect(), send() or recv() says about the peer, or about ourselves.
Step step_of_errno(int error);

/// Is our machine, or this process, short of something that connections end by giving back?
bool is_shortage(int error);

/// A socket that was asked to connect.
struct TcpAttempt {
    /// -1 when there is none.
    int fd = -1;
    /// 0 when connected at once, EINPROGRESS when not yet, else why not.
    int error = 0;
};

/// Opens a socket and starts to connect. The kernel may hold `receive_buffer` bytes (it doubles
/// them) that we have not read: a peer cannot push more at us.
TcpAttempt start_connecting(const IpAddress& address, std::uint16_t port, int receive_buffer);

/// Takes the pending error of a socket: 0 when the connection stands.
int pending_error(int fd);

/// Bytes received on the connection so far, by the kernel's count, without retransmissions.
std::uint64_t bytes_received(int fd);

/// Has the peer's FIN or RST come? Does not take the pending error.
bool peer_has_closed(int fd);

/// Makes close() send RST, so that no TIME_WAIT state keeps the port for a minute.
void reset_on_close(int fd);

}  // namespace resolvers::tls
