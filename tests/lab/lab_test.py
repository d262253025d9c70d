#!/usr/bin/python3
"""Runs selftest.py as one of the repository's tests: does the lab's world answer as it says?"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import selftest  # noqa: E402  (the path above comes first)

if __name__ == "__main__":
    sys.exit(selftest.main())
