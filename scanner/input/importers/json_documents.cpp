#include "scanner/input/importers/json_documents.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>
#include <vector>

#include "scanner/input/importers/json_text.h"

namespace scanner::input {

namespace json = boost::json;

namespace {

// Follows brackets and quotation marks from line to line, so as to know where a value ends without
// parsing it again and again.
class Brackets {
public:
    void feed(std::string_view line)
    {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const char c = line[i];
            if (quoted_) {
                if (c == '\\')
                    ++i;
                else if (c == '"')
                    quoted_ = false;
            } else if (c == '"') {
                quoted_ = true;
            } else if (c == '{' || c == '[') {
                ++depth_;
            } else if ((c == '}' || c == ']') && depth_ > 0) {
                --depth_;
            }
        }
    }

    bool complete() const { return depth_ == 0 && !quoted_; }
    /// JSON has no line ends inside of strings.
    bool broken() const { return quoted_; }

private:
    std::size_t depth_ = 0;
    bool quoted_ = false;
};

class DocumentReader {
public:
    DocumentReader(LineReader& lines, std::size_t max_document, const JsonSink& sink)
        : lines_(lines), max_document_(max_document), sink_(sink)
    {
    }

    void run()
    {
        Line line;
        while (lines_.next(line)) {
            if (line.text.find_first_not_of(" \t\r") == std::string::npos)
                continue;
            if (line.cut) {
                sink_(line.number, line.text,
                      resolvers::Failure{"too_large", "the line is too long"});
                continue;
            }
            if (!by_line_ && spans_lines(line))
                continue;
            by_line_ = true;
            deliver(line.number, line.text);
        }
    }

private:
    // Until the first value that stands on one line, a value may span many. If its end does not
    // come, the first line was a broken one: all after it is given back.
    bool spans_lines(const Line& first)
    {
        Brackets brackets;
        brackets.feed(first.text);
        if (brackets.complete() || brackets.broken())
            return false;
        std::vector<Line> taken;
        std::size_t size = first.text.size();
        Line more;
        while (!brackets.complete() && !brackets.broken() && size <= max_document_ &&
               lines_.next(more)) {
            brackets.feed(more.text);
            size += more.text.size() + 1;
            taken.push_back(std::move(more));
        }
        if (!brackets.complete()) {
            lines_.put_back(std::move(taken));
            return false;
        }
        std::string whole = first.text;
        whole.reserve(size);
        for (Line& part : taken) {
            whole += '\n';
            whole += part.text;
            part.text.clear();
        }
        deliver(first.number, std::move(whole));
        return true;
    }

    void deliver(std::uint64_t number, std::string text)
    {
        const std::string beginning = text.substr(0, 4096);
        resolvers::Outcome<json::value> value = parse_json(std::move(text));
        const json::array* list = value.has_value() ? value->if_array() : nullptr;
        // An empty list says nothing, which is for the reader to judge.
        if (list == nullptr || list->empty()) {
            sink_(number, beginning, std::move(value));
            return;
        }
        std::uint64_t member = 0;
        for (const json::value& item : *list)
            sink_(++member, json::serialize(item).substr(0, 4096), item);
    }

    LineReader& lines_;
    std::size_t max_document_;
    const JsonSink& sink_;
    bool by_line_ = false;
};

}  // namespace

void read_json_documents(LineReader& lines, std::size_t max_document, const JsonSink& sink)
{
    DocumentReader(lines, max_document, sink).run();
}

bool begins_as_json(LineReader& lines)
{
    constexpr std::size_t most_looked_at = 200;
    std::vector<Line> seen;
    bool json_follows = false;
    Line line;
    while (seen.size() < most_looked_at && lines.next(line)) {
        const std::size_t begin = line.text.find_first_not_of(" \t\r");
        if (begin != std::string::npos)
            json_follows = line.text[begin] == '{' || line.text[begin] == '[';
        const bool says_something = begin != std::string::npos;
        seen.push_back(std::move(line));
        if (says_something)
            break;
    }
    lines.put_back(std::move(seen));
    return json_follows;
}

}  // namespace scanner::input
