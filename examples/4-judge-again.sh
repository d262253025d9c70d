#!/bin/bash
# Stored records, judged anew with a catalogue that you extended: nothing is asked of the network.
#   ./4-judge-again.sh records.jsonl my-providers/
set -euo pipefail
servedby=${SERVEDBY:-../build/release/servedby}
"$servedby" attribute --catalogue "${2:?a folder with your providers}" "${1:?records}" |
    "$servedby" route --catalogue "$2"
