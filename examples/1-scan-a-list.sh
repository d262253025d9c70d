#!/bin/bash
# A list of sites in, records as JSON lines and a spreadsheet out.
#   ./1-scan-a-list.sh sites.txt you@example.org
set -euo pipefail
list=${1:?a list of names or URLs}
contact=${2:?a mail address or URL of yours, for the User-Agent}
servedby=${SERVEDBY:-../build/release/servedby}

"$servedby" scan --ordered --contact "$contact" "$list" -o records.jsonl
"$servedby" scan --ordered --contact "$contact" --format csv "$list" -o records.csv
