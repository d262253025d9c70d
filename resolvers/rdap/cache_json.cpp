#include "resolvers/rdap/cache_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "resolvers/rdap/values.h"

namespace resolvers {

namespace {

namespace json = boost::json;

// One list of members per struct serves both ways: `fields(archive, facts)` names each member to an
// archive, which writes it or reads it.
template <typename Archive>
void fields(Archive& archive, RdapEmail& facts)
{
    archive("address", facts.address);
    archive("individual", facts.individual);
}

template <typename Archive>
void fields(Archive& archive, RdapAbuse& facts)
{
    archive("emails", facts.emails);
    archive("phones", facts.phones);
    archive("urls", facts.urls);
    archive("named", facts.named);
    archive("redacted", facts.redacted);
}

template <typename Archive>
void fields(Archive& archive, RdapRemark& facts)
{
    archive("text", facts.text);
    archive("urls", facts.urls);
    archive("emails", facts.emails);
}

template <typename Archive>
void fields(Archive& archive, RdapRedaction& facts)
{
    archive("name", facts.name);
    archive("path", facts.path);
    archive("method", facts.method);
}

template <typename Archive>
void fields(Archive& archive, RdapRegistrar& facts)
{
    archive("name", facts.name);
    archive("iana_id", facts.iana_id);
    archive("url", facts.url);
    archive("abuse", facts.abuse);
}

template <typename Archive>
void fields(Archive& archive, RdapDomain& facts)
{
    archive("name", facts.name);
    archive("handle", facts.handle);
    archive("registrar", facts.registrar);
    archive("statuses", facts.statuses);
    archive("registered", facts.registered);
    archive("changed", facts.changed);
    archive("expires", facts.expires);
    archive("nameservers", facts.nameservers);
    archive("redactions", facts.redactions);
    archive("related", facts.related);
    archive("whois_server", facts.whois_server);
}

template <typename Archive>
void fields(Archive& archive, RdapNetwork& facts)
{
    archive("handle", facts.handle);
    archive("name", facts.name);
    archive("country", facts.country);
    archive("holder", facts.holder);
    archive("holder_handle", facts.holder_handle);
    archive("holder_is_person", facts.holder_is_person);
    archive("abuse", facts.abuse);
    archive("remarks", facts.remarks);
    archive("statuses", facts.statuses);
    archive("registered", facts.registered);
    archive("changed", facts.changed);
    archive("redactions", facts.redactions);
    archive("whois_server", facts.whois_server);
    archive("type", facts.type);
    archive("parent_handle", facts.parent_handle);
    archive("first", facts.first);
    archive("last", facts.last);
}

class Writer {
public:
    template <typename T>
    void operator()(std::string_view key, T& value)
    {
        object.emplace(key, written(value));
    }

    json::object object;

private:
    static json::value written(std::string& value) { return json::value(value); }
    static json::value written(bool& value) { return json::value(value); }
    static json::value written(std::optional<Timestamp>& value)
    {
        return value ? json::value(value->time_since_epoch().count()) : json::value(nullptr);
    }
    static json::value written(IpAddress& value) { return json::value(value.text()); }
    template <typename T>
    static json::value written(std::vector<T>& list)
    {
        json::array array;
        for (T& item : list)
            array.push_back(written(item));
        return array;
    }
    template <typename T>
    static json::value written(T& facts)
    {
        Writer inner;
        fields(inner, facts);
        return std::move(inner.object);
    }
};

// Members that are missing or of another type make the whole unreadable: this text is our own.
class Reader {
public:
    explicit Reader(const json::object* object) : object_(object), ok_(object != nullptr) {}

    template <typename T>
    void operator()(std::string_view key, T& value)
    {
        const json::value* sent = ok_ ? object_->if_contains(key) : nullptr;
        ok_ = sent && read(*sent, value);
    }

    bool ok() const { return ok_; }

private:
    static bool read(const json::value& sent, std::string& value)
    {
        const json::string* text = sent.if_string();
        if (text)
            value.assign(text->data(), text->size());
        return text != nullptr;
    }
    static bool read(const json::value& sent, bool& value)
    {
        const bool* truth = sent.if_bool();
        if (truth)
            value = *truth;
        return truth != nullptr;
    }
    static bool read(const json::value& sent, std::optional<Timestamp>& value)
    {
        const std::int64_t* count = sent.if_int64();
        if (count)
            value = Timestamp(Milliseconds(*count));
        return count != nullptr || sent.is_null();
    }
    static bool read(const json::value& sent, IpAddress& value)
    {
        const json::string* text = sent.if_string();
        const std::optional<IpAddress> address = text ? IpAddress::parse(*text) : std::nullopt;
        if (address)
            value = *address;
        return address.has_value();
    }
    template <typename T>
    static bool read(const json::value& sent, std::vector<T>& list)
    {
        const json::array* array = sent.if_array();
        if (!array)
            return false;
        for (const json::value& item : *array)
            if (T one{}; read(item, one))
                list.push_back(std::move(one));
            else
                return false;
        return true;
    }
    template <typename T>
    static bool read(const json::value& sent, T& facts)
    {
        Reader inner(sent.if_object());
        fields(inner, facts);
        return inner.ok();
    }

    const json::object* object_;
    bool ok_;
};

template <typename T>
std::string text_of(T facts)
{
    Writer writer;
    fields(writer, facts);
    return json::serialize(writer.object);
}

template <typename T>
Outcome<T> facts_of(std::string_view text)
{
    json::error_code error;
    const json::value value = json::parse(text, error);
    T facts;
    Reader reader(error ? nullptr : value.if_object());
    fields(reader, facts);
    if (!reader.ok())
        return Failure{"malformed", "not the facts of an RDAP answer"};
    return facts;
}

}  // namespace

std::string rdap_facts_text(const RdapDomain& domain)
{
    return text_of(domain);
}
std::string rdap_facts_text(const RdapNetwork& network)
{
    return text_of(network);
}
std::string rdap_facts_text(const RdapRegistrar& registrar)
{
    return text_of(registrar);
}

Outcome<RdapDomain> rdap_domain_of(std::string_view text)
{
    return facts_of<RdapDomain>(text);
}

Outcome<RdapNetwork> rdap_network_of(std::string_view text)
{
    Outcome<RdapNetwork> network = facts_of<RdapNetwork>(text);
    if (network.has_value())
        network->prefixes = prefixes_between(network->first, network->last);
    if (network.has_value() && network->prefixes.empty())
        return Failure{"malformed", "a range that is none"};
    return network;
}

Outcome<RdapRegistrar> rdap_registrar_of(std::string_view text)
{
    return facts_of<RdapRegistrar>(text);
}

}  // namespace resolvers
