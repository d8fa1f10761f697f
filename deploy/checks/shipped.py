"""What is shipped, as data: the compose file, the manifests as kustomize and Helm render them, and what they must agree with."""

import functools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import helm_python
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
SERVICES = ["scim-gateway", "user-sync", "admin-console"]
KUSTOMIZATIONS = ["base", "overlays/staging", "overlays/production", "rabbitmq"]
OVERLAYS = ["staging", "production"]
CHART = ROOT / "deploy/helm/illuxi-scim"

# Values under which the chart is looked at: its own, everything there is, and as little as possible.
CHART_VALUES = {
    "defaults": {},
    "everything": {
        "image": {"tag": "1.2.3", "digests": {"user-sync": "sha256:" + "0" * 64}, "pullSecrets": ["registry"]},
        "secrets": {"adminConsole": "admin-console"},
        "userSync": {"autoscaling": {"enabled": True}, "settings": {"ILLUXI__CONSUMER__BATCH": 128}},
        "scimGateway": {"settings": {"ILLUXI__LOG__FILTER": "warn"}},
        "oidc": {
            "issuer": "https://login.example/v2.0",
            "clientId": "console",
            "jwksUrl": "https://login.example/keys",
        },
        "traces": {"endpoint": "http://collector:4318/v1/traces"},
        "caBundle": {"configMap": "authorities"},
        "monitoring": {"enabled": True},
    },
    "little": {
        "adminConsole": {"enabled": False},
        "ingress": {"enabled": False},
        "networkPolicy": {"enabled": False},
    },
}


def read(path):
    return (ROOT / path).read_text()


@functools.cache
def compose():
    """The compose file as Compose itself reads it, all profiles included."""
    command = [TOOLS / "docker-compose", "--env-file", "deploy/compose/example.env", "--profile", "*"]
    told = subprocess.run([*command, "config", "--format", "json"], cwd=ROOT, check=True, capture_output=True)
    return json.loads(told.stdout)


@functools.cache
def manifests():
    """Where from, and the objects: of each kustomization, and of the chart under each set of values."""
    rendered = {}
    for name in KUSTOMIZATIONS:
        rendered[f"kubernetes/{name}"] = kustomized(ROOT / "deploy/kubernetes" / name)
    for name in OVERLAYS:
        rendered[f"kubernetes/overlays/{name} with everything"] = with_all_components(name)
    with helm_python.Chart.load(str(CHART)) as chart:
        for name, values in CHART_VALUES.items():
            files = chart.render(values, name="illuxi", namespace="illuxi-scim")
            things = [
                thing
                for path, text in files.items()
                if not path.endswith("NOTES.txt")
                for thing in yaml.safe_load_all(text)
                if thing
            ]
            rendered[f"helm with {name}"] = things
    return rendered


def kustomized(folder):
    text = subprocess.run([TOOLS / "kubectl", "kustomize", folder], check=True, capture_output=True, text=True).stdout
    return [thing for thing in yaml.safe_load_all(text) if thing]


def with_all_components(overlay):
    """What an overlay makes that takes every component there is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(ROOT / "deploy/kubernetes", Path(folder) / "kubernetes")
        file = copy / "overlays" / overlay / "kustomization.yaml"
        wanted = yaml.safe_load(file.read_text())
        wanted["components"] = [f"../../components/{name.name}" for name in sorted((copy / "components").iterdir())]
        file.write_text(yaml.safe_dump(wanted))
        return kustomized(file.parent)


def of_kind(things, *kinds):
    return {thing["metadata"]["name"]: thing for thing in things if thing["kind"] in kinds}


def workloads():
    """Where from, name, and pod specification of every Deployment and Job of ours."""
    for source, things in manifests().items():
        for name, thing in of_kind(things, "Deployment", "Job").items():
            yield source, name, thing["spec"]["template"]["spec"]


@functools.cache
def settings(service):
    """Every key of a service, and whether it is required: from its defaults.toml."""
    keys, section = {}, ""
    for line in read(f"services/{service}/defaults.toml").splitlines():
        if header := re.match(r"(?:# )?\[([a-z_.]+)\]", line):
            section = header[1]
        elif key := re.match(r"(?:# )?([a-z_]+) = ", line):
            keys[f"{section}.{key[1]}"] = bool(re.search(r"\srequired", line))
    return keys


def key_of(variable):
    return variable.removeprefix("ILLUXI__").lower().replace("__", ".")


def without_file(key, known):
    """`database.url_file` gives `database.url`."""
    return key.removesuffix("_file") if key not in known else key
