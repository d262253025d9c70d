#!/usr/bin/python3
"""The help and the README know the same flags: each long flag of a scan is told in README.md, and each
flag that README.md, the other guides and the examples speak of is one that some command has.
"""

import re
import subprocess
import sys

from cases import ROOT, SERVEDBY, run_all

COMMANDS = ("", "scan", "observe", "attribute", "route", "import", "explain", "score", "rdap",
            "data show", "data check", "data update", "data update asn", "data diff")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
GUIDES = ("README.md", "data/README.md", "examples/README.md", "CHANGELOG.md")
# Flags of other programs, or of the scripts of tests/, in the guides.
OTHERS = {"--preset", "--build"}


def help_of(command):
    done = subprocess.run([SERVEDBY, *command.split(), "--help"], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def flags_of(text):
    return set(FLAG.findall(text))


def every_flag_of_a_scan_is_told():
    # What is defined, not what a description or an example mentions.
    defined = {flag for line in help_of("scan").splitlines()
               for flag in flags_of(line.split("   ")[0] if line.startswith("  -") else "")}
    assert len(defined) > 40, defined
    missing = defined - flags_of((ROOT / "README.md").read_text()) - {"--help"}
    assert not missing, f"README.md does not tell of {sorted(missing)}"


def every_flag_told_is_there():
    known = set().union(*(flags_of(help_of(command)) for command in COMMANDS)) | OTHERS
    for guide in GUIDES:
        unknown = flags_of((ROOT / guide).read_text()) - known
        assert not unknown, f"{guide} tells of {sorted(unknown)}, which no command has"
    for script in sorted((ROOT / "examples").glob("*.sh")):
        calls = re.findall(r"servedby[^\n|]*(?:\\\n[^\n|]*)*", script.read_text())
        unknown = flags_of(" ".join(calls)) - known
        assert not unknown, f"{script.name} uses {sorted(unknown)}, which no command has"


if __name__ == "__main__":
    sys.exit(run_all([every_flag_of_a_scan_is_told, every_flag_told_is_there]))
