#!/usr/bin/python3
"""Holds the layout to its rules: who may include whom, one C library a source, no forgotten rows."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Room -> the other rooms that it may include. A room is a folder with all below it, unless a row
# of its own names a folder below. "resolvers" is what lies in that folder itself.
MAY_SEE = {
    # The floor below both halves: plain values and text, no Asio, no sockets.
    "resolvers/base": set(),
    "resolvers/json": {"resolvers/base"},
    # The facts that the resolvers bring back, and their interfaces.
    "resolvers": {"resolvers/base", "resolvers/json"},
    # One room a trade.
    "resolvers/dnswire": {"resolvers/base", "resolvers"},
    "resolvers/tls": {"resolvers/base", "resolvers"},
    "resolvers/asn": {"resolvers/base", "resolvers"},
    "resolvers/http": {"resolvers/base", "resolvers", "resolvers/dnswire", "resolvers/tls"},
    "resolvers/dns": {"resolvers/base", "resolvers", "resolvers/dnswire", "resolvers/tls",
                      "resolvers/http"},
    "resolvers/rdap": {"resolvers/base", "resolvers/json", "resolvers", "resolvers/http"},
    "resolvers/pace": {"resolvers/base", "resolvers", "resolvers/http"},
    # What the scanner makes of them.
    "scanner/model": set(),
    "scanner/catalogue": {"scanner/model"},
    "scanner/attribute": {"scanner/model", "scanner/catalogue"},
    "scanner/route": {"scanner/model", "scanner/catalogue"},
    "scanner/audit": {"scanner/model", "scanner/catalogue", "scanner/attribute"},
    "scanner/input": {"scanner/model"},
    "scanner/output": {"scanner/model", "scanner/catalogue"},
    "scanner/explain": {"scanner/model", "scanner/catalogue", "scanner/output"},
    "scanner/score": {"scanner/model", "scanner/catalogue"},
    "scanner/history": {"scanner/model"},
    "scanner/observe": {"scanner/model"},
    "scanner/policy": {"scanner/model", "scanner/catalogue", "scanner/attribute",
                       "scanner/observe"},
    "scanner/pipeline": {"scanner/model", "scanner/catalogue", "scanner/attribute",
                         "scanner/route", "scanner/input", "scanner/output", "scanner/observe"},
    "scanner/cli": {"scanner/model", "scanner/catalogue", "scanner/attribute", "scanner/route",
                    "scanner/audit", "scanner/input", "scanner/output", "scanner/explain",
                    "scanner/score", "scanner/history", "scanner/observe", "scanner/policy",
                    "scanner/pipeline"},
}
# Inside a room, folder -> the folders beside it that it may include. What lies in the room itself
# is split in two: its headers include nothing of the folders below, its sources tie them together.
INSIDE = {
    "scanner/catalogue/load": set(),
    "scanner/catalogue/index": {"scanner/catalogue/load"},
    "scanner/catalogue/update": {"scanner/catalogue/load"},
    "scanner/attribute/signals": set(),
    "scanner/input/lists": set(),
    "scanner/input/importers": {"scanner/input/lists"},
    "scanner/cli/flags": set(),
    "scanner/cli/wiring": {"scanner/cli/flags"},
    "scanner/cli/commands": {"scanner/cli/flags", "scanner/cli/wiring"},
}

# What all of scanner/ may see of resolvers/: values, text and the wire format. No Asio comes with
# them, and no C library.
PURE_ROOMS = {"resolvers/base", "resolvers/json", "resolvers/dnswire"}
PURE_FILES = {"resolvers/facts.h", "resolvers/registry_facts.h", "resolvers/words.h",
              "resolvers/questions.h",
              "resolvers/http/head.h", "resolvers/http/page_moves.h",
              "resolvers/http/url_parts.h", "resolvers/registry_shape.h"}
# The interfaces, for what looks at the world through them.
INTERFACES = {"resolvers/resolvers.h"}
SEES_INTERFACES = {"scanner/observe", "scanner/policy", "scanner/pipeline", "scanner/cli"}
# The composition root names the implementations, nobody else; and one command asks a file of routing
# data about itself.
NAMES_IMPLEMENTATIONS = re.compile(r"scanner/cli/(wiring/.*|commands/data_update_asn\.cpp)")
ASIO = {"resolvers", "resolvers/dns", "resolvers/tls", "resolvers/http", "resolvers/rdap",
        "resolvers/pace", "scanner/observe", "scanner/pipeline", "scanner/cli"}

# Headers of C libraries, and of those that should stay behind one wall, by how many files may
# include them, or which. A header among them is internal to its room.
WALLS = {
    r"ares\.h|ares_.*\.h": 1,
    # The loop that drives curl, and its two uses: looking at sites, asking registries.
    r"curl/.*": {"resolvers/http/curl_multi.cpp", "resolvers/http/prober_transfer.h",
                 "resolvers/http/fetcher_curl.cpp"},
    # TLS: looking over curl's shoulder, and connections of our own.
    r"openssl/ssl\.h": {"resolvers/tls/capture.cpp", "resolvers/tls/session.cpp"},
    r"maxminddb\.h": 1,
    r"libpsl\.h": 1,
    r"idn2\.h": 1,
    r"toml\+\+/.*": 1,
    r"sqlite3\.h": 1,
    r"zstd\.h": 1,
    r"utf8proc\.h": 1,
}
MOST_FILES = 30
MOST_LINES = 600

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def sources():
    for folder in ("resolvers", "scanner"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path, str(path.relative_to(ROOT)), path.read_text()


def room_of(file):
    """The innermost folder above the file that has a row in MAY_SEE; "" if none has."""
    folder = str(Path(file).parent)
    while folder not in MAY_SEE and "/" in folder:
        folder = str(Path(folder).parent)
    return folder if folder in MAY_SEE else ""


def check_rooms(faults):
    for path, file, text in sources():
        room = room_of(file)
        if not room or (room == "resolvers" and path.parent != ROOT / "resolvers"):
            faults.append(f"{file}: its folder has no row in tests/layout.py")
            continue
        for included in INCLUDE.findall(text):
            if included.startswith("boost/asio"):
                if room not in ASIO:
                    faults.append(f"{file}: {room} must not see Asio")
                continue
            other = room_of(included)
            if not other:
                if included.startswith(("resolvers/", "scanner/", "tests/")):
                    faults.append(f"{file}: {included} is in no room")
                continue
            if not allowed(file, room, included, other):
                faults.append(f"{file}: must not see {included}")


def allowed(file, room, included, other):
    if room == other:
        return allowed_inside(file, room, included)
    if room.startswith("resolvers") or other.startswith("scanner"):
        return other in MAY_SEE[room]
    return (other in PURE_ROOMS or included in PURE_FILES or
            NAMES_IMPLEMENTATIONS.fullmatch(file) or
            (included in INTERFACES and room in SEES_INTERFACES))


def allowed_inside(file, room, included):
    mine, its = str(Path(file).parent), str(Path(included).parent)
    if mine == its or its == room:
        return True
    if mine == room:
        return file.endswith(".cpp") or its not in INSIDE
    return its in INSIDE.get(mine, set())


def check_asio(faults):
    """What is pure brings no Asio along, whatever it includes on the way."""
    includes = {file: INCLUDE.findall(text) for _, file, text in sources()}
    for file in includes:
        room = room_of(file)
        if not (room in PURE_ROOMS or file in PURE_FILES or
                (room.startswith("scanner") and room not in ASIO)):
            continue
        way, seen = [(file, file)], {file}
        while way:
            at, path = way.pop()
            for included in includes.get(at, ()):
                if included.startswith("boost/asio"):
                    faults.append(f"{file}: sees Asio by way of {path}")
                    way = []
                    break
                if included not in seen:
                    seen.add(included)
                    way.append((included, f"{path}, {included}"))


def check_walls(faults):
    users = {wall: set() for wall in WALLS}
    for _, file, text in sources():
        for included in INCLUDE.findall(text):
            for wall in WALLS:
                if re.fullmatch(wall, included):
                    users[wall].add(file)
    for wall, limit in WALLS.items():
        files = users[wall]
        kept = files <= limit if isinstance(limit, set) else len(files) <= limit
        named = limit if isinstance(limit, set) else set()
        if not kept or any(file.endswith(".h") for file in files - named):
            who = ", ".join(sorted(limit)) if isinstance(limit, set) else "one .cpp"
            faults.append(f"<{wall}> is included by {', '.join(sorted(files))}: {who} may")


def check_sizes(faults):
    """A folder that nobody can survey, and a source that does several things."""
    folders = {}
    for path, file, _ in sources():
        folders.setdefault(path.parent, []).append(file)
    for path in [path for top in ("resolvers", "scanner", "tests")
                 for path in sorted((ROOT / top).rglob("*.cpp"))]:
        text = path.read_text()
        lines = text.count("\n")
        if lines > MOST_LINES and "Long because" not in text[:2000]:
            faults.append(f"{path.relative_to(ROOT)}: {lines} lines; split it, or say at its head "
                          'why it is "Long because" of what')
    for folder, files in folders.items():
        if len(files) > MOST_FILES:
            faults.append(f"{folder.relative_to(ROOT)}: {len(files)} files; at most {MOST_FILES}")


# (where things of a kind are defined, how, the file that must name each of them, what they are)
TABLES = (
    ("scanner/attribute/signals/*.cpp", None, "scanner/attribute/signals.cpp", "signal"),
    ("scanner/output/*.cpp", r"^(?:extern )?const Output (\w+)", "scanner/output/outputs.cpp",
     "output"),
    ("scanner/input/importers/*.cpp", r"^(?:extern )?const Importer (\w+)",
     "scanner/input/importers/importers.cpp", "importer"),
    ("scanner/cli/commands/*.cpp", r"^CommandRun (\w+_command)\(", "scanner/cli/commands/*.cpp",
     "command"),
    ("scanner/cli/flags/*.cpp", r"^void (add_\w+)\(OptionTable", "scanner/cli/*/*.cpp", "flags"),
)


def check_rows(faults):
    """A thing of a kind needs its row in the table of its kind, or nobody would find it."""
    for pattern, definition, table, kind in TABLES:
        found = 0
        text = "".join(path.read_text() for path in sorted(ROOT.glob(table)))
        for path in sorted(ROOT.glob(pattern)):
            names = [path.stem] if definition is None else \
                re.findall(definition, path.read_text(), re.M)
            found += len(names)
            for name in names:
                uses = len(re.findall(rf"\b{name}\b", text))
                defined_here = definition is not None and path in set(ROOT.glob(table))
                if uses < 1 + defined_here:
                    faults.append(f"{path.relative_to(ROOT)}: the {kind} {name} has no row "
                                  f"in {table}")
        if found < 2:
            faults.append(f"{pattern}: no {kind} found; has its definition changed?")


def check_tests(faults):
    for script in sorted((ROOT / "tests").rglob("*_test.py")):
        if not script.stat().st_mode & 0o100:
            faults.append(f"{script.relative_to(ROOT)}: is not executable")
    # tests/ mirrors the sources: what has a source of the same name stands where it stands.
    homes = {}
    for _, file, _ in sources():
        parent = Path(file).parent
        home = str(parent if parent.parts[0] == "resolvers" else Path(*parent.parts[1:]))
        homes.setdefault(Path(file).stem, set()).add(home)
    for test in sorted((ROOT / "tests").rglob("*_test.cpp")):
        stem, folder = test.stem.removesuffix("_test"), str(test.parent.relative_to(ROOT / "tests"))
        if stem in homes and folder not in homes[stem]:
            faults.append(f"{test.relative_to(ROOT)}: {stem}.cpp is in {', '.join(homes[stem])}")


def main():
    checks = (check_rooms, check_asio, check_walls, check_sizes, check_rows, check_tests)
    failed = 0
    for check in checks:
        faults = []
        check(faults)
        for fault in faults:
            print(fault)
        failed += bool(faults)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
