#!/usr/bin/python3
"""Compares data directories as `servedby data diff` does: the same, then one difference at a time.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cases import ROOT, SERVEDBY, run_all  # noqa: E402

FIXTURE = ROOT / "tests/fixtures/catalogue"

ACME = """id = "acme"
name = "Acme"
[sources.page]
kind = "primary"
url = "https://acme.example/ips"
checked = 2026-08-20
[[product]]
id = "acme-front"
name = "Acme Front"
roles = ["front"]
[[product.range]]
prefixes = ["25.2.0.0/16", "25.3.0.0/24"]
kind = "edge"
source = "page"
example = "25.2.0.1"
[[product.header]]
name = "server"
match = "equals"
value = "acme"
side = "edge"
source = "page"
example = "acme"
[[product.channel]]
type = "email"
address = "abuse@acme-lab.net"
scope = "general"
source = "page"
"""


def diff(old, new, *args):
    return subprocess.run([SERVEDBY, "data", "diff", *args, str(old), str(new)],
                          capture_output=True, text=True, timeout=120, check=False)


def write(folder, text):
    (Path(folder) / "providers").mkdir(exist_ok=True)
    (Path(folder) / "providers/acme.toml").write_text(text)


def the_same_is_the_same():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(FIXTURE, copy)
        done = diff(FIXTURE, copy)
        assert (done.returncode, done.stdout) == (0, ""), (done.stdout, done.stderr)
        # Where something stands is no difference.
        provider = next((copy / "providers").iterdir())
        provider.write_text("# a remark\n\n" + provider.read_text())
        assert diff(FIXTURE, copy).returncode == 0
        assert json.loads(diff(FIXTURE, copy, "--json").stdout) == {
            "format": "servedby.catalogue_diff/1", "changes": []}


def each_difference_is_told():
    cases = [
        ('"25.3.0.0/24"', '"25.3.0.0/25", "25.4.0.0/24"',
         ["~ rule acme-front/range/edge", "    -25.3.0.0/24", "    +25.3.0.0/25",
          "    +25.4.0.0/24",
          "    2 prefixes, 65792 IPv4 addresses -> 3 prefixes, 65920 IPv4 addresses"]),
        ('value = "acme"', 'value = "acme/2"',
         ["- rule acme-front/header/server=acme", "+ rule acme-front/header/server=acme/2"]),
        ('side = "edge"\n', 'side = "edge"\nstrength = "weak"\n',
         ["~ rule acme-front/header/server=acme", '    strength: "strong" -> "weak"']),
        ('roles = ["front"]', 'roles = ["front", "platform"]',
         ["~ product acme-front", '    roles: "front" -> "front, platform"']),
        ('scope = "general"', 'scope = "copyright"',
         ["~ channel acme-front email abuse@acme-lab.net",
          '    scope: "general" -> "copyright"']),
        ('[[product.channel]]', '[[product]]\nid = "acme-dns"\nname = "Acme DNS"\n'
         'roles = ["dns"]\n[[product.channel]]',
         ["+ product acme-dns", "- channel acme-front email abuse@acme-lab.net",
          "+ channel acme-dns email abuse@acme-lab.net"]),
    ]
    with tempfile.TemporaryDirectory() as old, tempfile.TemporaryDirectory() as new:
        write(old, ACME)
        for before, after, expected in cases:
            assert before in ACME, before
            text = ACME.replace(before, after, 1)
            if before.startswith("value"):
                text = text.replace('example = "acme"', 'example = "acme/2"')
            write(new, text)
            done = diff(old, new)
            assert done.returncode == 1, (after, done.stdout, done.stderr)
            assert set(expected) <= set(done.stdout.splitlines()), (after, done.stdout)
            changes = json.loads(diff(old, new, "--json").stdout)["changes"]
            told = [line for line in done.stdout.splitlines() if line[0] in "+-~"]
            assert len(changes) == len(told), (changes, told)
            # The other way round, what came went.
            back = diff(new, old).stdout
            assert back.count("\n+ ") + back.startswith("+ ") == \
                done.stdout.count("\n- ") + done.stdout.startswith("- "), (done.stdout, back)


def markers_and_registrars_count_too():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT / "data", copy, ignore=shutil.ignore_patterns("asn.mmdb"))
        (copy / "registrars.toml").unlink()
        (copy / "states/seizure.toml").unlink()
        done = diff(ROOT / "data", copy)
        lines = done.stdout.splitlines()
        for begin in ("- product registrar-", "- channel registrar-", "- marker "):
            assert any(line.startswith(begin) for line in lines), begin
        assert not any(line.startswith(("+", "~")) for line in lines)


def what_cannot_be_read_is_told():
    with tempfile.TemporaryDirectory() as folder:
        done = diff(folder, FIXTURE)
        assert done.returncode == 2 and "is this the data folder?" in done.stderr, done.stderr
        assert diff(FIXTURE, folder).returncode == 2
        write(folder, ACME.replace("edge", "egde"))
        done = diff(FIXTURE, folder)
        assert done.returncode == 2 and "providers/acme.toml:13: " in done.stderr, done.stderr


TESTS = [the_same_is_the_same, each_difference_is_told, markers_and_registrars_count_too,
         what_cannot_be_read_is_told]


if __name__ == "__main__":
    sys.exit(run_all(TESTS))
