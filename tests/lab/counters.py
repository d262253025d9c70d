"""Counts the packets that open something at an address where nobody may connect: SYNs, and
datagrams that answer no question. Looks at lo itself, so nothing depends on who listens there.
"""

import ipaddress
import socket
import struct
import threading

ETH_P_IP, ETH_P_IPV6, ETH_P_ALL = 0x0800, 0x86DD, 0x0003
TCP, UDP = 6, 17
SYN, ACK = 0x02, 0x10
TICK = 0.1  # seconds


class Counter:
    """`with Counter(addresses) as counter`: counter.seen() is {address: packets} so far."""

    def __init__(self, addresses):
        self._watched = {ipaddress.ip_address(a).packed: a for a in addresses}
        self._seen = {}
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.settimeout(TICK)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def seen(self):
        return dict(self._seen)

    def _run(self):
        while not self._stop.is_set():
            try:
                packet, (_, protocol, kind, *_) = self._socket.recvfrom(256)
            except TimeoutError:
                continue
            # Each packet on lo comes by twice, once as it leaves.
            if kind == socket.PACKET_OUTGOING:
                continue
            target = opened_by(packet, protocol)
            if target in self._watched:
                address = self._watched[target]
                self._seen[address] = self._seen.get(address, 0) + 1


def opened_by(packet, protocol):
    """Whom the packet asks for something; None if it opens nothing."""
    if protocol == ETH_P_IP and len(packet) >= 20:
        size, target, transport = (packet[0] & 15) * 4, packet[16:20], packet[9]
    elif protocol == ETH_P_IPV6 and len(packet) >= 40:
        size, target, transport = 40, packet[24:40], packet[6]
    else:
        return None
    rest = packet[size:]
    if transport == TCP and len(rest) >= 14:
        return target if rest[13] & (SYN | ACK) == SYN else None
    if transport == UDP and len(rest) >= 4:
        return target if struct.unpack(">H", rest[:2])[0] != 53 else None
    return None
