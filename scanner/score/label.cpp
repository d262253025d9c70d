#include "scanner/score/label.h"

#include "resolvers/json/reader.h"

namespace scanner::score {

using resolvers::Failure;
using resolvers::Outcome;

namespace {

// null, a name, or a list of names that are all right.
bool read_names(resolvers::JsonReader& in, std::optional<Expected>& expected)
{
    Expected& read = expected.emplace();
    if (in.take_null())
        return true;
    if (!in.at_list())
        return in.read(read.names.emplace_back());
    if (!in.open_list())
        return false;
    while (in.next_element()) {
        if (in.take_null())
            read.or_nobody = true;
        else if (!in.read(read.names.emplace_back()))
            return false;
    }
    return !in.failed();
}

bool read_optional_text(resolvers::JsonReader& in, std::string& text)
{
    return in.take_null() || in.read(text);
}

// Is there anything in this list?
bool read_filled(resolvers::JsonReader& in, bool& filled)
{
    if (!in.open_list())
        return false;
    while (in.next_element()) {
        filled = true;
        if (!in.skip())
            return false;
    }
    return !in.failed();
}

// What stands under "expected", before it is known what of it counts.
struct Truth {
    std::optional<Expected> front;
    std::optional<Expected> front_accept;
    std::optional<Expected> host;
    std::string declared_origin;
    bool front_scored = true;
    bool host_scored = true;
};

bool read_truth_member(resolvers::JsonReader& in, std::string_view name, Label& label, Truth& truth)
{
    if (name == "front")
        return read_names(in, truth.front);
    if (name == "front_accept")
        return read_names(in, truth.front_accept);
    if (name == "front_role")
        return read_optional_text(in, label.kind);
    if (name == "host_provider")
        return read_names(in, truth.host);
    if (name == "dns")
        return read_names(in, label.dns);
    if (name == "declared_origin")
        return read_optional_text(in, truth.declared_origin);
    if (name == "front_scored")
        return in.read(truth.front_scored);
    if (name == "host_scored")
        return in.read(truth.host_scored);
    if (name == "basis")
        return read_optional_text(in, label.basis);
    return in.skip();
}

bool read_truth(resolvers::JsonReader& in, Label& label)
{
    Truth truth;
    std::string_view name;
    if (!in.open_object())
        return false;
    while (in.next_member(name)) {
        const std::string member(name);
        if (!read_truth_member(in, member, label, truth)) {
            in.inside(member);
            return false;
        }
    }
    if (in.failed())
        return false;
    if (truth.front && truth.front_accept) {
        truth.front->or_nobody = truth.front_accept->or_nobody;
        truth.front->names.insert(truth.front->names.end(), truth.front_accept->names.begin(),
                                  truth.front_accept->names.end());
    }
    // What stands behind a proxy in the zone's own file alone cannot be seen by anybody outside,
    // whether or not it is known who that is.
    if (!truth.declared_origin.empty()) {
        label.host_provider = truth.host_scored && truth.host ? *truth.host : Expected{};
        label.host_provider->hidden = true;
    } else if (truth.host_scored) {
        label.host_provider = truth.host;
    } else if (truth.host && truth.host->names.empty() && truth.front &&
               !truth.front->names.empty()) {
        label.host_unscored = true;
    }
    if (truth.front_scored) {
        label.front = truth.front;
        if (label.kind == "platform" && truth.front && !truth.front->names.empty())
            label.platform = truth.front;
    }
    return true;
}

bool read_observed(resolvers::JsonReader& in, Label& label)
{
    std::string_view name;
    if (!in.open_object())
        return false;
    while (in.next_member(name)) {
        const bool addresses = name == "a" || name == "aaaa";
        if (addresses ? !read_filled(in, label.has_address) : !in.skip())
            return false;
    }
    return !in.failed();
}

bool read_tags(resolvers::JsonReader& in, bool& declared)
{
    std::string_view tag;
    if (!in.open_list())
        return false;
    while (in.next_element()) {
        if (!in.read_text(tag))
            return false;
        declared = declared || tag == "declared_zone";
    }
    return !in.failed();
}

struct Frame {
    bool nested = false;
    bool declared = false;
};

bool read_member(resolvers::JsonReader& in, std::string_view name, Label& label, Frame& frame)
{
    if (name == "host")
        return in.read(label.host);
    if (name == "id" || name == "case")
        return in.read(label.id);
    if (name == "group")
        return in.read(label.group);
    if (name == "kind")
        return in.read(label.kind);
    if (name == "basis")
        return read_optional_text(in, label.basis);
    if (name == "front")
        return read_names(in, label.front);
    if (name == "host_provider")
        return read_names(in, label.host_provider);
    if (name == "platform")
        return read_names(in, label.platform);
    if (name == "dns")
        return read_names(in, label.dns);
    if (name == "tags")
        return read_tags(in, frame.declared);
    if (name == "observed")
        return read_observed(in, label);
    if (name == "expected") {
        frame.nested = true;
        return read_truth(in, label);
    }
    return in.skip();
}

}  // namespace

const Expected* expected_of(const Label& label, Role role)
{
    const auto pointer = [](const std::optional<Expected>& expected) {
        return expected ? &*expected : nullptr;
    };
    switch (role) {
        case Role::front:
            return pointer(label.front);
        case Role::host:
            return pointer(label.host_provider);
        case Role::platform:
            return pointer(label.platform);
        case Role::dns:
            return pointer(label.dns);
        default:
            return nullptr;
    }
}

Outcome<Label> read_label(std::string_view line)
{
    Label label;
    Frame frame;
    resolvers::JsonReader in(line);
    std::string_view name;
    if (in.open_object())
        while (in.next_member(name)) {
            const std::string member(name);
            if (!read_member(in, member, label, frame)) {
                in.inside(member);
                break;
            }
        }
    if (in.failed() || !in.finish())
        return in.failure();
    if (label.host.empty())
        return Failure{"malformed", "a label names its \"host\""};
    if (label.group.empty())
        label.group = !frame.nested ? "labels" : frame.declared ? "zone_declared" : "rule_derived";
    return label;
}

}  // namespace scanner::score
