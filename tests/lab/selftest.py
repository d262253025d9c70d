#!/usr/bin/python3
"""Does the lab's world answer as scenarios.toml says? Needs nothing of the product.

    selftest.py          enters the lab by itself
Prints a line for each scenario that does not, then `N passed, N failed`.
"""

import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import dns_wire  # noqa: E402  (the path above comes first)
import lab  # noqa: E402
import sealed  # noqa: E402
import verdicts  # noqa: E402
import world as lab_world  # noqa: E402

PATIENCE = 3.0    # seconds, for servers that answer
SILENCE = 0.4     # seconds without an octet that count as silence

# X509_V_ERR_* (openssl/x509_vfy.h)
EXPIRED, SELF_SIGNED, SELF_SIGNED_IN_CHAIN, WRONG_NAME = 10, 18, 19, 62


# ---- DNS -----------------------------------------------------------------------------------------

def check_dns(site):
    if not site.name:
        return []
    rcode = site.dns.get("rcode", "noerror")
    answer = dns_wire.ask(lab_world.RESOLVER, site.name, "A", timeout=PATIENCE)
    if rcode == "timeout":
        return [] if answer is None else [f"DNS answered {answer['rcode']}"]
    if answer is None:
        return ["no DNS answer"]
    out = verdicts.differs("rcode", rcode, answer["rcode"])
    chain = [value for _, kind, value in answer["records"] if kind == "CNAME"]
    if site.cname:
        out += verdicts.differs("CNAME", str(site.cname), str(chain))
    fault, _, failing = site.dns.get("fault", "").partition(":")
    for version, kind in ((4, "A"), (6, "AAAA")):
        expected = sorted(str(a) for a in site.addresses if a.version == version)
        if rcode != "noerror":
            expected = []
        if kind == "AAAA":
            answer = dns_wire.ask(lab_world.RESOLVER, site.name, kind, timeout=PATIENCE)
        if kind in failing.split(","):
            out += verdicts.differs(kind, "servfail", answer and answer["rcode"])
            continue
        got = sorted(v for _, k, v in (answer or {"records": []})["records"] if k == kind)
        out += verdicts.differs(kind, str(expected), str(got))
        if kind == "A" and site.expect.get("over_tcp") and not answer["over_tcp"]:
            out.append("the answer was not cut")
    if rcode == "noerror" and not fault and (site.servers or site.cname):
        answer = dns_wire.ask(lab_world.RESOLVER, site.zone, "NS", timeout=PATIENCE)
        got = sorted(v for _, k, v in answer["records"] if k == "NS")
        out += verdicts.differs("NS", str(sorted(site.name_servers)), str(got))
    if site.https_record:
        answer = dns_wire.ask(lab_world.RESOLVER, site.name, "HTTPS", timeout=PATIENCE)
        data = [v for _, k, v in answer["records"] if k == "HTTPS"]
        if not data or ("{ech}" in site.https_record and lab_world.ECH not in data[0]):
            out.append(f"HTTPS record: {data}")
    for address, target in site.ptr.items():
        pointer = ".".join(reversed(address.split("."))) + ".in-addr.arpa"
        answer = dns_wire.ask(lab_world.RESOLVER, pointer, "PTR", timeout=PATIENCE)
        out += verdicts.differs("PTR", str([target]), str([v for _, _, v in answer["records"]]))
    return out


# ---- TLS and HTTP --------------------------------------------------------------------------------

def connect(address, port):
    return socket.create_connection((str(address), port), timeout=PATIENCE)


def trusting():
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    context.set_alpn_protocols(["http/1.1"])
    return context


def careless():
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def verify_error(address, name):
    """The X509_V_ERR_ code, 0 if all is well."""
    try:
        with trusting().wrap_socket(connect(address, 443), server_hostname=name):
            return 0
    except ssl.SSLCertVerificationError as error:
        return error.verify_code


def expected_verify_error(server):
    kind, names, issuer = server.certificate
    if kind == "expired":
        return EXPIRED
    if kind == "self_signed":
        return SELF_SIGNED
    if issuer == "cloudflare-origin":
        return SELF_SIGNED_IN_CHAIN
    parent = "*." + server.name.split(".", 1)[1]
    return 0 if server.name in names or parent in names else WRONG_NAME


def get(address, port, name):
    """(status, headers as a list, body), or the error's name."""
    try:
        stream = connect(address, port)
        if port == 443:
            stream = careless().wrap_socket(stream, server_hostname=name)
        with stream:
            client = http.client.HTTPConnection(name)
            client.sock = stream
            client.request("GET", "/", headers={"Host": name, "User-Agent": "servedby-selftest"})
            answer = client.getresponse()
            return answer.status, answer.getheaders(), answer.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__, [], b""


def compare_page(server, port, status, headers, body):
    out = verdicts.differs(f"port {port} status", server.status, status)
    got = [(n.lower(), v) for n, v in headers]
    for name, value in lab_world.effective_headers(server):
        if value == "":
            out += [f"header {n} is there" for n, _ in got if n == name.lower()]
        elif (name.lower(), value) not in got:
            out.append(f"port {port}: no {name}: {value}")
    if server.location:
        # Sent as UTF-8, which the client reads as ISO-8859-1.
        location = dict(got).get("location", "").encode("iso-8859-1").decode()
        out += verdicts.differs("location", server.location, location)
    elif body != server.body.encode():
        out.append(f"port {port}: another body: {body[:60]!r}")
    return out


def check_server(server):
    out = []
    for address in {server.addresses[0], server.addresses[-1]}:
        if server.https == "closed":
            out += verdicts.differs("port 443", "ConnectionRefusedError", get(address, 443, "")[0])
        elif not server.configured:
            out += verdicts.differs("port 443", "SSLError", get(address, 443, server.name)[0])
            out += verdicts.differs("port 80", server.persona.unknown["status"],
                                    get(address, 80, server.name)[0])
            continue
        else:
            out += verdicts.differs("certificate", expected_verify_error(server),
                                    verify_error(address, server.name))
            out += compare_page(server, 443, *get(address, 443, server.name))
        if server.http == "closed":
            out += verdicts.differs("port 80", "ConnectionRefusedError", get(address, 80, "")[0])
        elif server.http == "redirect":
            status, headers, _ = get(address, 80, server.name)
            out += verdicts.differs("port 80", (301, f"https://{server.name}/"),
                                    (status, dict(headers).get("Location")))
        else:
            out += compare_page(server, 80, *get(address, 80, server.name))
        for outer in server.persona.outer_names:
            out += verdicts.differs(f"certificate of {outer}", 0, verify_error(address, outer))
    return out


# ---- Faults --------------------------------------------------------------------------------------

def hello(stream):
    """A ClientHello, sent by hand; what comes back within SILENCE."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = careless().wrap_bio(incoming, outgoing, server_hostname="lab.test")
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    stream.sendall(outgoing.read())
    return receive(stream)


def receive(stream):
    stream.settimeout(SILENCE)
    try:
        return stream.recv(65536)
    except TimeoutError:
        return None


def first_octets(address, name, count):
    """The first `count` octets of the answer inside TLS, as far as they come within SILENCE."""
    with trusting().wrap_socket(connect(address, 443), server_hostname=name) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\n\r\n")
        out = b""
        while len(out) < count and (part := receive(stream)):
            out += part
        return out


def tcp_result(address, port):
    try:
        with socket.create_connection((str(address), port), timeout=SILENCE):
            return "connected"
    except OSError as error:
        return type(error).__name__ if error.errno is None else os.strerror(error.errno)


def check_fault(server, port, kind):
    address, name = server.addresses[0], server.name

    def raw():
        with connect(address, port) as stream:
            try:
                return hello(stream)
            except ConnectionResetError:
                return "reset"

    def inside(count=65536):
        return first_octets(address, name, count)

    wanted = {
        "unreachable": lambda: tcp_result(address, port) == "No route to host",
        "filtered": lambda: tcp_result(address, port) == "TimeoutError",
        "tarpit": lambda: raw() is None,
        "reset": lambda: raw() == "reset",
        "close": lambda: raw() == b"",
        "tls_alert": lambda: raw() == bytes([21, 3, 1, 0, 2, 2, 40]),
        "garbage": lambda: raw().startswith(b"SSH-2.0-"),
        "tls_silence": lambda: inside() == b"",
        "http_garbage": lambda: not inside().startswith(b"HTTP/"),
        "endless_body": lambda: len(inside(1 << 22)) >= 1 << 22,
        "slow_body": lambda: inside().endswith(b"\r\n\r\n<") or inside().endswith(b"\r\n\r\n"),
        "slow_headers": lambda: inside() == b"H",
        "many_headers": lambda: inside().count(b"X-Noise-") == 295,
        "gzip_bomb": lambda: b"gzip" in inside(1 << 16),
    }
    if kind.startswith("relay:"):
        same = get(address, port, name) == get(kind.split(":")[1], port, name)
        return [] if same and get(address, port, name)[1] else [f"{kind}: does not pass through"]
    return [] if wanted[kind]() else [f"port {port}: not {kind}"]


# ---- All of it -----------------------------------------------------------------------------------

def check_site(site):
    out = [f"no such expectation: {key}" for key in verdicts.unknown_keys(site.expect)]
    out += check_dns(site)
    for server in site.servers:
        if server.trap:
            continue
        for port, kind in server.fault.items():
            out += check_fault(server, port, kind)
        if not server.fault:
            out += check_server(server)
    return out


def check_sealed():
    out = [f"interface {name}" for _, name in socket.if_nameindex()
           if name != "lo" and name not in sealed.FALLBACK_TUNNELS]
    out += [f"route {line}" for line in sealed.routes_out()]
    for elsewhere in sealed.ELSEWHERE:
        if tcp_result(elsewhere, 80) == "connected":
            out.append(f"{elsewhere} answers")
    return out


def obedient_record(expect):
    """The least record that meets an expectation."""
    def finding(wanted, **more):
        out = {key: verdicts.one_of(value)[0] for key, value in wanted.items()
               if not key.endswith("_not")}
        return {"status": "identified", **more, **out}

    addressees = [finding(expect["first"])] if "first" in expect else []
    addressees += [{"provider": p} for p in expect.get("addressees_with", [])]
    others = [finding(other) for other in expect.get("also", [])]
    if "dns" in expect:
        others.append({"role": "dns", "status": "identified", "provider": expect["dns"]})
    outer = {"valid": {"trusted": True, "name_matches": True}, "invalid": {"trusted": True}}
    probes = [{"purpose": "public_name", "tls": {"status": "ok"}, "tls_facts": facts}
              for word, facts in outer.items() if word == expect.get("public_name")]
    if isinstance(expect.get("edge"), int):
        probes.append({"purpose": "edge", "http_facts": {"status": expect["edge"]}})
    return {
        "state": verdicts.one_of(expect.get("state", "live"))[0],
        "state_reason": expect.get("reason", ""), "evidence": [{"seen": expect.get("seen", "")}],
        "front": finding(expect.get("front", {}), status="unknown"),
        "host": finding(expect.get("host", {}), status="unknown"),
        "others": others, "claims": expect.get("claims", []), "flags": expect.get("flags", []),
        "addressees": addressees, "notice": {"ready": expect.get("notice", True)},
        "input": {"host": expect.get("input_host", "")},
        "observation": {"probes": probes, "redirects": [{"outcome": verdicts.one_of(expect.get("redirect"))[0]}],
                        "dns": [{"type": "A", "over_tcp": expect.get("over_tcp", False)}]}}


def check_comparison(world):
    """Every expectation can be met, and a record that says nothing meets none."""
    out = []
    for site in [*world.sites, *world.view_sites]:
        out += [f"{site.id}: {d}" for d in verdicts.compare(site.expect,
                                                            obedient_record(site.expect))]
        if not verdicts.compare(site.expect, {}):
            out.append(f"{site.id}: an empty record passes")
    return out


def check_resolver(resolver):
    """Does it do to names what its kind says, and leave others alone?"""
    def told(name, kind):
        answer = dns_wire.ask(resolver.address, name, kind, timeout=PATIENCE)
        if answer is None:
            return "silence"
        return answer["rcode"], sorted(str(v) for _, k, v in answer["records"] if k == kind)

    name = min(resolver.names, key=lambda n: (n != "lab-proxied.net", n))
    missing = "gone.lab-proxied.net"
    word, *given = resolver.kind.split(":")
    honest = {kind: ("noerror", sorted(str(v) for _, k, v in dns_wire.ask(
        lab_world.RESOLVER, name, kind)["records"] if k == kind)) for kind in ("A", "HTTPS")}
    expected = dict(honest)
    if word == "address":
        expected["A"] = ("noerror", given)
    elif word == "alias":
        page = dns_wire.ask(lab_world.RESOLVER, given[0], "A")
        expected["A"] = ("noerror", [v for _, k, v in page["records"] if k == "A"])
    elif word == "error":
        expected = {kind: (given[1], []) for kind in expected}
    elif word == "deny":
        expected = {kind: ("nxdomain", []) for kind in expected}
    elif word == "strip":
        expected[given[0]] = ("noerror", [])
    out = [d for kind, wanted in expected.items()
           for d in verdicts.differs(kind, str(wanted), str(told(name, kind)))]
    if word == "nxdomain":
        out += verdicts.differs(missing, str(("noerror", given)), str(told(missing, "A")))
    elif word in ("honest", "strip"):
        out += verdicts.differs(missing, str(("nxdomain", [])), str(told(missing, "A")))
    return out


def check_readme(world):
    text = lab.README.read_text(encoding="utf-8")
    return [] if lab.with_fresh_table(text, world) == text else ["run tests/lab/lab.py docs"]


def check_traps(world):
    """Stepping into each trap must be noticed."""
    for address in world.trap_addresses():
        tcp_result(address, 80)
    log = pathlib.Path(os.environ["SERVEDBY_LAB_DIR"], "faults.jsonl")
    for _ in range(50):
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        noticed = {line["address"] for line in lines if line["event"] == "trap"}
        if noticed == set(world.trap_addresses()):
            return []
        time.sleep(0.02)
    return [f"noticed only {sorted(noticed)}"]


def main():
    if os.environ.get("SERVEDBY_LAB") != "1":
        return subprocess.call([sys.executable, str(HERE / "lab.py"), "run", "--",
                                sys.executable, str(HERE / "selftest.py")])
    world = lab_world.World()
    results = {site.id: check_site(site) for site in world.sites}
    for ident, resolver in world.resolvers.items():
        if "://" in resolver.address:
            continue
        results[f"resolver {ident}"] = check_resolver(resolver)
    results["the lab is sealed"] = check_sealed()
    results["expectations can be met and missed"] = check_comparison(world)
    results["the table in README.md is current"] = check_readme(world)
    results["the traps are set"] = check_traps(world)
    failed = 0
    for name, differences in results.items():
        if differences:
            failed += 1
            print(f"{name}: {'; '.join(differences)}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
