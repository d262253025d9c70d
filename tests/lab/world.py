"""Reads scenarios.toml and works out the world that it describes: who listens where and says what,
which zones there are, which certificates are needed, which faults. Makes nothing happen by itself.
"""

import base64
import ipaddress
import pathlib
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent

# Where the lab's own servers live. 203.0.113.0/24 is documentation space (RFC 5737).
RESOLVER = "127.0.0.53"
RESOLVER_CERTIFICATE = ("valid", (RESOLVER,), "letsencrypt")
NAME_SERVER = "203.0.113.53"
FAULTY_NAME_SERVER = "203.0.113.54"
FAULTY_NAME_SERVERS = ["ns1.lab-faulty.net", "ns2.lab-faulty.net"]

# What data/canaries.toml asks resolvers for: to all but those who validate or filter, just names.
CANARIES = ["dnssec-failed.org", "use-application-dns.net"]

# The one thing in the lab that everybody must leave alone, besides the scenarios' own traps.
TRAPS = ["127.0.0.1"]

# An ECHConfigList as Cloudflare published it in 2024: X25519, public name cloudflare-ech.com
# (captured by others and printed in ntc.party thread 68/33).
ECH = bytes.fromhex(
    "0045fe0d0041f200200020c221a5373fabf3ebaf09da845166da6d484c07fb5217f3fdd3380ac4c74b512c"
    "0004000100010012636c6f7564666c6172652d6563682e636f6d0000")

NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
FAULTS = {"unreachable", "filtered", "tarpit", "reset", "close", "tls_alert", "garbage",
          "tls_silence", "http_garbage", "endless_body", "slow_body", "slow_headers",
          "many_headers", "gzip_bomb"}
# These answer inside TLS, so they need a certificate.
FAULTS_IN_TLS = {"tls_silence", "http_garbage", "endless_body", "slow_body", "slow_headers",
                 "many_headers", "gzip_bomb"}

SERVER_KEYS = {"name", "addresses", "persona", "certificate", "certificate_names", "issuer",
               "headers", "status", "body", "location", "http", "https", "fault", "published",
               "configured", "trap", "paths",
               "missing"}
SITE_KEYS = SERVER_KEYS | {"id", "why", "line", "zone", "ns", "cname", "records", "https_record",
                           "ptr", "dns", "server", "expect"}


RESOLVER_KEYS = {"why", "address", "url", "kind", "names"}
VIEW_KEYS = {"id", "why", "line", "resolvers", "views", "flags", "said", "expect"}


class BadScenario(Exception):
    """scenarios.toml says something that cannot be."""


@dataclass
class Persona:
    """How a kind of server presents itself, whatever site it serves."""
    id: str
    headers: list = field(default_factory=list)
    issuer: str = "letsencrypt"
    http2: bool = False
    outer_names: list = field(default_factory=list)
    unknown: dict | None = None
    paths: dict = field(default_factory=dict)


@dataclass
class Server:
    """One group of addresses that answer alike."""
    name: str
    addresses: list
    persona: Persona
    certificate: tuple  # (kind, names, issuer): see certificates.py
    headers: list
    status: int
    body: str
    location: str
    http: str           # "redirect", "page" or "closed"
    https: str          # "page" or "closed"
    fault: dict         # {port: kind}
    published: bool     # do the address records name it?
    configured: bool    # does it know the name that it is asked for?
    trap: bool          # must nobody connect?
    paths: dict         # {path: what is answered there instead of the page}
    missing: list       # paths with a 404


@dataclass
class Site:
    id: str
    why: str
    line: str
    name: str
    zone: str
    name_servers: list
    cname: list
    servers: list
    records: list
    https_record: str
    ptr: dict
    dns: dict
    expect: dict

    @property
    def addresses(self):
        """What the address records of the name say."""
        return [a for s in self.servers if s.published and s.name == self.name
                for a in s.addresses]

    @property
    def hosts(self):
        """Every host name that a request made for this scenario may carry."""
        return sorted({self.name, self.expect.get("input_host", self.name)}
                      | {s.name for s in self.servers})


@dataclass
class Resolver:
    """One that passes questions on to the honest one, and changes what comes back."""
    id: str
    address: str        # as the command line takes it; a URL for the honest one by other ways
    kind: str           # see tampering.py
    names: list         # of these names, and below them


@dataclass
class ViewSite:
    """A name asked through certain resolvers."""
    id: str
    why: str
    line: str
    resolvers: list     # ids; the reference view
    views: dict         # name -> id
    flags: list         # further words for the command line
    said: list          # what stderr has to say
    expect: dict


def addresses_of(texts):
    out = []
    for text in texts:
        if match := re.fullmatch(r"(\d+\.\d+\.\d+\.)(\d+)-(\d+)", text):
            out += [ipaddress.ip_address(match[1] + str(last))
                    for last in range(int(match[2]), int(match[3]) + 1)]
        else:
            out.append(ipaddress.ip_address(text))
    return out


def effective_headers(server):
    """The persona's headers, then the site's: a header of the same name replaces, "" removes.
    Cookies add up."""
    out = [(n, v) for n, v in server.persona.headers]
    for name, value in server.headers:
        if name.lower() != "set-cookie":
            out = [(n, v) for n, v in out if n.lower() != name.lower()]
        out.append((name, value))
    return out


class World:
    def __init__(self, path=HERE / "scenarios.toml"):
        with open(path, "rb") as file:
            table = tomllib.load(file)
        self.personas = {key: Persona(id=key, **{k: v for k, v in value.items() if k != "why"})
                         for key, value in table["persona"].items()}
        self.name_servers = table["name_servers"]
        self.sites = [self._site(entry) for entry in table["site"]]
        self.resolvers = {key: self._resolver(key, value)
                          for key, value in table.get("resolver", {}).items()}
        self.view_sites = [self._view_site(entry) for entry in table.get("view", [])]
        self._check()

    # ---- Reading ---------------------------------------------------------------------------------

    def _site(self, entry):
        ident = entry.get("id", "?")
        if unknown := set(entry) - SITE_KEYS:
            raise BadScenario(f"{ident}: what is {', '.join(sorted(unknown))}?")
        for key in ("id", "why", "line", "expect"):
            if key not in entry:
                raise BadScenario(f"{ident}: no {key}")
        name = entry.get("name", entry["line"])
        if not NAME.fullmatch(name):
            if any(k in entry for k in ("addresses", "server", "cname", "records")):
                raise BadScenario(f"{ident}: {name!r} is no host name; say which one with `name`")
            name = ""
        zone = entry.get("zone", ".".join(name.split(".")[-2:]))
        dns = entry.get("dns", {})
        name_servers = self.name_servers[entry.get("ns", "plain")]
        if "fault" in dns:
            name_servers = FAULTY_NAME_SERVERS
        groups = entry.get("server")
        if groups is None:
            groups = [{k: entry[k] for k in SERVER_KEYS & set(entry) if k != "name"}]
            if "addresses" not in entry:
                groups = []
        return Site(id=ident, why=entry["why"], line=entry["line"], name=name, zone=zone,
                    name_servers=name_servers, cname=entry.get("cname", []),
                    servers=[self._server(ident, name, zone, group) for group in groups],
                    records=entry.get("records", []), https_record=entry.get("https_record", ""),
                    ptr=entry.get("ptr", {}), dns=dns, expect=entry["expect"])

    def _resolver(self, ident, entry):
        if unknown := set(entry) - RESOLVER_KEYS:
            raise BadScenario(f"resolver {ident}: what is {', '.join(sorted(unknown))}?")
        if "url" in entry:
            return Resolver(id=ident, address=entry["url"], kind="honest", names=[])
        if not ipaddress.ip_address(entry["address"]).is_loopback:
            raise BadScenario(f"resolver {ident}: it belongs on a loopback address")
        return Resolver(id=ident, address=entry["address"], kind=entry["kind"],
                        names=entry.get("names", sorted({s.zone for s in self.sites if s.zone})))

    def _view_site(self, entry):
        ident = entry.get("id", "?")
        if unknown := set(entry) - VIEW_KEYS:
            raise BadScenario(f"{ident}: what is {', '.join(sorted(unknown))}?")
        for key in ("id", "why", "line", "expect"):
            if key not in entry:
                raise BadScenario(f"{ident}: no {key}")
        resolvers, views = entry.get("resolvers", ["honest"]), entry.get("views", {})
        for one in [*resolvers, *views.values()]:
            if one not in self.resolvers:
                raise BadScenario(f"{ident}: no resolver {one}")
        return ViewSite(id=ident, why=entry["why"], line=entry["line"], resolvers=resolvers,
                        views=views, flags=entry.get("flags", []), said=entry.get("said", []),
                        expect=entry["expect"])

    def _server(self, ident, name, zone, group):
        if unknown := set(group) - SERVER_KEYS:
            raise BadScenario(f"{ident}: what is {', '.join(sorted(unknown))}?")
        persona = self.personas.get(group.get("persona", "nginx"))
        if persona is None:
            raise BadScenario(f"{ident}: no persona {group['persona']}")
        name = group.get("name", name)
        names = group.get("certificate_names", [zone, f"*.{zone}"] if name == zone else [name])
        fault = {int(port): kind for port, kind in group.get("fault", {}).items()}
        for kind in fault.values():
            if kind not in FAULTS and not kind.startswith("relay:"):
                raise BadScenario(f"{ident}: no fault {kind}")
        body = group.get("body", f"<!doctype html><title>{name}</title><h1>{name}</h1>")
        if "$" in body:
            raise BadScenario(f"{ident}: nginx cannot have $ in a body")
        return Server(
            name=name, addresses=addresses_of(group["addresses"]), persona=persona,
            certificate=(group.get("certificate", "valid"), tuple(names),
                         group.get("issuer", persona.issuer)),
            headers=group.get("headers", []), status=group.get("status", 200), body=body,
            location=group.get("location", ""), http=group.get("http", "redirect"),
            https=group.get("https", "page"), fault=fault,
            published=group.get("published", True), configured=group.get("configured", True),
            trap=group.get("trap", False), paths=group.get("paths", persona.paths),
            missing=group.get("missing", []))

    def _check(self):
        ids, lines, owner = set(), set(), {}
        for site in self.sites:
            if site.id in ids or site.line in lines:
                raise BadScenario(f"{site.id}: the id or the line is there twice")
            ids.add(site.id)
            lines.add(site.line)
            if site.cname and site.name == site.zone:
                raise BadScenario(f"{site.id}: a zone's own name can have no CNAME (RFC 1034)")
            for server in site.servers:
                for address in server.addresses:
                    kind = (server.persona.id, bool(server.fault), server.trap)
                    if server.trap and owner.get(address, kind) == kind:
                        pass
                    elif address in owner:
                        raise BadScenario(f"{site.id}: {address} is another scenario's")
                    owner[address] = kind
        for site in self.view_sites:
            if site.id in ids:
                raise BadScenario(f"{site.id}: the id is there twice")
            ids.add(site.id)

    # ---- Who listens where -----------------------------------------------------------------------

    def servers(self):
        return [server for site in self.sites for server in site.servers]

    def nginx_servers(self):
        return [s for s in self.servers() if not s.fault and not s.trap]

    def addresses(self):
        """Every address that lo needs."""
        out = {ipaddress.ip_address(a) for a in (NAME_SERVER, FAULTY_NAME_SERVER)}
        for server in self.servers():
            if "unreachable" not in server.fault.values():
                out |= set(server.addresses)
        out |= {ipaddress.ip_address(a) for a in self.trap_addresses()}
        return sorted(out, key=lambda a: (a.version, a))

    def unreachable(self):
        return [a for s in self.servers() if "unreachable" in s.fault.values()
                for a in s.addresses]

    def trap_addresses(self):
        out = set(TRAPS)
        for server in self.servers():
            if server.trap:
                out |= {str(a) for a in server.addresses}
        return sorted(out)

    def certificates(self):
        wanted = {RESOLVER_CERTIFICATE}
        for server in self.servers():
            if server.trap or (not server.fault and server.https == "closed"):
                continue
            if server.fault and not FAULTS_IN_TLS & set(server.fault.values()):
                continue
            if server.configured:
                wanted.add(server.certificate)
            if outer := outer_certificate(server.persona):
                wanted.add(outer)
        return wanted

    def faults(self, certificates):
        """What faults.py has to do, ready to be written as JSON."""
        tcp = []
        for server in self.servers():
            for port, kind in server.fault.items():
                for address in server.addresses:
                    if kind == "unreachable":
                        continue
                    fault = {"address": str(address), "port": port, "kind": kind,
                             "name": server.name}
                    if kind in FAULTS_IN_TLS:
                        fault["chain"] = str(certificates.chain(server.certificate))
                        fault["key"] = str(certificates.key(server.certificate))
                    tcp.append(fault)
        zones = {}
        for site in self.sites:
            if "fault" in site.dns:
                zones[site.zone] = {
                    "fault": site.dns["fault"],
                    "records": [[site.name, "A" if a.version == 4 else "AAAA", 300, str(a)]
                                for a in site.addresses]
                    + [[site.zone, "NS", 300, server] for server in site.name_servers]}
        return {"tcp": tcp, "traps": self.trap_addresses(),
                "dns": {"address": FAULTY_NAME_SERVER, "zones": zones}}

    def tampering(self):
        """What tampering.py has to do, ready to be written as JSON."""
        return {"resolvers": [{"address": r.address, "kind": r.kind, "names": r.names,
                               "upstream": RESOLVER} for r in self.resolvers.values()
                              if "://" not in r.address]}

    # ---- The DNS ---------------------------------------------------------------------------------

    def zones(self):
        """{zone: [lines of its file]}. Every name's zone is its last two labels, but where a site
        says otherwise; above them stand the top-level domains and the root."""
        lines = defaultdict(list)      # owner -> records
        zone_servers = {}              # zone -> its name servers
        cuts = {}                      # zone -> name servers, for zones served elsewhere
        for site in self.sites:
            if not site.name or not (site.servers or site.cname or site.records):
                continue
            if "fault" in site.dns:
                cuts[site.zone] = site.name_servers
                continue
            zone_servers[site.zone] = site.name_servers
            self._site_records(site, lines)
        for server in {n for names in list(self.name_servers.values()) for n in names}:
            lines[server].append(f"A {NAME_SERVER}")
        for canary in CANARIES:
            lines[canary].append(f"A {NAME_SERVER}")
        for server in FAULTY_NAME_SERVERS:
            lines[server].append(f"A {FAULTY_NAME_SERVER}")
        for address, target in (pair for site in self.sites for pair in site.ptr.items()):
            pointed = ipaddress.ip_address(address)
            lines[pointed.reverse_pointer].append(f"PTR {target}.")
            lines[target].append(f"{'A' if pointed.version == 4 else 'AAAA'} {address}")

        zones = defaultdict(list)
        for owner in lines:
            zones[self._zone_of(owner, zone_servers)]
        for zone in [*zones, *cuts]:
            zones[zone.split(".")[-1]]
        zones["."]
        for zone in zones:
            servers = zone_servers.get(zone, self.name_servers["plain"])
            zones[zone] = [f"{dotted(zone)} SOA {servers[0]}. hostmaster.{servers[0]}. "
                           "2026112200 7200 3600 1209600 60"]
            zones[zone] += [f"{dotted(zone)} NS {server}." for server in servers]
        for owner, records in lines.items():
            zone = self._zone_of(owner, zone_servers)
            zones[zone] += [f"{owner}. {record}" for record in dict.fromkeys(records)]
        for zone, servers in cuts.items():
            zones[zone.split(".")[-1]] += [f"{zone}. NS {server}." for server in servers]
        return dict(zones)

    @staticmethod
    def _zone_of(owner, explicit):
        labels = owner.split(".")
        for i in range(len(labels) - 1):
            if ".".join(labels[i:]) in explicit:
                return ".".join(labels[i:])
        return ".".join(labels[-2:])

    @staticmethod
    def _site_records(site, lines):
        at = site.name
        for target in site.cname:
            lines[at].append(f"CNAME {target}.")
            at = target
        for server in site.servers:
            if not server.published:
                continue
            owner = at if server.name == site.name else server.name
            for address in server.addresses:
                lines[owner].append(f"{'A' if address.version == 4 else 'AAAA'} {address}")
        if site.https_record:
            four = ",".join(str(a) for a in site.addresses if a.version == 4)
            six = ",".join(str(a) for a in site.addresses if a.version == 6)
            ech = base64.b64encode(ECH).decode()
            lines[at].append("HTTPS " + site.https_record.format(v4=four, v6=six, ech=ech))
        for record in site.records:
            owner, rest = record.split(None, 1)
            if not owner.endswith("."):
                raise BadScenario(f"{site.id}: records start with a full name and a dot")
            lines[owner.rstrip(".")].append(rest)


def dotted(zone):
    return zone if zone == "." else zone + "."


def outer_certificate(persona):
    if not persona.outer_names:
        return None
    return ("valid", tuple(persona.outer_names), persona.issuer)
