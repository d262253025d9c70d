#!/usr/bin/python3
"""The same wire data read by our decoder and by dnspython: the vectors, the fuzzers' corpora, and
messages of all kinds made at random and then spoilt. Header, question, EDNS, and every record of
every section must be read alike, and what one refuses the other must refuse. Where we decide
otherwise on purpose stands in DECISIONS with the reason; anything else fails, and so does a
decision that no message needed.

kdig reads some of them as well, from a server on loopback that answers with what it is told to.

WIRE_MESSAGES=50000 makes that many messages (default 6000), WIRE_SEED another choice of them."""

import collections
import ipaddress
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.wire

ROOT = Path(__file__).resolve().parents[3]
READER = os.environ.get("WIRE_READER", str(ROOT / "build/dev/tests/wire_reader"))
VECTORS = ROOT / "tests/fixtures/vectors/svcb_ech.json"
sys.path.insert(0, str(ROOT / "tests/fuzz"))

import corpora  # noqa: E402

MESSAGES = int(os.environ.get("WIRE_MESSAGES", "6000"))
SEED = int(os.environ.get("WIRE_SEED", "1"))

IN = 1
# The types whose data we read; of all others we keep the octets.
READ = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA",
        39: "DNAME", 64: "SVCB", 65: "HTTPS", 257: "CAA"}
OPT, SERVICE = 41, (64, 65)
SECTIONS = ("answer", "authority", "additional")

# Where we and dnspython part, on purpose, and why.
DECISIONS = {
    "alias with parameters": "RFC 9460 2.4.2: recipients MUST ignore them, so the record stands "
                             "(O04); dnspython refuses it",
    "no-default-alpn alone": "RFC 9460 7.1.1: not self-consistent is not malformed (O07); "
                             "dnspython refuses it",
    "repeated key": "RFC 9460 2.2: keys strictly increasing (X02); dnspython takes the last, "
                    "kdig all",
    "empty value": "RFC 9460 7.1.1, 7.3, RFC 9848: at least one item (X07, X13, X22); dnspython "
                   "takes none",
    "compressed target": "RFC 9460 2.2: the target is not compressed (X03); dnspython follows "
                         "pointers, kdig takes one for a label",
    "TXT of no strings": "RFC 1035 3.3.14 wants one; said to be nothing, as dnspython has it; kdig "
                         "gives up the message",
    "option unread": "an EDNS option of its own format only is not read here (RFC 7871 6 is for "
                     "those who act on it), or says nothing; dnspython refuses the message",
    "id beyond ASCII": "RFC 9460 A.1 escapes commas and backslashes alone; dnspython 2.3 writes "
                       "other octets of an alpn id as if they were to be escaped twice",
    "record of another class": "not kept, so neither its owner nor its data are looked at",
    "owner of OPT": "RFC 6891 6.1.2: MUST be 0; dnspython takes a pointer to a 0 as well",
}


# ---- What they read -------------------------------------------------------------------------------

class Spoilt(Exception):
    """Where and why a message cannot be read."""


def records_of(wire):
    """The message as dnspython's parsers of names and data read it, record by record, up to what
    spoils it: (header, questions, {section: records}, error)."""
    parser = Parser(wire)
    sections = {name: [] for name in SECTIONS}
    questions = []
    try:
        header = parser.get_struct("!HHHHHH")
    except dns.exception.FormError:
        return None, [], sections, ("header", None, None)
    place, record = "question", None
    try:
        for _ in range(header[2]):
            name = read_name(parser)
            if isinstance(name, Exception):
                raise name
            questions.append((name, *parser.get_struct("!HH")))
        for place, count in zip(SECTIONS, header[3:]):
            for _ in range(count):
                record = read_record(parser, place)
                sections[place].append(record)
    except Exception as error:  # dnspython raises whatever its parts raise
        return header, questions, sections, (place, record, error)
    return header, questions, sections, None


def read_record(parser, place):
    """One record. Bad data is kept with its error: whether that spoils the message is for the
    comparison to say."""
    start = parser.current
    record = {"place": place, "name": read_name(parser)}
    kind, klass, ttl, size = parser.get_struct("!HHIH")
    record.update(type=kind, klass=klass, ttl=ttl, lead=parser.wire[start])
    begin = parser.current
    if size > parser.remaining():
        raise Spoilt("data beyond the end")
    record["raw"] = parser.wire[begin:begin + size]
    record["begin"] = begin
    try:
        with parser.restrict_to(size):
            record["data"] = dns.rdata.from_wire_parser(klass, kind, parser)
    except Exception as error:  # dnspython raises whatever its parts raise
        record["data"] = error
    parser.current = begin + size
    return record


def read_name(parser):
    """A name or what is wrong with it, and the parser behind it."""
    start = parser.current
    try:
        return parser.get_name()
    except dns.exception.DNSException as error:
        parser.current = end_of_name(parser.wire, start)
        return error


class Parser(dns.wire.Parser):
    """dnspython's, but for where a name ends: 2.3 goes on behind the furthest octet it has read,
    which is wrong when a pointer leads to labels that run on over the pointer itself."""

    def get_name(self, origin=None):
        start = self.current
        name = super().get_name(origin)
        self.current = end_of_name(self.wire, start)
        return name


def end_of_name(wire, at):
    while at < len(wire):
        lead = wire[at]
        if lead >= 0xC0 or lead == 0:
            at += 2 if lead else 1
            break
        if lead >= 0x40:
            raise Spoilt("a label of another kind")
        at += lead + 1
    else:
        raise Spoilt("a name that does not end")
    if at > len(wire):
        raise Spoilt("a name that does not end")
    return at


# ---- Both side by side ----------------------------------------------------------------------------

class Difference(Exception):
    pass


used = collections.Counter()


def decided(what):
    assert what in DECISIONS
    used[what] += 1
    return True


def expect(good, *said):
    if not good:
        raise Difference(" ".join(str(word) for word in said))


def compare(wire, ours):
    header, questions, sections, error = records_of(wire)
    refusal = why_refused(sections, error)
    if "failure" in ours:
        expect(refusal is not None, "we refuse:", ours["failure"])
        # A section that is shorter than its count promises is given up before it is read.
        expect(ours["failure"] in (refusal, refusal.partition(":")[0]),
               "we say", ours["failure"], "and not", refusal)
        return "refused"
    expect(refusal is None, "we take what should be refused:", refusal)

    expect(ours["id"] == header[0], "id")
    expect(ours["opcode"] == header[1] >> 11 & 15, "opcode")
    flags = dns.flags.to_text(header[1] & 0x87B0).split()
    expect(sorted(ours["flags"]) == sorted(flags), "flags", ours["flags"], flags)
    if len(questions) == 1:
        name, kind, klass = questions[0]
        expect(ours["question"] is not None and same_name(ours["question"][0], name) and
               ours["question"][1:] == [kind, klass], "question", ours["question"])
    else:
        expect(ours["question"] is None, "question", ours["question"])
    compare_edns(header, sections["additional"], ours)
    stored = json.loads(ours["stored"])["dns"]
    for section, answer in zip(SECTIONS, stored):
        theirs = []
        for record in sections[section]:
            if record["type"] == OPT and section == "additional":
                continue
            if record["klass"] != IN:
                if isinstance(record["name"], Exception) or isinstance(record["data"], Exception):
                    decided("record of another class")
                continue
            theirs.append(record)
        kept = answer.get("records", [])
        expect(len(kept) == len(theirs), section, len(kept), "records of", len(theirs))
        for one, record in zip(kept, theirs):
            compare_record(one, record)
    return "read"


def why_refused(sections, error):
    """Part of what our refusal must say, or None: in the order in which we read."""
    if error and error[0] == "header":
        return "shorter than a header"
    if error and error[0] == "question":
        return "unreadable question section"
    opts = 0
    for section in SECTIONS:
        for record in sections[section]:
            kind = record["type"]
            if kind == OPT and section == "additional":
                opts += 1
                if isinstance(record["name"], Exception) or record["name"] != dns.name.root:
                    return "unreadable additional section"
                if record["lead"] != 0:
                    decided("owner of OPT")
                    return "unreadable additional section"
                if opts > 1 or not options_of(record["raw"])[1]:
                    return "unreadable additional section"
                continue
            if record["klass"] != IN:
                continue
            if isinstance(record["name"], Exception):
                return f"unreadable {section} section"
            if kind in READ and kind not in SERVICE and isinstance(record["data"], Exception):
                return f"unreadable {section} section: bad data of {READ[kind]}"
        if error and error[0] == section:
            return f"unreadable {section} section"
    return None


def options_of(raw):
    """(options, whether they fill the data) of OPT: code and octets."""
    options = []
    while len(raw) >= 4:
        code, size = struct.unpack("!HH", raw[:4])
        if len(raw) < 4 + size:
            return options, False
        options.append((code, raw[4:4 + size]))
        raw = raw[4 + size:]
    return options, not raw


def compare_edns(header, additional, ours):
    opt = [record for record in additional if record["type"] == OPT]
    rcode = header[1] & 15 | (opt[0]["ttl"] >> 24 << 4 if opt else 0)
    expect(ours["rcode"] == rcode, "rcode", ours["rcode"], rcode)
    expect((ours["edns"] is not None) == bool(opt), "EDNS", ours["edns"])
    errors, scope = [], None
    if opt:
        edns = ours["edns"]
        expect((edns["udp_size"], edns["version"], edns["dnssec_ok"]) ==
               (opt[0]["klass"], opt[0]["ttl"] >> 16 & 255, opt[0]["ttl"] >> 15 & 1), "EDNS", edns)
        if isinstance(opt[0]["data"], Exception):
            decided("option unread")
            # Which one it is does not matter to those that can be read.
            for code, octets in options_of(opt[0]["raw"])[0]:
                if code == 15 and len(octets) >= 2:
                    errors.append((int.from_bytes(octets[:2], "big"), text_of(octets[2:])))
                if code == 8 and len(octets) >= 4:
                    scope = octets[3]
        else:
            for option in opt[0]["data"].options:
                if isinstance(option, dns.edns.EDEOption):
                    errors.append((int(option.code), option.text or ""))
                if isinstance(option, dns.edns.ECSOption):
                    scope = option.scopelen
        expect(edns.get("scope") == scope, "scope", edns.get("scope"), scope)
    told = json.loads(ours["stored"])["dns"][0].get("errors", [])
    expect([(one.get("code", 0), one.get("text", "")) for one in told] == errors,
           "EDE", told, errors)


def text_of(octets):
    if octets.endswith(b"\0"):
        octets = octets[:-1]
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def same_name(text, name):
    return isinstance(name, dns.name.Name) and dns.name.from_text(text) == name and \
        text == text.lower()


def compare_record(ours, record):
    kind, raw, data = record["type"], record["raw"], record["data"]
    word = READ.get(kind) or ("OPT" if kind == OPT else f"TYPE{kind}")
    expect(ours["type"] == word, "type", ours["type"], word)
    expect(same_name(ours["name"], record["name"]), "name", ours["name"], record["name"])
    ttl = record["ttl"] if record["ttl"] < 1 << 31 else 0
    expect(ours.get("ttl", 0) == ttl, "ttl", ours.get("ttl"), ttl)
    text = ours.get("data", "")
    if kind in SERVICE:
        compare_service(ours, record)
    elif kind not in READ:
        expect(text == generic(raw), "data", text)
    elif kind == 16:
        strings = list(data.strings) if not isinstance(data, Exception) else []
        expect(strings_of(text) == strings, "TXT", text)
    elif kind == 257:
        flags, tag, value = text.split(" ", 2)
        expect(int(flags) == data.flags and tag == data.tag.decode() and
               strings_of(value) == [data.value], "CAA", text)
    elif kind in (1, 28):
        expect(text == data.address, word, text, data)
    else:
        absolute = absolute_names(word, text)
        read = dns.rdata.from_text(IN, kind, absolute, relativize=False)
        expect(read.to_digestable() == data.to_digestable(), word, text, data)


def absolute_names(word, text):
    """Our names bear no final dot; dnspython's reader of text wants it."""
    words = text.split(" ")
    for place in {"SOA": (0, 1), "MX": (1,)}.get(word, (0,)):
        if words[place] != ".":
            words[place] += "."
    return " ".join(words)


def generic(raw):
    return f"\\# {len(raw)} {raw.hex()}" if raw else "\\# 0"


def strings_of(text):
    strings = []
    while text:
        match = re.match(r'"((?:[^"\\]|\\[^0-9]|\\[0-9]{3})*)"(?: |$)', text)
        expect(match, "strings", text)
        strings.append(re.sub(rb"\\([0-9]{3})|\\(.)",
                              lambda m: bytes([int(m[1])]) if m[1] else m[2],
                              match[1].encode("ascii")))
        text = text[match.end():]
    return strings


# ---- HTTPS and SVCB -------------------------------------------------------------------------------

def compare_service(ours, record):
    raw, data = record["raw"], record["data"]
    service = ours.get("service")
    expect(service is not None, "no service")
    flags = service.get("flags", [])
    malformed = [flag for flag in flags if flag.startswith("malformed:")]
    if isinstance(data, Exception):
        if not malformed:
            expect(we_take(data, flags), "we take what dnspython refuses:", repr(data), raw.hex())
        return
    if malformed:
        expect(we_refuse(data, raw, malformed[0]), "we refuse:", malformed[0], raw.hex())
        return
    expect((service.get("priority", 0), service.get("no_default_alpn", False)) ==
           (data.priority, 2 in data.params), "priority", service)
    expect(same_name(service["target"], data.target), "target", service["target"], data.target)
    params = data.params
    expect(service.get("alpn", []) ==
           [text_of_octets(one) for one in params[1].ids] if 1 in params else
           "alpn" not in service, "alpn", service.get("alpn"))
    expect(service.get("port") == (params[3].port if 3 in params else None), "port", service)
    for key, member in ((4, "ipv4_hints"), (6, "ipv6_hints")):
        hints = [str(ipaddress.ip_address(one)) for one in params[key].addresses] \
            if key in params else []
        expect(service.get(member, []) == hints, member, service.get(member), hints)
    expect(service.get("has_ech", False) == (5 in params), "ech", service)
    # The text must say the octets again, whoever reads it.
    plain = re.sub(r"(?<=[ ,=])(dohpath|ohttp)(?=[ ,=]|$)",
                   lambda match: {"dohpath": "key7", "ohttp": "key8"}[match[1]], ours["data"])
    words = plain.split(" ", 2)
    if words[0] != "\\#" and words[1] != ".":
        words[1] += "."
    try:
        again = dns.rdata.from_text(IN, record["type"], " ".join(words), relativize=False)
    except dns.exception.DNSException as error:
        raise Difference("text", ours["data"], repr(error), data) from error
    expect(lower_target(again.to_digestable()) == lower_target(data.to_digestable()),
           "text", ours["data"], data)


def text_of_octets(octets):
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def we_take(error, flags):
    if "parameters in AliasMode" in str(error) and flags == ["alias-mode-params-ignored"]:
        return decided("alias with parameters")
    if "alpn missing" in str(error) and "no-default-alpn-without-alpn" in flags:
        return decided("no-default-alpn alone")
    return False


def we_refuse(data, raw, flag):
    at = 2
    while raw[at] and raw[at] < 0xC0:
        at += raw[at] + 1
    if raw[at]:
        return "TargetName" in flag and decided("compressed target")
    keys, at = [], at + 1
    while at < len(raw):
        key, size = struct.unpack("!HH", raw[at:at + 4])
        keys.append((key, size))
        at += 4 + size
    if "strictly increasing" in flag and "Keys" in flag:
        return len({key for key, _ in keys}) < len(keys) and decided("repeated key")
    empty = {"alpn: empty": 1, "ipv4hint: length 0": 4, "ech: empty": 5, "ipv6hint: length 0": 6,
             "mandatory: length 0": 0}.get(flag.partition(":")[2])
    return (empty, 0) in keys and decided("empty value")


# ---- Messages -------------------------------------------------------------------------------------

class Maker:
    """Messages of all kinds, by a fixed choice."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def label(self):
        rng = self.rng
        if rng.random() < 0.8:
            return bytes(rng.choice(b"abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_")
                         for _ in range(rng.randrange(1, 12)))
        return bytes(rng.choice(b'.\\"$();@ \t\0\x7f\xe9\xff*a1')
                     for _ in range(rng.choice([1, 2, 5, 63])))

    def name(self):
        rng = self.rng
        if rng.random() < 0.05:
            return dns.name.root
        tail = rng.choice([(b"example", b""), (b"a", b"Example", b""), (b"",)])
        labels = [self.label() for _ in range(rng.randrange(1, 4))]
        while True:
            try:
                return dns.name.Name([*labels, *tail])
            except dns.name.NameTooLong:
                labels.pop()

    def octets(self, most):
        return self.rng.randbytes(self.rng.randrange(most))

    def counted(self, most=20):
        octets = self.octets(most)
        return bytes([len(octets)]) + octets

    def param(self, key):
        rng = self.rng
        if rng.random() < 0.03:
            return b""
        if key == 0:
            listed = sorted(rng.sample(range(1, 9), rng.randrange(1, 3)))
            return b"".join(struct.pack("!H", one) for one in listed)
        if key == 1:
            ids = rng.choices([b"h2", b"h3", b"http/1.1", b"a,b", b"a\\b", b"\xe9", b'q"'],
                              k=rng.randrange(1, 4))
            return b"".join(bytes([len(one)]) + one for one in ids)
        if key in (2, 8):
            return b""
        if key in (3, 4, 6):
            return rng.randbytes({3: 2, 4: 4, 6: 16}[key] * (1 if key == 3 else
                                                              rng.randrange(1, 3)))
        if key == 5 and rng.random() < 0.7:
            return bytes.fromhex(rng.choice(ECH_LISTS))
        return self.octets(30)

    def service(self):
        rng = self.rng
        keys = sorted(rng.sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 667, 65280, 65534],
                                 rng.randrange(0, 6)))
        if rng.random() < 0.03 and keys:
            keys.append(keys[-1])
        priority = rng.choice([0, 1, 1, 1, 2, 65535])
        wire = struct.pack("!H", priority) + self.name().to_wire()
        if priority or rng.random() < 0.2:
            for key in keys:
                value = self.param(key)
                wire += struct.pack("!HH", key, len(value)) + value
        return wire

    def data(self, kind):
        """Octets of RDATA; names in it as None, to be written with compression by the caller."""
        rng = self.rng
        if kind == "A":
            return [rng.randbytes(4)]
        if kind == "AAAA":
            return [rng.choice([rng.randbytes(16), bytes(10) + b"\xff\xff" + rng.randbytes(4),
                                bytes(8) + rng.randbytes(8), bytes(16)])]
        if kind in ("NS", "CNAME", "PTR", "DNAME"):
            return [None]
        if kind == "MX":
            return [rng.randbytes(2), None]
        if kind == "SOA":
            return [None, None, rng.randbytes(20)]
        if kind == "TXT":
            return [b"".join(self.counted(60) for _ in range(rng.choice([0, 1, 1, 2, 4])))]
        if kind == "CAA":
            tag = rng.choice([b"issue", b"issuewild", b"iodef", b"Issue1", b"is sue", b""])
            return [bytes([rng.choice([0, 128, 7]), len(tag)]) + tag + self.octets(30)]
        if kind in ("HTTPS", "SVCB"):
            return [self.service()]
        return [self.octets(20)]

    def options(self):
        rng = self.rng
        wire = b""
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            code = rng.choice([15, 15, 8, 10, 3, 65001])
            value = self.octets(20)
            if code == 15:
                value = struct.pack("!H", rng.randrange(30)) + rng.choice(
                    [b"", b"blocked", "é".encode(), b"\xe9", b"by order\0", b"\x1b[31m"])
            if code == 8:
                family, bits = rng.choice([(1, 24), (2, 56), (1, 0), (3, 8)])
                value = struct.pack("!HBB", family, bits, rng.randrange(bits + 1)) + \
                    rng.randbytes((bits + 7) // 8)
            if rng.random() < 0.05:
                value = value[:rng.randrange(4)]
            wire += struct.pack("!HH", code, len(value)) + value
        return wire

    def message(self):
        rng = self.rng
        known = {}
        flags = rng.choice([0x8180, 0x8183, 0x8580, 0x8182, rng.randrange(65536)])
        counts = [rng.choice([1, 1, 1, 1, 0, 2]), rng.choice([0, 1, 1, 2, 6]),
                  rng.choice([0, 0, 1, 2]), rng.choice([0, 0, 1, 2])]
        out = bytearray(12)
        names = [self.name() for _ in range(3)]

        def put_name():
            name = rng.choice(names) if rng.random() < 0.8 else self.name()
            labels = list(name.labels)
            for i in range(len(labels)):
                rest = tuple(label.lower() for label in labels[i:])
                if len(rest) > 1 and rest in known and rng.random() < 0.9:
                    out.extend(struct.pack("!H", 0xC000 | known[rest]))
                    return
                if len(rest) > 1 and len(out) < 0x4000:
                    known.setdefault(rest, len(out))
                out.append(len(labels[i]))
                out.extend(labels[i])

        types = [kind for kind in READ.values()] + ["TYPE99", "TYPE46", "TYPE33", "TYPE48"]
        for _ in range(counts[0]):
            put_name()
            out += struct.pack("!HH", rng.choice([1, 28, 65, rng.randrange(65536)]),
                               rng.choice([1, 1, 1, 3]))
        opt_at = rng.randrange(counts[3] + 1) if rng.random() < 0.6 else -1
        for section, count in enumerate(counts[1:]):
            for i in range(count + (section == 2 and opt_at >= 0)):
                if section == 2 and i == opt_at:
                    options = self.options()
                    out += b"\0" + struct.pack("!HHIH", OPT, 1232, rng.choice(
                        [0, 0x8000, 0x01000000, rng.getrandbits(32)]), len(options)) + options
                    continue
                kind = rng.choice(types)
                number = next((n for n, word in READ.items() if word == kind), None)
                put_name()
                out += struct.pack("!HHI", number or int(kind[4:]),
                                   1 if rng.random() < 0.95 else 3,
                                   rng.choice([300, 0, rng.getrandbits(32)]))
                at = len(out)
                out += b"\0\0"
                for part in self.data(kind):
                    if part is None:
                        put_name()
                    else:
                        out += part
                out[at:at + 2] = struct.pack("!H", len(out) - at - 2)
        counts[3] += opt_at >= 0
        out[0:12] = struct.pack("!HHHHHH", rng.randrange(65536), flags, *counts)
        return bytes(out)

    def spoilt(self, wire):
        rng = self.rng
        wire = bytearray(wire)
        for _ in range(rng.choice([1, 1, 2, 4])):
            at = rng.randrange(len(wire)) if wire else 0
            how = rng.randrange(7)
            if how == 0 and wire:
                wire[at] = rng.randrange(256)
            elif how == 1 and wire:
                wire[at] ^= 1 << rng.randrange(8)
            elif how == 2:
                del wire[at:]
            elif how == 3:
                wire[at:at] = rng.randbytes(rng.randrange(1, 4))
            elif how == 4:
                del wire[at:at + rng.randrange(1, 4)]
            elif how == 5 and len(wire) > at + 1:
                wire[at:at + 2] = struct.pack("!H", 0xC000 | rng.randrange(len(wire)))
            elif how == 6 and len(wire) > 12:
                wire[rng.choice([5, 7, 9, 11])] = rng.randrange(4)
        return bytes(wire)


def answer_with(rdata, kind=65):
    """A message whose one answer has this data."""
    return struct.pack("!HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\1a\7example\0" + \
        struct.pack("!HH", kind, 1) + b"\xc0\x0c" + \
        struct.pack("!HHIH", kind, 1, 60, len(rdata)) + rdata


ECH_LISTS = []


def all_messages():
    """(where from, octets)"""
    file = json.loads(VECTORS.read_text())
    ECH_LISTS.extend(one["hex"] for one in file["vectors"] if one["kind"] == "ech_config_list")
    for one in file["messages"]:
        yield one["id"], bytes.fromhex(one["hex"])
    yield "TXT of no strings", answer_with(b"", 16)
    for name, owner in (("its own octet", b"\0"), ("a pointer to one", b"\xc0\x14")):
        yield f"OPT of the root by {name}", \
            struct.pack("!HHHHHH", 1, 0x8180, 1, 0, 0, 1) + b"\7example\0\0\1\0\1" + owner + \
            struct.pack("!HHIH", OPT, 1232, 0, 0)
    for one in file["vectors"]:
        octets = bytes.fromhex(one["hex"])
        if one["kind"] == "ech_config_list":
            octets = b"\0\1\0\0\5" + struct.pack("!H", len(octets)) + octets
        yield one["id"], answer_with(octets)
        yield one["id"] + " as SVCB", answer_with(octets, 64)
    for path in sorted(corpora.folder_of("dns_message_fuzz").iterdir()):
        yield f"corpus {path.name}", path.read_bytes()
    for path in sorted(corpora.folder_of("svcb_fuzz").iterdir()):
        yield f"corpus {path.name}", answer_with(path.read_bytes()[1:])
    maker = Maker(SEED)
    for number in range(MESSAGES // 3):
        wire = maker.message()
        yield f"random {number}", wire
        for turn in range(2):
            yield f"random {number} spoilt {turn}", maker.spoilt(wire)


# ---- The other direction: their text, our octets --------------------------------------------------

def their_texts(messages):
    """(octets in hex, dnspython's text) of every service record that it can print."""
    seen = {}
    for _, wire in messages:
        for section in records_of(wire)[2].values():
            for record in section:
                data = record["data"]
                if (record["type"] in SERVICE and record["klass"] == IN and
                        not isinstance(data, Exception)):
                    octets = data.to_digestable()
                    if len(octets) < 2000:
                        seen[octets] = data.to_text()
    return seen


def octets_of(read):
    return lower_target(bytes.fromhex(read["octets"]))


def lower_target(octets):
    at, out = 2, bytearray(octets)
    while out[at]:
        size = out[at]
        out[at + 1:at + 1 + size] = out[at + 1:at + 1 + size].lower()
        at += size + 1
    return bytes(out)


# ---- kdig -----------------------------------------------------------------------------------------

class Replay:
    """Answers the n-th question with the n-th message, under the question's id."""

    def __init__(self, messages):
        self.messages = list(messages)
        self.ids = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(60)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            for message in self.messages:
                query, sender = self.socket.recvfrom(4096)
                self.ids.append(int.from_bytes(query[:2], "big"))
                self.socket.sendto(query[:2] + message[2:], sender)
        except OSError:
            pass

    def close(self):
        self.socket.close()


def asked_by_kdig(wire):
    """(name, type) if the message answers a question that kdig can put, in one datagram."""
    header, questions, sections, error = records_of(wire)
    if error or len(questions) != 1 or header[1] & 0xFA0F != 0x8000 or len(wire) > 1200:
        return None
    name, kind, klass = questions[0]
    if klass != IN or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name.to_text()):
        return None
    if kind in (0, OPT) or 128 <= kind <= 255:
        return None  # these are asked in ways of their own
    if any(isinstance(record["data"], Exception)
           for section in sections.values() for record in section):
        return None  # kdig gives up the whole message
    if any(record["type"] == OPT for section in sections.values() for record in section):
        return None  # printed in another place
    return name.to_text(), f"TYPE{kind}"


def read_by_kdig(chosen):
    """Per message the answer section's records as kdig prints them; None where it gives up."""
    replay = Replay([wire for _, _, wire in chosen])
    command = ["kdig", "@127.0.0.1", "-p", str(replay.port), "+noall", "+header", "+answer",
               "+noedns", "+noidn", "+time=5", "+retry=0", "+ignore"]
    for name, kind, _ in chosen:
        command += [name, kind]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    replay.close()
    # In the order of the questions, with gaps; ids are chosen at random, so two may be the same.
    printed = [None] * len(replay.ids)
    at = 0
    for part in done.stdout.split(";; ->>HEADER<<-")[1:]:
        at = replay.ids.index(int(re.search(r"id: (\d+)", part)[1]), at)
        printed[at] = [line.split(None, 4) for line in part.splitlines()[1:]
                       if line.strip() and not line.startswith(";")]
        at += 1
    return printed


def compare_with_kdig(ours, printed):
    """Yields the service records' texts, with our reading of the same."""
    kept = json.loads(ours["stored"])["dns"][0].get("records", [])
    printed = [words for words in printed if words[2] == "IN"]
    expect(len(kept) == len(printed), len(kept), "records, kdig has", len(printed))
    for one, words in zip(kept, printed):
        expect(dns.name.from_text(one["name"]) == dns.name.from_text(words[0]), "name", words[0])
        if one["type"] in ("HTTPS", "SVCB") and not words[4].startswith("\\#"):
            yield words[4], one
        if one["type"] not in READ.values() or one["type"] in ("CAA", "HTTPS", "SVCB"):
            continue
        expect(one["type"] == words[3], "type", words[3])
        text = one["data"] if one["type"] in ("A", "AAAA", "TXT") else \
            absolute_names(one["type"], one["data"])
        kind = dns.rdatatype.from_text(one["type"])
        expect(dns.rdata.from_text(IN, kind, text, relativize=False).to_digestable() ==
               dns.rdata.from_text(IN, kind, words[4], relativize=False).to_digestable(),
               one["type"], one["data"], words[4])


def check_kdig(messages, lines, failed):
    chosen, answers = [], []
    for (where, wire), ours in zip(messages, lines):
        asked = asked_by_kdig(wire)
        if asked and "failure" not in ours and len(chosen) < 400:
            chosen.append((*asked, wire))
            answers.append((where, ours))
    printed = read_by_kdig(chosen)
    if len(printed) < len(chosen):
        failed.append(f"kdig asked {len(printed)} of {len(chosen)} questions")
    texts = []
    for (where, ours), records, (_, _, wire) in zip(answers, printed, chosen):
        if records is None:
            read = [one for section in records_of(wire)[2].values() for one in section]
            if any(one["type"] in (16, 99) and not one["raw"] for one in read):
                decided("TXT of no strings")
            elif any(one["klass"] != IN for one in read):
                decided("record of another class")
            else:
                failed.append(f"kdig, {where}: gives up: {wire.hex()}")
            continue
        try:
            texts += compare_with_kdig(ours, records)
        except Difference as difference:
            failed.append(f"kdig, {where}: {difference}: {wire.hex()}")
    # Its text of a service record, read by us, is the record.
    done = run_reader([f"service {text}" for text, _ in texts] +
                      [f"service {one['data']}" for _, one in texts])
    for (text, one), theirs, ours in zip(texts, done, done[len(texts):]):
        flag = one["service"].get("flags", [""])[0]
        if "SvcParamKeys" in flag and "twice" in theirs.get("failure", ""):
            decided("repeated key")
        elif "TargetName" in flag:
            decided("compressed target")
        elif "failure" in theirs or octets_of(theirs) != octets_of(ours):
            failed.append(f"kdig: {text}: {theirs}, not {one['data']}")
    print(f"{len(printed)} messages read by kdig as well, "
          f"{len(texts)} service records from its text")
    return len(printed) + len(texts)


# ---------------------------------------------------------------------------------------------------

def run_reader(lines):
    done = subprocess.run([READER], input="".join(line + "\n" for line in lines),
                          capture_output=True, text=True, check=False)
    read = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(read) != len(lines):
        raise SystemExit(f"{READER}: {done.stderr[-3000:]}{len(read)} lines of {len(lines)}")
    return read


def main():
    messages = list(all_messages())
    theirs = their_texts(messages)
    lines = run_reader([f"message {wire.hex()}" for _, wire in messages] +
                       [f"service {said}" for said in theirs.values()])

    failed, seen = [], collections.Counter()
    for (where, wire), ours in zip(messages, lines):
        try:
            seen[compare(wire, ours)] += 1
        except Difference as difference:
            failed.append(f"{where}: {difference}: {wire.hex()}")
    print(f"{len(messages)} messages: " + ", ".join(f"{n} {what}" for what, n in seen.items()))
    for octets, ours in zip(theirs, lines[len(messages):]):
        if re.search(r'alpn="(?:[^"\\]|\\.)*\\\\[0-9]{3}', theirs[octets]):
            decided("id beyond ASCII")
        elif ours.get("octets") != lower_target(octets).hex():
            failed.append(f"{theirs[octets]}: {ours}, not {octets.hex()}")
    print(f"{len(theirs)} records read back from dnspython's text")

    read = check_kdig(messages, lines, failed)
    for what in DECISIONS:
        print(f"{used[what]:6} {what}")
        if not used[what]:
            failed.append(f"no message needed the decision {what!r}")
    for one in failed[:20]:
        print(one)
    print(f"{len(messages) + len(theirs) + read + len(DECISIONS) - len(failed)} passed, "
          f"{len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
