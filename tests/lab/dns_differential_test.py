#!/usr/bin/python3
"""What servedby reads of the DNS beside what kdig reads, over random names of all kinds, behind a
real knot and a real unbound in a sealed network namespace, over UDP and over TLS; then through a relay that loses queries
and answers: nothing may be read wrongly, and failures must be as many as chance says.

DIFFERENTIAL_NAMES=10000 asks about that many names (default 1000)."""

import collections
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

import dns.rdata
import dns.rdataclass
import dns.rdatatype

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import sealed  # noqa: E402  (the path above comes first)
from servers import program  # noqa: E402

SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
NAMES = int(os.environ.get("DIFFERENTIAL_NAMES", "1000"))
AUTHORITY, RESOLVER, RELAY = "127.0.0.2", "127.0.0.53", "127.0.0.54"
TYPES = ("A", "AAAA", "HTTPS", "NS", "SOA", "MX", "CAA")
# kdig takes many questions on one command line.
AT_ONCE = 400


# ---- A zone of names of all kinds -----------------------------------------------------------------

def address(rng):
    return f"{rng.randrange(11, 100)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"


def address6(rng):
    return "2a00:" + ":".join(f"{rng.randrange(65536):x}" for _ in range(7))


def service(rng, name):
    params = []
    if rng.random() < 0.7:
        params.append("alpn=" + rng.choice(["h2", "h3,h2", "h2,http/1.1"]))
    if rng.random() < 0.3:
        params.append(f"port={rng.randrange(1, 65536)}")
    if rng.random() < 0.5:
        params.append("ipv4hint=" + ",".join(sorted({address(rng) for _ in range(2)})))
    if rng.random() < 0.3:
        params.append("ipv6hint=" + address6(rng))
    if rng.random() < 0.2:
        params.append(f"key{rng.randrange(100, 200)}=\"a{rng.randrange(1000)}\"")
    return f"{name} HTTPS {rng.randrange(1, 4)} {rng.choice(['.', 'alt.' + name])} " + " ".join(params)


def zone_of(names, rng):
    lines = ["$ORIGIN lab.", "$TTL 300", "@ SOA ns.lab. host.lab. 1 3600 600 86400 60",
             "@ NS ns.lab.", f"ns A {AUTHORITY}"]
    for i, name in enumerate(names):
        kind = rng.randrange(12)
        dotted = name + "."
        if kind == 0:
            continue  # does not exist
        if kind == 1:
            lines.append(f"{dotted} TXT \"nothing else\"")
        elif kind == 2:
            lines.append(f"{dotted} CNAME {names[rng.randrange(len(names))]}."
                         if i else f"{dotted} A {address(rng)}")
        elif kind == 3:
            lines.append(f"{dotted} CNAME missing-{i}.lab.")
        else:
            for _ in range(rng.choice([1, 1, 2, 8])):
                lines.append(f"{dotted} A {address(rng)}")
            for _ in range(rng.choice([0, 1, 4])):
                lines.append(f"{dotted} AAAA {address6(rng)}")
            if kind > 6:
                lines.append(service(rng, dotted))
            if kind > 8:
                lines.append(f"{dotted} MX {rng.randrange(100)} mail.{dotted}")
                lines.append(f"{dotted} CAA 0 issue \"ca{rng.randrange(9)}.example\"")
            if kind == 11:
                # More than one datagram holds.
                lines += [f"{dotted} A 99.{i % 256}.{k}.1" for k in range(120)]
    return "\n".join(lines) + "\n"


# ---- The servers ----------------------------------------------------------------------------------

def start(folder, zone):
    (folder / "lab.zone").write_text(zone)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "tls.key",
                    "-out", folder / "tls.pem", "-days", "1", "-subj", "/CN=resolver",
                    "-addext", f"subjectAltName=IP:{RESOLVER},DNS:resolver.lab"],
                   check=True, capture_output=True)
    (folder / "knot.conf").write_text(f"""
server:
    rundir: {folder}
    listen: {AUTHORITY}@53
log:
  - target: {folder}/knotd.log
    any: warning
database:
    storage: {folder}/db
template:
  - id: default
    storage: {folder}
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: lab.
    file: lab.zone
""")
    (folder / "unbound.conf").write_text(f"""
server:
    interface: {RESOLVER}
    interface: {RESOLVER}@853
    tls-port: 853
    tls-service-pem: "{folder}/tls.pem"
    tls-service-key: "{folder}/tls.key"
    access-control: 127.0.0.0/8 allow
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "unbound.log"
    verbosity: 0
    do-daemonize: no
    num-threads: 1
    module-config: "iterator"
    do-not-query-localhost: no
    do-ip6: no
    rrset-roundrobin: no
    minimal-responses: yes
    outgoing-range: 900
    num-queries-per-thread: 900
remote-control:
    control-enable: no
stub-zone:
    name: "lab"
    stub-addr: {AUTHORITY}
    stub-prime: no
""")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
             "stderr": subprocess.DEVNULL}
    return [subprocess.Popen([program("knotd"), "-c", str(folder / "knot.conf")], **quiet),
            subprocess.Popen([program("unbound"), "-d", "-c", str(folder / "unbound.conf")],
                             **quiet)]


def wait_for_answers():
    for _ in range(100):
        done = subprocess.run(["kdig", f"@{RESOLVER}", "+time=1", "+retry=0", "+short", "lab", "SOA"],
                              capture_output=True, text=True, check=False)
        if "ns.lab." in done.stdout:
            return
        time.sleep(0.1)
    raise SystemExit("the servers do not answer")


class Relay:
    """Passes datagrams on to the resolver and back, and loses some of either."""

    def __init__(self, loss):
        self.loss, self.rng, self.lost, self.seen = loss, random.Random(7), 0, 0
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.front.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.front.bind((RELAY, 53))
        self.back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.back.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.back.connect((RESOLVER, 53))
        self.waiting, self.next, self.open = {}, 0, True
        for work in (self.forth, self.home):
            threading.Thread(target=work, daemon=True).start()

    def keeps(self):
        self.seen += 1
        kept = self.rng.random() >= self.loss
        self.lost += not kept
        return kept

    def forth(self):
        while self.open:
            message, sender = self.front.recvfrom(65535)
            if self.keeps():
                self.next = (self.next + 1) % 65536
                self.waiting[self.next] = (message[:2], sender)
                self.back.send(self.next.to_bytes(2, "big") + message[2:])

    def home(self):
        while self.open:
            message = self.back.recv(65535)
            known = self.waiting.pop(int.from_bytes(message[:2], "big"), None)
            if known and self.keeps():
                self.front.sendto(known[0] + message[2:], known[1])

    def close(self):
        self.open = False
        self.front.close()
        self.back.close()


# ---- Two readings ---------------------------------------------------------------------------------

def canonical(kind, text):
    """The octets of RDATA, so that no two spellings differ."""
    rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), text,
                                relativize=False)
    return rdata.to_digestable().hex()


def of_kdig(names):
    """{(name, type): (rcode, {(owner, type, rdata)})}"""
    read = {}
    questions = [(name, kind) for name in names for kind in TYPES]
    for begin in range(0, len(questions), AT_ONCE):
        command = ["kdig", f"@{RESOLVER}", "+noall", "+header", "+question", "+answer", "+time=5"]
        for name, kind in questions[begin:begin + AT_ONCE]:
            command += [name, kind]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for part in text.split(";; ->>HEADER<<-")[1:]:
            rcode = re.search(r"status: (\w+)", part).group(1)
            asked = re.search(r"^;; ?(\S+)\.\s+IN\s+(\S+)", part, re.M)
            records = set()
            for line in part.splitlines()[1:]:
                if line.startswith(";") or not line.strip():
                    continue
                owner, _, _, kind, rdata = line.split(None, 4)
                records.add((owner.rstrip(".").lower(), kind, canonical(kind, rdata)))
            read[asked.group(1), asked.group(2)] = (rcode, records)
    return read


def of_servedby(names, resolver, *flags, status=0):
    done = subprocess.run(
        [SERVEDBY, "observe", "--no-http", "--profile", "deep", "--canary", "off", "--resolvers",
         resolver, "--max-inflight", "50", "--threads", "1", "--ordered", *flags],
        input="".join(name + "\n" for name in names), capture_output=True, text=True, check=False,
        env=dict(os.environ, SERVEDBY_DATA=str(ROOT / "data")))
    if done.returncode != status:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr[-500:]}")
    read = {}
    for line in done.stdout.splitlines():
        for answer in json.loads(line).get("dns", []):
            read[answer["name"], answer["type"]] = answer
    return read


STATUS = {"NOERROR": ("noerror", "nodata"), "NXDOMAIN": ("nxdomain",)}


def difference(answer, rcode, records):
    if answer["status"] not in STATUS[rcode]:
        return f"{answer['status']} where kdig has {rcode}"
    ours = {(r["name"], r["type"], canonical(r["type"], r["data"] if r["type"] in
                                             ("A", "AAAA", "CAA") else absolute(r)))
            for r in answer.get("records", [])}
    return "" if ours == records else f"{sorted(ours ^ records)[:2]}"


def absolute(record):
    """Our names bear no final dot; give it to them, for the other reader's sake."""
    words = record["data"].split(" ")
    places = {"NS": (0,), "CNAME": (0,), "SOA": (0, 1), "MX": (1,), "HTTPS": (1,)}[record["type"]]
    for place in places:
        if not words[place].endswith("."):
            words[place] += "."
    return " ".join(words)


def check(checks, names, truth, resolver, *flags):
    """The answers that come this way, judged."""
    ours = of_servedby(names, resolver, *flags)
    seen = collections.Counter()
    wrong = []
    for name in names:
        for kind in TYPES:
            answer = ours.get((name, kind))
            rcode, records = truth[name, kind]
            if answer is None:
                wrong.append(f"{name} {kind}: not asked")
                continue
            seen[answer["status"]] += 1
            said = difference(answer, rcode, records)
            if said:
                wrong.append(f"{name} {kind}: {said}")
    print(f"{resolver}: {len(names)} names, {len(names) * len(TYPES)} questions: " +
          ", ".join(f"{status} {count}" for status, count in sorted(seen.items())))
    checks.that("all answers are read as kdig reads them", not wrong, len(wrong), wrong[:5])
    checks.that("there were answers of every kind", min(seen[s] for s in (
        "noerror", "nodata", "nxdomain")) > len(names) // 50, dict(seen))
    return ours


def check_loss(checks, names, truth, loss):
    relay = Relay(loss)
    ours = of_servedby(names, f"{RELAY}:53", "--timeout", "700ms", "--deadline", "60s",
                       "--retries", "1")
    relay.close()
    wrong, failed, asked = [], 0, 0
    for name in names:
        # Only what one datagram holds goes through a relay of datagrams.
        for kind in ("A", "AAAA"):
            answer = ours.get((name, kind))
            rcode, records = truth[name, kind]
            if answer is None or len(records) > 20 or answer["status"] == "skipped":
                continue
            asked += 1
            if answer["status"] == "timeout":
                failed += 1
            elif said := difference(answer, rcode, records):
                wrong.append(f"{name} {kind}: {said}")
    # An attempt fails when its query or its answer is lost; a question when both attempts do.
    chance = (1 - (1 - loss) ** 2) ** 2
    spread = 4 * (chance * (1 - chance) * asked) ** 0.5 + 2
    print(f"{loss:.0%} lost each way: {failed} of {asked} questions failed, "
          f"{chance * asked:.0f} expected")
    checks.that(f"{loss:.0%} loss: nothing is read wrongly", not wrong, len(wrong), wrong[:5])
    checks.that(f"{loss:.0%} loss: as many fail as chance says",
                abs(failed - chance * asked) <= spread, failed, chance * asked, spread)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, what, good, *more):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(what, *more)


def main():
    if not sealed.inside():
        try:
            sealed.enter([sys.executable, str(pathlib.Path(__file__).resolve())])
        except sealed.NotSealed as error:
            return sealed.refuse(error)
    try:
        sealed.prove()
        sealed.give_addresses([])
        sealed.prove(after_set_up=True)
    except sealed.NotSealed as error:
        return sealed.refuse(error)
    rng = random.Random(4)
    names = [f"n{i}-{rng.randrange(16 ** 6):06x}.lab" for i in range(NAMES)]
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        servers = start(pathlib.Path(folder), zone_of(names, rng))
        try:
            wait_for_answers()
            truth = of_kdig(names)
            plain = check(checks, names, truth, RESOLVER)
            checks.that("some came over TCP", any(a.get("over_tcp") for a in plain.values()))
            trusting = ["--ca-file", f"{folder}/tls.pem"]
            check(checks, names, truth, f"tls://{RESOLVER}", *trusting)
            check(checks, names[:100], truth, f"tls://{RESOLVER}:853#resolver.lab", *trusting)
            for resolver, flags in ((f"tls://{RESOLVER}", []),
                                    (f"tls://{RESOLVER}#other.lab", trusting)):
                got = of_servedby(names[:3], resolver, *flags, status=2)
                checks.that(f"{resolver} {flags}: nothing is taken from who does not prove it",
                            {a["status"] for a in got.values()} == {"network_error"}, got)
            for loss in (0.05, 0.20):
                check_loss(checks, names[:500], truth, loss)
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(10)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
