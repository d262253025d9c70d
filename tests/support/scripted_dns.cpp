#include "tests/support/scripted_dns.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <list>
#include <stdexcept>

#include "resolvers/dnswire/message.h"

namespace tests {

namespace {

// A bound socket, or -1 if the port is taken. An IPv6 address is large enough for either family.
int bound_socket(int type, bool over_ipv6, std::uint16_t port)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    if (over_ipv6) {
        address.sin6_family = AF_INET6;
        address.sin6_addr = in6addr_loopback;
        address.sin6_port = htons(port);
    } else {
        auto& ipv4 = reinterpret_cast<sockaddr_in&>(address);
        ipv4.sin_family = AF_INET;
        ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ipv4.sin_port = htons(port);
        size = sizeof ipv4;
    }
    const int made = socket(over_ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
    const int buffer = 4 << 20;
    setsockopt(made, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (bind(made, reinterpret_cast<const sockaddr*>(&address), size) == 0)
        return made;
    close(made);
    return -1;
}

// Both families keep it in the same place.
std::uint16_t port_of(int socket)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);
}

ScriptedQuery read_query(Octets octets)
{
    ScriptedQuery query;
    const auto message = resolvers::dnswire::parse_message(octets);
    if (message.has_value() && message->question) {
        query.id = message->header.id;
        query.name = message->question->name;
        query.type = message->question->type;
        query.edns = message->edns.has_value();
    }
    query.octets = std::move(octets);
    return query;
}

}  // namespace

struct ScriptedDns::Connection {
    int socket = -1;
    Octets received;
};

MessageBuilder reply_to(const ScriptedQuery& query, unsigned flags)
{
    return MessageBuilder(query.id, flags).question(query.name, query.type);
}

Octets address_reply(const ScriptedQuery& query, std::string_view address)
{
    return reply_to(query).record(Section::answer, query.name, 1, 300, wire_ipv4(address)).octets();
}

ScriptedDns::ScriptedDns(Script script, Setup setup) : script_(std::move(script))
{
    for (int attempt = 0; attempt < 20 && udp_ < 0; ++attempt) {
        const int stream = bound_socket(SOCK_STREAM, setup.over_ipv6, 0);
        udp_ = bound_socket(SOCK_DGRAM, setup.over_ipv6, port_of(stream));
        if (udp_ >= 0 && setup.over_tcp && listen(stream, 64) == 0)
            tcp_ = stream;
        else
            close(stream);
    }
    stop_ = eventfd(0, EFD_CLOEXEC);
    if (udp_ < 0 || stop_ < 0)
        throw std::runtime_error("no port for a scripted DNS server");
    address_.address = resolvers::IpAddress::parse(setup.over_ipv6 ? "::1" : "127.0.0.1").value();
    address_.port = port_of(udp_);
    thread_ = std::thread(&ScriptedDns::run, this);
}

ScriptedDns::~ScriptedDns()
{
    eventfd_write(stop_, 1);
    thread_.join();
    close(stop_);
    close(udp_);
    if (tcp_ >= 0)
        close(tcp_);
}

std::vector<ScriptedQuery> ScriptedDns::queries() const
{
    const std::lock_guard lock(mutex_);
    return queries_;
}

std::size_t ScriptedDns::count() const
{
    const std::lock_guard lock(mutex_);
    return queries_.size();
}

bool ScriptedDns::wait_for(std::size_t count) const
{
    std::unique_lock lock(mutex_);
    return asked_.wait_for(lock, std::chrono::seconds(10),
                           [this, count] { return queries_.size() >= count; });
}

void ScriptedDns::send(const ScriptedQuery& query, const Octets& message) const
{
    sendto(udp_, message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&query.from),
           sizeof query.from);
}

std::vector<Octets> ScriptedDns::answers_to(const ScriptedQuery& query)
{
    {
        const std::lock_guard lock(mutex_);
        queries_.push_back(query);
    }
    std::vector<Octets> answers = script_(query);
    asked_.notify_all();
    return answers;
}

void ScriptedDns::serve_datagrams()
{
    std::uint8_t buffer[4096];
    while (true) {
        sockaddr_in6 from{};
        socklen_t size = sizeof from;
        const ssize_t got = recvfrom(udp_, buffer, sizeof buffer, MSG_DONTWAIT,
                                     reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0)
            return;
        ScriptedQuery query = read_query(Octets(buffer, buffer + got));
        query.from = from;
        for (const Octets& answer : answers_to(query))
            send(query, answer);
    }
}

// False once the peer is gone.
bool ScriptedDns::serve_connection(Connection& connection)
{
    std::uint8_t buffer[4096];
    const ssize_t got = recv(connection.socket, buffer, sizeof buffer, 0);
    if (got <= 0)
        return false;
    Octets& received = connection.received;
    received.insert(received.end(), buffer, buffer + got);
    while (received.size() >= 2) {
        const std::size_t size = received[0] << 8 | received[1];
        if (received.size() < 2 + size)
            break;
        const auto end = received.begin() + 2 + static_cast<long>(size);
        ScriptedQuery query = read_query(Octets(received.begin() + 2, end));
        received.erase(received.begin(), end);
        query.over_tcp = true;
        for (const Octets& answer : answers_to(query)) {
            const Octets framed = wire_u16(static_cast<unsigned>(answer.size())) + answer;
            ::send(connection.socket, framed.data(), framed.size(), MSG_NOSIGNAL);
        }
    }
    return true;
}

void ScriptedDns::run()
{
    std::list<Connection> connections;
    while (true) {
        std::vector<pollfd> watched = {{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
        for (const Connection& connection : connections)
            watched.push_back({connection.socket, POLLIN, 0});
        poll(watched.data(), watched.size(), -1);
        if (watched[0].revents != 0)
            break;
        if (watched[1].revents != 0)
            serve_datagrams();
        std::size_t index = 3;
        for (auto connection = connections.begin(); connection != connections.end(); ++index) {
            const auto here = connection++;
            if (watched[index].revents == 0 || serve_connection(*here))
                continue;
            close(here->socket);
            connections.erase(here);
        }
        if (watched[2].revents != 0)
            connections.push_back({accept(tcp_, nullptr, nullptr), {}});
    }
    for (const Connection& connection : connections)
        close(connection.socket);
}

resolvers::dns::ResolverAddress deaf_address()
{
    const int socket = bound_socket(SOCK_DGRAM, false, 0);
    const std::uint16_t port = port_of(socket);
    close(socket);
    return {resolvers::IpAddress::from_v4(INADDR_LOOPBACK), port};
}

}  // namespace tests
