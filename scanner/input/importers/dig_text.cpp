#include "scanner/input/importers/dig_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "resolvers/base/ascii.h"
#include "resolvers/base/time_text.h"
#include "resolvers/base/utf8.h"
#include "scanner/input/importers/dns_record_text.h"
#include "scanner/input/importers/resolution.h"
#include "scanner/input/subject_text.h"

namespace scanner::input {

namespace {

using resolvers::DnsAnswer;
using resolvers::DnsRecord;
using resolvers::DnsStatus;

constexpr std::size_t max_answers = 64;
constexpr std::size_t max_records = 1000;
constexpr std::size_t max_open_record = 64 * 1024;

std::string_view take_word(std::string_view& rest)
{
    rest = resolvers::trim(rest);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    rest = resolvers::trim(rest);
    return word;
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

// What stands between a mark and the next of the given ends.
std::string_view between(std::string_view text, std::string_view mark, std::string_view ends)
{
    const std::size_t begin = text.find(mark);
    if (begin == std::string_view::npos)
        return {};
    const std::string_view rest = text.substr(begin + mark.size());
    return resolvers::trim(rest.substr(0, rest.find_first_of(ends)));
}

std::optional<unsigned> number(std::string_view text)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

bool is_class(std::string_view word)
{
    return word == "IN" || word == "CH" || word == "HS";
}

// Record types are words in capitals, digits and '-'.
bool is_type(std::string_view word)
{
    return !word.empty() && word[0] >= 'A' && word[0] <= 'Z' &&
           std::all_of(word.begin(), word.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
           });
}

/// "name [ttl] [class] type data", as dig prints it with and without +nottlid and +noclass.
std::optional<DnsRecord> parse_record(std::string_view text)
{
    std::string_view rest = text;
    const std::string_view name = take_word(rest);
    std::string_view word = take_word(rest);
    std::uint32_t ttl = 0;
    if (const std::optional<unsigned> seconds = number(word)) {
        ttl = *seconds;
        word = take_word(rest);
    }
    if (is_class(word))
        word = take_word(rest);
    if (name.empty() || !is_type(word) || rest.empty())
        return std::nullopt;
    return read_record(resolvers::utf8_with_latin1(name), word, ttl,
                       resolvers::utf8_with_latin1(rest));
}

// Parentheses (RFC 1035 section 5.1) outside of quotation marks: how many are open at the end.
int open_parentheses(std::string_view text)
{
    int open = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '(')
            ++open;
        else if (!quoted && c == ')')
            --open;
    }
    return open;
}

std::string without_comment_and_parentheses(std::string_view text)
{
    std::string made;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            made += c;
            made += text[++i];
            continue;
        }
        if (c == '"')
            quoted = !quoted;
        if (!quoted && c == ';')
            break;
        made += !quoted && (c == '(' || c == ')') ? ' ' : c;
    }
    return made;
}

}  // namespace

bool looks_like_dig_text(std::string_view first_bytes)
{
    if (contains(first_bytes, "<<>> DiG ") || contains(first_bytes, ";; ->>HEADER<<-") ||
        contains(first_bytes, ";; ANSWER SECTION:"))
        return true;
    // Answer lines alone: the first line that says anything is a record with its class.
    std::size_t begin = 0;
    while (begin < first_bytes.size()) {
        const std::size_t end = std::min(first_bytes.find('\n', begin), first_bytes.size());
        const std::string_view line = resolvers::trim(first_bytes.substr(begin, end - begin));
        begin = end + 1;
        if (line.empty() || line[0] == ';')
            continue;
        return (contains(line, "\tIN\t") || contains(line, " IN ")) && parse_record(line);
    }
    return false;
}

void DigTextReader::begin_message(std::uint64_t line)
{
    end_message();
    answer_.emplace();
    line_ = line;
    section_ = Section::none;
    any_ = true;
}

void DigTextReader::end_message()
{
    if (!answer_)
        return;
    DnsAnswer answer = std::move(*answer_);
    answer_.reset();
    open_record_.clear();
    section_ = Section::none;
    if (std::exchange(bare_, false)) {
        answer.status = DnsStatus::noerror;
        answer.type = answer.records.back().type;
    }
    // A message whose question was not printed (+noquestion) is about its first record's owner.
    if (answer.name.empty() && !answer.records.empty()) {
        answer.name = answer.records.front().name;
        answer.type = answer.records.back().type;
    }
    if (answer.name.empty()) {
        flush();
        emitter_.invalid("", line_, "an answer without question");
        return;
    }
    settle_status(answer);
    Subject subject = read_subject(answer.name, line_);
    const bool same = seen_ && seen_->subject.host == subject.host && !subject.host.empty() &&
                      seen_->dns.size() < max_answers;
    if (!same) {
        flush();
        seen_ = emitter_.begin(std::move(subject));
        seen_->observed_at = answer.asked_at;
    }
    if (seen_->subject.invalid.empty())
        seen_->dns.push_back(std::move(answer));
}

void DigTextReader::flush()
{
    if (seen_)
        emitter_.finish(std::move(*seen_), false);
    seen_.reset();
}

bool DigTextReader::finish()
{
    end_message();
    flush();
    return any_;
}

void DigTextReader::read_question(std::string_view text, std::uint64_t line)
{
    std::string_view rest = text;
    const std::string_view name = take_word(rest);
    std::string_view type = take_word(rest);
    if (is_class(type))
        type = take_word(rest);
    if (name.empty() || !is_type(type) || !answer_)
        return;
    answer_->name = record_name(resolvers::utf8_with_latin1(name));
    answer_->type = read_record("", type, 0, "").type;
    line_ = line;
}

// "9.18.28-1 <<>> @192.0.2.1 example.com AAAA +short": the name and the type among the arguments.
void DigTextReader::read_banner(std::string_view arguments, std::uint64_t line)
{
    end_message();
    any_ = true;
    line_ = line;
    asked_ = {};
    asked_.type = "A";
    asked_.status = DnsStatus::timeout;
    constexpr std::array<std::string_view, 11> types = {
        "A", "AAAA", "CNAME", "NS", "SOA", "PTR", "MX", "TXT", "CAA", "HTTPS", "SVCB"};
    std::string_view rest = arguments.substr(std::min(arguments.find("<<>>"), arguments.size()));
    take_word(rest);
    while (!rest.empty()) {
        const std::string_view word = take_word(rest);
        const bool option = word.starts_with('@') || word.starts_with('+') || word.starts_with('-');
        std::string upper(word);
        std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        if (std::find(types.begin(), types.end(), upper) != types.end())
            asked_.type = upper;
        else if (!option && !is_class(upper) && asked_.name.empty())
            asked_.name = record_name(resolvers::utf8_with_latin1(word));
    }
}

void DigTextReader::read_comment(std::string_view comment, std::uint64_t line)
{
    const std::string_view text = resolvers::trim(comment);
    if (text.starts_with("->>HEADER<<-")) {
        begin_message(line);
        asked_ = {};
        answer_->status = read_dns_status(between(text, "status: ", ",;"));
        return;
    }
    if (text.starts_with("ERROR: failed to query server")) {
        end_message();
        flush();
        any_ = true;
        emitter_.invalid(text, line,
                         "the server did not answer, and the text does not say what "
                         "was asked of it");
        return;
    }
    if (contains(text, "no servers could be reached") && !asked_.name.empty()) {
        begin_message(line_);
        *answer_ = std::exchange(asked_, {});
        end_message();
        return;
    }
    if (text.starts_with("communications error") || text.starts_with("connection timed out")) {
        asked_.status = contains(text, "refused") || contains(text, "unreachable")
                            ? DnsStatus::network_error
                            : DnsStatus::timeout;
        asked_.detail = resolvers::utf8_with_latin1(text);
        return;
    }
    if (!answer_)
        return;
    if (text == "QUESTION SECTION:")
        section_ = Section::question;
    else if (text == "ANSWER SECTION:")
        section_ = Section::answer;
    else if (text.ends_with("SECTION:"))
        section_ = Section::other;
    else if (text.starts_with("flags:") || text.starts_with("Flags:")) {
        const std::string flags = " " + record_name(between(text, ":", ";")) + " ";
        answer_->authentic_data = contains(flags, " ad ");
    } else if (text.starts_with("SERVER: ")) {
        const std::string_view server = between(text, "SERVER: ", "(");
        const std::size_t hash = server.find('#');
        answer_->resolver = resolvers::utf8_with_latin1(server.substr(0, hash));
        if (hash != std::string_view::npos)
            answer_->resolver =
                (contains(server, ":") ? "[" + answer_->resolver + "]" : answer_->resolver) + ":" +
                resolvers::utf8_with_latin1(server.substr(hash + 1));
        answer_->over_tcp = contains(text, "(TCP)");
    } else if (text.starts_with("From ") && contains(text, "@")) {
        const std::string_view server = between(text, "From ", "(");
        const std::size_t at = server.find('@');
        answer_->resolver =
            resolvers::utf8_with_latin1(server.substr(0, at)) + ":" +
            resolvers::utf8_with_latin1(server.substr(std::min(at + 1, server.size())));
        answer_->over_tcp = contains(text, "(TCP)");
    } else if (text.starts_with("WHEN: ") || text.starts_with("Time ")) {
        answer_->asked_at = resolvers::parse_recorded_time(text.substr(text.find(' ') + 1));
    } else if (text.starts_with("Query time: ")) {
        if (const std::optional<unsigned> span = number(between(text, "Query time: ", " ")))
            answer_->took = resolvers::Milliseconds(*span);
    } else if (text.starts_with("EDE: ")) {
        // "EDE: 15 (Blocked): (text)"
        resolvers::ExtendedError error;
        const std::optional<unsigned> code = number(between(text, "EDE: ", " "));
        error.code = static_cast<std::uint16_t>(code.value_or(0) & 0xFFFFU);
        const std::size_t extra = text.find("): (");
        if (extra != std::string_view::npos && text.ends_with(')'))
            error.text =
                resolvers::utf8_with_latin1(text.substr(extra + 4, text.size() - extra - 5));
        if (code)
            answer_->errors.push_back(std::move(error));
    }
}

void DigTextReader::read_record_line(std::string_view text, std::uint64_t line)
{
    const std::optional<DnsRecord> record = parse_record(text);
    if (!record)
        return;
    const auto led_here = [&record](const DnsAnswer& answer) {
        return record->name == answer.records.front().name ||
               std::any_of(answer.records.begin(), answer.records.end(),
                           [&record](const DnsRecord& before) {
                               return before.type == "CNAME" && before.data == record->name;
                           });
    };
    // Without messages around them, records of one chain and one type belong together.
    const bool outside = !answer_ || bare_;
    if (outside && (!answer_ || !led_here(*answer_) ||
                    (answer_->records.back().type != record->type &&
                     answer_->records.back().type != "CNAME" && record->type != "RRSIG"))) {
        begin_message(line);
        bare_ = true;
    }
    if (answer_->records.size() < max_records)
        answer_->records.push_back(*record);
}

void DigTextReader::feed(const Line& line)
{
    const std::string_view text = resolvers::trim(line.text);
    if (!open_record_.empty()) {
        open_record_ += " " + without_comment_and_parentheses(text);
        const bool ends = text.find(')') != std::string_view::npos;
        if (ends || open_record_.size() > max_open_record) {
            const std::string whole = std::exchange(open_record_, "");
            read_record_line(whole, line.number);
        }
        return;
    }
    if (text.empty()) {
        // A section ends with a blank line; the message goes on.
        if (section_ == Section::question || section_ == Section::answer)
            section_ = Section::none;
        return;
    }
    if (text.starts_with("; <<>> DiG")) {
        read_banner(text.substr(10), line.number);
        return;
    }
    if (text.starts_with(';')) {
        const std::string_view comment = text.substr(
            text.find_first_not_of(';') == std::string_view::npos ? text.size()
                                                                  : text.find_first_not_of(';'));
        const bool heading = comment.ends_with("SECTION:") || comment.starts_with(" ->>");
        if (section_ == Section::question && !heading)
            read_question(comment, line.number);
        else
            read_comment(comment, line.number);
        return;
    }
    const bool wanted = answer_ && !bare_ ? section_ == Section::answer : true;
    if (!wanted)
        return;
    if (open_parentheses(text) > 0)
        open_record_ = without_comment_and_parentheses(text);
    else
        read_record_line(without_comment_and_parentheses(text), line.number);
}

}  // namespace scanner::input
