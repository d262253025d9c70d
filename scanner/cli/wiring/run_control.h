// Watches a running scan from the side: progress on stderr, and interrupts. The first SIGINT or
// SIGTERM stops the intake and lets what is in flight finish; the second, or a grace period, ends
// the process with every finished record written. SIGHUP reads lists again where there are any, and
// is like SIGTERM where there are none.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace scanner::cli {

class RunControl {
public:
    struct Hooks {
        /// Stop taking in; called once, at the first interrupt.
        std::function<void()> stop;
        /// Write out what is finished; called before the process ends by force.
        std::function<void()> save;
        /// Reads again what can be, and says how that went. Empty: SIGHUP ends the run, unless it
        /// is ignored (nohup).
        std::function<std::string()> reload;
        /// One line for stderr, without newline; called about once a second. May be empty.
        std::function<std::string()> progress;
    };

    /// Must be made before any other thread starts: it blocks the signals for all of them.
    RunControl();
    ~RunControl();
    RunControl(const RunControl&) = delete;
    RunControl& operator=(const RunControl&) = delete;

    void start(Hooks hooks);
    /// Stops watching; joins.
    void finish();

    bool interrupted() const { return interrupted_; }

private:
    void watch();

    Hooks hooks_;
    std::atomic<bool> interrupted_{false};
    std::atomic<bool> done_{false};
    std::thread thread_;
};

}  // namespace scanner::cli
