#!/usr/bin/python3
"""What signals do to a running scan: SIGHUP reads the lists of what must not be touched again, or
ends the run where there are none. Loopback only, with a resolver that knows no name.
"""

import json
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import ENVIRONMENT, ROOT, SERVEDBY, run_all
from dns_servers import NXDOMAIN, DnsServer

PATIENCE = 60
RESOLVER = DnsServer(lambda name, kind: NXDOMAIN)


def heed_hang_ups():
    """Whoever runs these tests may ignore them (nohup), and children inherit that."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Scan:
    """A scan that is given one name after the other."""

    def __init__(self, *flags, before=heed_hang_ups):
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [SERVEDBY, "scan", "--resolvers", RESOLVER.address, "--no-http", "--canary", "off",
             "--retries", "0", "--threads", "1", "--silent", *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, text=True,
            env=ENVIRONMENT, preexec_fn=before)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.said):
            stream.close()

    def look_at(self, name):
        """The record of one more name."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, f"no record of {name}: {self.stderr()}"
        return json.loads(self.process.stdout.readline())

    def refused(self, name):
        return self.look_at(name)["observation"].get("refused", "")

    def hang_up(self, *until):
        """Sends the signal, and waits for what stderr is to say then."""
        self.process.send_signal(signal.SIGHUP)
        for text in until:
            deadline = time.monotonic() + PATIENCE
            while text not in self.stderr():
                assert time.monotonic() < deadline, (text, self.stderr())
                time.sleep(0.02)

    def stderr(self):
        self.said.seek(0)
        return self.said.read()

    def end(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


def replace(path, text):
    aside = path.with_suffix(".new")
    aside.write_text(text)
    aside.rename(path)


def a_hang_up_reads_the_lists_again():
    with tempfile.TemporaryDirectory() as folder:
        wished, blocked = Path(folder) / "wished", Path(folder) / "blocked"
        wished.write_text("one.example\n")
        blocked.write_text("two.example\n")
        with Scan("--optout", str(wished), "--blocklist", str(blocked)) as scan:
            assert scan.refused("www.one.example") == "opt_out"
            assert scan.refused("two.example") == "blocked"
            assert scan.refused("three.example") == ""

            replace(wished, "three.example\n192.0.2.0/24\n")
            scan.hang_up("SIGHUP: read again: --optout 1 names and 1 prefixes, "
                         "--blocklist 1 names and 0 prefixes")
            assert scan.refused("one.example") == ""
            assert scan.refused("two.example") == "blocked"
            assert scan.refused("three.example") == "opt_out"

            # Both lists stay, though one of them could be read.
            replace(wished, "four.example\n")
            replace(blocked, "five.example\n\nnot a name!\n")
            scan.hang_up(f"--blocklist: {blocked}:3: 'not a name!' is neither a name, nor an "
                         "address or prefix; the lists stay as they were")
            blocked.unlink()
            scan.hang_up(f"--blocklist: {blocked}: No such file or directory; the lists stay")
            assert scan.refused("two.example") == "blocked"
            assert scan.refused("three.example") == "opt_out"
            assert scan.refused("four.example") == ""
            assert scan.end() == 0, scan.stderr()


def a_hang_up_without_lists_ends_the_run_as_sigterm_does():
    for how in (signal.SIGHUP, signal.SIGTERM):
        with Scan() as scan:
            assert scan.refused("one.example") == ""
            scan.process.send_signal(how)
            assert scan.process.wait(PATIENCE) == 130, scan.stderr()
            assert "stopping" in scan.stderr()


def an_ignored_hang_up_is_ignored():
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731 (as nohup does)
    with Scan(before=ignore) as scan:
        assert scan.refused("one.example") == ""
        scan.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)  # it is looked for ten times a second
        assert scan.refused("two.example") == ""
        assert scan.end() == 0, scan.stderr()
        assert "stopping" not in scan.stderr()
    with tempfile.TemporaryDirectory() as folder:
        wished = Path(folder) / "wished"
        wished.write_text("one.example\n")
        with Scan("--optout", str(wished), before=ignore) as scan:
            assert scan.refused("two.example") == ""
            replace(wished, "two.example\n")
            scan.hang_up("read again: --optout 1 names and 0 prefixes")
            assert scan.refused("two.example") == "opt_out"
            assert scan.end() == 0, scan.stderr()


TESTS = [a_hang_up_reads_the_lists_again, a_hang_up_without_lists_ends_the_run_as_sigterm_does,
         an_ignored_hang_up_is_ignored]


if __name__ == "__main__":
    sys.exit(run_all(TESTS))
