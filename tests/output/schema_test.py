#!/usr/bin/python3
"""Validates JSON lines of servedby against data/schema/.

    schema_test.py [FILE...]      - is standard input; without files: tests/golden/*.jsonl

Each line is checked by the schema that its "format" names. Prints "file:line: where: what" for
every error. Exit status: 0 all lines are valid, 1 some are not (or there are none at all), 2 the
check could not be made.
"""
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    print("schema_test: python3-jsonschema is not installed (./setup tests)", file=sys.stderr)
    sys.exit(2)

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "data" / "schema"
FORMAT = re.compile(r"servedby\.([a-z_]+)/([0-9]+)(?:\.[0-9]+)?")


def validators():
    """(kind, major version) -> validator. The schemas refer to each other by file name."""
    documents = {path.name: json.loads(path.read_text("utf-8"))
                 for path in SCHEMAS.glob("*.json")}
    made = {}
    for name, document in documents.items():
        kind, version = re.fullmatch(r"(\w+)-([0-9]+)\.json", name).groups()
        jsonschema.Draft202012Validator.check_schema(document)
        resolver = jsonschema.RefResolver(name, document, store=documents)
        made[kind, version] = jsonschema.Draft202012Validator(
            document, resolver=resolver,
            format_checker=jsonschema.draft202012_format_checker)
    return made


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def errors_of(line, known):
    """What is wrong with a line, as (where, what)."""
    try:
        document = json.loads(line, parse_constant=refuse_constant)
    except ValueError as error:
        return [("", f"not JSON: {error}")]
    named = document.get("format") if isinstance(document, dict) else None
    found = FORMAT.fullmatch(named) if isinstance(named, str) else None
    validator = known.get(found.groups()) if found else None
    if validator is None:
        return [("format", f"no schema for {named!r}")]
    errors = [(error.json_path, error.message[:300]) for error in validator.iter_errors(document)]
    if found.group(1) == "record" and not errors:
        errors += mismatches(document)
    return errors


def mismatches(record):
    """What a schema cannot say: repetitions agree, and evidence that is referred to is there."""
    observation = record["observation"]
    for name in ("text", "line"):
        if record["input"][name] != observation["input"][name]:
            yield f"$.input.{name}", "differs from the observation"
    if record["observed_at"] != observation["observed_at"]:
        yield "$.observed_at", "differs from the observation"
    known = {evidence["id"] for evidence in record["evidence"]}
    findings = [record["front"], record["host"], *record["chain"], *record["others"]]
    for address in record["addresses"]:
        findings += [address["front"], address["host"]]
    for finding in findings:
        for missing in sorted({*finding["evidence"], *finding["against"]} - known):
            yield "$.evidence", f"{missing} is referred to and not there"


def main(paths):
    known = validators()
    lines = wrong = 0
    for path in paths or sorted(GOLDEN.glob("*.jsonl")):
        for number, line in enumerate(sys.stdin if path == "-" else open(path, encoding="utf-8"), 1):
            lines += 1
            errors = list(errors_of(line, known))
            wrong += bool(errors)
            for where, what in errors:
                print(f"{path}:{number}: {where}: {what}")
    print(f"{lines} lines, {wrong} invalid", file=sys.stderr)
    return 0 if lines and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
