// Runs the transfers of one libcurl multi handle on a Boost.Asio loop: waits on sockets and on
// curl's clock, and tells who started a transfer when it has ended. Knows nothing of requests, nor
// of deadlines: those are their users' own.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <memory>

namespace resolvers::http {

/// For one thread. Held by a shared_ptr, since the reactor may call back when it is gone.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
public:
    /// Who started a transfer. Must take it out with remove() before going away.
    class User {
    public:
        /// The transfer has ended with this CURLcode.
        virtual void on_done(int result) = 0;
        /// Sockets::of_users: curl waits for this (CURL_POLL_...) on the socket it was lent.
        virtual void want(int /*what*/) {}

    protected:
        ~User() = default;
    };

    enum class Sockets {
        of_users,  ///< each transfer has a socket of its own and waits on it itself
        of_curl,   ///< curl opens, keeps and closes them; waited on here
    };

    /// Throws std::bad_alloc if there is no memory for it.
    CurlMulti(boost::asio::io_context::executor_type executor, Sockets sockets);
    ~CurlMulti();

    /// The CURLM, for options. Null once closed.
    void* handle() const { return multi_.get(); }

    /// Starts the transfer of a CURL. False if curl will not have it.
    bool add(void* easy, User& user);
    /// Nothing more is heard of the transfer.
    void remove(void* easy);

    /// Lets curl work: on a socket that is ready (CURL_CSELECT_...), or on whatever is due.
    void drive(int socket, int ready);

    /// Closes kept connections; nothing is driven any more. All transfers are to be removed before.
    void close();

private:
    class Watch;
    struct Cleanup {
        void operator()(void* multi) const;
    };

    static int on_socket(void* easy, int socket, int what, void* self, void* unused);
    static int on_timer(void* multi, long milliseconds, void* self);
    void drive_soon();
    void watch(int socket, int what);

    using Clock = std::chrono::steady_clock;
    using Executor = boost::asio::io_context::executor_type;

    const Executor executor_;
    const Sockets sockets_;
    std::unique_ptr<void, Cleanup> multi_;
    boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor> timer_;
    bool drive_posted_ = false;
    /// By descriptor. Only for Sockets::of_curl.
    std::map<int, std::shared_ptr<Watch>> watches_;
};

}  // namespace resolvers::http
