"""What the scripts in this folder share: where the program is, and how a list of cases is run."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVEDBY = os.environ.get("SERVEDBY", str(ROOT / "build/release/servedby"))
SHARED = Path(os.environ.get("SERVEDBY_SHARED", ROOT.parent / "shared"))
ENVIRONMENT = dict(os.environ, SERVEDBY_DATA=str(ROOT / "data"))

FAILURES = (AssertionError, OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError)


def run_all(tests, *args):
    """Calls each with `args`, prints what failed and the counts that tests/run adds up. Returns the
    exit status."""
    failed = 0
    for test in tests:
        try:
            test(*args)
        except FAILURES as error:
            failed += 1
            print(f"{test.__name__}: {type(error).__name__}: {str(error)[:2000]}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0
