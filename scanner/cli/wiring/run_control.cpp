#include "scanner/cli/wiring/run_control.h"

#include <unistd.h>
#include <csignal>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "scanner/cli/exit_code.h"

namespace scanner::cli {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// How long what is in flight may take after an interrupt.
constexpr auto grace = 10s;

sigset_t watched_signals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

// A signal that is blocked is delivered even where it is ignored.
bool is_ignored(int signal)
{
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

RunControl::RunControl()
{
    const sigset_t set = watched_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

RunControl::~RunControl()
{
    finish();
}

void RunControl::start(Hooks hooks)
{
    hooks_ = std::move(hooks);
    thread_ = std::thread([this] { watch(); });
}

void RunControl::finish()
{
    done_ = true;
    if (thread_.joinable())
        thread_.join();
}

void RunControl::watch()
{
    sigset_t set = watched_signals();
    if (!hooks_.reload && is_ignored(SIGHUP))
        sigdelset(&set, SIGHUP);
    Clock::time_point give_up = Clock::time_point::max();
    Clock::time_point next_progress = Clock::now() + 1s;
    while (!done_) {
        timespec wait{};
        wait.tv_nsec = 100'000'000;
        const int signal = sigtimedwait(&set, nullptr, &wait);
        if (signal == SIGHUP && hooks_.reload) {
            std::cerr << (hooks_.progress ? "\n" : "") << "servedby: SIGHUP: " << hooks_.reload()
                      << std::endl;
            continue;
        }
        const bool second = signal > 0 && interrupted_;
        if (signal > 0 && !interrupted_) {
            interrupted_ = true;
            give_up = Clock::now() + grace;
            std::cerr << "\nservedby: stopping; what is in flight has "
                      << std::chrono::seconds(grace).count()
                      << " s (interrupt again to stop at once)" << std::endl;
            hooks_.stop();
        }
        if (second || Clock::now() > give_up) {
            hooks_.save();
            std::_Exit(static_cast<int>(ExitCode::interrupted));
        }
        if (hooks_.progress && Clock::now() >= next_progress) {
            next_progress += 1s;
            std::cerr << '\r' << hooks_.progress() << "\x1b[K" << std::flush;
        }
    }
    if (hooks_.progress)
        std::cerr << '\r' << hooks_.progress() << "\x1b[K" << std::endl;
}

}  // namespace scanner::cli
