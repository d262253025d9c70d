#include "scanner/output/escape.h"

#include "resolvers/base/utf8.h"
#include "resolvers/json/text.h"
#include "scanner/output/display_width.h"

namespace scanner::output {

namespace {

constexpr unsigned most_marks = 3;

bool is_control(char32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

// Embeddings, overrides, isolates and marks of Unicode's bidirectional algorithm (UAX 9).
bool is_bidi_control(char32_t code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

// Draws nothing by itself: two texts that differ in it look the same.
bool is_invisible(char32_t code)
{
    return code == 0x00AD || code == 0x034F || code == 0x115F || code == 0x1160 || code == 0x3164 ||
           code == 0xFFA0 || code == 0x180E || code == 0xFEFF ||
           (code >= 0x200B && code <= 0x200D) || (code >= 0x2028 && code <= 0x2029) ||
           (code >= 0x2060 && code <= 0x206F) || (code >= 0xFFF9 && code <= 0xFFFB) ||
           (code >= 0xE0000 && code <= 0xE0FFF) || (code & 0xFFFE) == 0xFFFE;
}

void append_hex(std::string& out, std::string_view lead, char32_t value, unsigned digits)
{
    out += lead;
    while (digits-- > 0)
        out += "0123456789abcdef"[value >> 4 * digits & 0xF];
}

}  // namespace

std::string for_terminal(std::string_view text)
{
    std::string out;
    unsigned marks = 0;
    while (!text.empty()) {
        const resolvers::Utf8Char next = resolvers::decode_utf8(text);
        const char32_t code = next.code;
        const bool is_mark = next.valid && width_of(code) == 0;
        marks = is_mark ? marks + 1 : 0;
        if (!next.valid) {
            for (const char byte : text.substr(0, next.length))
                append_hex(out, "\\x", static_cast<unsigned char>(byte), 2);
        } else if (is_control(code)) {
            append_hex(out, "\\x", code, 2);
        } else if (code == '\\') {
            out += "\\\\";
        } else if (is_bidi_control(code) || is_invisible(code) || marks > most_marks) {
            append_hex(out, code > 0xFFFF ? "\\U" : "\\u", code, code > 0xFFFF ? 8 : 4);
            marks = 0;
        } else {
            out += text.substr(0, next.length);
        }
        text.remove_prefix(next.length);
    }
    return out;
}

namespace {

bool is_space(char32_t code)
{
    return code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_quote(char32_t code)
{
    return code == '"' || code == '\'' || code == '`' || (code >= 0x2018 && code <= 0x201F) ||
           code == 0xAB || code == 0xBB || code == 0xFF02 || code == 0xFF07;
}

// Spreadsheets take the full-width forms too, in some locales.
bool starts_formula(char32_t code)
{
    return code == '=' || code == '+' || code == '-' || code == '@' || code == 0xFF1D ||
           code == 0xFF0B || code == 0xFF0D || code == 0xFF20 || code == 0x2212;
}

}  // namespace

void append_csv_cell(std::string& out, std::string_view text)
{
    std::string cell;
    bool at_start = true;
    bool formula = false;
    while (!text.empty()) {
        const resolvers::Utf8Char next = resolvers::decode_utf8(text);
        text.remove_prefix(next.length);
        char32_t code = next.code;
        if (is_control(code) && is_space(code))
            code = ' ';
        if (is_control(code) || is_bidi_control(code))
            continue;
        // What cannot be seen does not hide the beginning.
        if (at_start && !is_space(code) && !is_quote(code) && !is_invisible(code)) {
            at_start = false;
            formula = starts_formula(code);
        }
        resolvers::append_utf8(cell, code);
    }
    if (formula)
        cell.insert(cell.begin(), '\'');
    // Semicolon and tab separate cells for spreadsheets of other countries.
    const bool quoted = cell.find_first_of(",;\"'|") != std::string::npos ||
                        cell.starts_with(' ') || cell.ends_with(' ');
    if (!quoted) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace scanner::output
