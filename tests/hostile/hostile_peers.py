#!/usr/bin/python3
"""Peers that mean harm, one kind an address: 127.KIND.N.1, for N subjects of that kind each.

Blocking, with a thread a connection: the client decides how long each lasts. Runs only where
hostile_test.py has sealed the network.
"""

import socket
import ssl
import struct
import sys
import threading
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lab"))
import dns_wire  # noqa: E402  (the path above comes first)

ZONE = "hostile-lab.net"
RESOLVER = "127.0.0.53"
PATIENCE = 60.0  # seconds, for a client that never goes
HEAD = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"

# ---- What is said over a connection --------------------------------------------------------------

def drip(connection, octets, pause=1.0):
    for octet in octets:
        connection.sendall(bytes([octet]))
        time.sleep(pause)


def pour(connection, block, times=1 << 30):
    for _ in range(times):
        connection.sendall(block)


def silent(connection):
    connection.recv(1)
    time.sleep(PATIENCE)


def slow_tls(connection):
    connection.recv(4096)
    drip(connection, bytes([22, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb]) + bytes(100))


def huge_certificate(connection):
    """Says that a handshake message of 16 MiB comes, and sends it."""
    connection.recv(4096)
    message = bytes([11, 0xff, 0xff, 0xff]) + bytes(1 << 24)
    for at in range(0, len(message), 16000):
        part = message[at:at + 16000]
        connection.sendall(bytes([22, 3, 3]) + struct.pack(">H", len(part)) + part)


def tls_garbage(connection):
    connection.recv(4096)
    pour(connection, bytes(range(256)) * 64)


def slow_body(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    drip(connection, b"<title>drip</title>" * 10)


def slow_head(connection):
    connection.recv(4096)
    drip(connection, HEAD * 3)


def endless_head(connection):
    connection.recv(4096)
    connection.sendall(HEAD)
    pour(connection, b"".join(b"X-Noise-%d: %s\r\n" % (i, b"n" * 100) for i in range(100)))


def endless_line(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"X-Noise: ")
    pour(connection, b"n" * 16384)


def endless_interim(connection):
    connection.recv(4096)
    pour(connection, b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" * 100)


def endless_body(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"\r\n<title>endless</title>")
    pour(connection, b"<p>and on it goes" * 1000)


def endless_chunks(connection):
    """Each octet in a chunk of its own, with an extension that is longer than what it carries."""
    connection.recv(4096)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    pour(connection, (b"1;" + b"x" * 2000 + b"\r\na\r\n") * 8)


def bomb(layers):
    """A GiB of zeros in one gzip stream, packed again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    packed = b"".join([packer.compress(b"<title>bomb</title>"),
                       *(packer.compress(block) for _ in range(1024)), packer.flush()])
    for _ in range(layers - 1):
        again = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = again.compress(packed) + again.flush()
    return packed


def gzip_bomb(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + BOMBS[1])


def nested_bomb(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"Content-Encoding: gzip, gzip, gzip\r\nConnection: close\r\n\r\n"
                       + BOMBS[3])


def many_names(connection):
    connection.recv(4096)
    connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok")


def redirect_paths(connection):
    number = int(time.monotonic() * 1e6)
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /%d\r\n\r\n" % number)


def redirect_hosts(connection):
    number = int(time.monotonic() * 1e6)
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                       b"Location: https://redirect-hosts-%d.hostile-lab.net/\r\n\r\n"
                       % (number % 250))


def splitting(connection):
    connection.recv(4096)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nX-A: 1\rX-B: 2\nX-C: 3\r\n folded\r\nX-NUL: a\0b\r\n: no name\r\n"
        b"Set-Cookie: a=b\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nServer: forged\r\n\r\n\r\n\xff\xfe<title>\x1b[31mx</title>")


def long_redirect(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: https://"
                       + b"a." * 20000 + b"example/\r\n\r\n")


def busy(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 2\r\n"
                       b"Content-Length: 0\r\n\r\n")


def ping_flood(connection):
    """HTTP/2: settings, then pings for ever."""
    connection.recv(4096)
    connection.sendall(bytes(3) + bytes([4, 0]) + bytes(4))
    pour(connection, (bytes([0, 0, 8, 6, 0]) + bytes(4) + b"pingpong") * 500)


def continuation_flood(connection):
    """HTTP/2: a header block that never ends."""
    connection.recv(4096)
    connection.sendall(bytes(3) + bytes([4, 0]) + bytes(4))
    field = b"\0\x04name\x64" + b"v" * 100
    connection.sendall(struct.pack(">I", len(b"\x88" + field))[1:] + bytes([1, 0]) +
                       struct.pack(">I", 1) + b"\x88" + field)
    block = field * 100
    pour(connection, struct.pack(">I", len(block))[1:] + bytes([9, 0]) + struct.pack(">I", 1)
         + block)


# (name, what it does on port 443, what it wraps that in: "" is plain TCP, else the certificate.)
KINDS = [
    ("silent", silent, ""),
    ("slow-tls", slow_tls, ""),
    ("huge-certificate", huge_certificate, ""),
    ("tls-garbage", tls_garbage, ""),
    ("slow-body", slow_body, "one"),
    ("slow-head", slow_head, "one"),
    ("endless-head", endless_head, "one"),
    ("endless-line", endless_line, "one"),
    ("endless-interim", endless_interim, "one"),
    ("endless-body", endless_body, "one"),
    ("endless-chunks", endless_chunks, "one"),
    ("gzip-bomb", gzip_bomb, "one"),
    ("nested-bomb", nested_bomb, "one"),
    ("many-names", many_names, "many"),
    ("redirect-paths", redirect_paths, "one"),
    ("redirect-hosts", redirect_hosts, "one"),
    ("splitting", splitting, "one"),
    ("long-redirect", long_redirect, "one"),
    ("ping-flood", ping_flood, "h2"),
    ("continuation-flood", continuation_flood, "h2"),
    ("busy", busy, "one"),
    # These never get as far as a connection.
    ("slow-dns", None, ""),
    ("slow-dns-tcp", None, ""),
    ("dns-garbage", None, ""),
    ("dns-flood", None, ""),
    ("alias-loop", None, ""),
    ("alias-chain", None, ""),
]
BOMBS = {}
contexts = {}
log = None


def note(*words):
    """One line of the log: when, and what came. Whole lines, from however many threads."""
    log.write(" ".join([f"{time.monotonic():.3f}", *words]) + "\n")


def serve_connection(connection, address):
    try:
        number = int(address.split(".")[1])
        _, answer, wrap = KINDS[number - 1]
        note("connection", address)
        if answer is None:
            return
        connection.settimeout(PATIENCE)
        if wrap:
            connection = contexts[wrap].wrap_socket(connection, server_side=True)
        answer(connection)
    except (OSError, ssl.SSLError, ValueError, IndexError):
        pass  # the client had enough: that is what we are here for
    finally:
        connection.close()


def listen(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    sock.bind(("0.0.0.0", port))
    sock.listen(4096)

    def accept():
        while True:
            connection, _ = sock.accept()
            address = connection.getsockname()[0]
            threading.Thread(target=serve_connection, args=(connection, address),
                             daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


# ---- The DNS -------------------------------------------------------------------------------------

def address_of(name):
    """"slow-body-17.hostile-lab.net" is kind 5, subject 17; all of "same-..." share an address."""
    kind, _, number = name.split(".")[0].rpartition("-")
    shared = kind.startswith("same-")
    if shared:
        kind, number = kind[5:], "252"
    for index, (known, _, _) in enumerate(KINDS, 1):
        if known == kind:
            return kind, f"127.{index}.{number if shared else int(number) % 251}.1"
    return "", ""


def dns_answer(message, over_tcp):
    """What to say; None is silence."""
    ident, name, qtype, _ = dns_wire.parse_question(message)
    note("question", name)
    kind, address = address_of(name)
    is_a = qtype == dns_wire.TYPES["A"]
    if kind == "slow-dns":
        return None
    if kind == "slow-dns-tcp":
        if not over_tcp:
            return struct.pack(">HHHHHH", ident, 0x8380, 1, 0, 0, 0) + message[12:]
        return None  # whoever the resolver asks does not answer it either
    if kind == "dns-garbage":
        head = struct.pack(">HHHHHH", ident, 0x8180, 1, 65535, 9, 9)
        return head + message[12:] + b"\xc0\x0c" * 60
    if kind == "dns-flood":
        if not over_tcp:
            return struct.pack(">HHHHHH", ident, 0x8380, 1, 0, 0, 0) + message[12:]
        _, _, number, _ = address.split(".")
        records = [(name, "A", 60, f"10.{number}.{i & 255}.{i >> 8}") for i in range(1300)]
        return dns_wire.reply(message, 0, records if is_a else [])
    if kind == "alias-loop":
        other = name.replace("alias-loop-", "alias-loop-1")
        back = name
        return dns_wire.reply(message, 0, [(name, "CNAME", 60, other),
                                             (other, "CNAME", 60, back)])
    if kind == "alias-chain":
        first, rest = name.split(".", 1)
        step = first.split("-")
        following = f"{'-'.join(step[:2])}-{int(step[2]) + 1000}.{rest}"
        return dns_wire.reply(message, 0, [(name, "CNAME", 60, following)])
    return dns_wire.reply(message, 0, [(name, "A", 60, address)] if is_a and address else [])


def serve_dns():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    udp.bind((RESOLVER, 53))

    def over_udp():
        while True:
            message, peer = udp.recvfrom(4096)
            try:
                said = dns_answer(message, over_tcp=False)
            except (ValueError, IndexError, struct.error):
                continue
            if said is not None:
                udp.sendto(said, peer)

    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((RESOLVER, 53))
    tcp.listen(1024)

    def conversation(connection):
        try:
            while True:
                head = connection.recv(2, socket.MSG_WAITALL)
                if len(head) < 2:
                    return
                message = connection.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL)
                said = dns_answer(message, over_tcp=True)
                if said is None:
                    continue
                connection.sendall(struct.pack(">H", len(said)) + said)
        except (OSError, ValueError, IndexError, struct.error):
            pass
        finally:
            connection.close()

    def over_tcp():
        while True:
            connection, _ = tcp.accept()
            threading.Thread(target=conversation, args=(connection,), daemon=True).start()

    threading.Thread(target=over_udp, daemon=True).start()
    threading.Thread(target=over_tcp, daemon=True).start()


def start(certificates, log_file):
    """`certificates`: by name of the wrapping, (chain file, key file)."""
    global log
    log = open(log_file, "a", buffering=1)
    threading.stack_size(256 * 1024)
    BOMBS.update({1: bomb(1), 3: bomb(3)})
    for name, (chain, key) in certificates.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        context.set_alpn_protocols(["h2"] if name == "h2" else ["http/1.1"])
        contexts[name] = context
    listen(443)
    serve_dns()
