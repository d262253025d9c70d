"""Just enough of the DNS's wire format to ask a question, and to answer one badly.

Used by the lab to see whether its servers are up, by selftest.py, and by the fault responder.
Reads and writes A, AAAA, CNAME and NS; other types stay bytes.
"""

import ipaddress
import random
import socket
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28,
         "HTTPS": 65, "CAA": 257}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {0: "noerror", 1: "formerr", 2: "servfail", 3: "nxdomain", 4: "notimp", 5: "refused"}
RCODE_NUMBERS = {name: number for number, name in RCODES.items()}
OPT = 41


def name_to_wire(name):
    out = b""
    for label in name.rstrip(".").split("."):
        if label:
            out += bytes([len(label)]) + label.encode("ascii")
    return out + b"\0"


def name_from_wire(message, at):
    labels = []
    end = None
    for _ in range(64):
        length = message[at]
        if length >= 0xC0:
            if end is None:
                end = at + 2
            at = ((length & 0x3F) << 8) | message[at + 1]
        elif length == 0:
            return ".".join(labels).lower(), end if end is not None else at + 1
        else:
            labels.append(message[at + 1:at + 1 + length].decode("latin-1"))
            at += 1 + length
    raise ValueError("a name with too many pointers")


def query(name, kind, ident=None, size=1232):
    ident = random.randrange(65536) if ident is None else ident
    head = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 1)
    question = name_to_wire(name) + struct.pack(">HH", TYPES[kind], 1)
    return ident, head + question + b"\0" + struct.pack(">HHIH", OPT, size, 0, 0)


def parse_question(message):
    """(id, name, type number, where the question ends)."""
    ident, _, count = struct.unpack(">HHH", message[:6])
    if count != 1:
        raise ValueError("not one question")
    name, at = name_from_wire(message, 12)
    kind, _ = struct.unpack(">HH", message[at:at + 4])
    return ident, name, kind, at + 4


def reply(message, rcode, records=(), authoritative=True):
    """An answer to the query `message`; records are (name, type, ttl, text)."""
    ident, _, _, end = parse_question(message)
    flags = 0x8000 | (0x0400 if authoritative else 0) | rcode
    out = struct.pack(">HHHHHH", ident, flags, 1, len(records), 0, 0) + message[12:end]
    for name, kind, ttl, text in records:
        if kind in ("A", "AAAA"):
            data = ipaddress.ip_address(text).packed
        else:
            data = name_to_wire(text)
        out += name_to_wire(name) + struct.pack(">HHIH", TYPES[kind], 1, ttl, len(data)) + data
    return out


def parse_reply(message):
    """{"rcode", "truncated", "records": [(name, type, text or bytes)]}."""
    _, flags, questions, answers = struct.unpack(">HHHH", message[:8])
    at = 12
    for _ in range(questions):
        _, at = name_from_wire(message, at)
        at += 4
    records = []
    for _ in range(answers):
        name, at = name_from_wire(message, at)
        kind, _, _, length = struct.unpack(">HHIH", message[at:at + 10])
        at += 10
        data = message[at:at + length]
        word = TYPE_NAMES.get(kind, str(kind))
        if word in ("A", "AAAA"):
            value = str(ipaddress.ip_address(data))
        elif word in ("CNAME", "NS", "PTR"):
            value, _ = name_from_wire(message, at)
        else:
            value = data
        records.append((name, word, value))
        at += length
    return {"rcode": RCODES.get(flags & 15, str(flags & 15)), "truncated": bool(flags & 0x0200),
            "records": records}


def ask(server, name, kind, timeout=2.0):
    """Asks over UDP, then over TCP if told so. None: no answer in time."""
    ident, message = query(name, kind)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.settimeout(timeout)
            udp.connect((server, 53))
            udp.send(message)
            answer = udp.recv(65535)
        parsed = parse_reply(answer)
        parsed["over_tcp"] = False
        if not parsed["truncated"]:
            return parsed
        with socket.create_connection((server, 53), timeout=timeout) as tcp:
            tcp.sendall(struct.pack(">H", len(message)) + message)
            length = struct.unpack(">H", read_exactly(tcp, 2))[0]
            parsed = parse_reply(read_exactly(tcp, length))
            parsed["over_tcp"] = True
            return parsed
    except OSError:
        return None


def read_exactly(stream, count):
    out = b""
    while len(out) < count:
        part = stream.recv(count - len(out))
        if not part:
            raise ConnectionError("closed early")
        out += part
    return out
