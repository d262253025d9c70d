#include "resolvers/http/curl_multi.h"

#include <curl/curl.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <new>

namespace resolvers::http {

namespace asio = boost::asio;

// One of curl's sockets, for as long as curl waits on it. The descriptor is curl's.
class CurlMulti::Watch : public std::enable_shared_from_this<Watch> {
public:
    Watch(std::weak_ptr<CurlMulti> multi, const Executor& executor, int socket)
        : multi_(std::move(multi)), socket_(executor), number_(socket)
    {
        boost::system::error_code failed;
        socket_.assign(socket, failed);
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { forget(); }

    void want(int what)
    {
        wanted_ = what;
        arm();
    }

    void forget()
    {
        wanted_ = CURL_POLL_NONE;
        if (socket_.is_open())
            socket_.release();
    }

private:
    using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

    void arm()
    {
        if (!socket_.is_open())
            return;
        if ((wanted_ & CURL_POLL_IN) != 0 && !reading_) {
            reading_ = true;
            wait(Descriptor::wait_read, CURL_CSELECT_IN, reading_);
        }
        if ((wanted_ & CURL_POLL_OUT) != 0 && !writing_) {
            writing_ = true;
            wait(Descriptor::wait_write, CURL_CSELECT_OUT, writing_);
        }
    }

    void wait(Descriptor::wait_type type, int ready, bool& waiting)
    {
        socket_.async_wait(type, [self = shared_from_this(), ready,
                                  &waiting](const boost::system::error_code& failed) {
            waiting = false;
            const int needed = ready == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
            if (failed || (self->wanted_ & needed) == 0)
                return;
            if (const std::shared_ptr<CurlMulti> multi = self->multi_.lock())
                multi->drive(self->number_, ready);
            self->arm();
        });
    }

    std::weak_ptr<CurlMulti> multi_;
    Descriptor socket_;
    const int number_;
    int wanted_ = CURL_POLL_NONE;
    bool reading_ = false;
    bool writing_ = false;
};

void CurlMulti::Cleanup::operator()(void* multi) const
{
    curl_multi_cleanup(multi);
}

CurlMulti::CurlMulti(Executor executor, Sockets sockets)
    : executor_(executor), sockets_(sockets), timer_(executor)
{
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_.reset(once == CURLE_OK ? curl_multi_init() : nullptr);
    if (!multi_)
        throw std::bad_alloc();
    CURLM* multi = multi_.get();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
}

CurlMulti::~CurlMulti()
{
    close();
}

bool CurlMulti::add(void* easy, User& user)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &user);
    return multi_ && curl_multi_add_handle(multi_.get(), easy) == CURLM_OK;
}

void CurlMulti::remove(void* easy)
{
    if (multi_)
        curl_multi_remove_handle(multi_.get(), easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, nullptr);
}

int CurlMulti::on_socket(void* easy, int socket, int what, void* self_pointer, void*)
{
    auto* self = static_cast<CurlMulti*>(self_pointer);
    if (self->sockets_ == Sockets::of_curl) {
        self->watch(socket, what);
        return 0;
    }
    User* user = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
    if (user != nullptr)
        user->want(what == CURL_POLL_REMOVE ? CURL_POLL_NONE : what);
    return 0;
}

void CurlMulti::watch(int socket, int what)
{
    const auto known = watches_.find(socket);
    if (what == CURL_POLL_REMOVE) {
        if (known == watches_.end())
            return;
        known->second->forget();
        watches_.erase(known);
        return;
    }
    if (known != watches_.end())
        return known->second->want(what);
    const auto made = std::make_shared<Watch>(weak_from_this(), executor_, socket);
    watches_.emplace(socket, made);
    made->want(what);
}

int CurlMulti::on_timer(void*, long milliseconds, void* self_pointer)
{
    auto* self = static_cast<CurlMulti*>(self_pointer);
    if (milliseconds == 0) {
        self->drive_soon();
    } else if (milliseconds < 0) {
        self->timer_.cancel();
    } else {
        self->timer_.expires_after(std::chrono::milliseconds(milliseconds));
        self->timer_.async_wait(
            [multi = self->weak_from_this()](const boost::system::error_code& failed) {
                if (const std::shared_ptr<CurlMulti> alive = multi.lock(); alive && !failed)
                    alive->drive(CURL_SOCKET_TIMEOUT, 0);
            });
    }
    return 0;
}

// curl may not be called from its own callbacks, and one call serves all that is due.
void CurlMulti::drive_soon()
{
    if (drive_posted_)
        return;
    drive_posted_ = true;
    asio::post(executor_, [multi = weak_from_this()] {
        if (const std::shared_ptr<CurlMulti> alive = multi.lock()) {
            alive->drive_posted_ = false;
            alive->drive(CURL_SOCKET_TIMEOUT, 0);
        }
    });
}

void CurlMulti::drive(int socket, int ready)
{
    if (!multi_)
        return;
    int running = 0;
    curl_multi_socket_action(multi_.get(), socket, ready, &running);
    int left = 0;
    while (multi_) {
        const CURLMsg* message = curl_multi_info_read(multi_.get(), &left);
        if (message == nullptr)
            break;
        User* user = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
        if (message->msg == CURLMSG_DONE && user != nullptr)
            user->on_done(message->data.result);
    }
}

void CurlMulti::close()
{
    // curl still calls back about the connections that it closes now.
    void* multi = multi_.release();
    if (multi != nullptr)
        curl_multi_cleanup(multi);
    for (const auto& [socket, watch] : watches_)
        watch->forget();
    watches_.clear();
    timer_.cancel();
}

}  // namespace resolvers::http
