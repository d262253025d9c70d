#include "scanner/pipeline/input_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <streambuf>

#include "scanner/pipeline/zstd_stream.h"

namespace scanner::pipeline {

namespace {

// A file that is being read, with its name for complaints.
struct OpenFile {
    int descriptor = -1;
    std::string name;
};

class InputBuffer : public std::streambuf {
public:
    explicit InputBuffer(std::vector<OpenFile> files) : files_(std::move(files)) {}

    ~InputBuffer() override
    {
        for (std::size_t i = current_; i < files_.size(); ++i)
            close_descriptor(files_[i].descriptor);
    }

    const std::string& fault() const { return fault_; }

    std::string_view waiting()
    {
        if (gptr() == egptr() && traits_type::eq_int_type(sgetc(), traits_type::eof()))
            return {};
        return {gptr(), static_cast<std::size_t>(egptr() - gptr())};
    }

protected:
    int_type underflow() override
    {
        while (current_ < files_.size()) {
            const std::size_t got = decoder_ ? unpack() : read_plain();
            if (got > 0) {
                last_ = text_[got - 1];
                setg(text_.data(), text_.data(), text_.data() + got);
                return traits_type::to_int_type(text_[0]);
            }
            close_descriptor(files_[current_].descriptor);
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

    // The stream goes bad: the half line before is nobody's, the whole ones were given out.
    [[noreturn]] void give_up(const std::string& why)
    {
        fault_ = files_[current_].name + ": " + why;
        throw std::runtime_error(fault_);
    }

    std::size_t read_some(char* into, std::size_t size)
    {
        for (;;) {
            const ssize_t got = ::read(files_[current_].descriptor, into, size);
            if (got >= 0)
                return static_cast<std::size_t>(got);
            if (errno != EINTR)
                give_up(std::string("cannot be read: ") + std::strerror(errno));
        }
    }

    std::size_t read_plain()
    {
        const std::size_t got = read_some(text_.data(), text_.size());
        const bool packed = fresh_ && is_zstd({text_.data(), got});
        fresh_ = false;
        if (!packed)
            return got;
        std::memcpy(packed_.data(), text_.data(), got);
        in_ = {packed_.data(), got};
        decoder_.emplace();
        return unpack();
    }

    std::size_t unpack()
    {
        for (;;) {
            std::size_t got = 0;
            try {
                got = decoder_->unpack(in_, text_.data(), text_.size());
            } catch (const std::runtime_error& error) {
                give_up(error.what());
            }
            if (got > 0)
                return got;
            in_ = {packed_.data(), read_some(packed_.data(), packed_.size())};
            if (!in_.empty())
                continue;
            if (!decoder_->at_frame_end())
                give_up("the zstd data break off; whole lines before that were read");
            return 0;
        }
    }

    std::vector<OpenFile> files_;
    std::size_t current_ = 0;
    bool fresh_ = true;
    char last_ = '\n';
    std::array<char, 64 * 1024> text_{};
    std::array<char, 64 * 1024> packed_{};
    std::string_view in_;
    std::optional<ZstdDecoder> decoder_;
    std::string fault_;
};

class InputStream : public std::istream {
public:
    explicit InputStream(std::vector<OpenFile> files)
        : std::istream(nullptr), buffer_(std::move(files))
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
    std::vector<OpenFile> opened;
    if (files.empty())
        opened.push_back({STDIN_FILENO, "stdin"});
    for (const std::string& file : files) {
        const int descriptor =
            file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            const std::string why = std::strerror(errno);
            for (const OpenFile& open : opened)
                if (open.descriptor != STDIN_FILENO)
                    ::close(open.descriptor);
            return resolvers::Failure{"not_found", file + ": " + why};
        }
        opened.push_back({descriptor, file == "-" ? "stdin" : file});
    }
    return std::unique_ptr<std::istream>(new InputStream(std::move(opened)));
}

std::string input_fault(std::istream& stream)
{
    if (!stream.bad())
        return {};
    auto* input = dynamic_cast<InputStream*>(&stream);
    return input != nullptr && !input->buffer().fault().empty()
               ? input->buffer().fault()
               : "the input cannot be read to its end";
}

std::string_view first_bytes(std::istream& stream)
{
    return dynamic_cast<InputStream&>(stream).buffer().waiting();
}

}  // namespace scanner::pipeline
