"""Runs the conformance suites against one gateway, and reports on many such runs. See deploy/scripts/conformance.

run.py run --bootstrap FILE --profile NAME FOLDER    the suites against the gateway that FILE names; results to FOLDER
run.py report FOLDER...                              prints what the runs found; status 1 when a check failed
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim_sanity import http_client
from scim_sanity.probe import runner

# A result is a dict with "outcome" (a key of OUTCOMES), "id" (the same in every run) and "reason".
OUTCOMES = {"passed": "PASS", "failed": "FAIL", "warned": "WARN", "skipped": "SKIP"}


def without_ids(text: str) -> str:
    """The text with what differs from run to run taken out."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "{id}", text)


class Traffic:
    """Writes what was asked and answered, one exchange a line, so that a failure can be understood afterwards."""

    def __init__(self, file: Path):
        self.file = file.open("w")

    def note(self, method, url, request_body, status, headers, body):
        exchange = {
            "request": f"{method} {url}", "request_body": request_body,
            "status": status, "headers": dict(headers), "body": body,
        }
        self.file.write(json.dumps(exchange) + "\n")
        self.file.flush()


def scim2_tester(url: str, token: str, traffic: Traffic) -> list[dict]:
    def note(response):
        response.read()
        request = response.request
        traffic.note(
            request.method, str(request.url), request.content.decode(),
            response.status_code, response.headers, response.text,
        )

    # The suite draws example values at random; the same ones each time keep its verdict the same.
    random.seed(7643)
    http = httpx2.Client(
        base_url=url,
        timeout=30,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"},
        event_hooks={"response": [note]},
    )
    outcomes = {
        Status.SUCCESS: "passed", Status.COMPLIANT: "passed", Status.ACCEPTABLE: "passed",
        Status.DEVIATION: "warned", Status.SKIPPED: "skipped",
        Status.ERROR: "failed", Status.CRITICAL: "failed",
    }
    results = []
    for result in check_server(SyncSCIMClient(http)):
        # The check on one attribute among many names that attribute in its data.
        about = result.data.get("urn") if isinstance(result.data, dict) else None
        name = ":".join(filter(None, [result.title or "scim2-tester", result.resource_type, about]))
        results.append({"outcome": outcomes[result.status], "id": name, "reason": result.reason or ""})
    # When discovery fails, the suite ends early without saying so.
    for resource_type in ("User", "Group"):
        if not any(f":{resource_type}" in result["id"] for result in results):
            reason = f"the suite ran no check on {resource_type} resources"
            results.append({"outcome": "failed", "id": f"complete:{resource_type}", "reason": reason})
    return results


def scim_sanity(url: str, token: str, traffic: Traffic, profile: str | None = None) -> list[dict]:
    class Client(http_client.SCIMClient):
        def _request(self, method, path, payload=None, extra_headers=None):
            answer = super()._request(method, path, payload, extra_headers)
            traffic.note(method, path, json.dumps(payload), answer.status_code, answer.headers, answer.body)
            return answer

    runner.SCIMClient = Client
    # Strict: what the suite calls a known deviation of other servers counts as a failure.
    found = runner.run_probe_api(url, token=token, strict=True, profile=profile, user_domain="contoso.example")
    outcomes = {"pass": "passed", "warn": "warned", "skip": "skipped", "fail": "failed", "error": "failed"}
    return [
        {"outcome": outcomes[r["status"]], "id": without_ids(r["name"]), "reason": r.get("message", "")}
        for r in found["results"]
    ]


SUITES = {
    "scim2-tester": scim2_tester,
    "scim-sanity": scim_sanity,
    # The same checks, with the attributes and schemas that Microsoft's own SCIM server wants in every resource.
    "scim-sanity-entra": lambda *where: scim_sanity(*where, profile="entra"),
}

# scim-sanity adds a member that does not exist, and sends schemas that the service does not know: Entra does both, and a
# reader of the RFC refuses both.
STRICT_SUITES = ("scim2-tester",)


def run(bootstrap: Path, profile: str, folder: Path):
    address = json.loads(bootstrap.read_text())
    for name in STRICT_SUITES if profile == "strict" else SUITES:
        results = SUITES[name](address["scim_url"], address["scim_token"], Traffic(folder / f"{name}.traffic.jsonl"))
        (folder / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")


def report(folders: list[Path]) -> int:
    # Of each outcome: what was found, and in which runs.
    findings = {outcome: defaultdict(list) for outcome in OUTCOMES}
    print(f"{'store':10}{'profile':10}{'suite':20}" + "".join(f"{outcome:>9}" for outcome in OUTCOMES))
    for folder in folders:
        store, profile = folder.name.split("-", 1)
        for suite in [suite for suite in SUITES if (folder / f"{suite}.json").exists()]:
            results = json.loads((folder / f"{suite}.json").read_text())
            counts = [sum(r["outcome"] == outcome for r in results) for outcome in OUTCOMES]
            print(f"{store:10}{profile:10}{suite:20}" + "".join(f"{count:9}" for count in counts))
            for r in results:
                finding = (f"{suite}/{r['id']}", without_ids(r["reason"]))
                findings[r["outcome"]][finding].append(f"{store} {profile}")
    for outcome in ("failed", "warned", "skipped"):
        for (name, reason), runs in findings[outcome].items():
            print(f"\n{OUTCOMES[outcome]} {name}\n  in: {', '.join(dict.fromkeys(runs))}")
            print("  " + reason.replace("\n", "\n  "))
    return 1 if findings["failed"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run")
    running.add_argument("--bootstrap", type=Path, required=True)
    running.add_argument("--profile", choices=("entra", "strict"), required=True)
    running.add_argument("folder", type=Path)
    reporting = commands.add_parser("report")
    reporting.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    if arguments.command == "report":
        return report(arguments.folders)
    run(arguments.bootstrap, arguments.profile, arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
