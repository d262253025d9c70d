#!/usr/bin/python3
"""The lab: a sealed miniature Internet for tests and for the demo. README.md says more.

    lab.py run [--keep-logs DIR] -- CMD...          run CMD inside the lab
    lab.py list                                     print the demo's list
    lab.py demo --servedby PATH --output OUT.jsonl  scan the list inside, show a table for people
    lab.py check --servedby PATH [--data DIR] ...   scan the list inside the lab, compare verdicts
    lab.py docs [--check]                           write README.md's table, or see if it is current
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import counters  # noqa: E402  (the path above comes first)
import sealed  # noqa: E402
import verdicts  # noqa: E402
from certificates import Certificates  # noqa: E402
from servers import CannotStart, Servers  # noqa: E402
from world import RESOLVER, BadScenario, World  # noqa: E402

# What the User-Agent of every scan here says.
CONTACT = "https://scans.example/contact"

README = HERE / "README.md"
TABLE_BEGIN = "<!-- scenarios: written by `lab.py docs`, do not edit below -->"
TABLE_END = "<!-- end of scenarios -->"

SCAN_LIMIT = 300  # seconds for the whole list
STOP_LIMIT = 10   # seconds for a command to end when told to
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


# ---- The list ------------------------------------------------------------------------------------

def list_text(world):
    return "".join(f"# {site.id}: {site.why}\n{site.line}\n" for site in world.sites)


def sites_by_line(world):
    """Line number in list_text -> scenario."""
    return {2 * i + 2: site for i, site in enumerate(world.sites)}


# ---- Inside --------------------------------------------------------------------------------------

class Lab:
    """The running lab: `environment` is what a client needs to live in it."""

    def __init__(self, world, servers, directory):
        self.world = world
        self.servers = servers
        self.list = directory / "list.txt"
        self.environment = dict(
            os.environ, SERVEDBY_LAB="1", SERVEDBY_LAB_RESOLVER=RESOLVER,
            SERVEDBY_LAB_LIST=str(self.list), SERVEDBY_LAB_DIR=str(directory),
            SSL_CERT_FILE=str(servers.certificates.trust),
            CURL_CA_BUNDLE=str(servers.certificates.trust))  # curl looks at this one first
        for mark in (sealed.MARK, sealed.USER):
            self.environment.pop(mark, None)


@contextlib.contextmanager
def running_lab(keep_logs=None):
    """Brings the lab up around the caller, and takes it down whatever happens."""
    world = World()
    sealed.prove()
    certificates = Certificates(world.certificates())
    certificates.make()
    sealed.give_addresses(world.addresses(), world.unreachable())
    sealed.prove(after_set_up=True)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="servedby-lab."))
    servers = Servers(world, certificates, directory)
    try:
        servers.start()
        lab = Lab(world, servers, directory)
        lab.list.write_text(list_text(world), encoding="utf-8")
        yield lab
        if dead := servers.dead():
            raise CannotStart(f"ended before its time: {', '.join(dead)}")
    finally:
        servers.stop()
        if keep_logs:
            shutil.copytree(directory, keep_logs, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("knot-db", "tmp-*", "*.sock", "*.ctl"))
        shutil.rmtree(directory, ignore_errors=True)


class Stopped(Exception):
    """A signal told us to stop."""


def on_signal(number, frame):
    # Once: a second one must not cut the cleaning up short.
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def run_command(command, environment, timeout=None):
    """The exit status of `command`, as a shell would give it. Signals to us reach it too."""
    try:
        process = subprocess.Popen(command, env=environment, preexec_fn=sealed.die_with_parent)
    except OSError as error:
        print(f"lab: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    try:
        status = process.wait(timeout)
    except (Stopped, subprocess.TimeoutExpired) as why:
        number = why.args[0] if isinstance(why, Stopped) else signal.SIGTERM
        if number != signal.SIGINT or not sys.stdin.isatty():
            process.send_signal(number)  # at a terminal, Ctrl-C has reached it already
        try:
            process.wait(STOP_LIMIT)
        except (subprocess.TimeoutExpired, Stopped):
            process.kill()
            process.wait()
        if isinstance(why, Stopped):
            return 128 + number
        print(f"lab: stopped after {timeout} seconds: {command[0]}", file=sys.stderr)
        return 124
    return status if status >= 0 else 128 - status


def run(arguments):
    with running_lab(arguments.keep_logs) as lab:
        return run_command(arguments.command, lab.environment)


def scan(arguments, lab, out):
    """Runs the product over the list as anybody would; its exit status."""
    out.unlink(missing_ok=True)  # what an earlier run left is no result of this one
    command = [arguments.servedby, "scan", "--resolvers", RESOLVER, "--ordered",
               "--contact", CONTACT, "--deadline", "8s", "--timeout", "2s", "-o", str(out)]
    if arguments.data:
        command += ["--data", arguments.data]
    return run_command([*command, str(lab.list)], lab.environment, SCAN_LIMIT)


def scan_through(arguments, lab, sites, out):
    """One scan of these sites' lines through the resolvers that they share; (status, stderr)."""
    of = lab.world.resolvers
    first = sites[0]
    command = [arguments.servedby, "scan", "--ordered", "--contact", CONTACT,
               "--resolvers", ",".join(of[one].address for one in first.resolvers)]
    for name, one in first.views.items():
        command += ["--view", f"{name}={of[one].address}"]
    command += ["--deadline", "8s", "--timeout", "2s", "-o", str(out), *first.flags]
    if arguments.data:
        command += ["--data", arguments.data]
    lines = out.with_suffix(".txt")
    lines.write_text("".join(site.line + "\n" for site in sites), encoding="utf-8")
    done = subprocess.run([*command, str(lines)], env=lab.environment, timeout=SCAN_LIMIT,
                          stderr=subprocess.PIPE, text=True, check=False,
                          preexec_fn=sealed.die_with_parent)
    return done.returncode, done.stderr


def judge_views(arguments, lab, directory):
    """{scenario: [differences]} of the names that are asked through other resolvers."""
    groups = {}
    for site in lab.world.view_sites:
        groups.setdefault((str(site.resolvers), str(site.views), str(site.flags)), []).append(site)
    results = {}
    for number, sites in enumerate(groups.values()):
        out = directory / f"views-{number}.jsonl"
        status, said = scan_through(arguments, lab, sites, out)
        records, complaints = verdicts.read_records(out) if out.exists() else ([], ["no output"])
        for site, record in zip(sites, [*records, *[None] * len(sites)]):
            blind = any("no resolver answers" in what for what in site.said)
            found = complaints + ([] if status == (2 if blind else 0) else
                                  [f"exit status {status}: {said[-300:]}"])
            if record is None:
                found.append("no record")
            else:
                found += verdicts.compare(site.expect, record) + verdicts.sane(record)
            found += [f"stderr does not say {what!r}: {said[-300:]!r}"
                      for what in site.said if what not in said]
            results[site.id] = found
    return results


def judge_counter(counter, traps):
    """Nothing was opened at the trap addresses, and the counter would have seen it."""
    quiet = [f"{count} packets to {address}" for address, count in sorted(counter.seen().items())]
    with contextlib.suppress(OSError), socket.create_connection((traps[0], 443), 1):
        pass
    for _ in range(20):
        if counter.seen().get(traps[0]):
            break
        time.sleep(0.1)
    blind = [] if counter.seen().get(traps[0]) else [f"a SYN to {traps[0]} was not counted"]
    return {"conduct: not a packet to special-purpose addresses": quiet,
            "lab: the packet counter counts": blind}


def demo(arguments):
    out = pathlib.Path(arguments.output).resolve()
    with running_lab() as lab:
        began = time.monotonic()
        status = scan(arguments, lab, out)
        took = time.monotonic() - began
        if not out.exists():
            print(f"lab: the scan wrote nothing (exit status {status})", file=sys.stderr)
            return status or 1
        results = judge(lab, out)
    records, complaints = verdicts.read_records(out)
    print(people_table(records), end="")
    ready = sum(1 for r in records if (r.get("notice") or {}).get("ready"))
    print(f"\n{len(records)} sites in {took:.1f} s; for {ready} of them a notice is in order")
    differing = {name: found for name, found in results.items() if found}
    for name, found in differing.items():
        print(f"{name}: {'; '.join(found)}")
    print(f"{len(results) - len(differing)} of {len(results)} things are as tests/lab/scenarios.toml "
          "expects them")
    return status or (1 if differing else 0)


def people_table(records):
    """A line a record: what was asked, its state, who fronts, who hosts, whom to write to."""
    def finding(value):
        value = value or {}
        if value.get("status") != "identified":
            return "-" if value.get("status") == "none" else f"? ({value.get('reason', '')})"
        return f"{value.get('name') or value.get('provider')} ({value.get('grade')})"

    rows = [("asked", "state", "front", "host", "write first to")]
    for record in records:
        first = (record.get("addressees") or [{}])[0]
        rows.append((str((record.get("input") or {}).get("text", "")),
                     str(record.get("state", "")), finding(record.get("front")),
                     finding(record.get("host")), str(first.get("name", "-"))))
    widths = [min(44, max(len(row[i]) for row in rows)) for i in range(5)]
    return "".join("  ".join(cell[:width].ljust(width)
                             for cell, width in zip(row, widths)).rstrip() + "\n"
                   for row in rows)


def replays(arguments, out):
    """What `attribute | route` over the scan's own records does not give again: [differences]."""
    data = ["--data", arguments.data] if arguments.data else []
    packed = out.with_suffix(".replay.zst")
    differences = []
    try:
        for threads in ("1", "2"):
            for stage, taken in (("attribute", out), ("route", packed)):
                command = [arguments.servedby, stage, *data, "--threads", threads, str(taken)]
                if stage == "attribute":
                    command += ["-o", str(packed)]
                done = subprocess.run(command, capture_output=True, check=False, timeout=60)
                if done.returncode != 0:
                    return [f"{stage}: {done.stderr.decode(errors='replace')[-300:]}"]
            if done.stdout != out.read_bytes():
                differences.append(f"on {threads} threads other bytes")
    finally:
        packed.unlink(missing_ok=True)
    return differences


def check(arguments):
    with running_lab(arguments.keep_logs) as lab:
        out = pathlib.Path(arguments.jobs_file or lab.list.with_name("records.jsonl")).resolve()
        traps = lab.world.trap_addresses()
        with counters.Counter(traps) as counter:
            status = scan(arguments, lab, out)
            if not out.exists():
                print(f"lab: the scan wrote nothing (exit status {status})", file=sys.stderr)
                return 1
            results = judge(lab, out)
            results.update(judge_views(arguments, lab, lab.list.parent))
            results.update(judge_counter(counter, traps))
        results["output: stored, it replays to the same bytes"] = replays(arguments, out)
        results["the scan ends with exit status 0"] = (
            [] if status == 0 else [f"got {status}"])
    failed = 0
    for name, differences in results.items():
        if differences:
            failed += 1
            print(f"{name}: {'; '.join(differences)}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def judge(lab, out):
    """{scenario or check: [differences]}."""
    lines = sites_by_line(lab.world)
    records, complaints = verdicts.read_records(out)
    results = {}
    by_line = {(r.get("input") or {}).get("line"): r for r in records}
    for line, site in lines.items():
        record = by_line.get(line)
        if record is None:
            results[site.id] = ["no record"]
        else:
            results[site.id] = (verdicts.compare(site.expect, record) + verdicts.sane(record))
    results["output: every line is JSON"] = complaints
    results["output: one record for each line, in order"] = verdicts.one_record_each(lines, records)
    results.update(verdicts.conduct(lab.world, lab.servers.access_log, lab.servers.fault_log))
    return results


# ---- Docs ----------------------------------------------------------------------------------------

def words(expected):
    return " or ".join(str(one) for one in verdicts.one_of(expected))


def in_words(expect):
    """An expectation as one cell of the table."""
    def finding(value):
        if "provider" in value:
            grade = f" ({words(value['grade'])})" if "grade" in value else ""
            return words(value.get("product", value["provider"])) + grade
        if "status" not in value:
            return "not " + words(value.get("provider_not") or value.get("status_not"))
        reason = f": {words(value['reason'])}" if "reason" in value else ""
        return words(value["status"]) + reason

    parts = []
    for role in ("front", "host"):
        if role in expect:
            parts.append(f"{role} {finding(expect[role])}")
    if "dns" in expect:
        parts.append(f"dns {expect['dns']}")
    for other in expect.get("also", []):
        parts.append(f"also {other['provider']}")
    if expect.get("claims"):
        parts.append(f"claims {', '.join(expect['claims'])}")
    parts += expect.get("flags", [])
    if "public_name" in expect:
        parts.append(f"outer name {words(expect['public_name'])}")
    if "edge" in expect:
        parts.append(f"edge asked: {words(expect['edge'])}")
    if "redirect" in expect:
        parts.append(f"redirect {words(expect['redirect'])}")
    if "notice" in expect:
        parts.append("notice ready" if expect["notice"] else "no notice")
    return "; ".join(parts)


def table(world):
    rows = ["| scenario | line of input | what it is | state | verdict |", "|---|---|---|---|---|"]
    for site in [*world.sites, *world.view_sites]:
        state = words(site.expect.get("state", "any"))
        cells = [site.id, f"`{site.line}`", site.why, state, in_words(site.expect)]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def with_fresh_table(text, world):
    before, rest = text.split(TABLE_BEGIN)
    _, after = rest.split(TABLE_END)
    return (f"{before}{TABLE_BEGIN}\n\n{len(world.sites) + len(world.view_sites)} scenarios.\n\n{table(world)}\n\n"
            f"{TABLE_END}{after}")


def docs(arguments):
    text = README.read_text(encoding="utf-8")
    fresh = with_fresh_table(text, World())
    if fresh == text:
        return 0
    if arguments.check:
        print("tests/lab/README.md: the table is not current; run tests/lab/lab.py docs",
              file=sys.stderr)
        return 1
    README.write_text(fresh, encoding="utf-8")
    return 0


# ---- The command ---------------------------------------------------------------------------------

def arguments_of(argv):
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(dest="name", required=True)

    one = commands.add_parser("run", help="run a command inside the lab")
    one.add_argument("--keep-logs", metavar="DIR", help="copy configurations and logs there")
    one.add_argument("command", nargs="+", metavar="CMD")
    one.set_defaults(call=run, inside=True)

    one = commands.add_parser("list", help="print the demo's list")
    one.set_defaults(call=lambda _: print(list_text(World()), end="") or 0, inside=False)

    one = commands.add_parser("demo", help="scan the list, show a table for people")
    one.add_argument("--servedby", required=True, metavar="PATH", help="the product")
    one.add_argument("--data", metavar="DIR", help="its data folder, when not the built-in one")
    one.add_argument("--output", required=True, metavar="OUT.jsonl", help="the records")
    one.set_defaults(call=demo, inside=True)

    one = commands.add_parser("check", help="scan the list, compare every verdict")
    one.add_argument("--servedby", required=True, metavar="PATH", help="the product")
    one.add_argument("--data", metavar="DIR", help="its data folder, when not the built-in one")
    one.add_argument("--jobs-file", metavar="OUT.jsonl", help="keep the records there")
    one.add_argument("--keep-logs", metavar="DIR", help="copy configurations and logs there")
    one.set_defaults(call=check, inside=True)

    one = commands.add_parser("docs", help="write the table in README.md")
    one.add_argument("--check", action="store_true", help="only say whether it is current")
    one.set_defaults(call=docs, inside=False)
    return parser.parse_args(argv)


def main(argv):
    arguments = arguments_of(argv)
    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        if arguments.inside and not sealed.inside():
            sealed.enter([sys.executable, str(HERE / "lab.py"), *argv])
        return arguments.call(arguments)
    except (sealed.NotSealed, CannotStart, BadScenario) as error:
        return sealed.refuse(error)
    except Stopped as stopped:
        return 128 + stopped.args[0]
    except BrokenPipeError:
        # Whoever read us has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
