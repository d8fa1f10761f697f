"""What is made once by the scripts, and what the manifests ask for."""

import base64
import hashlib
import json
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

import kubernetes_validate
import yaml

from shipped import ROOT, manifests, of_kind, workloads


def make(folder, **environment):
    script = ROOT / "deploy/scripts/compose-secrets"
    subprocess.run([script, folder], check=True, env={"PATH": "/usr/bin:/bin", **environment})


def printed(folder, *arguments):
    command = [ROOT / "deploy/scripts/kubernetes-secrets", folder, *arguments]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    secrets = of_kind([thing for thing in yaml.safe_load_all(text) if thing], "Secret")
    for secret in secrets.values():
        kubernetes_validate.validate(secret, "1.37", strict=True)
    return {
        name: {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
        for name, secret in secrets.items()
    }


class Secrets(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "secrets"

    def test_they_are_made_once_and_kept_from_others(self):
        make(self.folder)
        first = {path.name: path.read_text() for path in self.folder.iterdir()}
        self.assertGreater(len(first), 18)
        self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), 0o700)
        (self.folder / "oauth-key").unlink()
        make(self.folder)
        second = {path.name: path.read_text() for path in self.folder.iterdir()}
        self.assertEqual({name for name in first if first[name] != second[name]}, {"oauth-key"})
        self.assertEqual(len({value for name, value in second.items() if name.endswith(("key", "password"))}), 12)

    def test_the_brokers_hashes_are_of_the_passwords(self):
        make(self.folder)
        users = json.loads((self.folder / "rabbitmq-users.json").read_text())["users"]
        self.assertEqual(len(users), 4)
        for user in users:
            stored = base64.b64decode(user["password_hash"])
            password = (self.folder / f"broker-{user['name']}-password").read_text()
            self.assertEqual(stored[4:], hashlib.sha256(stored[:4] + password.encode()).digest())

    def test_addresses_are_of_the_servers_that_are_named(self):
        make(self.folder, POSTGRES="db.example:6432", POSTGRES_OPTIONS="?sslmode=verify-full", BROKER="amqps://mq.example:5671")
        password = (self.folder / "directory-password").read_text()
        wanted = f"postgres://directory_login:{password}@db.example:6432/directory?sslmode=verify-full"
        self.assertEqual((self.folder / "scim-gateway-database-url").read_text(), wanted)
        password = (self.folder / "broker-user-sync-password").read_text()
        wanted = f"amqps://user-sync:{password}@mq.example:5671/illuxi"
        self.assertEqual((self.folder / "user-sync-broker-url").read_text(), wanted)

    def test_kubernetes_gets_every_secret_that_a_pod_mounts(self):
        make(self.folder)
        secrets = printed(self.folder)
        for source, name, pod in workloads():
            if source == "helm with everything" and name == "admin-console":
                continue  # the secret of an OpenID provider is somebody else's
            for container in pod["containers"]:
                mounted = {mount["name"]: mount["mountPath"] for mount in container.get("volumeMounts", [])}
                settings = [entry for entry in container["env"] if entry["name"].startswith("ILLUXI__")]
                paths = [entry["value"] for entry in settings if entry["name"].endswith("_FILE")]
                for path in paths:
                    folder, file = path.rsplit("/", 1)
                    (volume,) = [v for v in pod["volumes"] if mounted.get(v["name"]) == folder]
                    with self.subTest(source, workload=name, path=path):
                        self.assertIn(file, secrets[volume["secret"]["secretName"]])

    def test_the_broker_operator_gets_every_secret_of_a_user(self):
        make(self.folder)
        secrets = printed(self.folder, "broker")
        users = of_kind(manifests()["kubernetes/rabbitmq"], "User")
        for name, user in users.items():
            secret = secrets[user["spec"]["importCredentialsSecret"]["name"]]
            self.assertEqual(secret["username"], name)
            self.assertEqual(secret["password"], (self.folder / f"broker-{name}-password").read_text())

    def test_the_scaler_gets_its_secret(self):
        make(self.folder)
        (target,) = [
            ref
            for thing in of_kind(manifests()["kubernetes/overlays/production"], "TriggerAuthentication").values()
            for ref in thing["spec"]["secretTargetRef"]
        ]
        self.assertIn(target["key"], printed(self.folder)[target["name"]])
