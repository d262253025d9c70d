// What dig and kdig print, read line by line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/input/importers/emitter.h"
#include "scanner/input/lists/line_reader.h"

namespace scanner::input {

/// Does a text that begins like this look like output of dig or kdig?
bool looks_like_dig_text(std::string_view first_bytes);

/// Makes one Observation for each run of answers about one name. Understands the full output and
/// the answer lines alone (+noall +answer); not +short, which names nothing.
class DigTextReader {
public:
    explicit DigTextReader(Emitter& emitter) : emitter_(emitter) {}

    void feed(const Line& line);

    /// Emits what is left. To be called once. False if nothing of dig's was in the text.
    bool finish();

private:
    enum class Section { none, question, answer, other };

    void read_banner(std::string_view arguments, std::uint64_t line);
    void read_comment(std::string_view comment, std::uint64_t line);
    void read_question(std::string_view text, std::uint64_t line);
    void read_record_line(std::string_view text, std::uint64_t line);
    void begin_message(std::uint64_t line);
    void end_message();
    void flush();

    Emitter& emitter_;
    Section section_ = Section::none;
    /// The message being read, and the line that it began on.
    std::optional<resolvers::DnsAnswer> answer_;
    std::uint64_t line_ = 0;
    /// Record lines without a message around them.
    bool bare_ = false;
    /// What dig was asked, as its banner tells; for questions that got no answer.
    resolvers::DnsAnswer asked_;
    /// A record that goes on in the next line, in parentheses.
    std::string open_record_;
    std::optional<Observation> seen_;
    bool any_ = false;
};

}  // namespace scanner::input
