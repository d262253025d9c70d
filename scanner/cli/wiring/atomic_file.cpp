#include "scanner/cli/wiring/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace scanner::cli {

using resolvers::Failure;

namespace {

Failure failed(const std::string& path)
{
    return {"not_writable", path + ": " + std::strerror(errno)};
}

bool write_all(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// The rename itself must be on the disk too. A folder that cannot be synced is no reason to fail.
void sync_folder(const std::string& path)
{
    const std::string dir = std::filesystem::path(path).parent_path().string();
    const int folder = ::open(dir.empty() ? "." : dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    ::fsync(folder);
    ::close(folder);
}

}  // namespace

std::optional<Failure> replace_file(const std::string& path, std::string_view bytes)
{
    std::string temporary = path + ".XXXXXX";
    const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0)
        return failed(path);
    std::optional<Failure> failure;
    if (!write_all(descriptor, bytes) || ::fchmod(descriptor, 0644) != 0 ||
        ::fsync(descriptor) != 0)
        failure = failed(temporary);
    if (::close(descriptor) != 0 && !failure)
        failure = failed(temporary);
    if (!failure && ::rename(temporary.c_str(), path.c_str()) != 0)
        failure = failed(path);
    if (failure)
        ::unlink(temporary.c_str());
    else
        sync_folder(path);
    return failure;
}

bool is_writable_folder(const std::string& dir)
{
    return ::access(dir.c_str(), W_OK | X_OK) == 0;
}

}  // namespace scanner::cli
