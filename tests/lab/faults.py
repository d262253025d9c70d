#!/usr/bin/python3
"""The servers that misbehave: everything that an honest server cannot be configured to do.

    faults.py CONFIG.json LOG.jsonl

CONFIG is what World.faults() says. Prints "ready" once it listens everywhere. LOG gets a line for
each connection: {"event": "trap" | "fault", "address", "port", "kind", "sent"}, where "sent" counts
the octets that the client let us send. Each answer is bounded, in octets and in time.
"""

import asyncio
import json
import random
import socket
import ssl
import struct
import sys
import zlib

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import dns_wire  # noqa: E402  (the path above comes first)

ANSWER_LIMIT = 1 << 28       # octets, for whoever reads on and on
TIME_LIMIT = 60.0            # seconds, likewise
SEND_BUFFER = 1 << 16        # small, so that "sent" is near to what the client read
SLOW_DNS = 0.8               # seconds
HELLO = 16384

log = None


def note(**event):
    log.write(json.dumps(event) + "\n")
    log.flush()


# ---- What is said over TCP, TLS already done where there is some ---------------------------------

async def tarpit(reader, writer):
    while await reader.read(HELLO):
        pass


async def reset(reader, writer):
    await reader.read(1)  # as the boxes do that cut what they have read
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(reader, writer):
    pass


async def tls_alert(reader, writer):
    # Read the hello first: closing with octets unread would turn the alert into a reset.
    await reader.read(HELLO)
    fatal, handshake_failure = 2, 40
    writer.write(bytes([21, 3, 1, 0, 2, fatal, handshake_failure]))


async def garbage(reader, writer):
    writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    await writer.drain()
    await reader.read(HELLO)


async def http_garbage(reader, writer):
    await reader.read(HELLO)
    writer.write(b"\x16\x00\x01\x02 this is no answer\r\n\r\n" + random.Random(1).randbytes(4096))


async def endless_body(reader, writer):
    await reader.read(HELLO)
    writer.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
                 b"Connection: close\r\n\r\n<!doctype html><title>lab-endless.net</title>")
    await pour(writer, b"<p>and on it goes, " * 3449)


async def slow_body(reader, writer):
    await reader.read(HELLO)
    writer.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
                 b"Content-Length: 100000\r\n\r\n")
    await drip(writer, b"<!doctype html><title>lab-drip.net</title>" + b"." * 50)


async def slow_headers(reader, writer):
    await reader.read(HELLO)
    await drip(writer, b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n")


async def many_headers(reader, writer):
    await reader.read(HELLO)
    head = ["HTTP/1.1 200 OK", "Server: nginx", "Content-Type: text/html", "Content-Length: 2"]
    head += [f"X-Noise-{i:03}: {'n' * 100}" for i in range(295)]
    head += ["CF-RAY: 7a1b2c3d4e5f6073-AMS"]
    writer.write("\r\n".join([*head, "", "ok"]).encode())


async def gzip_bomb(reader, writer):
    await reader.read(HELLO)
    writer.write(b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
                 b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n")
    # One block of a million zeros, flushed, can be repeated for ever: 1,000 to one.
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    writer.write(packer.compress(b"<!doctype html><title>lab-bomb.net</title>")
                 + packer.flush(zlib.Z_FULL_FLUSH))
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    await pour(writer, block * 16)


async def pour(writer, block):
    for _ in range(ANSWER_LIMIT // len(block)):
        # What is written to a peer that has gone goes nowhere, and must not be counted; asyncio
        # hears of it only when it gets a turn.
        await asyncio.sleep(0)
        if writer.transport.is_closing():
            raise ConnectionResetError
        writer.write(block)
        await writer.drain()
        writer.sent += len(block)


async def drip(writer, octets):
    for octet in octets:
        writer.write(bytes([octet]))
        await writer.drain()
        await asyncio.sleep(1)


ANSWERS = {"tarpit": tarpit, "tls_silence": tarpit, "reset": reset, "close": close,
           "tls_alert": tls_alert, "garbage": garbage, "http_garbage": http_garbage,
           "endless_body": endless_body, "slow_body": slow_body, "slow_headers": slow_headers,
           "many_headers": many_headers, "gzip_bomb": gzip_bomb}


def relay_to(target, port):
    """Passes TCP through, as a tunnel on a rented machine would."""
    async def relay(reader, writer):
        inner_reader, inner_writer = await asyncio.open_connection(target, port)

        async def copy(source, sink):
            while part := await source.read(HELLO):
                sink.write(part)
                await sink.drain()
            sink.write_eof()

        try:
            await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))
        finally:
            inner_writer.close()
    return relay


# ---- Listening -----------------------------------------------------------------------------------

def listener(address, port, backlog=64):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((address, port))
    sock.listen(backlog)
    sock.setblocking(False)
    return sock


def filtered(address, port):
    """A queue of length zero that is full: the kernel drops every further SYN, as a filter does."""
    sock = listener(address, port, backlog=0)
    fillers = []
    for _ in range(4):
        filler = socket.socket(sock.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        filler.connect_ex((address, port))
        fillers.append(filler)
    return [sock, *fillers]  # to be kept open


async def serve(fault):
    kind = fault["kind"]
    answer = (relay_to(kind.split(":", 1)[1], fault["port"]) if kind.startswith("relay:")
              else ANSWERS[kind])
    context = None
    if "chain" in fault:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(fault["chain"], fault["key"])
        context.set_alpn_protocols(["http/1.1"])

    async def connected(reader, writer):
        writer.sent = 0
        try:
            await asyncio.wait_for(answer(reader, writer), TIME_LIMIT)
            await writer.drain()
        except (OSError, asyncio.TimeoutError, ssl.SSLError):
            pass  # the client had enough: that is what we are here for
        finally:
            note(event="fault", address=fault["address"], port=fault["port"], kind=kind,
                 sent=writer.sent)
            writer.close()

    await asyncio.start_server(connected, sock=listener(fault["address"], fault["port"]),
                               ssl=context)


async def set_trap(address, port):
    async def stepped_in(reader, writer):
        note(event="trap", address=address, port=port, kind="trap",
             sent=0, peer=str(writer.get_extra_info("peername")))
        writer.close()
    await asyncio.start_server(stepped_in, sock=listener(address, port))


# ---- The DNS -------------------------------------------------------------------------------------

def find_zone(zones, name):
    labels = name.split(".")
    for i in range(len(labels)):
        if ".".join(labels[i:]) in zones:
            return zones[".".join(labels[i:])]
    return None


async def dns_answer(zones, message):
    """The octets to send back, or None for silence."""
    try:
        _, name, kind, _ = dns_wire.parse_question(message)
    except (ValueError, IndexError, struct.error):
        return None
    zone = find_zone(zones, name)
    if zone is None:
        return dns_wire.reply(message, dns_wire.RCODE_NUMBERS["refused"], authoritative=False)
    fault, _, types = zone["fault"].partition(":")
    if types and dns_wire.TYPE_NAMES.get(kind) not in types.split(","):
        fault = ""
    if fault == "silent":
        return None
    if fault in ("servfail", "refused"):
        return dns_wire.reply(message, dns_wire.RCODE_NUMBERS[fault], authoritative=False)
    if fault == "slow":
        await asyncio.sleep(SLOW_DNS)
    owned = [tuple(record) for record in zone["records"] if record[0] == name]
    found = [record for record in owned if dns_wire.TYPES[record[1]] == kind]
    return dns_wire.reply(message, 0 if owned else dns_wire.RCODE_NUMBERS["nxdomain"], found)


class DnsOverUdp(asyncio.DatagramProtocol):
    def __init__(self, zones):
        self.zones = zones
        self.tasks = set()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, message, peer):
        task = asyncio.create_task(self.answer(message, peer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, message, peer):
        out = await dns_answer(self.zones, message)
        if out is not None:
            self.transport.sendto(out, peer)


async def serve_dns(dns):
    async def over_tcp(reader, writer):
        try:
            length = struct.unpack(">H", await reader.readexactly(2))[0]
            out = await dns_answer(dns["zones"], await reader.readexactly(length))
            if out is not None:
                writer.write(struct.pack(">H", len(out)) + out)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: DnsOverUdp(dns["zones"]),
                                        local_addr=(dns["address"], 53))
    await asyncio.start_server(over_tcp, sock=listener(dns["address"], 53))


async def main(config):
    kept = []
    for fault in config["tcp"]:
        if fault["kind"] == "filtered":
            kept += filtered(fault["address"], fault["port"])
        else:
            await serve(fault)
    for address in config["traps"]:
        for port in (80, 443):
            await set_trap(address, port)
    await serve_dns(config["dns"])
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        given = json.load(file)
    with open(sys.argv[2], "a") as log:
        asyncio.run(main(given))
