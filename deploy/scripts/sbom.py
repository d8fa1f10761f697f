"""Leaves in a bill of materials what is named on standard input, a NAME@VERSION a line:   sbom.py FROM TO"""

import json
import sys

source, target = sys.argv[1:]
wanted = set(sys.stdin.read().split())
with open(source) as file:
    bill = json.load(file)
bill["components"] = [part for part in bill["components"] if f"{part['name']}@{part['version']}" in wanted]
there = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
bill["dependencies"] = [
    {**part, "dependsOn": [ref for ref in part.get("dependsOn", []) if ref in there]}
    for part in bill["dependencies"]
    if part["ref"] in there
]
# The program itself is what the bill is of, and no part of it.
itself = f"{bill['metadata']['component']['name']}@{bill['metadata']['component']['version']}"
if itself not in wanted:
    sys.exit(f"sbom: {itself} is not in the tree")
missing = wanted - {f"{part['name']}@{part['version']}" for part in bill["components"]}
if missing - {itself}:
    sys.exit(f"sbom: nothing is known of {', '.join(sorted(missing))}")
with open(target, "w") as file:
    json.dump(bill, file, indent=2)
