"""Writes the configuration of the lab's servers, starts them, waits until they answer, stops them.

    knotd    authoritative for everything, root included
    unbound  the resolver that the product asks
    nginx    every web server that behaves
    faults   every server that does not (faults.py)
    tampering  resolvers that do not tell the truth (tampering.py)

All run in the foreground as our children and are stopped by their process id.
"""

import ipaddress
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import dns_wire
import sealed
import world as lab_world
from world import NAME_SERVER, RESOLVER

START_LIMIT = 20.0   # seconds, for a machine that is busy with other things
STOP_LIMIT = 5.0

MORE_HEADERS = "/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so"


class CannotStart(Exception):
    """A server did not come up."""


class Servers:
    def __init__(self, world, certificates, directory):
        self.world = world
        self.certificates = certificates
        self.directory = pathlib.Path(directory)
        self.running = []  # (name, process), in the order of their start

    @property
    def fault_log(self):
        return self.directory / "faults.jsonl"

    @property
    def access_log(self):
        return self.directory / "access.jsonl"

    # ---- Starting and stopping ------------------------------------------------------------------

    def start(self):
        for write in (self._write_knot, self._write_unbound, self._write_nginx,
                      self._write_faults, self._write_tampering):
            write()
        self._run("knotd", [program("knotd"), "-c", "knot.conf"])
        self._run("unbound", [self._unbound_program(), "-d", "-c", "unbound.conf"])
        self._run("nginx", [program("nginx"), "-p", str(self.directory), "-c", "nginx.conf",
                            "-e", "nginx.log"])
        faults = pathlib.Path(lab_world.HERE, "faults.py")
        self._run("faults", [sys.executable, "-I", str(faults), "faults.json", "faults.jsonl"])
        tampering = pathlib.Path(lab_world.HERE, "tampering.py")
        self._run("tampering", [sys.executable, "-I", str(tampering), "tampering.json"])
        deadline = time.monotonic() + START_LIMIT
        self._wait("knotd", lambda: answers(NAME_SERVER), deadline)
        self._wait("unbound", lambda: answers(RESOLVER), deadline)
        for server in self.world.nginx_servers():
            port = 443 if server.https != "closed" else 80
            if server.https != "closed" or server.http != "closed":
                self._wait("nginx", lambda: connects(server.addresses[-1], port), deadline)
        for name in ("faults", "tampering"):
            self._wait(name, lambda: "ready" in self._log_of(name), deadline)

    def stop(self):
        for _, process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_LIMIT
        for _, process in self.running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running = []

    def dead(self):
        """Names of servers that ended by themselves."""
        return [name for name, process in self.running if process.poll() is not None]

    def _run(self, name, command):
        with open(self.directory / f"{name}.out", "wb") as out:
            process = subprocess.Popen(
                command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=sealed.die_with_parent)
        self.running.append((name, process))

    def _wait(self, name, ready, deadline):
        while not ready():
            if name in self.dead() or time.monotonic() > deadline:
                raise CannotStart(f"{name} does not answer:\n{self._log_of(name)[-2000:]}")
            time.sleep(0.02)

    def _log_of(self, name):
        text = ""
        for path in (self.directory / f"{name}.out", self.directory / f"{name}.log"):
            if path.exists():
                text += path.read_text(errors="replace")
        return text

    def _unbound_program(self):
        """Debian's AppArmor profile lets /usr/sbin/unbound read nothing outside /etc/unbound. A
        copy elsewhere is not under it."""
        found = program("unbound")
        enabled = pathlib.Path("/sys/module/apparmor/parameters/enabled")
        if enabled.exists() and enabled.read_text().startswith("Y"):
            return shutil.copy(found, self.directory / "unbound-copy")
        return found

    # ---- Configuration --------------------------------------------------------------------------

    def _write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def _write_knot(self):
        zones = self.world.zones()
        listed = []
        for zone, lines in zones.items():
            file = f"zones/{'root' if zone == '.' else zone}.zone"
            self._write(file, "$TTL 300\n" + "\n".join(lines) + "\n")
            listed.append(f"  - domain: {lab_world.dotted(zone)}\n    file: {file}")
        self._write("knot.conf", f"""
server:
    rundir: {self.directory}
    listen: {NAME_SERVER}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: {self.directory}/knotd.log
    any: notice
database:
    storage: {self.directory}/knot-db
template:
  - id: default
    storage: {self.directory}
    zonefile-sync: -1
    journal-content: none
zone:
""" + "\n".join(listed) + "\n")

    def _write_unbound(self):
        # Built-in zones that would hide ours or ask the world: none; `.test` stays NXDOMAIN.
        self._write("unbound.conf", f"""
server:
    interface: {RESOLVER}
    interface: {RESOLVER}@443
    https-port: 443
    interface: {RESOLVER}@853
    tls-port: 853
    tls-service-pem: "{self.certificates.chain(lab_world.RESOLVER_CERTIFICATE)}"
    tls-service-key: "{self.certificates.key(lab_world.RESOLVER_CERTIFICATE)}"
    access-control: 127.0.0.0/8 allow
    directory: "{self.directory}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "unbound.log"
    verbosity: 0
    val-log-level: 0
    do-daemonize: no
    num-threads: 1
    module-config: "iterator"
    qname-minimisation: no
    target-fetch-policy: "0 0 0 0 0"
    do-ip6: no
    edns-buffer-size: 1232
    max-udp-size: 1232
    unknown-server-time-limit: 1500
    rrset-roundrobin: no
    ede: yes
    so-reuseport: no
    msg-cache-size: 4m
    rrset-cache-size: 4m
remote-control:
    control-enable: no
stub-zone:
    name: "."
    stub-addr: {NAME_SERVER}
    stub-prime: no
""")

    def _write_faults(self):
        self._write("faults.json", json.dumps(self.world.faults(self.certificates), indent=1))
        self.fault_log.touch()

    def _write_tampering(self):
        self._write("tampering.json", json.dumps(self.world.tampering(), indent=1))

    def _write_nginx(self):
        blocks = []
        greeted = set()  # (address, port) that already have a server for names it does not know
        for server in self.world.nginx_servers():
            blocks += self._nginx_blocks(server, greeted)
        self._write("nginx.conf", f"""
load_module {MORE_HEADERS};
daemon off;
# One process and one user: in a user namespace there is no other to change to.
master_process off;
user root root;
pid nginx.pid;
error_log nginx.log warn;
events {{ worker_connections 4096; }}
http {{
    default_type "text/html; charset=utf-8";
    server_tokens off;
    keepalive_timeout 5;
    server_names_hash_bucket_size 128;
    server_names_hash_max_size 2048;
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache off;
    log_format lab escape=json '{{"address":"$server_addr","port":$server_port,"host":"$host",'
        '"request":"$request","agent":"$http_user_agent","status":$status,"sent":$bytes_sent}}';
    access_log access.jsonl lab;
{"".join(blocks)}}}
""")
        self.access_log.touch()

    def _nginx_blocks(self, server, greeted):
        persona = server.persona
        h2 = " http2" if persona.http2 else ""
        base = [(n, v) for n, v in persona.headers]
        headers = lab_world.effective_headers(server)
        page = f'return {server.status} {quoted(server.location or server.body)};'
        upgrade = "return 301 https://$host$request_uri;"
        blocks = []

        def block(port, flags, names, more, said, answer):
            listens = "".join(f"        listen {endpoint(a, port)}{flags};\n"
                              for a in server.addresses)
            lines = "".join(f"        {line}\n" for line in more)
            # What is kept for these paths, whatever the site answers to others.
            own = "".join(f"        location = {path} {{ return 200 {quoted(text)}; }}\n"
                          for path, text in server.paths.items())
            own += "".join(f"        location = {path} {{ return 404 'not found'; }}\n"
                           for path in server.missing)
            own = own if names == server.name else ""
            blocks.append(f"    server {{\n{listens}        server_name {names};\n{lines}"
                          f"{directives(said)}{own}        location / {{ {answer} }}\n    }}\n")

        def certificate(wanted):
            return [f"ssl_certificate {self.certificates.chain(wanted)};",
                    f"ssl_certificate_key {self.certificates.key(wanted)};"]

        def greet(port):
            """Is this the first block at these addresses?"""
            new = (server.addresses[0], port) not in greeted
            greeted.update((a, port) for a in server.addresses)
            return new

        if server.https == "page":
            if persona.unknown and greet(443):
                block(443, f" ssl{h2} default_server", "_", ["ssl_reject_handshake on;"], [],
                      "return 421;")
            if persona.outer_names:
                block(443, f" ssl{h2}", " ".join(persona.outer_names),
                      certificate(lab_world.outer_certificate(persona)), base, "return 404 '';")
            if server.configured:
                block(443, f" ssl{h2}", server.name, certificate(server.certificate), headers,
                      page)
        if server.http != "closed":
            if persona.unknown and greet(80):
                block(80, " default_server", "_", [], base,
                      f"return {persona.unknown['status']} {quoted(persona.unknown['body'])};")
            if server.configured:
                block(80, "", server.name, [], headers,
                      upgrade if server.http == "redirect" else page)
        return blocks


# ---- Small things --------------------------------------------------------------------------------

def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise CannotStart(f"{name} is not installed: run ./setup")
    return found


def endpoint(address, port):
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def directives(headers):
    """nginx's own headers give way; cookies may come several times."""
    out = ""
    for name, value in headers:
        if name.lower() == "set-cookie":
            out += f"        add_header {name} {quoted(value)} always;\n"
        elif value == "":
            out += f"        more_clear_headers {quoted(name)};\n"
        else:
            out += f"        more_set_headers {quoted(f'{name}: {value}')};\n"
    return out


def answers(server):
    reply = dns_wire.ask(server, ".", "SOA", timeout=0.5)
    return reply is not None and reply["rcode"] == "noerror"


def connects(address, port):
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(0.5)
        return sock.connect_ex((str(address), port)) == 0
