"""The lab's certificate authority, its issuers, and one certificate for each site that needs one.

EC P-256 throughout. What has been made is kept in the temporary directory, so that only the first
run of the month pays for it. `trust` is the only thing that a client of the lab has to believe.
"""

import hashlib
import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import sealed

# Issuers as the world knows them, all signed by the lab's own root but the last: nobody trusts it,
# as nobody but Cloudflare trusts the real one.
ISSUERS = {
    "letsencrypt": ("Let's Encrypt", "E7"),
    "gts": ("Google Trust Services", "WE1"),
    "amazon": ("Amazon", "Amazon RSA 2048 M02"),
    "globalsign": ("GlobalSign nv-sa", "GlobalSign Atlas R3 DV TLS CA 2026 Q3"),
    "sectigo": ("Sectigo Limited", "Sectigo ECC Domain Validation Secure Server CA"),
    "cloudflare-origin": ("CloudFlare, Inc.", "CloudFlare Origin SSL Certificate Authority"),
}
UNTRUSTED = {"cloudflare-origin"}
KINDS = ("valid", "expired", "self_signed")

CONFIG = """
[req]
distinguished_name = name
string_mask = utf8only
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = here
[here]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


class Certificates:
    """Certificates by (kind, names, issuer), all made by `make`."""

    def __init__(self, wanted):
        self.wanted = sorted(set(wanted))
        text = json.dumps([self.wanted, sorted(ISSUERS.items()), CONFIG, time.strftime("%Y-%m")])
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        self.directory = pathlib.Path(tempfile.gettempdir(),
                                      f"servedby-lab-{sealed.outer_user()}", digest)

    @property
    def trust(self):
        return self.directory / "root.pem"

    def chain(self, wanted):
        return self.directory / f"{self._stem(wanted)}.pem"

    def key(self, wanted):
        return self.directory / f"{self._stem(wanted)}.key"

    @staticmethod
    def _stem(wanted):
        return hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]

    def make(self):
        parent = self.directory.parent
        parent.mkdir(mode=0o700, exist_ok=True)
        if parent.is_symlink() or parent.stat().st_uid != os.getuid():
            raise RuntimeError(f"{parent} belongs to somebody else")
        if self.directory.exists():
            return
        # Made aside and put in place in one step: another lab may be doing the same.
        aside = pathlib.Path(tempfile.mkdtemp(prefix="new-", dir=parent))
        try:
            self._make_in(aside)
            aside.rename(self.directory)
        except OSError:
            if not self.directory.exists():
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _make_in(self, place):
        (place / "lab.cnf").write_text(CONFIG)
        (place / "index.txt").touch()
        authority = ["-extensions", "authority", "-days", "3650"]
        _request(place, "root", "/O=servedby lab/CN=servedby lab root", *authority)
        for issuer, (organisation, name) in ISSUERS.items():
            signer = [] if issuer in UNTRUSTED else ["-CA", "root.pem", "-CAkey", "root.key"]
            _request(place, issuer, f"/O={organisation}/CN={name}", *signer, *authority)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            list(pool.map(lambda wanted: self._make_leaf(place, wanted),
                          [w for w in self.wanted if w[0] != "expired"]))
        for wanted in self.wanted:  # `openssl ca` keeps a database: one at a time
            if wanted[0] == "expired":
                self._make_leaf(place, wanted)

    def _make_leaf(self, place, wanted):
        kind, names, issuer = wanted
        stem = self._stem(wanted)
        subject = f"/CN={names[0]}"
        extensions = ["-addext", "subjectAltName=" + ",".join(map(_alternative, names)),
                      "-addext", "basicConstraints=critical,CA:FALSE",
                      "-addext", "extendedKeyUsage=serverAuth"]
        if kind == "self_signed":
            _request(place, stem, subject, *extensions, "-days", "90")
            return
        if kind == "valid":
            _request(place, stem, subject, *extensions, "-days", "90",
                     "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key")
        elif kind == "expired":
            # `openssl req` cannot date a certificate back; `openssl ca` can.
            _openssl(place, "req", "-new", "-config", "lab.cnf", *_new_key(stem), *extensions,
                     "-subj", subject, "-out", f"{stem}.csr")
            _openssl(place, "ca", "-batch", "-config", "lab.cnf", "-notext", "-in", f"{stem}.csr",
                     "-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key", "-out", f"{stem}.pem",
                     "-startdate", "20240101000000Z", "-enddate", "20240401000000Z")
        with open(place / f"{stem}.pem", "ab") as chain:
            chain.write((place / f"{issuer}.pem").read_bytes())


def _alternative(name):
    """An entry of subjectAltName."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def _new_key(stem):
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", f"{stem}.key"]


def _request(place, stem, subject, *more):
    _openssl(place, "req", "-x509", "-sha256", "-config", "lab.cnf", *_new_key(stem),
             "-subj", subject, "-out", f"{stem}.pem", *more)


def _openssl(place, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=place, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip()}")
