#!/usr/bin/python3
"""The scripts of examples/ inside the lab: each runs as its first lines say, and what it prints is
held against the records.
"""

import collections
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))


SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
LINES = 40  # of the lab's list, remarks among them: enough for sites of every kind

# A front of the user's own knowledge, at one address.
PROVIDER = """
id = "labfront"
name = "LabFront"
[sources.ips]
kind = "primary"
url = "https://labfront.example/ips.txt"
checked = 2026-11-22
[[product]]
id = "labfront-proxy"
name = "LabFront"
roles = ["front"]
[[product.range]]
prefixes = ["{address}/32"]
kind = "edge"
source = "ips"
example = "{address}"
"""


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, what, good, seen=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"{what}: {str(seen)[-1500:]}")


def example(checks, folder, name, *arguments):
    """What the script prints."""
    done = subprocess.run([str(ROOT / "examples" / name), *arguments], cwd=folder, text=True,
                          capture_output=True, timeout=120, check=False,
                          env=dict(os.environ, SERVEDBY=str(folder / "servedby")))
    checks.that(f"{name} ends well", done.returncode == 0, done.stderr)
    return done.stdout


def check(checks, folder):
    # The examples ask the machine's resolvers, at leisure; in here those are the lab's.
    wrapper = folder / "servedby"
    wrapper.write_text('#!/bin/bash\nflags=()\n'
                       '[ "$1" = scan ] && flags=(--resolvers "$SERVEDBY_LAB_RESOLVER" '
                       '--deadline 8s --timeout 2s)\n'
                       f'exec "{SERVEDBY}" "$1" "${{flags[@]}}" "${{@:2}}"\n')
    wrapper.chmod(0o755)
    sites = pathlib.Path(os.environ["SERVEDBY_LAB_LIST"]).read_text().splitlines()[:LINES]
    (folder / "sites.txt").write_text("".join(site + "\n" for site in sites))
    sites = [site for site in sites if not site.startswith("#")]

    example(checks, folder, "1-scan-a-list.sh", "sites.txt", "you@example.org")
    text = (folder / "records.jsonl").read_text()
    records = [json.loads(line) for line in text.splitlines()]
    with open(folder / "records.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    checks.that("1: a record for each site, in order",
                [record["input"]["text"] for record in records] == sites, records)
    checks.that("1: a row of the spreadsheet for each site, with the same front",
                [(row["state"], row["front_product"]) for row in rows] ==
                [(record["state"], record["front"]["product"]) for record in records], rows)

    live = [record["front"] for record in records if record["state"] == "live"]
    fronts = collections.Counter(front["name"] for front in live if front["status"] == "identified"
                                 and front["grade"] in ("probable", "confirmed"))
    told = example(checks, folder, "2-who-fronts-what.sh", "records.jsonl").splitlines()
    checks.that("2: the denominators", told[:1] == [f"{len(sites)} lines, {len(live)} live sites"],
                told)
    counts = {line.split("%", 1)[1].strip(): int(line.split()[0]) for line in told[1:]}
    checks.that("2: every live site is counted once", sum(counts.values()) == len(live), told)
    checks.that("2: the fronts", fronts and fronts.items() <= counts.items(), told)

    letters = example(checks, folder, "3-letters.sh", "records.jsonl").split("\n\n")[:-1]
    wanted = [(record, to) for record in records if record["notice"]["ready"]
              for to in record["addressees"] if to["kind"] == "primary"]
    checks.that("3: a letter for each addressee", wanted and len(letters) == len(wanted), letters)
    for letter, (record, to) in zip(letters, wanted):
        checks.that(f"3: {record['input']['text']}", to["name"] and to["basis"] in letter
                    and (to["legal_entity"] or to["name"]) in letter
                    and all(channel["address"] in letter for channel in to["channels"][:1])
                    and (record["input"].get("url") or record["input"]["host"]) in letter
                    and [line.split(":")[0] for line in letter.splitlines()]
                    == ["To", "By", "About", "Basis", "Seen at"], letter)

    # A site without a front, until the user's own catalogue knows whose the address is.
    bare = next(record for record in records
                if record["state"] == "live" and record["front"]["status"] == "none"
                and record["host"]["status"] == "identified")
    providers = folder / "mine/providers"
    providers.mkdir(parents=True)
    (providers / "labfront.toml").write_text(
        PROVIDER.format(address=bare["addresses"][0]["address"]))
    again = [json.loads(line) for line in example(checks, folder, "4-judge-again.sh",
                                                  "records.jsonl", "mine").splitlines()]
    checks.that("4: the same sites", [record["input"] for record in again] ==
                [record["input"] for record in records], again)
    for before, after in zip(records, again):
        checks.that("4: what was seen is as it was", after["observation"] == before["observation"])
        if before is bare:
            checks.that("4: the front is found", after["front"]["product"] == "labfront-proxy",
                        after["front"])
        else:
            checks.that("4: no other site is judged otherwise", after["front"] == before["front"])


def main():
    if "SERVEDBY_LAB_LIST" not in os.environ:
        return subprocess.run([sys.executable, str(HERE / "lab.py"), "run", "--", sys.executable,
                               str(pathlib.Path(__file__).resolve())], check=False).returncode
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        check(checks, pathlib.Path(folder))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
