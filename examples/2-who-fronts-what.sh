#!/bin/bash
# Counts by front over stored records. Says what it counts over: all lines, and live sites.
#   ./2-who-fronts-what.sh records.jsonl
set -euo pipefail
/usr/bin/python3 - "${1:?records as JSON lines}" <<'PYTHON'
import collections
import json
import sys

fronts, lines, live = collections.Counter(), 0, 0
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        record = json.loads(line)
        lines += 1
        if record["state"] != "live":
            continue
        live += 1
        front = record["front"]
        sure = front["status"] == "identified" and front["grade"] in ("probable", "confirmed")
        fronts[front["name"] if sure else f"({front['status']})"] += 1
print(f"{lines} lines, {live} live sites")
for name, count in fronts.most_common():
    print(f"{count:7} {100 * count / max(live, 1):5.1f} %  {name}")
PYTHON
