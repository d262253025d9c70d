#!/usr/bin/python3
"""Runs the real binary against resolvers that lie, are down, or go down: who decides, and what a run
that cannot see says. Loopback only.

RESOLVER_NAMES (3000) is the number of names for each run with two resolvers.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter

from cases import ENVIRONMENT, SERVEDBY, run_all
from dns_servers import DnsServer, dead_port, honest, liar, names, silent

COUNT = int(os.environ.get("RESOLVER_NAMES", "3000"))


def scan(resolvers, text, *flags, command=(SERVEDBY,)):
    done = subprocess.run([*command, "scan", "--resolvers", resolvers, "--no-http", *flags],
                          input=text, capture_output=True, text=True, env=ENVIRONMENT,
                          timeout=300, check=False)
    assert done.stdout == "" or done.stdout.endswith("\n"), "the last line is cut"
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def answers_of(record):
    return [one for one in record["observation"]["dns"] if one["type"] == "A"]


def a_lying_resolver_decides_nothing_however_busy_the_honest_one_is():
    true, false = DnsServer(honest), DnsServer(liar)
    done, records = scan(f"{true.address},{false.address}", names(COUNT))
    true.close()
    false.close()
    assert done.returncode == 0, done.stderr
    assert "the others are asked instead" in done.stderr, done.stderr
    assert len(records) == COUNT
    addresses = Counter(one["address"] for r in records for one in r["observation"]["addresses"])
    assert addresses == {"198.51.100.7": COUNT}, addresses
    servers = {one["resolver"] for r in records for one in r["observation"]["dns"]}
    assert servers == {true.address}, servers


def a_dead_resolver_beside_a_good_one_loses_no_name():
    for canary in ("auto", "off"):
        true = DnsServer(honest)
        done, records = scan(f"{true.address},{dead_port()}", names(COUNT), "--canary", canary)
        true.close()
        assert done.returncode == 0, done.stderr
        ends = Counter(one["status"] for r in records for one in answers_of(r))
        assert ends == {"noerror": COUNT}, ends


def a_silent_resolver_beside_a_good_one_loses_no_name():
    true, mute = DnsServer(honest), DnsServer(silent)
    done, records = scan(f"{mute.address},{true.address}", names(COUNT), "--timeout", "500ms")
    true.close()
    mute.close()
    assert done.returncode == 0, done.stderr
    ends = Counter(one["status"] for r in records for one in answers_of(r))
    assert ends == {"noerror": COUNT}, ends
    # What it gets is canaries, and now and then a question that tries whether it is back.
    assert mute.asked < 100, mute.asked


def where_all_resolvers_lie_the_records_say_so():
    false = DnsServer(liar)
    done, records = scan(false.address, names(20))
    false.close()
    assert done.returncode == 0, done.stderr
    assert {r["state"] for r in records} == {"tampered"}, Counter(r["state"] for r in records)


def a_run_that_sees_nothing_says_so_and_judges_nobody():
    for resolver, flags in ((dead_port(), []), ("127.0.0.9:9", ["--canary", "off"])):
        done, records = scan(resolver, names(30), *flags)
        assert done.returncode == 2, (done.returncode, done.stderr)
        assert f"no resolver answers ({resolver}: Connection refused)" in done.stderr, done.stderr
        assert "No site was judged" in done.stderr, done.stderr
        assert len(records) == 30
        assert {r["state"] for r in records} == {"not_observed"}, records[0]["state"]
        assert not any(r["notice"]["ready"] for r in records)


def a_long_run_that_sees_nothing_stops_and_says_where():
    done, records = scan(dead_port(), names(20000), "--max-inflight", "50", "--canary", "off")
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert 200 <= len(records) < 2000, len(records)
    assert f"stopped after {len(records)} lines" in done.stderr, done.stderr


def a_resolver_that_goes_down_in_the_middle_ends_the_run_with_2():
    class Leaver(DnsServer):
        def _reply(self, query):
            return super()._reply(query) if self.asked < 2000 else None
    leaver = Leaver(honest)
    done, records = scan(leaver.address, names(20000), "--timeout", "100ms", "--max-inflight",
                         "100", "--canary", "off")
    leaver.close()
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "the resolvers answer no more" in done.stderr, done.stderr
    assert f"stopped after {len(records)} lines" in done.stderr, done.stderr
    states = Counter(r["state"] for r in records)
    assert "unreachable" not in states and "nxdomain" not in states, states


def names_that_no_resolver_answers_do_not_stop_a_run_in_which_it_lives():
    def mostly(name, kind):
        return None if name.startswith("n") else honest(name, kind)
    server = DnsServer(mostly)
    text = names(450) + "living.example.com\n"
    done, records = scan(server.address, text, "--timeout", "100ms", "--max-inflight", "50",
                         "--retries", "0", "--ordered")
    server.close()
    assert done.returncode == 0, done.stderr
    assert len(records) == 451
    assert records[-1]["observation"]["addresses"], records[-1]["state"]


def a_machine_without_a_network_says_so():
    if not shutil.which("unshare") or subprocess.run(
            ["unshare", "--user", "--map-root-user", "--net", "true"], check=False,
            capture_output=True).returncode != 0:
        print("skipped: no network namespaces here")
        return
    command = ("unshare", "--user", "--map-root-user", "--net", SERVEDBY)
    done, records = scan("192.0.2.53", names(5), command=command)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert "no resolver answers (192.0.2.53:53: " in done.stderr, done.stderr
    assert {r["state"] for r in records} == {"not_observed"}, records[0]


if __name__ == "__main__":
    sys.exit(run_all([
        a_lying_resolver_decides_nothing_however_busy_the_honest_one_is,
        a_dead_resolver_beside_a_good_one_loses_no_name,
        a_silent_resolver_beside_a_good_one_loses_no_name,
        where_all_resolvers_lie_the_records_say_so,
        a_run_that_sees_nothing_says_so_and_judges_nobody,
        a_long_run_that_sees_nothing_stops_and_says_where,
        a_resolver_that_goes_down_in_the_middle_ends_the_run_with_2,
        names_that_no_resolver_answers_do_not_stop_a_run_in_which_it_lives,
        a_machine_without_a_network_says_so,
    ]))
