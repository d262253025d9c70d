"""Small DNS servers on loopback for the scripts in this folder: each answers UDP queries by a rule.

A rule takes (name, type number) and gives a list of IPv4 addresses, an rcode, or None for silence.
Servers are threads of this process; `close()` ends one, and its port then refuses.
"""

import socket
import struct
import threading

NXDOMAIN = 3
KNOWN = {("a.root-servers.net", 1): ["198.41.0.4"]}
TYPE_A = 1


def honest(name, kind):
    """Knows n<number>.example.com, and what canaries ask about."""
    if (name, kind) in KNOWN:
        return KNOWN[name, kind]
    if name.endswith("example.com"):
        return ["198.51.100.7"] if kind == TYPE_A else []
    return NXDOMAIN


def liar(name, kind):
    """Has an address for everything, as resolvers have that sell mistyped names."""
    return ["203.0.113.99"] if kind == TYPE_A else []


def silent(name, kind):
    return None


class DnsServer:
    def __init__(self, rule, address="127.0.0.1"):
        self.rule = rule
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind((address, 0))
        self._socket.settimeout(0.2)
        self.address = "%s:%d" % self._socket.getsockname()
        self._open = True
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._open = False
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while self._open:
            try:
                query, peer = self._socket.recvfrom(4096)
            except (TimeoutError, ConnectionError):
                continue
            self.asked += 1
            reply = self._reply(query)
            if reply is not None:
                self._socket.sendto(reply, peer)

    def _reply(self, query):
        at = 12
        labels = []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        kind = struct.unpack_from("!H", query, at + 1)[0]
        question = query[12:at + 5]
        answer = self.rule(".".join(labels).lower(), kind)
        if answer is None:
            return None
        rcode, addresses = (answer, []) if isinstance(answer, int) else (0, answer)
        header = query[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, len(addresses), 0, 0)
        records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) +
                           socket.inet_aton(address) for address in addresses)
        return header + question + records


def dead_port():
    """A loopback address and port where nothing listens. The address is one that no other test
    uses and the port is not ephemeral: a port that was free a moment ago may be another server's,
    or the asking socket's own, a moment later."""
    return "127.83.7.1:9"


def names(count):
    return "".join(f"n{i}.example.com\n" for i in range(count))
