#include "scanner/pipeline/input_stream.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <streambuf>

namespace scanner {

namespace {

constexpr std::array<unsigned char, 4> zstd_magic = {0x28, 0xB5, 0x2F, 0xFD};

struct FreeDecoder {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class InputBuffer : public std::streambuf {
public:
    explicit InputBuffer(std::vector<int> descriptors) : descriptors_(std::move(descriptors)) {}

    ~InputBuffer() override
    {
        for (std::size_t i = current_; i < descriptors_.size(); ++i)
            close_descriptor(descriptors_[i]);
    }

    std::string_view waiting()
    {
        if (gptr() == egptr() && traits_type::eq_int_type(sgetc(), traits_type::eof()))
            return {};
        return {gptr(), static_cast<std::size_t>(egptr() - gptr())};
    }

protected:
    int_type underflow() override
    {
        while (current_ < descriptors_.size()) {
            const std::size_t got = decoder_ ? unpack() : read_plain();
            if (got > 0) {
                last_ = text_[got - 1];
                setg(text_.data(), text_.data(), text_.data() + got);
                return traits_type::to_int_type(text_[0]);
            }
            close_descriptor(descriptors_[current_]);
            ++current_;
            fresh_ = true;
            decoder_.reset();
            if (last_ != '\n') {
                last_ = '\n';
                text_[0] = '\n';
                setg(text_.data(), text_.data(), text_.data() + 1);
                return traits_type::to_int_type('\n');
            }
        }
        return traits_type::eof();
    }

private:
    static void close_descriptor(int descriptor)
    {
        if (descriptor != STDIN_FILENO)
            ::close(descriptor);
    }

    std::size_t read_some(char* into, std::size_t size)
    {
        for (;;) {
            const ssize_t got = ::read(descriptors_[current_], into, size);
            if (got >= 0)
                return static_cast<std::size_t>(got);
            if (errno != EINTR)
                throw std::runtime_error(std::string("cannot read: ") + std::strerror(errno));
        }
    }

    std::size_t read_plain()
    {
        const std::size_t got = read_some(text_.data(), text_.size());
        const bool packed = fresh_ && got >= zstd_magic.size() &&
                            std::memcmp(text_.data(), zstd_magic.data(), zstd_magic.size()) == 0;
        fresh_ = false;
        if (!packed)
            return got;
        std::memcpy(packed_.data(), text_.data(), got);
        in_ = {packed_.data(), got, 0};
        decoder_.reset(ZSTD_createDStream());
        return unpack();
    }

    std::size_t unpack()
    {
        for (;;) {
            if (in_.pos == in_.size) {
                in_ = {packed_.data(), read_some(packed_.data(), packed_.size()), 0};
                if (in_.size == 0) {
                    if (!at_frame_end_)
                        throw std::runtime_error("the zstd data break off");
                    return 0;
                }
            }
            ZSTD_outBuffer out = {text_.data(), text_.size(), 0};
            const std::size_t left = ZSTD_decompressStream(decoder_.get(), &out, &in_);
            if (ZSTD_isError(left) != 0)
                throw std::runtime_error(std::string("damaged zstd data: ") +
                                         ZSTD_getErrorName(left));
            at_frame_end_ = left == 0;
            if (out.pos > 0)
                return out.pos;
        }
    }

    std::vector<int> descriptors_;
    std::size_t current_ = 0;
    bool fresh_ = true;
    char last_ = '\n';
    std::array<char, 64 * 1024> text_{};
    std::array<char, 64 * 1024> packed_{};
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool at_frame_end_ = true;
    std::unique_ptr<ZSTD_DStream, FreeDecoder> decoder_;
};

class InputStream : public std::istream {
public:
    explicit InputStream(std::vector<int> descriptors)
        : std::istream(nullptr), buffer_(std::move(descriptors))
    {
        rdbuf(&buffer_);
    }

    InputBuffer& buffer() { return buffer_; }

private:
    InputBuffer buffer_;
};

}  // namespace

resolvers::Outcome<std::unique_ptr<std::istream>> open_inputs(const std::vector<std::string>& files)
{
    std::vector<int> descriptors;
    if (files.empty())
        descriptors.push_back(STDIN_FILENO);
    for (const std::string& file : files) {
        const int descriptor =
            file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            const std::string why = std::strerror(errno);
            for (const int open : descriptors)
                if (open != STDIN_FILENO)
                    ::close(open);
            return resolvers::Failure{"not_found", file + ": " + why};
        }
        descriptors.push_back(descriptor);
    }
    return std::unique_ptr<std::istream>(new InputStream(std::move(descriptors)));
}

std::string_view first_bytes(std::istream& stream)
{
    return dynamic_cast<InputStream&>(stream).buffer().waiting();
}

}  // namespace scanner
