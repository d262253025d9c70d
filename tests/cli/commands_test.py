#!/usr/bin/python3
"""Runs the real binary as a user would, and as misfortune does: dead resolvers, full disks, closed
pipes, interrupts. Loopback only; nothing listens on port 9 there.
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import ENVIRONMENT, ROOT, SERVEDBY, SHARED, run_all
from dns_servers import NXDOMAIN, DnsServer

# A resolver that lives, and knows no name.
OFFLINE = ["--resolvers", DnsServer(lambda name, kind: NXDOMAIN).address, "--no-http"]


def run(*args, text="", **more):
    return subprocess.run([SERVEDBY, *args], input=text, capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120, check=False, **more)


def records(output):
    assert output == "" or output.endswith("\n"), "the last line is cut"
    return [json.loads(line) for line in output.splitlines()]


def every_line_has_its_record():
    done = run("scan", "--resolvers", "127.0.0.1:9", "--ordered", "--deadline", "5s",
               text="hxxps://www.example[.]com/x\n\nnot a name!!\nexample.com")
    assert done.returncode == 2, done.stderr
    got = records(done.stdout)
    assert [r["input"]["line"] for r in got] == [1, 3, 4], got
    assert [r["state"] for r in got] == ["not_observed", "invalid_input", "not_observed"]
    assert all(r["state_reason"] for r in got)
    assert got[0]["input"]["host"] == "www.example.com"


def strict_runs_say_that_lines_were_rejected():
    assert run("scan", *OFFLINE, "--strict", text="not a name!!\n").returncode == 1
    assert run("scan", *OFFLINE, "--strict", text="example.com\n").returncode == 0


def unusable_flags_and_files_are_told():
    for args in (["scan", "--no-such-flag"], ["scan", "/no/such/file"], ["nonsense"],
                 ["scan", "--deadline", "soon"], ["scan", "--resolvers", "dns.example"],
                 ["scan", "--data", "/no/such/dir"], ["scan", "--asn-db", str(ROOT / "README.md")],
                 ["import", "nonsense"], ["rdap", "not a name!!"], ["rdap", "co.uk"],
                 ["scan", "--rdap", "everything"], ["scan", "--rdap-rate", "0"],
                 ["scan", "--rdap", "all", "--rdap-cache", "/no/such/dir/file"],
                 ["scan", "--rdap", "all", "--rdap-bootstrap", "/no/such/dir"],
                 ["scan", "--shards", "2", "--shard", "2"],
                 ["scan", "--resolvers", "sctp://192.0.2.1"], ["scan", "--view", "isp"],
                 ["scan", "--resolvers", "tls://dns.example"],
                 ["scan", "--resolvers", "tls://192.0.2.1#"],
                 ["scan", "--resolvers", "tls://192.0.2.1,192.0.2.2"],
                 ["scan", "--resolvers", "192.0.2.2,tls://192.0.2.1"],
                 ["scan", "--view", "isp=dns.example"], ["scan", "--view", "reference=192.0.2.1"],
                 ["scan", "--view", "isp=192.0.2.1", "--view", "isp=192.0.2.2"],
                 ["scan", "--profile", "thorough"], ["scan", "--canary", "maybe"],
                 ["scan", "--ecs", "192.0.2.1/24"], ["scan", "--authority", "perhaps"]):
        done = run(*args, text="")
        assert done.returncode == 2, (args, done.returncode, done.stderr)
        assert done.stderr.strip(), args


def help_is_there_for_every_command():
    for command in ("scan", "observe", "attribute", "route", "import", "explain", "rdap", "data"):
        done = run(command, "--help")
        assert done.returncode == 0 and command in done.stdout, done.stdout


def shards_are_disjoint_and_complete():
    text = "".join(f"n{i}.example.com\n" for i in range(100))
    seen = []
    for shard in range(3):
        done = run("scan", *OFFLINE, "--shards", "3", "--shard", str(shard), text=text)
        seen += [r["input"]["line"] for r in records(done.stdout)]
    assert sorted(seen) == list(range(1, 101))


def csv_columns_pass_through():
    done = run("scan", *OFFLINE, text="domain,weight,category,note\nexample.com,3.5,film,hello\n")
    (got,) = records(done.stdout)
    assert got["input"]["weight"] == 3.5 and got["input"]["category"] == "film", got["input"]
    assert got["input"]["extra"] == [["note", "hello"]], got["input"]


def lists_and_limits_are_read_or_refused():
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder) / "good", Path(folder) / "bad"
        good.write_text("# asked for it\nexample.com\n*.example.net\n192.0.2.0/24\n")
        bad.write_text("example.com\n192.0.2.1/24\n")
        done = run("scan", *OFFLINE, "--optout", str(good), "--ordered",
                   text="www.example.com\nexample.net\n192.0.2.77\n")
        got = records(done.stdout)
        assert [r["state"] for r in got] == ["opt_out", "nxdomain", "opt_out"], got
        assert [r["observation"].get("refused") for r in got] == ["opt_out", None, "opt_out"]
        assert "dns" not in got[0]["observation"], got[0]
        assert not got[0]["notice"]["ready"]
        loopback = Path(folder) / "loopback"
        loopback.write_text("127.0.0.0/8\ndns.example\n")
        for flags in (OFFLINE, ["--resolvers", "https://dns.example/dns-query", "--no-http"],
                      ["--resolvers", "192.0.2.1", "--no-http", "--view", "isp=127.0.0.1:9"]):
            done = run("scan", *flags, "--blocklist", str(loopback), text="example.com\n")
            assert done.returncode == 2 and "--blocklist" in done.stderr, (flags, done.stderr)
        done = run("scan", *OFFLINE, "--blocklist", str(bad), text="example.com\n")
        assert done.returncode == 2 and f"{bad}:2: " in done.stderr, done.stderr
        assert "write 192.0.2.0/24" in done.stderr, done.stderr
    for args in (["--optout", "/no/such/list"], ["--per-address", "0"], ["--per-edge", "2:"],
                 ["--per-prefix", "many"], ["--rate", "0"], ["--rate", "-1"], ["--dns-rate", "x"],
                 ["--max-wait", "soon"], ["--certs", "/no/such/folder/file"]):
        done = run("scan", *OFFLINE, *args, text="example.com\n")
        assert done.returncode == 2 and args[0].lstrip("-") in done.stderr + args[0], (args, done)
    done = run("scan", *OFFLINE, "--per-address", "unlimited", "--rate", "100/s", "--dns-rate", "5",
               text="example.com\nexample.net\nexample.org\n")
    waited = [a.get("waited_ms", 0) for r in records(done.stdout)
              for a in r["observation"]["dns"]]
    assert done.returncode == 0 and max(waited) >= 1500, (done.stderr, waited)


def the_record_says_what_was_asked():
    for flags, profile, types in (
            ([], "dns", ["A", "AAAA", "HTTPS", "NS", "SOA"]),
            (["--profile", "quick"], "quick-dns", ["A", "AAAA"]),
            (["--ecs", "192.0.2.0/24", "--www"], "dns",
             ["A", "AAAA", "HTTPS", "NS", "SOA", "A", "AAAA"])):
        done = run("observe", *OFFLINE, "--retries", "0", *flags, text="example.com\n")
        (got,) = records(done.stdout)
        assert got["profile"] == profile, got["profile"]
        assert [answer["type"] for answer in got["dns"]] == types, got["dns"]
        assert got.get("client_subnet", "") == ("192.0.2.0/24" if "--ecs" in flags else "")
    done = run("observe", *OFFLINE, "--view", "isp=127.0.0.1:9,tcp://127.0.0.2:9", text="example.com\n")
    (got,) = records(done.stdout)
    assert got["views"][0]["name"] == "isp", got["views"]
    assert got["views"][0]["resolver"] == "127.0.0.1:9,tcp://127.0.0.2:9", got["views"]
    assert [a["status"] for a in got["views"][0]["answers"]] == ["network_error"] * 2, got["views"]


def a_closed_pipe_is_success():
    done = subprocess.run(["bash", "-c", f"set -o pipefail; yes example.com | head -5000 | "
                           f"'{SERVEDBY}' scan {' '.join(OFFLINE)} --max-inflight 200 | head -1"],
                          capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False)
    assert done.returncode in (0, 141), done.stderr
    assert len(records(done.stdout)) == 1


def a_full_disk_is_failure_and_leaves_whole_lines():
    text = "example.com\n" * 200
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([SERVEDBY, "scan", *OFFLINE], input=text, stdout=full, text=True,
                              stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=120, check=False)
    assert done.returncode == 2 and "No space left" in done.stderr, done.stderr
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        # The shell's file size limit stands in for a disk that fills up.
        done = subprocess.run(["bash", "-c", f"ulimit -f 100; trap '' XFSZ; exec '{SERVEDBY}' scan "
                               f"{' '.join(OFFLINE)} -o {out}"], input=text, text=True,
                              stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=120, check=False)
        assert done.returncode == 2, (done.returncode, done.stderr)
        assert 0 < len(records(out.read_text())) < 200


def killed_at_any_moment_it_leaves_whole_lines():
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names"
        names.write_text("".join(f"n{i}.example.com\n" for i in range(20000)))
        some = 0
        for turn in range(8):
            out = Path(folder) / f"out{turn}.jsonl"
            how = signal.SIGKILL if turn % 2 else signal.SIGINT
            with subprocess.Popen([SERVEDBY, "scan", *OFFLINE, "--retries", "0", "--max-inflight",
                                   "500", "-o", str(out), str(names)], env=ENVIRONMENT,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(0.4 + chance.random() * 1.2)
                process.send_signal(how)
                code = process.wait(timeout=60)
            text = out.read_text()
            if how == signal.SIGKILL:
                # The kernel breaks a killed process's write off at the end of a page: the last line
                # may be cut there, and no other.
                text = text[:text.rfind("\n") + 1]
            lines = records(text)
            some += len(lines)
            seen = [r["input"]["line"] for r in lines]
            assert len(set(seen)) == len(seen), "a line has two records"
            assert code in (-signal.SIGKILL, 130, 0), code
        assert some > 0, "nothing was written before any kill: the test shows nothing"


def stored_records_replay_to_the_same_bytes():
    text = "".join(f"n{i}.example.com\nbad name {i}\n1.1.1.{i % 255}\n" for i in range(300))
    scanned = run("scan", *OFFLINE, "--ordered", text=text).stdout
    observations = "".join(line[line.index('"observation":') + 14:-1] + "\n"
                           for line in scanned.splitlines())
    attributed = run("attribute", text=observations).stdout
    assert run("route", text=attributed).stdout == scanned
    assert run("attribute", "--threads", "1", text=scanned).stdout == attributed
    assert run("attribute", "--threads", "5", text=observations).stdout == attributed


def unreadable_stored_lines_are_records_too():
    done = run("attribute", text='{"format":"servedby.observation/1"}\nnot json\n{}\n')
    assert [r["state"] for r in records(done.stdout)] == ["invalid_input"] * 3, done.stdout


def the_catalogue_answers():
    done = run("data", "show", "1.1.1.1", "104.16.1.1", "186.2.163.1", "76.76.21.21",
               "x.map.fastly.net", "foo.elb.amazonaws.com", "server: cloudflare")
    assert done.returncode == 0, done.stdout + done.stderr
    assert run("data", "show", "edge.azureedge.net.attacker.example").returncode == 1
    assert run("data", "check").returncode == 0


def a_provider_is_one_file():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "providers").mkdir()
        (Path(folder) / "providers/testcdn.toml").write_text("""
id = "testcdn"
name = "TestCDN"
[sources.ips]
kind = "primary"
url = "https://testcdn.example/ips.txt"
checked = 2026-11-22
[[product]]
id = "testcdn-proxy"
name = "TestCDN"
roles = ["front"]
[[product.range]]
prefixes = ["9.10.11.0/24"]
kind = "edge"
source = "ips"
example = "9.10.11.12"
[[product.channel]]
type = "email"
address = "abuse@testcdn-lab.net"
scope = "copyright"
source = "ips"
verified = true
""")
        names = Path(folder) / "names"
        names.write_text("9.10.11.12\n")
        # A flag takes one value: what follows it is a file.
        done = run("scan", *OFFLINE, "--catalogue", folder, str(names))
        (got,) = records(done.stdout)
        assert got["front"]["product"] == "testcdn-proxy", got["front"]
        assert got["front"]["grade"] == "probable"
        assert got["addressees"][0]["channels"][0]["address"] == "abuse@testcdn-lab.net"


def recordings_of_other_tools_go_the_whole_way():
    cases = SHARED / "cases"
    if not cases.is_dir():
        print("skipped: no shared cases here")
        return
    for form, files in (("har", sorted(cases.glob("har/*.har"))),
                        ("httpx", sorted(cases.glob("httpx/*.jsonl")))):
        imported = run("import", form, *map(str, files))
        assert imported.returncode == 0, imported.stderr
        attributed = run("attribute", text=imported.stdout)
        routed = records(run("route", text=attributed.stdout).stdout)
        assert len(routed) == imported.stdout.count("\n") > 50, len(routed)
        bad = [r for r in routed if r["state"] == "invalid_input"]
        assert len(bad) < len(routed) / 100, bad[:3]


def a_view_that_does_not_answer_is_left_alone():
    text = "".join(f"n{i}.example.com\n" for i in range(200))
    done = run("scan", *OFFLINE, "--view", "dead=127.0.0.2:9", "--canary", "off", "--retries", "0",
               "--max-inflight", "20", text=text)
    got = records(done.stdout)
    assert len(got) == 200
    answers = [a for r in got for a in r["observation"]["views"][0]["answers"]]
    skipped = [a for a in answers if a["status"] == "skipped"]
    asked = [a for a in answers if a["status"] == "network_error"]
    assert len(skipped) + len(asked) == len(answers), {a["status"] for a in answers}
    # 20 in a row, and those that were on their way meanwhile.
    assert 20 <= len(asked) < 100 and len(skipped) > 200, (len(asked), len(skipped))
    assert all("127.0.0.2:9 has not answered 20 questions in a row" in a["detail"]
               for a in skipped)
    assert not any(flag for r in got for flag in r["flags"] if "tampered" in flag or
                   "disagree" in flag)
    assert (f"in this run, resolver 127.0.0.2:9 (view dead) did not answer and was left alone "
            f"once; {len(skipped)} questions to view dead were not asked") in done.stderr
    # The reference is asked whatever happens.
    assert all(a["status"] == "nxdomain" for r in got for a in r["observation"]["dns"])


TESTS = [every_line_has_its_record, strict_runs_say_that_lines_were_rejected,
         unusable_flags_and_files_are_told, help_is_there_for_every_command,
         shards_are_disjoint_and_complete, csv_columns_pass_through,
         lists_and_limits_are_read_or_refused, the_record_says_what_was_asked,
         a_closed_pipe_is_success,
         a_full_disk_is_failure_and_leaves_whole_lines, killed_at_any_moment_it_leaves_whole_lines,
         stored_records_replay_to_the_same_bytes, unreadable_stored_lines_are_records_too,
         the_catalogue_answers, a_provider_is_one_file, recordings_of_other_tools_go_the_whole_way,
         a_view_that_does_not_answer_is_left_alone]


if __name__ == "__main__":
    sys.exit(run_all(TESTS))
