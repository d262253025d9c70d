#!/usr/bin/python3
"""The fuzzers' corpora: kept as one archive each in tests/fuzz/corpus, unpacked into build/fuzz/corpus.
Beside them stand small inputs in tests/fuzz/seeds/<fuzzer>, each named for the one thing it shows.

    corpora.py unpack          unpacks those whose archive is newer than what was unpacked
    corpora.py pack NAME       packs build/fuzz/corpus/NAME and build/fuzz/new/NAME, each input once,
                               into the archive of that fuzzer (merge them with its -merge=1 before)
"""

import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ARCHIVES = ROOT / "tests/fuzz/corpus"
UNPACKED = ROOT / "build/fuzz/corpus"
SEEDS = ROOT / "tests/fuzz/seeds"


def folder_of(name):
    """The folder with that fuzzer's corpus, unpacked if need be; None if there is no archive."""
    archive = ARCHIVES / f"{name}.tar.zst"
    if not archive.is_file():
        return None
    folder = UNPACKED / name
    stamp = UNPACKED / f"{name}.sha256"
    wanted = hashlib.sha256(archive.read_bytes()).hexdigest()
    if folder.is_dir() and stamp.is_file() and stamp.read_text() == wanted:
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    plain = subprocess.run(["zstd", "-dqc", str(archive)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        for member in tar:
            if member.isfile():
                (folder / Path(member.name).name).write_bytes(tar.extractfile(member).read())
    stamp.write_text(wanted)
    return folder


def seeds_of(name):
    """The folder with that fuzzer's named seeds, which are in no archive; None if it has none."""
    folder = SEEDS / name.removesuffix("_fuzz")
    return folder if folder.is_dir() else None


def pack(name):
    """Inputs named by their digest, in the order of their names, so that the same inputs make the
    same archive."""
    inputs = {}
    for folder in (UNPACKED / name, ROOT / "build/fuzz/new" / name):
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            data = path.read_bytes()
            inputs[hashlib.sha1(data).hexdigest()] = data
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for key in sorted(inputs):
            member = tarfile.TarInfo(f"{name}/{key}")
            member.size = len(inputs[key])
            tar.addfile(member, io.BytesIO(inputs[key]))
    packed = subprocess.run(["zstd", "-19", "-qc"], input=plain.getvalue(), capture_output=True,
                            check=True).stdout
    (ARCHIVES / f"{name}.tar.zst").write_bytes(packed)
    print(f"{name}: {len(inputs)} inputs, {len(packed)} octets")


def main():
    if sys.argv[1:] == ["unpack"]:
        for archive in sorted(ARCHIVES.glob("*.tar.zst")):
            folder_of(archive.name.removesuffix(".tar.zst"))
        return 0
    if len(sys.argv) == 3 and sys.argv[1] == "pack":
        pack(sys.argv[2])
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
