#!/bin/bash
# For each site on which a notice is in order: to whom, why, and how. What is claimed, and by whom,
# is for whoever sends it to say.
#   ./3-letters.sh records.jsonl
set -euo pipefail
/usr/bin/python3 - "${1:?records as JSON lines}" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        record = json.loads(line)
        if not record["notice"]["ready"]:
            continue
        for to in record["addressees"]:
            if to["kind"] != "primary":
                continue
            channel = to["channels"][0] if to["channels"] else None
            print(f"To:      {to['legal_entity'] or to['name']} (as {to['role']})")
            print(f"By:      {channel['type']} {channel['address']}" if channel else "By:      ?")
            print(f"About:   {record['input'].get('url') or record['input']['host']}")
            print(f"Basis:   {to['basis']}")
            print(f"Seen at: {record['observed_at']}\n")
PYTHON
