#!/usr/bin/python3
"""What is stored replays to the same bytes: twice, packed and plain, on one thread and several, whole
and in shards, after a kill. The real binary, on loopback, with a resolver that knows no name. The lab does
the same with the records of its own sites (tests/lab/lab.py check).
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import ENVIRONMENT, ROOT, SERVEDBY, run_all
from dns_servers import NXDOMAIN, DnsServer

OFFLINE = ["--resolvers", DnsServer(lambda name, kind: NXDOMAIN).address, "--no-http", "--retries",
           "0"]
NAMES = "".join(f"n{i}.example.com\nbad name {i}\n1.1.1.{i % 255}\n104.16.{i % 8}.7\n"
                for i in range(200))


def run(*args, text=None, **more):
    return subprocess.run([SERVEDBY, *map(str, args)], input=text, capture_output=True,
                          env=ENVIRONMENT, timeout=120, check=False, **more)


def told(done, *statuses):
    assert done.returncode in (statuses or (0,)), (done.returncode, done.stderr[-500:])
    return done.stdout


def unpacked(path):
    done = subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=False)
    return done.stdout


# A record knows when it was observed: what two scans may differ in.
def without_time(records):
    lines = []
    for line in records.splitlines():
        record = json.loads(line)
        record["observed_at"] = record["observation"]["observed_at"] = None
        record["observation"].pop("dns", None)  # round trips
        lines.append(json.dumps(record))
    return lines


def stored_observations_replay_plain_and_packed():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        observed = told(run("observe", *OFFLINE, "--ordered", text=NAMES.encode()))
        (folder / "seen.jsonl").write_bytes(observed)
        told(run("attribute", folder / "seen.jsonl", "-o", folder / "plain.jsonl"))
        plain = (folder / "plain.jsonl").read_bytes()
        assert plain.count(b"\n") == 800
        subprocess.run(["zstd", "-q", str(folder / "seen.jsonl")], check=True)
        assert told(run("attribute", folder / "seen.jsonl.zst")) == plain
        for threads in ("1", "2", "5"):
            packed = folder / f"packed{threads}.jsonl.zst"
            told(run("attribute", "--threads", threads, folder / "seen.jsonl.zst", "-o", packed))
            assert unpacked(packed) == plain, threads
            assert told(run("attribute", "--threads", threads, packed)) == plain, threads
        routed = told(run("route", folder / "plain.jsonl"))
        assert told(run("route", folder / "packed1.jsonl.zst")) == routed


def a_scan_packs_what_it_would_print():
    with tempfile.TemporaryDirectory() as name:
        packed = Path(name) / "out.jsonl.zst"
        told(run("scan", *OFFLINE, "--ordered", "-o", packed, text=NAMES.encode()))
        scanned = unpacked(packed)
        assert scanned.count(b"\n") == 800
        attributed = told(run("attribute", packed))
        assert told(run("route", text=attributed)) == scanned
        csv = Path(name) / "out.csv.zst"
        told(run("scan", *OFFLINE, "--ordered", "--format", "csv", "-o", csv, text=NAMES.encode()))
        assert unpacked(csv).count(b"\n") >= 801  # with its head


def two_runs_threads_and_shards_agree():
    with tempfile.TemporaryDirectory() as name:
        names = Path(name) / "names"
        names.write_text(NAMES)
        scans = [told(run("scan", *OFFLINE, "--ordered", *more, names))
                 for more in ([], ["--threads", "1"], ["--threads", "2"], ["--seed", "5"])]
        expected = without_time(scans[0])
        assert len(expected) == 800
        for scanned in scans[1:]:
            assert without_time(scanned) == expected
        shards = [without_time(told(run("scan", *OFFLINE, "--ordered", "--shards", "2", "--shard",
                                        shard, names))) for shard in ("0", "1")]
        merged = [line for pair in zip(*shards) for line in pair]
        assert merged == expected
        # Over stored observations nothing may differ at all, times included.
        stored = Path(name) / "stored.jsonl"
        stored.write_bytes(scans[0])
        lines = scans[0].splitlines(keepends=True)
        whole = told(run("attribute", stored))
        assert whole == told(run("attribute", "--threads", "1", stored))
        parts = [told(run("attribute", text=b"".join(lines[part::2]))).splitlines(keepends=True)
                 for part in (0, 1)]
        assert b"".join(line for pair in zip(*parts) for line in pair) == whole


def killed_while_packing_it_leaves_whole_lines():
    chance = random.Random(2)
    with tempfile.TemporaryDirectory() as name:
        names = Path(name) / "names"
        names.write_text("".join(f"n{i}.example.com\n" for i in range(20000)))
        some = 0
        for turn in range(6):
            out = Path(name) / f"out{turn}.jsonl.zst"
            how = signal.SIGKILL if turn % 3 else signal.SIGINT
            with subprocess.Popen([SERVEDBY, "scan", *OFFLINE, "--max-inflight", "500", "-o", str(out),
                                   str(names)], env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
                time.sleep(0.4 + chance.random() * 1.2)
                process.send_signal(how)
                code = process.wait(timeout=60)
            done = run("attribute", out)
            lines = done.stdout.splitlines()
            numbers = [json.loads(line)["input"]["line"] for line in lines]
            assert len(set(numbers)) == len(numbers), "a line has two records"
            assert all(json.loads(line)["state"] != "invalid_input" for line in lines)
            some += len(lines)
            if code == -signal.SIGKILL and done.returncode == 2:
                assert b"the zstd data break off; whole lines before that were read" in done.stderr
            else:
                assert done.returncode == 0, (code, done.returncode, done.stderr)
        assert some > 0, "nothing was written before any kill: the test shows nothing"


def cut_files_give_their_whole_lines_and_exit_2():
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name) / "whole.jsonl.zst"
        observed = told(run("observe", *OFFLINE, "--ordered", text=NAMES.encode() * 5))
        told(run("attribute", "-o", whole, text=observed))
        plain = unpacked(whole)
        cut = Path(name) / "cut.jsonl.zst"
        size = whole.stat().st_size
        for kept in (size // 2, size - 1):
            cut.write_bytes(whole.read_bytes()[:kept])
            done = run("attribute", cut)
            assert done.returncode == 2 and b"cut.jsonl.zst: the zstd data break off" in done.stderr
            assert plain.startswith(done.stdout) and done.stdout.endswith(b"\n"), kept
        assert len(done.stdout) == len(plain), "only the frame's end was missing"


def what_changed_is_told_with_its_reason():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told(run("scan", *OFFLINE, "--ordered", "-o", folder / "old.jsonl", text=NAMES.encode()))
        same = run("attribute", folder / "old.jsonl", "--against", folder / "old.jsonl", "-o",
                   folder / "new.jsonl")
        assert same.returncode == 0, same.stderr
        assert b"0 of 800 records differ; 0 more only in their evidence; 0 added, 0 gone" in same.stderr
        assert (folder / "new.jsonl").read_bytes() == told(run("attribute", folder / "old.jsonl"))
        (folder / "overlay/providers").mkdir(parents=True)
        provider = (ROOT / "data/providers/cloudflare.toml").read_text()
        (folder / "overlay/providers/cloudflare.toml").write_text(
            provider.replace('name = "Cloudflare"', 'name = "Nimbus"', 1).replace(
                'id = "cloudflare-proxy"', 'id = "cloudflare-nimbus"', 1).replace(
                '"cloudflare-proxy"', '"cloudflare-nimbus"'))
        subprocess.run(["zstd", "-q", str(folder / "old.jsonl")], check=True)
        done = run("attribute", "--catalogue", folder / "overlay", folder / "old.jsonl", "--against",
                   folder / "old.jsonl.zst", "--report", folder / "report", "-o",
                   folder / "new.jsonl.zst", "--json")
        assert done.returncode == 1, done.stderr
        assert unpacked(folder / "new.jsonl.zst").count(b"\n") == 800
        *changes, summary = map(json.loads, (folder / "report").read_text().splitlines())
        changes = [change for change in changes if change["what"] == "verdict"]
        assert summary["compared"] == 800 and summary["changed"] == len(changes) == 200, summary
        assert summary["causes"] == {"catalogue": 200}, summary
        front = changes[0]["differences"][0]
        assert front["what"] == "front" and front["before"].startswith("cloudflare-proxy"), front
        assert front["after"].startswith("cloudflare-nimbus") and front["kind"] == "renamed", front
        assert changes[0]["before"]["catalogue_sha256"] != changes[0]["after"]["catalogue_sha256"]
        # Fewer, more and other lines; another order.
        lines = (folder / "old.jsonl").read_bytes().splitlines(keepends=True)
        random.Random(3).shuffle(lines)
        (folder / "shuffled.jsonl").write_bytes(b"".join(lines[:-10]))
        done = run("attribute", folder / "old.jsonl", "--against", folder / "shuffled.jsonl", "-o",
                   folder / "new.jsonl")
        assert done.returncode == 1 and b"0 of 790 records differ" in done.stderr, done.stderr[-300:]
        assert b"10 added, 0 gone" in done.stderr
        done = run("attribute", folder / "old.jsonl", "--against", ROOT / "README.md")
        assert done.returncode == 2 and b"are no records" in done.stderr, done.stderr[-300:]


TESTS = [stored_observations_replay_plain_and_packed, a_scan_packs_what_it_would_print,
         two_runs_threads_and_shards_agree, killed_while_packing_it_leaves_whole_lines,
         cut_files_give_their_whole_lines_and_exit_2, what_changed_is_told_with_its_reason]


if __name__ == "__main__":
    sys.exit(run_all(TESTS))
