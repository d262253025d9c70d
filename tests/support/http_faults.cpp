#include "tests/support/http_faults.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace support {
namespace {

// Deflate packs its bits from the lowest up; Huffman codes go in from their highest bit.
class BitWriter {
public:
    void add(unsigned value, unsigned bits)
    {
        for (unsigned i = 0; i < bits; ++i) {
            current_ |= (value >> i & 1U) << used_;
            if (++used_ == 8) {
                bytes_.push_back(static_cast<char>(current_));
                current_ = 0;
                used_ = 0;
            }
        }
    }
    void add_code(unsigned code, unsigned bits)
    {
        for (unsigned i = bits; i-- > 0;)
            add(code >> i & 1U, 1);
    }
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
    unsigned current_ = 0;
    unsigned used_ = 0;
};

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload)
{
    std::string bytes;
    const auto size = static_cast<std::uint32_t>(payload.size());
    for (const int shift : {16, 8, 0})
        bytes.push_back(static_cast<char>(size >> shift & 0xff));
    bytes.push_back(static_cast<char>(type));
    bytes.push_back(static_cast<char>(flags));
    for (const int shift : {24, 16, 8, 0})
        bytes.push_back(static_cast<char>(stream >> shift & 0xff));
    return bytes + std::string(payload);
}

}  // namespace

std::string http_response(std::string_view body, const std::vector<std::string>& fields,
                          std::string_view status)
{
    std::string text = "HTTP/1.1 " + std::string(status) + "\r\n";
    for (const std::string& field : fields)
        text += field + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text + std::string(body);
}

std::string gzip_bomb(std::uint64_t size)
{
    BitWriter bits;
    bits.add(1, 1);  // last block
    bits.add(1, 2);  // fixed Huffman codes (RFC 1951 section 3.2.6)
    bits.add_code(0x30 + 'a', 8);
    for (std::uint64_t left = size / 258; left > 0; --left) {
        bits.add_code(0xc5, 8);  // length 258
        bits.add_code(0, 5);     // distance 1
    }
    return std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + bits.bytes();
}

std::string alert_record(std::uint8_t code)
{
    return std::string("\x15\x03\x03\0\x02\x02", 6) + static_cast<char>(code);
}

std::string h2_settings()
{
    return frame(4, 0, 0, "") + frame(4, 1, 0, "");
}

std::string h2_response(const std::vector<std::pair<std::string, std::string>>& fields,
                        std::string_view body)
{
    std::string block = "\x88";  // ":status: 200" (RFC 7541 appendix A)
    for (const auto& [name, value] : fields) {
        block.push_back('\0');  // literal without indexing, new name
        block.push_back(static_cast<char>(name.size()));
        block += name;
        block.push_back(static_cast<char>(value.size()));
        block += value;
    }
    return frame(1, 4, 1, block) + frame(0, 1, 1, body);
}

std::string h2_reset(std::uint32_t error)
{
    std::string payload;
    for (const int shift : {24, 16, 8, 0})
        payload.push_back(static_cast<char>(error >> shift & 0xff));
    return frame(3, 0, 1, payload);
}

FullPort::FullPort()
{
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof in;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets_.push_back(listener);
    if (bind(listener, reinterpret_cast<sockaddr*>(&in), size) != 0 || listen(listener, 0) != 0)
        throw std::runtime_error("test server: listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&in), &size);
    port_ = ntohs(in.sin_port);
    // A backlog of 0 holds one connection; a few more make sure of it.
    for (int i = 0; i < 3; ++i) {
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockets_.push_back(fd);
        connect(fd, reinterpret_cast<const sockaddr*>(&in), sizeof in);
    }
}

FullPort::~FullPort()
{
    for (const int fd : sockets_)
        close(fd);
}

}  // namespace support
