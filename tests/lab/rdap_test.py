#!/usr/bin/python3
"""The real binary against registries that we play, in a sealed network namespace: one https server
with the shapes of the five regional registries, registro.br and Verisign, and every manner of
refusing. The addresses of IANA's real servers are told by a name server of ours; nothing can leave.
"""

import collections
import http.server
import json
import os
import pathlib
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import dns_wire  # noqa: E402  (the path above comes first)
import sealed  # noqa: E402
from certificates import Certificates  # noqa: E402

SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
FIXTURES = ROOT / "tests/fixtures/rdap"
RESOLVER = "127.0.0.53"
# A public address, or the product would refuse to connect; nobody else has it in here.
SERVER = "193.0.6.142"
TRAP = "127.0.0.1"

REGISTRAR = "rdap.registrar-lab.net"
STRANGER = "rdap.stranger-lab.net"


# ---- What is registered --------------------------------------------------------------------------

def fixture(name, **members):
    facts = json.loads((FIXTURES / name).read_text())
    facts.update(members)
    return json.dumps(facts)


def network(name, first, last):
    return fixture(name, startAddress=first, endAddress=last)


def base_urls():
    """Where the shipped files send questions: {suffix: base}, and for IPv4 {first octet: base}."""
    names = json.loads((ROOT / "data/rdap/dns.json").read_text())["services"]
    blocks = json.loads((ROOT / "data/rdap/ipv4.json").read_text())["services"]

    def https(urls):
        return next((u for u in urls if u.startswith("https://")), None)
    return ({key: https(urls) for keys, urls in names for key in keys},
            {key.split(".")[0]: https(urls) for keys, urls in blocks for key in keys})


BY_SUFFIX, BY_OCTET = base_urls()
RIRS = {  # address asked about: (fixture, first, last, who must be found, mailboxes)
    "12.34.56.7": ("arin_network.json", "12.34.56.0", "12.34.59.255", "Example Host, Inc.",
                   ["abuse@host.example"]),
    "31.3.200.7": ("ripe_network.json", "31.3.200.0", "31.3.200.127", "Example Net B.V.",
                   ["abuse@example-net.example"]),
    "14.1.2.3": ("apnic_network.json", "14.1.2.0", "14.1.2.255", "Example AP Pty Ltd",
                 ["abuse@ap.example"]),
    "41.76.1.2": ("afrinic_network.json", "41.76.1.0", "41.76.1.7", None, []),
}


class Slow:
    """A body that takes its time."""


def answer(body, status=200, kind="application/rdap+json", **headers):
    return status, {"Content-Type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}, \
        body


def routes():
    """{(host, path): (status, headers, body)}."""
    table = {}

    def put(url, *said):
        host, _, path = url.removeprefix("https://").partition("/")
        table[host, "/" + path] = said

    def domain(name, *said):
        put(BY_SUFFIX[name.rsplit(".", 1)[-1]] + "domain/" + name, *said)

    for address, (file, first, last, _, _) in RIRS.items():
        put(BY_OCTET[address.split(".")[0]] + "ip/" + address, *answer(network(file, first, last)))
    # LACNIC sends those who ask for a Brazilian address on to registro.br.
    put(BY_OCTET["177"] + "ip/177.1.2.3",
        *answer("", 302, Location="https://rdap.registro.br/ip/177.1.2.3"))
    put("https://rdap.registro.br/ip/177.1.2.3",
        *answer(network("registro_br_network.json", "177.1.2.0", "177.1.2.63")))

    domain("lab-site.com", *answer(fixture("verisign_domain.json", ldhName="LAB-SITE.COM")))
    related = {"rel": "related", "type": "application/rdap+json",
               "href": f"https://{REGISTRAR}/domain/lab-held.net"}
    # Another registrar than the first one's, whose desk is known by then.
    domain("lab-held.net", *answer(fixture("registry_without_desk.json", ldhName="lab-held.net",
                                           links=[related]).replace("9001", "9077")))
    put(f"https://{REGISTRAR}/domain/lab-held.net",
        *answer(fixture("registrar_domain.json", ldhName="lab-held.net")))
    for name in ("lab-limited.org", "lab-limited-too.org"):
        domain(name, *answer("", 429, Retry_After="90"))
    domain("lab-page.xyz", *answer("<html><h1>Query limit exceeded</h1></html>", 200, "text/html"))
    domain("lab-slow.shop", *answer(Slow()))
    domain("lab-large.site", *answer('{"objectClassName":"domain","x":"' + "a" * 2_000_000 + '"}'))
    domain("lab-around.info", *answer("", 302, Location="/rdap/domain/lab-around.info"))
    host, path = next(key for key in table if "lab-around" in key[1])
    table[host, path] = answer("", 302, Location=path)
    domain("lab-inward.biz", *answer("", 302, Location="https://127.0.0.1/domain/lab-inward.biz"))
    domain("lab-gone.dev", *answer(fixture("error.json"), 404))
    domain("lab-other.app", *answer(fixture("verisign_domain.json", ldhName="somebody-else.app")))
    return table


ROUTES = routes()
HOSTS = sorted({host for host, _ in ROUTES} | {REGISTRAR})
# These resolve, and must not be talked to, or not be believed.
INWARD = BY_SUFFIX["club"].removeprefix("https://").partition("/")[0]
UNTRUSTED = BY_SUFFIX["top"].removeprefix("https://").partition("/")[0]

# What came of each name: the code of its gap.
GAPS = {
    "lab-limited.org": "rate_limited",
    "lab-limited-too.org": "rate_limited",
    "lab-page.xyz": "not_json",
    "lab-slow.shop": "timeout",
    "lab-large.site": "too_large",
    "lab-around.info": "bad_redirect",
    "lab-inward.biz": "bad_redirect",
    "lab-gone.dev": "not_found",
    "lab-other.app": "bad_response",
    "lab-none.de": "no_server",
    "lab-private.club": "blocked",
    "lab-untrusted.top": "tls",
}


# ---- Servers -------------------------------------------------------------------------------------

LOG = []


class Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802  (the base class names it)
        host = self.headers.get("Host", "").partition(":")[0]
        LOG.append((host, self.path, self.headers.get("User-Agent", "")))
        status, headers, body = ROUTES.get((host, self.path), answer(fixture("error.json"), 404))
        slow = isinstance(body, Slow)
        octets = b"{" if slow else body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(octets) + (10 if slow else 0)))
        self.end_headers()
        try:
            self.wfile.write(octets)
            if slow:
                self.wfile.flush()
                STOPPED.wait(30)
        except OSError:
            pass  # the client had enough

    def log_message(self, *_):
        pass


STOPPED = threading.Event()


def serve_https(address, certificates, wanted):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain(wanted), certificates.key(wanted))

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self):
            sock, peer = self.socket.accept()
            return context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), peer

        def handle_error(self, *_):
            pass
    server = Server((address, 443), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve_dns():
    addresses = {host: SERVER for host in HOSTS}
    addresses[UNTRUSTED] = SERVER
    addresses[INWARD] = TRAP
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((RESOLVER, 53))

    def answer_all():
        while True:
            message, peer = sock.recvfrom(4096)
            _, name, kind, _ = dns_wire.parse_question(message)
            records = []
            if name in addresses and kind == dns_wire.TYPES["A"]:
                records = [(name, "A", 300, addresses[name])]
            rcode = 0 if name in addresses or name == "lab-site.com" else 3
            sock.sendto(dns_wire.reply(message, rcode, records), peer)
    threading.Thread(target=answer_all, daemon=True).start()


def set_trap():
    """Whoever connects here was led by the nose."""
    caught = []
    sock = socket.create_server((TRAP, 443))

    def wait():
        while True:
            caught.append(sock.accept()[1])
    threading.Thread(target=wait, daemon=True).start()
    return caught


# ---- Runs ----------------------------------------------------------------------------------------

def scan(lines, *flags, trust):
    # One shard, so that "asked once" means once.
    done = subprocess.run(
        [SERVEDBY, "scan", "--json", "--ordered", "--no-http", "--threads", "1", "--resolvers",
         RESOLVER, "--ca-file", str(trust), "--timeout", "2s", "--deadline", "4s", "--rdap-rate",
         "50", "--contact", "lab@servedby.example", *flags],
        input="".join(line + "\n" for line in lines), capture_output=True, text=True, timeout=90,
        env=dict(os.environ, SERVEDBY_DATA=str(ROOT / "data")), check=False)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {r["input"]["text"]: r for r in records}, done.stdout


def registry(record):
    return record["observation"].get("registry", {})


def registrar(record):
    return next((f for f in record["others"] if f["role"] == "registrar"), None)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, what, good, *seen):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"{what}: {' '.join(map(str, seen))[:1500]}")


def check(checks, trust, caught, folder):
    cache = ["--rdap-cache", str(pathlib.Path(folder) / "rdap.sqlite")]
    good = [*RIRS, "177.1.2.3", "lab-site.com", "www.lab-held.net"]
    lines = [*good, "31.3.200.9", *GAPS]
    began = time.monotonic()
    records, text = scan(lines, "--rdap", "all", *cache, trust=trust)
    checks.that("every subject ends inside its deadline", time.monotonic() - began < 30)
    checks.that("one record a line", len(records) == len(lines), len(records))
    asked = collections.Counter((host, path) for host, path, _ in LOG)
    agents = {agent for _, _, agent in LOG}

    # Each registry's shape.
    for address, (_, first, last, holder, emails) in RIRS.items():
        (found,) = registry(records[address]).get("networks", [{}]) or [{}]
        checks.that(f"{address}: range", (found.get("first"), found.get("last")) == (first, last),
                    registry(records[address]))
        checks.that(f"{address}: holder", holder is None or found.get("holder") == holder, found)
        checks.that(f"{address}: desk",
                    found.get("abuse", {}).get("emails", [])[:1] == emails, found)
        checks.that(f"{address}: nothing else is missing", "gaps" not in registry(records[address]))
    (found,) = registry(records["177.1.2.3"]).get("networks", [{}]) or [{}]
    checks.that("the other registry's answer counts, with its URL",
                found.get("source") == "https://rdap.registro.br/ip/177.1.2.3", found)
    checks.that("registro.br names a desk without a mailbox",
                found.get("abuse") == {"named": True}, found)
    checks.that("a neighbour costs no question",
                registry(records["31.3.200.9"])["networks"][0]["first"] == "31.3.200.0"
                and sum(n for (_, path), n in asked.items() if "31.3.200" in path) == 1, asked)

    # Domains.
    site = registry(records["lab-site.com"])["domain"]
    checks.that("the registry's registrar", site["registrar_id"] == "9001", site)
    checks.that("the desk under the registrar",
                site["registrar_abuse"]["emails"] == ["abuse@registrar.example"], site)
    found = registrar(records["lab-site.com"])
    checks.that("the registrar is found", found["status"] == "identified"
                and found["name"].startswith("Example Registrar"), found)
    held = records["www.lab-held.net"]
    checks.that("a held name is on hold", held["state"] == "on_hold", held["state"])
    checks.that("asked for the registered name, not the host",
                registry(held)["domain"]["name"] == "lab-held.net", registry(held))
    checks.that("the registrar's own server was asked for its desk",
                asked[REGISTRAR, "/domain/lab-held.net"] == 1
                and registry(held)["domain"]["registrar_abuse"]["emails"]
                == ["abuse@registrar.example"], registry(held))

    # Refusals.
    for name, code in GAPS.items():
        gaps = registry(records[name]).get("gaps", [])
        checks.that(f"{name}: {code}", [g["code"] for g in gaps] == [code], gaps)
        checks.that(f"{name}: no facts", "domain" not in registry(records[name]))
        reason = "no_evidence" if code == "not_found" else "rdap_unavailable"
        found = registrar(records[name])
        checks.that(f"{name}: {reason}", (found["status"], found["reason"]) == ("unknown", reason),
                    found)
        checks.that(f"{name}: not said to be free or held",
                    records[name]["state"] not in ("not_registered", "on_hold"))
    checks.that("nobody was sent to loopback", caught == [], caught)
    around = sum(n for (_, path), n in asked.items() if "lab-around" in path)
    checks.that("a loop ends", around == 5, around)

    # A pause that a server asks for holds for all that comes after it.
    LOG.clear()
    pause, _ = scan(["lab-limited.org", "lab-limited-too.org"], "--rdap", "domain",
                    "--max-inflight", "1", trust=trust)
    checks.that("a server that asks for a pause is left alone", len(LOG) == 1, LOG)
    checks.that("... and that is told", "another" in
                registry(pause["lab-limited-too.org"])["gaps"][0]["detail"], pause)

    # Manners.
    checks.that("every question says who asks",
                agents and all("servedby/" in agent and "lab@servedby.example" in agent
                               for agent in agents), agents)
    kept = "\n".join(sqlite3.connect(cache[1]).iterdump())
    checks.that("answers are in the cache", "abuse@registrar.example" in kept, kept)
    for person in ("Uma Pessoa", "Outra Pessoa", "Una Persona", "A Person", "tel:", "555-0100",
                   "205550100"):
        checks.that(f"{person!r} is not stored", person not in text and person not in kept)

    # The second run asks nothing that the first has learnt.
    LOG.clear()
    again, _ = scan(good, "--rdap", "all", *cache, trust=trust)
    checks.that("the second run asks nothing", LOG == [], LOG)
    for line in good:
        checks.that(f"{line}: the same from the cache",
                    registry(again[line]) == registry(records[line]), registry(again[line]))

    # Only what is wanted.
    some, _ = scan(["31.3.200.7", "lab-site.com"], "--rdap", "network", trust=trust)
    checks.that("--rdap network asks for no domain",
                "domain" not in registry(some["lab-site.com"])
                and registrar(some["lab-site.com"]) is None)
    checks.that("... but for networks", registry(some["31.3.200.7"])["networks"])
    LOG.clear()
    some, _ = scan(["31.3.200.7", "lab-site.com"], trust=trust)
    checks.that("without --rdap nobody is asked", LOG == [] and registry(some["lab-site.com"]) == {},
                LOG)

    # Stored records attribute and route to the same bytes.
    done = subprocess.run([SERVEDBY, "attribute"], input=text, capture_output=True, text=True,
                          env=dict(os.environ, SERVEDBY_DATA=str(ROOT / "data")), timeout=60,
                          check=False)
    done = subprocess.run([SERVEDBY, "route"], input=done.stdout, capture_output=True, text=True,
                          env=dict(os.environ, SERVEDBY_DATA=str(ROOT / "data")), timeout=60,
                          check=False)
    checks.that("records replay", done.stdout == text)


def main():
    if not sealed.inside():
        try:
            sealed.enter([sys.executable, str(pathlib.Path(__file__).resolve())])
        except sealed.NotSealed as error:
            return sealed.refuse(error)
    import ipaddress
    try:
        sealed.prove()
        sealed.give_addresses([ipaddress.ip_address(SERVER)])
        sealed.prove(after_set_up=True)
    except sealed.NotSealed as error:
        return sealed.refuse(error)
    wanted = ("valid", tuple(HOSTS), "letsencrypt")
    certificates = Certificates([wanted])
    certificates.make()
    caught = set_trap()
    serve_dns()
    serve_https(SERVER, certificates, wanted)
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        check(checks, certificates.trust, caught, folder)
    STOPPED.set()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
