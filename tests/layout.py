#!/usr/bin/python3
"""Holds the layout to its rules: who may include whom, one C library a source, no forgotten rows."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Of resolvers/, these are plain values that everybody may see.
VALUES = {"ascii", "utf8", "time_text", "domain_name", "ip_address", "outcome", "facts", "registry_facts"}
# These are pure text work that the pure folders may use too.
PURE = {"url", "moves", "idn", "dns_records", "http_url", "svcb", "ech", "dns_message", "byte_reader",
        "http_text", "digest", "octet_text"}

# Folder of scanner/ -> other folders of scanner/ that it may include.
MAY_SEE = {
    "model": set(),
    "catalogue": {"model"},
    "attribute": {"model", "catalogue"},
    "route": {"model", "catalogue"},
    "input": {"model"},
    "output": {"model", "catalogue"},
    "explain": {"model", "catalogue", "output"},
    "score": {"model", "catalogue"},
    "history": {"model"},
    "observe": {"model"},
    "pipeline": {"model", "catalogue", "attribute", "route", "input", "output", "observe"},
    "cli": {"model", "catalogue", "attribute", "route", "input", "output", "observe", "explain",
            "score", "history", "pipeline"},
}

# Headers of C libraries, and of those that should stay behind one wall, by how many files may
# include them, or which.
WALLS = {
    r"ares\.h|ares_.*\.h": 1,
    # The loop that drives curl, and its two uses: looking at sites, asking registries.
    r"curl/.*": {"resolvers/curl_multi.cpp", "resolvers/http_curl.cpp",
                 "resolvers/http_fetcher_curl.cpp"},
    # TLS: looking over curl's shoulder, and connections of our own.
    r"openssl/ssl\.h": {"resolvers/tls_capture.cpp", "resolvers/tls_session.cpp"},
    r"maxminddb\.h": 1,
    r"libpsl\.h": 1,
    r"idn2\.h": 1,
    r"toml\+\+/.*": 1,
    r"sqlite3\.h": 1,
    r"zstd\.h": 1,
}
NO_ASIO = {"model", "catalogue", "attribute", "route", "input", "output", "explain", "score",
           "history"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def sources():
    for folder in ("resolvers", "scanner"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path


def layer(path):
    parts = path.relative_to(ROOT).parts
    return (parts[0], parts[1] if parts[0] == "scanner" and len(parts) > 2 else "")


def check_layers(faults):
    for path in sources():
        top, folder = layer(path)
        where = path.relative_to(ROOT)
        if top == "scanner" and folder not in MAY_SEE:
            faults.append(f"{where}: folder {folder!r} has no row in tests/layout.py")
            continue
        for included in INCLUDE.findall(path.read_text()):
            parts = included.split("/")
            if top == "resolvers":
                if parts[0] == "scanner":
                    faults.append(f"{where}: resolvers/ must not see {included}")
                if path.stem in VALUES and parts[0] == "resolvers" and \
                        Path(included).stem not in VALUES:
                    faults.append(f"{where}: a plain value must not see {included}")
                continue
            if parts[0] == "scanner" and len(parts) > 2 and parts[1] != folder and \
                    parts[1] not in MAY_SEE[folder]:
                faults.append(f"{where}: scanner/{folder} must not see {included}")
            if parts[0] == "resolvers":
                stem = Path(included).stem
                pure_folder = folder in NO_ASIO
                if pure_folder and stem not in VALUES | PURE:
                    faults.append(f"{where}: scanner/{folder} must not see {included}")
                if folder in ("observe", "pipeline") and \
                        stem not in VALUES | PURE | {"resolvers"}:
                    faults.append(f"{where}: only the composition root names {included}")
            if folder in NO_ASIO and included.startswith("boost/asio"):
                faults.append(f"{where}: scanner/{folder} must not see Asio")


def check_walls(faults):
    users = {wall: [] for wall in WALLS}
    for path in sources():
        for included in INCLUDE.findall(path.read_text()):
            for wall in WALLS:
                if re.fullmatch(wall, included):
                    users[wall].append(str(path.relative_to(ROOT)))
    for wall, limit in WALLS.items():
        files = sorted(set(users[wall]))
        allowed = set(files) <= limit if isinstance(limit, set) else len(files) <= limit
        if not allowed or any(file.endswith(".h") for file in files):
            who = ", ".join(sorted(limit)) if isinstance(limit, set) else "one .cpp"
            faults.append(f"<{wall}> is included by {', '.join(files)}: {who} may")


def check_rows(faults):
    """A file in a folder of things needs its row in the table of things."""
    tables = {
        "scanner/attribute/signals": "scanner/attribute/signals.cpp",
    }
    for folder, table in tables.items():
        text = (ROOT / table).read_text()
        for path in sorted((ROOT / folder).glob("*.cpp")):
            if not re.search(rf"\b{path.stem}\b", text):
                faults.append(f"{path.relative_to(ROOT)}: has no row in {table}")


def check_tests_exist(faults):
    for script in sorted((ROOT / "tests").glob("*/*_test.py")):
        if not script.stat().st_mode & 0o100:
            faults.append(f"{script.relative_to(ROOT)}: is not executable")


def main():
    checks = (check_layers, check_walls, check_rows, check_tests_exist)
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
