#!/usr/bin/python3
"""Breaks a copy of the shipped data in one place at a time and holds `servedby data check` to naming
that place; and follows CONTRIBUTING alone to add a provider.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cases import ROOT, SERVEDBY, run_all  # noqa: E402

# Line 1 to 16; what a case adds begins on line 17.
HEAD = """id = "testcdn"
name = "TestCDN"

[sources.ips]
kind = "primary"
url = "https://testcdn.example/ips.txt"
checked = 2026-11-22

[sources.rumour]
kind = "unverified"
path = "general knowledge"

[[product]]
id = "testcdn-proxy"
name = "TestCDN"
roles = ["front"]
"""


def run(*args, text=""):
    return subprocess.run([SERVEDBY, *args], input=text, capture_output=True, text=True,
                          timeout=120, check=False)


def rule(kind, *lines, source="ips", example=None):
    text = f"[[product.{kind}]]\n" + "".join(line + "\n" for line in lines)
    text += f'source = "{source}"\n' if source else ""
    return text + (f'example = "{example}"\n' if example else "")


# Name: (what is added to HEAD, the line that must be named, what must be said)
BROKEN = {
    "a suffix that Cloudflare has": (
        rule("cname", 'suffix = "cdn.cloudflare.net"', example="x.cdn.cloudflare.net"),
        17, r"cdn\.cloudflare\.net.* (claimed by|matches)"),
    "everything": (
        rule("range", 'prefixes = ["0.0.0.0/0"]', 'kind = "edge"', example="9.10.11.12"),
        18, r'"0\.0\.0\.0/0" is wider than /8'),
    "a /7": (
        rule("range", 'prefixes = ["24.0.0.0/7"]', 'kind = "edge"', example="24.10.11.12"),
        18, r'"24\.0\.0\.0/7" is wider than /8'),
    "host bits": (
        rule("range", 'prefixes = ["9.10.11.12/24"]', 'kind = "edge"', example="9.10.11.12"),
        18, r'"9\.10\.11\.12/24" has host bits set; write 9\.10\.11\.0/24'),
    "a rule without a source": (
        rule("cname", 'suffix = "testcdn.example"', source="", example="x.testcdn.example"),
        17, r'\[\[product\.cname\]\] has no "source"'),
    "a rule without an example": (
        rule("cname", 'suffix = "testcdn.example"'),
        17, r'\[\[product\.cname\]\] has no "example"'),
    "an example that another's suffix wins": (
        rule("cname", 'suffix = "cloudflare.net"', example="x.cdn.cloudflare.net"),
        17, r"goes to cloudflare-\S+ .* more specific"),
    "an example that only the engine gives to another": (
        rule("range", 'prefixes = ["104.16.1.0/24"]', 'kind = "third_party"',
             example="104.16.1.1"),
        17, r"is attributed to cloudflare-proxy; it must be its own product's"),
    "an e-mail of a RIR": (
        rule("channel", 'type = "email"', 'address = "abuse@ripe.net"', 'scope = "general"'),
        17, r"abuse@ripe\.net.*deny list"),
    "a channel without a date": (
        rule("channel", 'type = "email"', 'address = "abuse@testcdn-lab.net"',
             'scope = "general"', source="rumour"),
        21, r"a channel needs a date"),
    "an unknown field": (
        rule("asn", "number = 64999", 'precision = "company"', 'colour = "red"',
             example="AS64999"),
        20, r'unknown field "colour"'),
}


def refused(data, where, what):
    """data check must fail, and say that there. Errors only: warnings are for old lists."""
    done = run("data", "check", "--data", str(data))
    errors = [line for line in done.stdout.splitlines() if ": warning: " not in line]
    assert done.returncode == 1, (done.returncode, done.stdout[-500:], done.stderr)
    hits = [line for line in errors if line.startswith(where + ": ") and re.search(what, line)]
    assert hits, (where, what, errors[:5])
    told = json.loads(run("data", "check", "--json", "--data", str(data)).stdout)
    assert any(one["where"] == where and re.search(what, one["what"])
               for one in told["errors"]), told["errors"][:5]


def each_fault_is_told_at_its_line():
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("asn.mmdb"))
        file = data / "providers/testcdn.toml"
        file.write_text(HEAD + rule("cname", 'suffix = "testcdn.example"',
                                    example="x.testcdn.example"))
        done = run("data", "check", "--data", str(data))
        assert done.returncode == 0, "right without the faults: " + done.stdout[-500:]
        for name, (added, line, what) in BROKEN.items():
            file.write_text(HEAD + added)
            try:
                refused(data, f"providers/testcdn.toml:{line}", what)
            except AssertionError as error:
                # The owner of a contested thing may be named instead of the newcomer.
                raise AssertionError(f"{name}: {error}") from error


def the_same_id_twice_is_told():
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("asn.mmdb"))
        file = data / "providers/testcdn.toml"
        file.write_text(HEAD + '\n[[product]]\nid = "testcdn-proxy"\nname = "Again"\n'
                        'roles = ["host"]\n')
        refused(data, "providers/testcdn.toml:18", r'"testcdn-proxy".*is taken by')
        file.write_text(HEAD.replace('id = "testcdn"', 'id = "cloudflare"'))
        done = run("data", "check", "--data", str(data))
        assert done.returncode == 1 and re.search(r"^providers/\S+:1: .*cloudflare", done.stdout,
                                                  re.M), done.stdout[:500]


def faults_of_range_files_are_told_in_them():
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("asn.mmdb"))
        file = data / "ranges/bunny.txt"
        good = file.read_text()
        count = good.count("\n")
        for bad, what in (("0.0.0.0/0", "wider than /8"), ("2000::/3", "wider than /19"),
                          ("10.0.0.0/8", "special-purpose"), ("<html>", "is not a prefix"),
                          ("9.10.11.12/24", "host bits set")):
            file.write_text(good + bad + "\n")
            refused(data, f"ranges/bunny.txt:{count + 1}", what)


def what_is_old_warns_and_fails_only_when_strict():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "providers").mkdir()
        file = Path(folder) / "providers/testcdn.toml"
        file.write_text(HEAD.replace("2026-11-22", "2020-01-01") +
                        rule("range", 'prefixes = ["9.10.11.0/24"]', 'kind = "edge"',
                             example="9.10.11.12"))
        done = run("data", "check", "--data", folder)
        assert done.returncode == 0 and " 1 ranges and channels" in done.stdout, done.stdout
        done = run("data", "check", "--stale", "--data", folder)
        assert done.returncode == 0, done.stdout
        assert re.search(r"^providers/testcdn\.toml:17: warning: ranges of testcdn-proxy were last "
                         r"read on 2020-01-01", done.stdout, re.M), done.stdout
        assert run("data", "check", "--strict", "--data", folder).returncode == 1
        told = json.loads(run("data", "check", "--json", "--data", folder).stdout)
        assert told["warnings"][0]["where"] == "providers/testcdn.toml:17"
        assert told["facts"]["range"] == 1 and told["facts"]["cname"] == 0
        assert told["sources"] == {"primary": 1, "public_repository": 0, "routing": 0,
                                   "observation": 0, "unverified": 0}
        assert told["oldest"] == "2020-01-01" and told["prefixes"] == 1


def the_shipped_data_are_in_order():
    done = run("data", "check", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["errors"] == [], told["errors"][:5]
    facts = told["facts"]
    assert sum(facts[kind] for kind in facts if kind not in ("channel", "marker", "registrar")) \
        == told["rules"]
    assert sum(told["sources"].values()) == told["rules"] + facts["marker"]


def a_provider_is_added_by_contributing_alone():
    """One file in a directory, `--catalogue DIR`; no code, no rebuild. Fields are those of the
    example in data/README.md, with names of our own."""
    readme = (ROOT / "data/README.md").read_text()
    example = re.search(r"```toml\n# data/providers/examplecdn\.toml\n(.*?)```", readme, re.S)
    assert example, "the example of data/README.md is gone"
    text = example.group(1)
    # Its prefixes and mailboxes are reserved for documentation: ours are not.
    for old, new in (("192.0.2.0/24", "9.10.11.0/24"), ("192.0.2.7", "9.10.11.7"),
                     ('"2001:db8::/32"', '"2a0f:ffff::/32"'), ("64500", "64999")):
        assert old in text, old
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examplecdn.toml").write_text(text)
        done = run("data", "check", "--catalogue", folder)
        assert done.returncode == 0, done.stdout[:1000]
        for query in ("9.10.11.7", "customer.cdn.examplecdn.example", "server: ExampleCDN",
                      "examplecdn"):
            done = run("data", "show", query, "--catalogue", folder)
            assert done.returncode == 0 and "examplecdn" in done.stdout, (query, done.stdout)
        observation = {
            "format": "servedby.observation/1",
            "input": {"line": 1, "text": "www.site.test", "host": "www.site.test"},
            "observed_at": "2026-11-22T00:00:00Z", "source": "scan", "profile": "standard",
            "chain": ["www.site.test"], "chain_end": "address",
            "addresses": [{"address": "9.10.11.7"}]}
        done = run("attribute", "--catalogue", folder, text=json.dumps(observation) + "\n")
        got = json.loads(done.stdout)
        assert got["front"]["product"] == "examplecdn-proxy", (got, done.stderr)


TESTS = [each_fault_is_told_at_its_line, the_same_id_twice_is_told,
         faults_of_range_files_are_told_in_them, what_is_old_warns_and_fails_only_when_strict,
         the_shipped_data_are_in_order, a_provider_is_added_by_contributing_alone]


if __name__ == "__main__":
    sys.exit(run_all(TESTS))
