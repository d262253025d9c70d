#!/usr/bin/python3
"""What the real binary does with the files that it is given: never writes over one that it reads,
reads each list as what it is or refuses it, says when one breaks off, and keeps no more of a line in
memory than its limit. Loopback only.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import ENVIRONMENT, ROOT, SERVEDBY, run_all
from dns_servers import NXDOMAIN, DnsServer

OFFLINE = ["--resolvers", DnsServer(lambda name, kind: NXDOMAIN).address, "--no-http", "--canary",
           "off"]


def run(*args, text="", cwd=None, **more):
    return subprocess.run([SERVEDBY, *map(str, args)], input=text, capture_output=True, text=True,
                          env=ENVIRONMENT, timeout=120, check=False, cwd=cwd, **more)


def scanned(folder, files, *flags):
    """Exit status, stderr, and for each record its file, line and site or reason."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    done = run("scan", *OFFLINE, "--ordered", *flags, *files, cwd=folder)
    seen = []
    for line in done.stdout.splitlines():
        said = json.loads(line)["input"]
        seen.append((said.get("file", ""), said["line"],
                     said.get("url") or said["host"] or "!" + said["invalid"]))
    return done.returncode, done.stderr, seen


def in_folder(test):
    def wrapped():
        with tempfile.TemporaryDirectory() as folder:
            test(Path(folder))
    wrapped.__name__ = test.__name__
    return wrapped


def contents(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@in_folder
def no_output_is_written_over_an_input(folder):
    (folder / "list").write_text("a.example.com\n")
    os.symlink("list", folder / "symlink")
    os.link(folder / "list", folder / "hardlink")
    (folder / "records.jsonl").write_text(run("scan", *OFFLINE, text="a.example.com\n").stdout)
    (folder / "labels").write_text('{"host": "a.example.com", "front": null}\n')
    (folder / "page.har").write_text('{"log":{"version":"1.2","creator":{"name":"x","version":"1"},'
                                     '"entries":[]}}')
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "asn.mmdb").write_bytes((ROOT / "data/asn.mmdb").read_bytes())
    before = contents(folder)
    cases = [
        ("scan", "list", "--asn-db", "asn.mmdb", "-o", "asn.mmdb"),
        ("scan", "list", "--asn-db", "asn.mmdb", "--certs", "asn.mmdb"),
        ("import", "har", "page.har", "--asn-db", "asn.mmdb", "-o", "asn.mmdb"),
        ("attribute", "records.jsonl", "--data", "data", "-o", "data/providers/akamai.toml"),
        ("scan", "list", "--data", "data", "-o", "data/asn.mmdb"),
        ("scan", "list", "-o", "list"), ("scan", "list", "-o", "symlink"),
        ("scan", "list", "-o", "hardlink"), ("scan", "list", "-o", "./list"),
        ("scan", "list", "--certs", "list"), ("scan", "list", "--rdap", "all", "--rdap-cache",
                                              "list"),
        ("scan", "list", "-o", "out", "--certs", "out"), ("observe", "list", "-o", "list"),
        ("scan", "labels", "--optout", "list", "-o", "list"),
        ("attribute", "records.jsonl", "-o", "records.jsonl"),
        ("route", "labels", "records.jsonl", "-o", "records.jsonl"),
        ("attribute", "records.jsonl", "--against", "labels", "-o", "labels"),
        ("attribute", "records.jsonl", "--against", "records.jsonl", "--report", "records.jsonl"),
        ("import", "har", "page.har", "-o", "page.har"),
    ]
    for case in cases:
        flags = OFFLINE if case[0] in ("scan", "observe") else []
        done = run(*case, *flags, cwd=folder)
        assert done.returncode == 2, (case, done.returncode, done.stderr)
        assert "nothing was written" in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert done.stdout == "", case
    for case, mode in ((("scan", "list", *OFFLINE), "ab"), (("attribute", "records.jsonl"), "r+b"),
                       (("score", "labels", "records.jsonl"), "ab")):
        with open(folder / case[-1 if case[0] != "scan" else 1], mode) as out:
            done = subprocess.run([SERVEDBY, *case], stdout=out, stderr=subprocess.PIPE, text=True,
                                  env=ENVIRONMENT, timeout=120, check=False, cwd=folder)
        assert done.returncode == 2 and "nothing was written" in done.stderr, (case, done.stderr)
    with open(folder / "list", "ab") as errors:
        done = subprocess.run([SERVEDBY, "attribute", "records.jsonl", "--against", "list"],
                              stdout=subprocess.DEVNULL, stderr=errors, env=ENVIRONMENT,
                              timeout=120, check=False, cwd=folder)
    assert done.returncode == 2
    with open(folder / "list", "rb+") as said:
        assert b"nothing was written" in said.read()
    (folder / "list").write_text("a.example.com\n")
    after = contents(folder)
    assert after == before, after.keys() ^ before.keys()


@in_folder
def each_list_is_read_as_what_it_is(folder):
    cases = [
        ({"abp.txt": "[Adblock Plus 2.0]\n! Title: x\n||a.example.com^\nnews.example##.ad\n"}, [],
         0, [("abp.txt", 3, "a.example.com"),
             ("abp.txt", 4, "!is an element rule of a filter list: it hides parts of a page")]),
        ({"a.csv": "\ufeffdomain,note\na.example.com,x\n", "b.csv": "id;url\n7;https://b.example/x\n"},
         [], 0, [("a.csv", 2, "a.example.com"), ("b.csv", 2, "https://b.example/x")]),
        ({"cases.csv": "page_url,asset_url\nhttps://a.example/p,https://b.example/q\n"},
         ["--column", "page_url"], 0, [("cases.csv", 2, "https://a.example/p")]),
        ({"feed.csv": '# id,url,link\n"1","http://a.example/x","https://feed.example/1"\n'}, [], 0,
         [("feed.csv", 2, "http://a.example/x")]),
        ({"urls.txt": "https://a.example/x,y\nhttps://b.example/?q=1,2\n"}, [], 0,
         [("urls.txt", 1, "https://a.example/x,y"), ("urls.txt", 2, "https://b.example/?q=1,2")]),
    ]
    for files, flags, status, expected in cases:
        got = scanned(folder, files, *flags)
        assert (got[0], got[2]) == (status, expected), got


@in_folder
def a_table_whose_sites_cannot_be_told_is_refused(folder):
    cases = [
        ({"cases.csv": "page_url,asset_url,title\nhttps://a.example/,https://b.example/,x\n"}, [],
         "servedby: cases.csv: no column that holds sites; columns are: page_url, asset_url, title. "
         "Choose with --column, e.g. --column page_url\n"),
        ({"people.csv": "id,name\n1,Ann\n2,Bob\n"}, [],
         'servedby: people.csv: no column that holds sites ("name": 0 of the first 2 rows are '
         "sites); columns are: id, name. Choose with --column, e.g. --column id\n"),
        ({"two.csv": "1,a.example,b.example\n2,c.example,d.example\n"}, [],
         "servedby: two.csv: several columns hold sites, and there is no header; columns are: "
         "column1, column2, column3. Choose with --column, e.g. --column column1\n"),
        ({"good.csv": "domain\na.example\n", "bad.csv": "x,y\n1,a.example\n"}, ["--column", "y2"],
         'servedby: good.csv: there is no column "y2"; columns are: domain. Choose with --column, '
         "e.g. --column domain\n"),
    ]
    for files, flags, said in cases:
        status, stderr, seen = scanned(folder, files, *flags)
        assert (status, stderr, seen) == (2, said, []), (status, stderr, seen)


@in_folder
def a_guess_is_told(folder):
    status, stderr, seen = scanned(folder, {"ranks.csv": "1,a.example.com\n2,b.example.com\n"})
    assert status == 0 and [s for _, _, s in seen] == ["a.example.com", "b.example.com"], seen
    assert ("servedby: ranks.csv: CSV without a header, column 2 (2 of the first 2 rows are sites)\n"
            in stderr), stderr


@in_folder
def an_input_that_breaks_off_is_told(folder):
    done = run("scan", *OFFLINE, folder)
    assert done.returncode == 2 and "Is a directory" in done.stderr, done.stderr
    text = "".join(f"n{i}.example.com\n" for i in range(2000)).encode()
    packed = subprocess.run(["zstd", "-qc"], input=text, capture_output=True, check=True).stdout
    status, stderr, seen = scanned(folder, {"cut.zst": packed[:len(packed) - 300]})
    assert status == 2 and "cut.zst: the zstd data break off" in stderr, stderr
    half = [s for _, _, s in seen if s.startswith("!")]
    assert half in (["!the input breaks off in this line"],
                    ["!the input could not be read further"]), half
    assert all(s.startswith("!") or s.endswith(".example.com") for _, _, s in seen)
    # A directory in the middle costs the others nothing.
    (folder / "a").write_text("a.example.com\n")
    (folder / "b").write_text("b.example.com\n")
    done = run("scan", *OFFLINE, "--ordered", "a", ".", "b", cwd=folder)
    hosts = [json.loads(line)["input"]["host"] for line in done.stdout.splitlines()]
    assert done.returncode == 2 and hosts == ["a.example.com", "", "b.example.com"], hosts


@in_folder
def stored_lines_are_bounded_while_they_are_read(folder):
    bomb = folder / "bomb.zst"
    zeros = subprocess.Popen(["head", "-c", "1500000000", "/dev/zero"], stdout=subprocess.PIPE)
    bomb.write_bytes(subprocess.run(["zstd", "-qc"], stdin=zeros.stdout, capture_output=True,
                                    check=True).stdout)
    zeros.stdout.close()
    zeros.wait()
    (folder / "labels").write_text('{"host": "a.example.com", "front": null}\n')
    for command in (["attribute", bomb], ["route", bomb], ["scan", *OFFLINE, bomb],
                    ["import", "httpx", bomb], ["score", folder / "labels", bomb],
                    ["attribute", "--against", bomb, folder / "labels"]):
        done = subprocess.run(["/usr/bin/env", "python3", "-c", MEASURE, SERVEDBY,
                               *map(str, command)], capture_output=True, text=True,
                              env=ENVIRONMENT, timeout=300, check=False)
        peak = int(done.stdout.splitlines()[-1])
        assert peak < 150_000, (command[0], peak)


# Runs a command and prints its peak memory in KiB last.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@in_folder
def lines_that_are_not_ours_are_told(folder):
    (folder / "list.txt").write_text("a.example.com\nb.example.com\n")
    for command in (["attribute", "list.txt"], ["route", "list.txt"], ["import", "httpx", "list.txt"]):
        done = run(*command, cwd=folder)
        assert done.returncode == 2 and done.stdout.count("\n") == 2, (command, done.stderr)
        assert "no line" in done.stderr, done.stderr


def nobody_is_named_whom_the_user_did_not_name():
    for flag in ("--user-agent", "--contact"):
        for text in ("a\r\nX: y", "a\nb", "a\x00b"[:1] + "\x7f", "caf\u00e9", " x"):
            done = run("scan", *OFFLINE, flag, text, text="a.example.com\n")
            assert done.returncode == 2 and flag in done.stderr, (flag, text, done.stderr)
    resolvers = OFFLINE[:2]
    done = run("scan", *resolvers, "--canary", "off", text="a.example.com\n")
    assert done.stderr.count("--contact") == 1, done.stderr
    done = run("scan", *resolvers, "--canary", "off", "--contact", "abuse@example.org",
               text="a.example.com\n")
    assert "--contact" not in done.stderr, done.stderr


if __name__ == "__main__":
    sys.exit(run_all([
        no_output_is_written_over_an_input, each_list_is_read_as_what_it_is,
        a_table_whose_sites_cannot_be_told_is_refused, a_guess_is_told,
        an_input_that_breaks_off_is_told, stored_lines_are_bounded_while_they_are_read,
        lines_that_are_not_ours_are_told, nobody_is_named_whom_the_user_did_not_name,
    ]))
