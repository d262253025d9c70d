"""Compares the product's records with what the scenarios expect, and its conduct with its promises.

Each check gives a list of differences in words; an empty list is a pass.
"""

import json
from collections import Counter, defaultdict

RECORD_FORMAT = "servedby.record/1"
SHARE_TOLERANCE = 0.02

# The budget of a subject (the README's promises).
MAX_DNS_QUERIES = 12
MAX_DNS_QUERIES_DEEP = 24
MAX_AUTHORITY_QUERIES = 7
MAX_VIEW_QUERIES = 3
MAX_REQUESTS = 3
# An answer that never ends may be read to the cap of 64 KiB. What the kernels buffer on the way
# comes on top, and that is a few megabytes on loopback.
MAX_OCTETS = 12 << 20

KEYS = {"state", "front", "host", "dns", "claims", "claims_without", "flags", "also", "first",
        "addressees_with", "addressees_without", "no_addressees", "notice", "input_host",
        "redirect", "over_tcp", "reason", "seen", "flags_without", "public_name", "edge"}
FINDING_KEYS = {"status", "status_not", "provider", "provider_not", "product", "grade", "reason",
                "share", "role", "kind"}


def unknown_keys(expect):
    """Misspelt expectations would pass for ever."""
    out = [key for key in expect if key not in KEYS]
    for key in ("front", "host", "first"):
        out += [f"{key}.{k}" for k in expect.get(key, {}) if k not in FINDING_KEYS]
    for entry in expect.get("also", []):
        out += [f"also.{k}" for k in entry if k not in FINDING_KEYS]
    return out


def one_of(expected):
    return expected if isinstance(expected, list) else [expected]


def differs(what, expected, got):
    """"state: expected live, got parked", or nothing. A list of expectations is a choice."""
    if got in one_of(expected):
        return []
    return [f"{what}: expected {' or '.join(str(e) for e in one_of(expected))}, got {got!r}"]


def compare_finding(what, expected, finding):
    out = []
    for key, value in expected.items():
        if key == "share":
            if abs(finding.get("share", 0) - value) > SHARE_TOLERANCE:
                out.append(f"{what}.share: expected {value}, got {finding.get('share')}")
        elif key.endswith("_not"):
            if finding.get(key[:-4]) in one_of(value):
                out.append(f"{what}.{key[:-4]}: got {finding.get(key[:-4])!r}, which is wrong here")
        else:
            out += differs(f"{what}.{key}", value, finding.get(key))
    return out


def matches(expected, finding):
    return not compare_finding("", expected, finding)


def summary(findings):
    return ", ".join(f"{f.get('provider') or '?'}/{f.get('role')}" for f in findings) or "nobody"


def compare(expect, record):
    """What differs between a scenario's [site.expect] and the record."""
    out = []
    if "state" in expect:
        out += differs("state", expect["state"], record.get("state"))
    for role in ("front", "host"):
        if role in expect:
            out += compare_finding(role, expect[role], record.get(role) or {})

    others = [f for f in record.get("others") or [] if f.get("status") == "identified"]
    if "dns" in expect:
        servers = [f.get("provider") for f in others if f.get("role") == "dns"]
        if expect["dns"] not in servers:
            out.append(f"dns: expected {expect['dns']}, got {servers}")
    claims = record.get("claims") or []
    if "claims" in expect and sorted(claims) != sorted(expect["claims"]):
        out.append(f"claims: expected {expect['claims']}, got {claims}")
    for provider in expect.get("claims_without", []):
        if provider in claims:
            out.append(f"claims: {provider} is in {claims}")
    for flag in expect.get("flags_without", []):
        if flag in (record.get("flags") or []):
            out.append(f"flags: {flag} is in {record.get('flags')}")
    if expect.get("reason", "") not in record.get("state_reason", ""):
        out.append(f"state_reason: {expect['reason']!r} is not in {record.get('state_reason')!r}")
    if "seen" in expect:
        told = [e.get("seen", "") for e in record.get("evidence") or []]
        if not any(expect["seen"] in text for text in told):
            out.append(f"evidence: none has seen {expect['seen']!r}")
    for flag in expect.get("flags", []):
        if flag not in (record.get("flags") or []):
            out.append(f"flags: {flag} is not in {record.get('flags')}")
    everyone = others + [record.get("front") or {}, record.get("host") or {}]
    everyone += record.get("chain") or []
    for wanted in expect.get("also", []):
        if not any(matches(wanted, f) for f in everyone):
            out.append(f"also: nobody is {wanted} among {summary(everyone)}")

    out += compare_addressees(expect, record)
    if "notice" in expect:
        notice = record.get("notice") or {}
        if notice.get("ready") != expect["notice"]:
            out.append(f"notice.ready: expected {expect['notice']}, got {notice.get('ready')} "
                       f"{notice.get('reasons')}")

    observation = record.get("observation") or {}
    if "public_name" in expect:
        out += differs("public name", expect["public_name"], public_name_probe(observation))
    if "edge" in expect:
        out += differs("edge", expect["edge"], edge_probe(observation))
    if "input_host" in expect:
        out += differs("input.host", expect["input_host"],
                       (record.get("input") or {}).get("host"))
    if "redirect" in expect:
        outcomes = [r.get("outcome") for r in observation.get("redirects") or []]
        if not any(outcome in one_of(expect["redirect"]) for outcome in outcomes):
            out.append(f"redirects: expected {expect['redirect']}, got {outcomes}")
    if expect.get("over_tcp"):
        if not any(a.get("type") == "A" and a.get("over_tcp") for a in observation.get("dns", [])):
            out.append("dns: no A answer came over TCP")
    return out


def public_name_probe(observation):
    """What became of the handshake with the outer name of ECH, in a word."""
    for probe in observation.get("probes") or []:
        if probe.get("purpose") != "public_name":
            continue
        if probe["tls"]["status"] != "ok":
            return "failed"
        facts = probe.get("tls_facts") or {}
        return "valid" if facts.get("trusted") and facts.get("name_matches") else "invalid"
    return "none"


def edge_probe(observation):
    """What became of the request that an edge answers itself: an HTTP status, "failed" or "none"."""
    for probe in observation.get("probes") or []:
        if probe.get("purpose") == "edge":
            return (probe.get("http_facts") or {}).get("status", "failed")
    return "none"


def compare_addressees(expect, record):
    out = []
    addressees = record.get("addressees") or []
    providers = [a.get("provider") for a in addressees]
    if "first" in expect:
        out += compare_finding("first addressee", expect["first"],
                               addressees[0] if addressees else {})
    for provider in expect.get("addressees_with", []):
        if provider not in providers:
            out.append(f"addressees: {provider} is not among {summary(addressees)}")
    for provider in expect.get("addressees_without", []):
        if provider in providers:
            out.append(f"addressees: {provider} is among {summary(addressees)}")
    if expect.get("no_addressees") and addressees:
        out.append(f"addressees: expected nobody, got {summary(addressees)}")
    return out


def sane(record):
    """What must hold of every record, whatever the scenario."""
    out = []
    if record.get("format") != RECORD_FORMAT:
        out.append(f"format: {record.get('format')!r}")
    front, host = record.get("front") or {}, record.get("host") or {}
    for role, finding in (("front", front), ("host", host)):
        if finding.get("status") not in ("identified", "none", "unknown"):
            out.append(f"{role}.status: {finding.get('status')!r}")
        elif finding["status"] == "identified" and not finding.get("evidence"):
            out.append(f"{role}: identified without evidence")
        elif finding["status"] == "unknown" and not finding.get("reason"):
            out.append(f"{role}: unknown without a reason")
    known = {e.get("id") for e in record.get("evidence") or []}
    for finding in [front, host, *(record.get("chain") or []), *(record.get("others") or [])]:
        if missing := set(finding.get("evidence") or []) - known:
            out.append(f"{finding.get('role')}: no such evidence {sorted(missing)}")
    observation = record.get("observation") or {}
    queries = sum(a.get("attempts", 0) for a in observation.get("dns", []))
    promised = (MAX_DNS_QUERIES_DEEP if observation.get("profile", "").startswith("deep")
                else MAX_DNS_QUERIES)
    for view in observation.get("views", []):
        asked = sum(a.get("attempts", 0) for a in view.get("answers", []))
        if view["name"] == "authority":
            promised += MAX_AUTHORITY_QUERIES
            queries += asked
        elif asked > MAX_VIEW_QUERIES:
            out.append(f"{asked} queries to view {view['name']}, and {MAX_VIEW_QUERIES} are "
                       "promised")
    if queries > promised:
        out.append(f"{queries} DNS queries, and {promised} are promised")
    return out


def read_records(path):
    """(records, complaints)."""
    records, complaints = [], []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                records.append(json.loads(line))
            except ValueError as error:
                complaints.append(f"output line {number} is not JSON: {error}")
    return records, complaints


def one_record_each(sites_by_line, records, ordered=True):
    """Exactly one record for each line of input, and in order."""
    out = []
    lines = [(r.get("input") or {}).get("line") for r in records]
    for line, count in Counter(lines).items():
        if line not in sites_by_line:
            out.append(f"a record for line {line}, which asks nothing")
        elif count > 1:
            out.append(f"{count} records for line {line} ({sites_by_line[line].id})")
    out += [f"no record for line {line} ({site.id})" for line, site in sites_by_line.items()
            if line not in lines]
    if ordered and lines != sorted(lines, key=lambda line: line or 0):
        out.append("records are not in the order of the input")
    return out


def conduct(world, access_log, fault_log):
    """{check: [differences]}: what our own servers saw of the product's promises."""
    requests = defaultdict(int)
    agents = set()
    with open(access_log, encoding="utf-8") as file:
        for line in file:
            seen = json.loads(line)
            requests[seen["host"]] += 1
            agents.add(seen["agent"])
    traps, poured = [], []
    with open(fault_log, encoding="utf-8") as file:
        for line in file:
            seen = json.loads(line)
            if seen["event"] == "trap":
                traps.append(f"connected to {seen['address']} port {seen['port']}")
            elif seen["sent"] > MAX_OCTETS:
                poured.append(f"{seen['kind']}: let {seen['sent']} octets come")
    too_many = []
    for site in world.sites:
        count = sum(requests[host] for host in site.hosts)
        if count > MAX_REQUESTS:
            too_many.append(f"{site.id}: {count} requests, and {MAX_REQUESTS} are promised")
    nameless = [f"User-Agent {agent!r} names no tool and contact" for agent in sorted(agents)
                if "servedby" not in agent or not ("http" in agent or "@" in agent)]
    if not agents:
        nameless = ["no request was seen at all"]
    return {"conduct: special-purpose addresses are left alone": sorted(set(traps)),
            "conduct: no answer is read far past its cap": poured,
            "conduct: at most three requests a subject": too_many,
            "conduct: the User-Agent says who asks and how to reach them": nameless}
