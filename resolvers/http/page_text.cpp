#include "resolvers/http/page_text.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "resolvers/base/ascii.h"
#include "resolvers/base/utf8.h"
#include "resolvers/http/head.h"

namespace resolvers::http {
namespace {

constexpr std::size_t title_limit = 200;
constexpr std::size_t charset_search_limit = 1024;
constexpr std::string_view replacement = "\xef\xbf\xbd";

bool is_html_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool starts_with_word(std::string_view text, std::string_view lower_word)
{
    if (text.size() < lower_word.size())
        return false;
    for (std::size_t i = 0; i < lower_word.size(); ++i)
        if (to_lower(text[i]) != lower_word[i])
            return false;
    return true;
}

std::size_t find_word(std::string_view text, std::string_view lower_word, std::size_t from = 0)
{
    const auto same = [](char a, char b) { return to_lower(a) == b; };
    const auto* at = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                                 lower_word.begin(), lower_word.end(), same);
    return at == text.end() ? text.npos : static_cast<std::size_t>(at - text.begin());
}

// ---- Charsets -----------------------------------------------------------------------------------

struct Charset {
    std::string_view label;
    const char* iconv_name;
};

// Labels of the WHATWG Encoding Standard that pages still use, and what iconv calls them. UTF-8,
// and whatever is not here, is left as it is.
constexpr Charset charsets[] = {
    {"big5", "BIG5-HKSCS"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp866", "CP866"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"ibm866", "CP866"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-8859-1", "CP1252"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ks_c_5601-1987", "CP949"},
    {"latin1", "CP1252"},
    {"shift-jis", "CP932"},
    {"shift_jis", "CP932"},
    {"sjis", "CP932"},
    {"tis-620", "CP874"},
    {"utf-16", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-874", "CP874"},
    {"x-sjis", "CP932"},
};

// The value after "charset=" in a Content-Type or a <meta>. Empty if there is none.
std::string charset_in(std::string_view text)
{
    std::size_t at = find_word(text, "charset");
    if (at == text.npos)
        return {};
    at += 7;
    while (at < text.size() && is_html_space(text[at]))
        ++at;
    if (at >= text.size() || text[at] != '=')
        return {};
    ++at;
    while (at < text.size() && (is_html_space(text[at]) || text[at] == '"' || text[at] == '\''))
        ++at;
    std::size_t end = at;
    while (end < text.size() && !is_html_space(text[end]) &&
           std::string_view{"\"';>/"}.find(text[end]) == std::string_view::npos)
        ++end;
    return to_lower(text.substr(at, end - at));
}

std::string charset_in_meta(std::string_view html)
{
    html = html.substr(0, charset_search_limit);
    for (std::size_t at = find_word(html, "<meta"); at != html.npos;
         at = find_word(html, "<meta", at + 5)) {
        const std::size_t end = html.find('>', at);
        if (end == html.npos)
            return {};
        std::string label = charset_in(html.substr(at, end - at));
        // A <meta> that could be read cannot be UTF-16, whatever it says (WHATWG HTML 13.2.3.2).
        if (!label.empty() && !label.starts_with("utf-16"))
            return label;
    }
    return {};
}

// Null when the body is to be taken as it is.
const char* iconv_name_of(std::string_view body, std::string_view content_type)
{
    if (body.starts_with("\xef\xbb\xbf"))
        return nullptr;
    if (body.starts_with("\xff\xfe"))
        return "UTF-16LE";
    if (body.starts_with("\xfe\xff"))
        return "UTF-16BE";
    std::string label = charset_in(content_type);
    if (label.empty())
        label = charset_in_meta(body);
    for (const Charset& charset : charsets)
        if (charset.label == label)
            return charset.iconv_name;
    return nullptr;
}

struct IconvCloser {
    using pointer = iconv_t;
    void operator()(iconv_t handle) const { iconv_close(handle); }
};

std::string converted(std::string_view body, const char* from)
{
    const iconv_t opened = iconv_open("UTF-8", from);
    if (opened == iconv_t(-1))  // NOLINT(performance-no-int-to-ptr): how iconv says no
        return std::string(body);
    const std::unique_ptr<void, IconvCloser> handle(opened);

    std::string text;
    // iconv wants a pointer to bytes that it does not change.
    char* in = const_cast<char*>(body.data());
    std::size_t left = body.size();
    std::array<char, 4096> buffer;
    while (left > 0) {
        char* out = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t result = iconv(handle.get(), &in, &left, &out, &room);
        const int error = result == std::size_t(-1) ? errno : 0;
        text.append(buffer.data(), buffer.size() - room);
        if (error == 0 || error == EINVAL)  // done, or cut within a character
            break;
        if (error == EILSEQ && left > 0) {
            text += replacement;
            ++in;
            --left;
        }
    }
    return text;
}

// ---- Title --------------------------------------------------------------------------------------

struct NamedCharacter {
    std::string_view name;
    std::string_view text;
};

// The character references that titles use. Others stay as they are written.
constexpr NamedCharacter named_characters[] = {
    {"amp", "&"},         {"apos", "'"},        {"bull", "\u2022"},   {"copy", "\u00a9"},
    {"gt", ">"},          {"hellip", "\u2026"}, {"laquo", "\u00ab"},  {"ldquo", "\u201c"},
    {"lsquo", "\u2018"},  {"lt", "<"},          {"mdash", "\u2014"},  {"middot", "\u00b7"},
    {"nbsp", " "},        {"ndash", "\u2013"},  {"quot", "\""},       {"raquo", "\u00bb"},
    {"rdquo", "\u201d"},  {"reg", "\u00ae"},    {"rsquo", "\u2019"},  {"trade", "\u2122"},
    {"agrave", "\u00e0"}, {"aacute", "\u00e1"}, {"acirc", "\u00e2"},  {"atilde", "\u00e3"},
    {"auml", "\u00e4"},   {"ccedil", "\u00e7"}, {"egrave", "\u00e8"}, {"eacute", "\u00e9"},
    {"ecirc", "\u00ea"},  {"euml", "\u00eb"},   {"iacute", "\u00ed"}, {"ntilde", "\u00f1"},
    {"oacute", "\u00f3"}, {"ocirc", "\u00f4"},  {"otilde", "\u00f5"}, {"ouml", "\u00f6"},
    {"uacute", "\u00fa"}, {"uuml", "\u00fc"},   {"szlig", "\u00df"},  {"iexcl", "\u00a1"},
    {"iquest", "\u00bf"}, {"Auml", "\u00c4"},   {"Ouml", "\u00d6"},   {"Uuml", "\u00dc"},
};

void append_code_point(std::string& text, std::uint32_t code)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        text += replacement;
    } else if (code < 0x80) {
        text.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        text.push_back(static_cast<char>(0xc0 | code >> 6));
        text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        text.push_back(static_cast<char>(0xe0 | code >> 12));
        text.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
        text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else {
        text.push_back(static_cast<char>(0xf0 | code >> 18));
        text.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
        text.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
        text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    }
}

// Appends what the reference at the front ("&amp;", "&#x41;") stands for. Returns its length in
// the source, 0 if it is not one.
std::size_t append_reference(std::string& text, std::string_view source)
{
    const std::size_t end = source.substr(0, 12).find(';');
    if (end == source.npos || end < 2)
        return 0;
    const std::string_view name = source.substr(1, end - 1);
    if (name.front() != '#') {
        for (const NamedCharacter& character : named_characters)
            if (character.name == name) {
                text += character.text;
                return end + 1;
            }
        return 0;
    }
    const bool hex = name.size() > 1 && to_lower(name[1]) == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    if (digits.empty())
        return 0;
    std::uint32_t code = 0;
    for (const char c : digits) {
        std::uint32_t digit = 16;
        if (c >= '0' && c <= '9')
            digit = static_cast<std::uint32_t>(c - '0');
        else if (to_lower(c) >= 'a' && to_lower(c) <= 'f')
            digit = static_cast<std::uint32_t>(to_lower(c) - 'a' + 10);
        if (digit >= (hex ? 16U : 10U))
            return 0;
        code = std::min<std::uint32_t>(code * (hex ? 16 : 10) + digit, 0x110000);
    }
    append_code_point(text, code);
    return end + 1;
}

std::string decoded_references(std::string_view source)
{
    std::string text;
    while (!source.empty()) {
        std::size_t taken = 0;
        if (source.front() == '&')
            taken = append_reference(text, source);
        if (taken == 0) {
            text.push_back(source.front());
            taken = 1;
        }
        source.remove_prefix(taken);
    }
    return text;
}

// Without the UTF-8 sequence that a cap cut in two at the end, if any.
std::string_view whole_characters(std::string_view bytes)
{
    for (std::size_t cut = 1; cut <= 3 && cut <= bytes.size(); ++cut) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - cut]);
        if (byte < 0x80)
            break;
        if (byte >= 0xc0) {
            const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
            return length > cut ? bytes.substr(0, bytes.size() - cut) : bytes;
        }
    }
    return bytes;
}

// White space runs to one space, none at the ends; cut after `limit` characters.
std::string folded(std::string_view text, std::size_t limit)
{
    std::string out;
    std::size_t characters = 0;
    bool gap = false;
    for (const char c : text) {
        if (is_html_space(c)) {
            gap = !out.empty();
            continue;
        }
        const bool starts_character = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
        if (starts_character) {
            characters += gap ? 2 : 1;
            if (characters > limit)
                break;
            if (gap)
                out.push_back(' ');
            gap = false;
        }
        out.push_back(c);
    }
    return out;
}

// After "</name" of an element whose content is plain text; the end if it is not closed.
std::size_t after_raw_text(std::string_view html, std::size_t at, std::string_view closing)
{
    const std::size_t end = find_word(html, closing, at);
    return end == html.npos ? html.size() : end + closing.size();
}

bool ends_tag_name(std::string_view html, std::size_t at)
{
    return at < html.size() && (is_html_space(html[at]) || html[at] == '>' || html[at] == '/');
}

}  // namespace

std::string decoded_body(std::string body, std::string_view content_type)
{
    const char* from = iconv_name_of(body, content_type);
    return from == nullptr ? std::move(body) : converted(body, from);
}

std::string page_title(std::string_view html)
{
    std::size_t at = 0;
    while ((at = html.find('<', at)) != html.npos) {
        const std::string_view rest = html.substr(at);
        if (rest.starts_with("<!--")) {
            at = after_raw_text(html, at + 4, "-->");
        } else if (starts_with_word(rest, "<script") && ends_tag_name(html, at + 7)) {
            at = after_raw_text(html, at + 7, "</script");
        } else if (starts_with_word(rest, "<style") && ends_tag_name(html, at + 6)) {
            at = after_raw_text(html, at + 6, "</style");
        } else if (starts_with_word(rest, "<title") && ends_tag_name(html, at + 6)) {
            const std::size_t open = html.find('>', at);
            if (open == html.npos)
                return {};
            const std::size_t close = find_word(html, "</title", open);
            // A title that is never closed would be the rest of the page: bounded, like any other.
            const std::string_view all =
                html.substr(open + 1, close == html.npos ? html.npos : close - open - 1);
            const std::string_view kept = all.substr(0, title_limit * 32);
            const bool cut = close == html.npos || kept.size() < all.size();
            const std::string text = utf8_or_latin1(cut ? whole_characters(kept) : kept);
            return folded(decoded_references(text), title_limit);
        } else {
            ++at;
        }
    }
    return {};
}

// ---- Refresh ------------------------------------------------------------------------------------

namespace {

constexpr std::size_t refresh_limit = 2048;

// Elements whose content is text, or is not shown, to browsers that run scripts.
constexpr std::string_view unread_elements[] = {"script",   "style",   "title",    "textarea",
                                                "noscript", "xmp",     "template", "iframe",
                                                "noembed",  "noframes"};

struct Attribute {
    std::string name;
    std::string_view value;
};

// Takes the next attribute off the inside of a tag; absent at the tag's end.
std::optional<Attribute> take_attribute(std::string_view& tag)
{
    const auto skip = [&tag](auto unwanted) {
        while (!tag.empty() && unwanted(tag.front()))
            tag.remove_prefix(1);
    };
    skip([](char c) { return is_html_space(c) || c == '/'; });
    if (tag.empty() || tag.front() == '>')
        return std::nullopt;
    std::size_t end = std::min(tag.find_first_of(" \t\n\r\f/>=", 1), tag.size());
    Attribute made{to_lower(tag.substr(0, end)), {}};
    tag.remove_prefix(end);
    skip(is_space);
    if (tag.empty() || tag.front() != '=')
        return made;
    tag.remove_prefix(1);
    skip(is_space);
    if (!tag.empty() && (tag.front() == '"' || tag.front() == '\'')) {
        const char quote = tag.front();
        tag.remove_prefix(1);
        end = std::min(tag.find(quote), tag.size());
        made.value = tag.substr(0, end);
        tag.remove_prefix(std::min(end + 1, tag.size()));
        return made;
    }
    end = std::min(tag.find_first_of(" \t\n\r\f>"), tag.size());
    made.value = tag.substr(0, end);
    tag.remove_prefix(end);
    return made;
}

// The inside of a <meta>; empty unless it is a refresh.
std::string refresh_in(std::string_view tag)
{
    bool refresh = false;
    std::string content;
    while (const std::optional<Attribute> attribute = take_attribute(tag)) {
        if (attribute->name == "http-equiv")
            refresh = to_lower(decoded_references(attribute->value)) == "refresh";
        else if (attribute->name == "content")
            content = utf8_or_latin1(decoded_references(attribute->value));
    }
    return refresh ? std::string(whole_characters(content.substr(0, refresh_limit))) : "";
}

}  // namespace

std::string page_refresh(std::string_view html)
{
    std::size_t at = 0;
    while ((at = html.find('<', at)) != html.npos) {
        const std::string_view rest = html.substr(at);
        if (rest.starts_with("<!--")) {
            at = after_raw_text(html, at + 4, "-->");
            continue;
        }
        const auto* unread = std::find_if(std::begin(unread_elements), std::end(unread_elements),
                                          [&](std::string_view name) {
                                              return starts_with_word(rest.substr(1), name) &&
                                                     ends_tag_name(rest, name.size() + 1);
                                          });
        if (unread != std::end(unread_elements)) {
            at = after_raw_text(html, at + unread->size() + 1, "</" + std::string(*unread));
        } else if (starts_with_word(rest, "<meta") && ends_tag_name(rest, 5)) {
            if (std::string refresh = refresh_in(rest.substr(5)); !refresh.empty())
                return refresh;
            at += 5;
        } else {
            ++at;
        }
    }
    return {};
}

// ---- Markers ------------------------------------------------------------------------------------

namespace {

constexpr unsigned prefix_bits = 16;

std::uint32_t prefix_hash(const char* four)
{
    std::uint32_t word = 0;
    std::memcpy(&word, four, sizeof word);
    return word * 2654435761U >> (32 - prefix_bits);
}

}  // namespace

MarkerSearch::MarkerSearch(Markers markers) : markers_(std::move(markers))
{
    prefixes_.assign((1U << prefix_bits) / 64, 0);
    for (std::uint32_t i = 0; i < markers_.size(); ++i) {
        const std::string& text = markers_[i].second;
        if (text.size() < 4) {
            if (!text.empty())
                short_.push_back(i);
            continue;
        }
        const std::uint32_t hash = prefix_hash(text.data());
        prefixes_[hash / 64] |= std::uint64_t{1} << hash % 64;
        by_prefix_.emplace_back(hash, i);
    }
    std::sort(by_prefix_.begin(), by_prefix_.end());
}

std::vector<std::string> MarkerSearch::found_in(std::string_view page) const
{
    if (markers_.empty())
        return {};
    const std::string text = to_lower(page);
    const std::string_view view = text;
    std::vector<bool> found(markers_.size());
    for (const std::uint32_t i : short_)
        found[i] = view.find(markers_[i].second) != view.npos;
    for (std::size_t at = 0; at + 4 <= view.size() && !by_prefix_.empty(); ++at) {
        const std::uint32_t hash = prefix_hash(view.data() + at);
        if ((prefixes_[hash / 64] >> hash % 64 & 1) == 0)
            continue;
        const std::pair<std::uint32_t, std::uint32_t> key{hash, 0};
        for (auto row = std::lower_bound(by_prefix_.begin(), by_prefix_.end(), key);
             row != by_prefix_.end() && row->first == hash; ++row)
            if (!found[row->second] && view.substr(at).starts_with(markers_[row->second].second))
                found[row->second] = true;
    }
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < markers_.size(); ++i)
        if (found[i])
            ids.push_back(markers_[i].first);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

}  // namespace resolvers::http
