// What a question costs us over what it costs c-ares: client CPU for each question, side by side in
// one run, against the same fast responder on loopback. Quote the ratios, not the microseconds.
//   dns_bench [QUESTIONS [ROUNDS [CLIENT]]]     default 200000, 5, all; for a profiler one of
//                                               bare, single, six, with 1,000 in flight
#include <ares.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "resolvers/dns/cares.h"
#include "resolvers/dnswire/message.h"

using namespace resolvers;
namespace asio = boost::asio;

namespace {

constexpr unsigned channel_count = 8;
constexpr int receive_buffer = 4 << 20;

void pin_to(unsigned cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

// ---- The responder: one address for every question ----------------------------------------------

[[noreturn]] void respond(int socket)
{
    constexpr unsigned batch = 64;
    static std::uint8_t buffers[batch][512];
    static sockaddr_in peers[batch];
    static iovec parts[batch];
    static mmsghdr messages[batch];
    const std::uint8_t answer[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1};
    while (true) {
        for (unsigned i = 0; i < batch; ++i) {
            parts[i] = {buffers[i], sizeof buffers[i]};
            messages[i] = {};
            messages[i].msg_hdr.msg_name = &peers[i];
            messages[i].msg_hdr.msg_namelen = sizeof peers[i];
            messages[i].msg_hdr.msg_iov = &parts[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int got = recvmmsg(socket, messages, batch, MSG_WAITFORONE, nullptr);
        for (int i = 0; i < got; ++i) {
            std::uint8_t* message = buffers[i];
            std::size_t end = 12;
            while (message[end] != 0)
                end += message[end] + 1U;
            end += 5;
            message[2] = 0x81;
            message[3] = 0x80;
            message[7] = 1;   // one answer
            message[11] = 0;  // no OPT
            std::memcpy(message + end, answer, sizeof answer);
            parts[i].iov_len = end + sizeof answer;
        }
        for (int sent = 0; sent < got;)
            sent += std::max(
                1, sendmmsg(socket, messages + sent, static_cast<unsigned>(got - sent), 0));
    }
}

// ---- The questions ------------------------------------------------------------------------------

Question question(unsigned number)
{
    return Question{*DomainName::parse("www.name" + std::to_string(number) + ".example"), "A"};
}

// ---- c-ares alone -------------------------------------------------------------------------------

struct Bare {
    struct Channel {
        ares_channel handle = nullptr;
        std::uint16_t next_id = 0;
    };

    std::vector<Channel> channels = std::vector<Channel>(channel_count);
    int poll = epoll_create1(0);
    unsigned sent = 0;
    unsigned ended = 0;
    unsigned failed = 0;

    static void watch(void* data, ares_socket_t socket, int readable, int writable)
    {
        Bare& self = *static_cast<Bare*>(data);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket;
        if (readable != 0 || writable != 0)
            epoll_ctl(self.poll, EPOLL_CTL_ADD, socket, &event);
        else
            epoll_ctl(self.poll, EPOLL_CTL_DEL, socket, &event);
    }

    static int configure(ares_socket_t socket, int /*type*/, void* /*data*/)
    {
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        return 0;
    }

    static void answered(void* data, int status, int /*timeouts*/, unsigned char* /*octets*/,
                         int /*size*/)
    {
        Bare& self = *static_cast<Bare*>(data);
        ++self.ended;
        self.failed += status == ARES_SUCCESS ? 0 : 1;
    }

    explicit Bare(const dns::ResolverAddress& server)
    {
        for (Channel& channel : channels) {
            ares_options options{};
            options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN;
            options.timeout = 3000;
            options.tries = 3;
            options.ednspsz = 1232;
            options.sock_state_cb = watch;
            options.sock_state_cb_data = this;
            ares_init_options(&channel.handle, &options,
                              ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                  ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB);
            ares_set_socket_configure_callback(channel.handle, configure, nullptr);
            ares_addr_port_node node{};
            node.family = AF_INET;
            node.addr.addr4.s_addr = htonl(server.address.v4_bits());
            node.udp_port = node.tcp_port = server.port;
            ares_set_servers_ports(channel.handle, &node);
        }
    }

    ~Bare()
    {
        for (Channel& channel : channels)
            ares_destroy(channel.handle);
        close(poll);
    }

    void run(unsigned questions, unsigned in_flight)
    {
        std::vector<ares_socket_t> ready;
        epoll_event events[64];
        while (ended < questions) {
            for (; sent < questions && sent - ended < in_flight; ++sent) {
                Channel& channel = channels[sent % channel_count];
                std::array<std::uint8_t, dnswire::max_query> buffer;
                const std::size_t size = resolvers::dnswire::encode_query_into(
                    buffer, question(sent), channel.next_id++, {});
                ares_send(channel.handle, buffer.data(), static_cast<int>(size), answered, this);
            }
            const int count = epoll_wait(poll, events, 64, 50);
            for (int i = 0; i < count; ++i)
                for (Channel& channel : channels)
                    if (owns(channel, events[i].data.fd))
                        ares_process_fd(channel.handle, events[i].data.fd, ARES_SOCKET_BAD);
            if (count == 0)
                for (Channel& channel : channels)
                    ares_process_fd(channel.handle, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        }
    }

    // Channels open their sockets in order and keep them.
    bool owns(const Channel& channel, int socket)
    {
        const auto index = static_cast<std::size_t>(&channel - channels.data());
        if (sockets_[index] < 0) {
            ares_socket_t list[ARES_GETSOCK_MAXNUM];
            if (ares_getsock(channel.handle, list, ARES_GETSOCK_MAXNUM) != 0)
                sockets_[index] = list[0];
        }
        return sockets_[index] == socket;
    }

private:
    std::array<int, channel_count> sockets_ = [] {
        std::array<int, channel_count> none;
        none.fill(-1);
        return none;
    }();
};

// ---- Ours ---------------------------------------------------------------------------------------

struct Work {
    unsigned questions = 0;
    unsigned per_name = 0;
    unsigned taken = 0;
    unsigned failed = 0;
};

asio::awaitable<void> worker(DnsResolver& resolver, Work& work)
{
    while (work.taken < work.questions) {
        std::vector<Question> questions;
        questions.reserve(work.per_name);
        for (unsigned i = 0; i < work.per_name; ++i)
            questions.push_back(question(work.taken++));
        const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        auto asked = resolver.ask(std::move(questions), deadline);
        const std::vector<DnsAnswer> answers = co_await std::move(asked);
        for (const DnsAnswer& answer : answers)
            work.failed +=
                answer.status == DnsStatus::noerror && answer.records.size() == 1 ? 0 : 1;
    }
}

// ---- Measuring ----------------------------------------------------------------------------------

struct Measure {
    double user = 0;
    double kernel = 0;
    double wall = 0;
    unsigned failed = 0;

    double total() const { return user + kernel; }
};

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

// Microseconds a question.
template <typename Run>
Measure measure(unsigned questions, Run run)
{
    rusage before{};
    rusage after{};
    const auto start = std::chrono::steady_clock::now();
    getrusage(RUSAGE_THREAD, &before);
    const unsigned failed = run();
    getrusage(RUSAGE_THREAD, &after);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double scale = 1e6 / questions;
    return {(seconds(after.ru_utime) - seconds(before.ru_utime)) * scale,
            (seconds(after.ru_stime) - seconds(before.ru_stime)) * scale, wall.count() * scale,
            failed};
}

Measure measure_bare(const dns::ResolverAddress& server, unsigned questions, unsigned in_flight)
{
    Bare bare(server);
    return measure(questions, [&] {
        bare.run(questions, in_flight);
        return bare.failed;
    });
}

Measure measure_ours(const dns::ResolverAddress& server, unsigned questions, unsigned in_flight,
                     unsigned per_name)
{
    asio::io_context context(1);
    dns::DnsOptions options;
    options.servers = {server};
    options.channels_per_server = channel_count;
    options.max_in_flight_per_channel = 10000;
    options.receive_buffer = receive_buffer;
    auto resolver = std::move(*make_dns_client(context.get_executor(), options));
    Work work{questions, per_name};
    return measure(questions, [&] {
        for (unsigned i = 0; i < in_flight / per_name; ++i)
            asio::co_spawn(context, worker(*resolver, work), asio::detached);
        context.run();
        return work.failed;
    });
}

// The round that the machine's other work disturbed least.
Measure best(const std::vector<Measure>& rounds)
{
    return *std::ranges::min_element(rounds, {}, &Measure::total);
}

void print(const char* who, unsigned in_flight, const Measure& measured, const Measure& bare)
{
    std::printf("%-22s %9u %8.2f %8.2f %8.2f %8.2f %7.2fx %7u\n", who, in_flight, measured.user,
                measured.kernel, measured.total(), measured.wall, measured.total() / bare.total(),
                measured.failed);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments)
{
    const unsigned questions =
        count > 1 ? static_cast<unsigned>(std::strtoul(arguments[1], nullptr, 10)) : 200000;
    const unsigned rounds =
        count > 2 ? static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10)) : 5;

    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return 2;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    const pid_t responder = fork();
    if (responder == 0) {
        pin_to(1);
        respond(socket);
    }
    pin_to(0);
    const dns::ResolverAddress server{IpAddress::from_v4(INADDR_LOOPBACK), ntohs(address.sin_port)};

    ares_library_init(ARES_LIB_INIT_ALL);
    const std::string only = count > 3 ? arguments[3] : "";
    for (unsigned round = 0; round < rounds && !only.empty(); ++round) {
        const Measure one = only == "bare"
                                ? measure_bare(server, questions, 1000)
                                : measure_ours(server, questions, 1000, only == "single" ? 1 : 6);
        print(only.c_str(), 1000, one, one);
    }
    if (!only.empty()) {
        kill(responder, SIGTERM);
        return 0;
    }
    std::printf("client CPU, microseconds a question; best of %u rounds of %u questions\n", rounds,
                questions);
    std::printf("%-22s %9s %8s %8s %8s %8s %8s %7s\n", "", "in flight", "user", "kernel", "CPU",
                "wall", "ratio", "failed");
    for (const unsigned in_flight : {60U, 1000U, 10000U}) {
        std::vector<Measure> bare;
        std::vector<Measure> single;
        std::vector<Measure> six;
        for (unsigned round = 0; round < rounds; ++round) {
            bare.push_back(measure_bare(server, questions, in_flight));
            single.push_back(measure_ours(server, questions, in_flight, 1));
            six.push_back(measure_ours(server, questions, in_flight, 6));
        }
        const Measure reference = best(bare);
        print("c-ares alone", in_flight, reference, reference);
        print("ours, 1 question a name", in_flight, best(single), reference);
        print("ours, 6 questions", in_flight, best(six), reference);
    }
    kill(responder, SIGTERM);
    waitpid(responder, nullptr, 0);
}
