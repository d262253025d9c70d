#!/usr/bin/python3
"""What the commands print as JSON besides observations and records is valid by data/schema/: scores,
change reports, and comparisons and checks of the catalogue; real output, and spoilt output is not.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/output"))

import schema_test  # noqa: E402  (the path above comes first)

SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
FIXTURE = ROOT / "tests/fixtures/catalogue"
KNOWN = schema_test.validators()

# Declared records: what they are attributed to needs no network.
ZONE = [
    {"zone": "a.example", "host": "front.a.example", "a": ["104.16.1.1"], "proxied": False},
    {"zone": "a.example", "host": "host.a.example", "a": ["88.198.1.2"], "proxied": False},
    {"zone": "a.example", "host": "both.a.example", "a": ["104.16.1.1", "88.198.1.2"],
     "proxied": False},
    {"zone": "a.example", "host": "alias.a.example", "cname": ["a.example.cdn.cloudflare.net"],
     "a": ["104.16.2.2"], "proxied": False},
    {"zone": "a.example", "host": "nobody.a.example", "a": ["192.0.2.1"], "proxied": False},
]
LABELS = [
    {"host": "front.a.example", "front": ["cloudflare"], "host_provider": None, "id": "1"},
    {"host": "host.a.example", "front": ["fastly"], "host_provider": ["hetzner"], "id": "2"},
    {"host": "both.a.example", "front": None, "host_provider": ["No Such Company"], "id": "3"},
    {"host": "alias.a.example", "front": ["cloudflare-proxy"], "dns": ["cloudflare"], "id": "4"},
    {"host": "missing.a.example", "front": ["cloudflare"], "id": "5"},
]


def run(*args, text="", status=(0, 1)):
    done = subprocess.run([SERVEDBY, *map(str, args)], input=text, capture_output=True, text=True,
                          timeout=120, check=False, env=dict(os.environ,
                                                            SERVEDBY_DATA=str(ROOT / "data")))
    assert done.returncode in status, (args, done.returncode, done.stderr[-2000:])
    return done.stdout


def lines_of(values):
    return "".join(json.dumps(value) + "\n" for value in values)


def valid(text, kind, least=1):
    """The lines, each of which must be of that kind and valid."""
    lines = text.splitlines()
    assert len(lines) >= least, (kind, len(lines))
    documents = []
    for line in lines:
        assert schema_test.errors_of(line, KNOWN) == [], (schema_test.errors_of(line, KNOWN), line)
        documents.append(json.loads(line))
        assert documents[-1]["format"] == f"servedby.{kind}/1", documents[-1]["format"]
    return documents


def records(folder):
    seen = run("import", "zone", text=lines_of(ZONE))
    (folder / "records.jsonl").write_text(run("attribute", text=seen))
    (folder / "labels.jsonl").write_text(lines_of(LABELS))
    return folder / "records.jsonl"


def scores_are_valid():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = records(folder)
        for flags in ([], ["--explain"], ["--grade", "confirmed"]):
            [score] = valid(run("score", "--json", *flags, folder / "labels.jsonl", made), "score")
            assert score["labels"] == 5 and score["labels_without_record"] == 1, score
        [score] = valid(run("score", "--json", folder / "labels.jsonl", made), "score")
        # So that the parts of it that are lists were looked at.
        assert score["disagreements"] and score["unknown_names"] and score["sections"], score
        section = {key: value for part in score["sections"] for key, value in part.items() if value}
        for part in ("roles", "calibration", "providers", "confusion", "silence"):
            assert section.get(part), part
        # Nothing to divide by.
        (folder / "none.jsonl").write_text("")
        [score] = valid(run("score", "--json", folder / "labels.jsonl", folder / "none.jsonl"), "score")
        assert score["records"] == 0, score


def change_reports_are_valid():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old = records(folder)
        # Another catalogue, other evidence, one subject less and one more.
        overlay = folder / "overlay"
        (overlay / "providers").mkdir(parents=True)
        provider = (ROOT / "data/providers/cloudflare.toml").read_text()
        (overlay / "providers/cloudflare.toml").write_text(
            provider.replace('"cloudflare-proxy"', '"cloudflare-nimbus"'))
        seen = [json.loads(line) for line in run("import", "zone", text=lines_of(ZONE)).splitlines()]
        seen[1]["addresses"] = []
        more = copy.deepcopy(seen[1])
        more["input"].update(line=99, text="new.a.example", host="new.a.example")
        run("attribute", "--catalogue", overlay, "--against", old, "--report", folder / "report",
            "--json", "-o", folder / "new.jsonl", text=lines_of([*seen[1:], more]), status=(1,))
        *changes, summary = (folder / "report").read_text().splitlines(keepends=True)
        changes = valid("".join(changes), "change", least=4)
        [summary] = valid(summary, "change_summary")
        assert {one["what"] for one in changes} >= {"verdict", "gone", "added"}, changes
        assert {one.get("cause") for one in changes} >= {"catalogue", "observation"}, changes
        assert any(one.get("appeared") for one in changes)
        assert summary["differences"] and summary["knowledge"] and summary["causes"], summary


def comparisons_and_checks_of_the_catalogue_are_valid():
    with tempfile.TemporaryDirectory() as name:
        other = Path(name) / "data"
        shutil.copytree(FIXTURE, other)
        [same] = valid(run("data", "diff", "--json", FIXTURE, other), "catalogue_diff")
        assert same["changes"] == []
        changed = 0
        for path in sorted((other / "providers").glob("*.toml")):
            text = path.read_text()
            path.write_text(text.replace("/24", "/25").replace('"strong"', '"weak"'))
            changed += text != path.read_text()
        assert changed
        told = run("data", "diff", "--json", FIXTURE, other)
        [diff] = valid(told, "catalogue_diff")
        assert any("prefixes_added" in change for change in diff["changes"]), diff
        path.write_text(path.read_text() + "[[nonsense]]\n")
        [broken] = valid(run("data", "check", "--json", "--data", other), "catalogue_check")
        assert broken["errors"] and "rules" not in broken, broken
    [whole] = valid(run("data", "check", "--json"), "catalogue_check")
    assert whole["rules"] > 1000 and not whole["errors"], whole["errors"]


def what_is_spoilt_is_refused():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = records(folder)
        documents = [
            json.loads(run("score", "--json", folder / "labels.jsonl", made)),
            json.loads(run("data", "check", "--json")),
            json.loads(run("data", "diff", "--json", FIXTURE, FIXTURE)),
            {"format": "servedby.change/1", "line": 1, "host": "a.example", "what": "gone"},
            {"format": "servedby.change_summary/1", "compared": 0, "changed": 0, "evidence_only": 0,
             "gone": 0, "added": 0, "causes": {}, "differences": [], "knowledge": []},
        ]
    for document in documents:
        assert schema_test.errors_of(json.dumps(document), KNOWN) == [], document["format"]
        for spoilt in (
            {**document, "more": 1},
            {key: document[key] for key in list(document)[:-1]},
            {**document, "format": document["format"].replace("/1", "/2")},
            {**document, **{key: "text" if not isinstance(document[key], str) else 7
                            for key in list(document)[-1:]}},
        ):
            assert schema_test.errors_of(json.dumps(spoilt), KNOWN), spoilt
    change = {**documents[3], "what": "verdict"}
    assert schema_test.errors_of(json.dumps(change), KNOWN), "a verdict's change says its cause"


def main():
    passed = failed = 0
    for test in (scores_are_valid, change_reports_are_valid,
                 comparisons_and_checks_of_the_catalogue_are_valid, what_is_spoilt_is_refused):
        try:
            test()
            passed += 1
        except AssertionError as error:
            print(f"{test.__name__.replace('_', ' ')}: {error!r}"[:2000])
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
