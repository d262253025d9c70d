#!/usr/bin/python3
"""Does memory depend on the length of the list? Scans 10^4 and then 10^5 names (or the counts given)
by DNS alone, against a resolver on loopback that answers at once, and prints what each run took.

    flat_memory.py [COUNT...]
"""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
A = 1


def answer_for_ever(sock):
    while True:
        message, peer = sock.recvfrom(2048)
        end = message.index(0, 12) + 5
        is_a = message[end - 4:end - 2] == struct.pack(">H", A)
        head = message[:2] + struct.pack(">HHHHH", 0x8180, 1, 1 if is_a else 0, 0, 0)
        record = b"\xc0\x0c" + struct.pack(">HHIH", A, 1, 60, 4) + b"\xcb\x00\x71\x07"
        sock.sendto(head + message[12:end] + (record if is_a else b""), peer)


def main():
    counts = [int(text) for text in sys.argv[1:]] or [10_000, 100_000]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind(("127.0.0.1", 0))
    child = os.fork()
    if child == 0:
        answer_for_ever(sock)
    try:
        for count in counts:
            with tempfile.NamedTemporaryFile("w") as names:
                names.writelines(f"n{i}.flat-{i % 9973}-lab.net\n" for i in range(count))
                names.flush()
                began = time.monotonic()
                with open("/dev/null", "w") as nowhere:
                    run = subprocess.Popen(
                        [SERVEDBY, "observe", "--no-http", "--resolvers",
                         f"127.0.0.1:{sock.getsockname()[1]}", names.name], stdout=nowhere,
                        env=dict(os.environ, SERVEDBY_DATA=str(ROOT / "data")))
                    _, status, usage = os.wait4(run.pid, 0)
                    run.returncode = os.waitstatus_to_exitcode(status)
                seconds = time.monotonic() - began
                print(f"{count} names: exit {run.returncode}, {seconds:.1f} s, "
                      f"{usage.ru_utime + usage.ru_stime:.1f} s of CPU, "
                      f"{usage.ru_maxrss / 1024:.1f} MiB at most", flush=True)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
