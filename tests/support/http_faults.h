// Bytes that servers should not send, or send rarely, made to measure for the tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// A whole HTTP/1.1 response with Content-Length. Fields as "Name: value".
std::string http_response(std::string_view body, const std::vector<std::string>& fields = {},
                          std::string_view status = "200 OK");

/// A gzip stream that unpacks to about `size` bytes of 'a', at 13 bits for 258 of them. Its trailer
/// is missing: nobody should get that far.
std::string gzip_bomb(std::uint64_t size);

/// A TLS record with a fatal alert.
std::string alert_record(std::uint8_t code);

/// HTTP/2 frames: what a server sends first, a response on stream 1 (indexed ":status: 200" and
/// the given fields, then the body), and the end of stream 1 by RST_STREAM with an error code.
std::string h2_settings();
std::string h2_response(const std::vector<std::pair<std::string, std::string>>& fields,
                        std::string_view body);
std::string h2_reset(std::uint32_t error);

/// A port of 127.0.0.1 whose accept queue is full: SYNs to it are dropped, so that connecting
/// hangs.
class FullPort {
public:
    FullPort();
    ~FullPort();
    FullPort(const FullPort&) = delete;
    FullPort& operator=(const FullPort&) = delete;
    std::uint16_t port() const { return port_; }

private:
    std::vector<int> sockets_;
    std::uint16_t port_ = 0;
};

}  // namespace support
