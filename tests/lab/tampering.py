#!/usr/bin/python3
"""Resolvers that do not tell the truth: each passes questions on to the honest one and changes what
comes back.

    tampering.py CONFIG.json

CONFIG is what World.tampering() says. Prints "ready" once it listens everywhere. UDP only.

A kind is "honest", or one of
    address:A             every address of the names is A
    alias:NAME            the names are aliases of NAME, with its addresses
    error:CODE:RCODE      the names get RCODE with an extended error (RFC 8914)
    deny                  the names do not exist, and nobody says why
    strip:TYPE            there are no such records of the names
    nxdomain:A            A is the address of every name that does not exist
    rebind:A              a name's address is the honest one when it is asked for first, and A ever
                          after, with a TTL of 0: DNS rebinding
"""

import asyncio
import ipaddress
import json
import socket
import struct
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import dns_wire  # noqa: E402  (the path above comes first)

PATIENCE = 5.0  # seconds, for the honest resolver


def with_error(message, rcode, code, text, records=()):
    """An answer with an OPT record that carries an extended error."""
    head = bytearray(dns_wire.reply(message, rcode, records, authoritative=False))
    struct.pack_into(">H", head, 2, 0x8180 | rcode)
    struct.pack_into(">H", head, 10, 1)
    option = struct.pack(">HHH", 15, 2 + len(text), code) + text.encode()
    return bytes(head) + b"\0" + struct.pack(">HHIH", dns_wire.OPT, 1232, 0, len(option)) + option


def addresses_for(name, kind, text):
    """The record of that type, if the address is of that family."""
    version = {"A": 4, "AAAA": 6}.get(kind)
    if ipaddress.ip_address(text).version != version:
        return []
    return [(name, kind, 60, text)]


async def ask(upstream, message):
    """The honest resolver's answer; None if there is none."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((upstream, 53))
        await loop.sock_sendall(sock, message)
        try:
            return await asyncio.wait_for(loop.sock_recv(sock, 65535), PATIENCE)
        except (OSError, asyncio.TimeoutError):
            return None


async def answer(setup, message):
    _, name, number, _ = dns_wire.parse_question(message)
    kind = dns_wire.TYPE_NAMES.get(number, "")
    word, *given = setup["kind"].split(":")
    honest = await ask(setup["upstream"], message)
    if word == "nxdomain":
        if honest is None or dns_wire.parse_reply(honest)["rcode"] != "nxdomain":
            return honest
        return dns_wire.reply(message, 0, addresses_for(name, kind, ":".join(given)), False)
    if not any(name == n or name.endswith("." + n) for n in setup["names"]):
        return honest
    if word == "rebind" and kind in ("A", "AAAA"):
        looks = setup.setdefault("looks", {})
        looks[name, kind] = looks.get((name, kind), 0) + 1
        inner = addresses_for(name, kind, ":".join(given))
        if looks[name, kind] > 1 and inner:
            return dns_wire.reply(message, 0, [(n, k, 0, a) for n, k, _, a in inner], False)
        if honest is None:
            return None
        parsed = dns_wire.parse_reply(honest)
        return dns_wire.reply(message, dns_wire.RCODE_NUMBERS[parsed["rcode"]],
                              [(n, k, 0, v) for n, k, v in parsed["records"] if k == kind], False)
    if word == "address" and kind in ("A", "AAAA"):
        return dns_wire.reply(message, 0, addresses_for(name, kind, ":".join(given)), False)
    if word == "alias" and kind in ("A", "AAAA"):
        there = dns_wire.ask(setup["upstream"], given[0], kind) or {"records": []}
        records = [(name, "CNAME", 60, given[0])]
        records += [(n, k, 60, v) for n, k, v in there["records"] if k == kind]
        return dns_wire.reply(message, 0, records, False)
    if word == "error" and kind in ("A", "AAAA", "HTTPS"):
        code, rcode = int(given[0]), dns_wire.RCODE_NUMBERS[given[1]]
        return with_error(message, rcode, code, "by order of the lab")
    if word == "deny" and kind in ("A", "AAAA", "HTTPS"):
        return dns_wire.reply(message, dns_wire.RCODE_NUMBERS["nxdomain"], (), False)
    if word == "strip" and kind == given[0]:
        return dns_wire.reply(message, 0, (), False)
    return honest


class Resolver(asyncio.DatagramProtocol):
    def __init__(self, setup):
        self.setup = setup
        self.tasks = set()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, message, peer):
        task = asyncio.create_task(self.reply(message, peer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def reply(self, message, peer):
        try:
            out = await answer(self.setup, message)
        except (ValueError, IndexError, struct.error):
            return  # no question of ours
        if out is not None:
            self.transport.sendto(out, peer)


async def main(config):
    loop = asyncio.get_running_loop()
    for setup in config["resolvers"]:
        await loop.create_datagram_endpoint(lambda setup=setup: Resolver(setup),
                                            local_addr=(setup["address"], 53))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        asyncio.run(main(json.load(file)))
