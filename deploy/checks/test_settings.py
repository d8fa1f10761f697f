"""Whatever the shipped files set exists, and what a service cannot start without is set."""

import re
import unittest

from shipped import SERVICES, compose, key_of, manifests, of_kind, read, settings, without_file

SECRETS = re.compile(r"(KEY|PASSWORD|SECRET|DATABASE__URL|MIGRATION_URL|BROKER__URL)$")


def environments():
    """Where, service, and variables."""
    for name, service in compose()["services"].items():
        program = name.removesuffix("-migrations")
        if program in SERVICES:
            yield f"docker-compose.yml: {name}", program, service["environment"], service
    for source, things in manifests().items():
        for name, thing in of_kind(things, "Deployment", "Job").items():
            (container,) = thing["spec"]["template"]["spec"]["containers"]
            variables = {entry["name"]: entry["value"] for entry in container["env"]}
            yield f"{source}: {name}", name.removesuffix("-migrations"), variables, thing


class Settings(unittest.TestCase):
    def test_what_is_set_exists_and_what_is_required_is_set(self):
        seen = 0
        for where, program, variables, _ in environments():
            known = settings(program)
            given = {without_file(key_of(name), known) for name in variables if name.startswith("ILLUXI__")}
            with self.subTest(where):
                self.assertEqual(given - set(known), set())
                # Whoever migrates needs the owner's address, and is told no secret of the service.
                required = {key for key, is_required in known.items() if is_required}
                if "-migrations" in where:
                    required = {"database.migration_url"}
                    self.assertEqual(given, required)
                self.assertEqual(required - given, set())
                seen += 1
        self.assertGreater(seen, 25)

    def test_the_reading_of_required_settings_finds_them(self):
        required = {program: {k for k, r in settings(program).items() if r} for program in SERVICES}
        self.assertEqual(required["scim-gateway"], {"database.url", "broker.url", "oauth.key", "admin.key"})
        self.assertEqual(required["user-sync"], {"database.url", "broker.url", "admin.key"})
        self.assertEqual(required["admin-console"], set())

    def test_secrets_come_from_files_only(self):
        for where, _, variables, _ in environments():
            for name in variables:
                with self.subTest(where, name=name):
                    self.assertIsNone(SECRETS.search(name))

    def test_files_that_are_named_are_mounted(self):
        for where, _, variables, thing in environments():
            for name, path in variables.items():
                # bootstrap.file is written, and no setting from a file.
                if not name.endswith("_FILE") or name.endswith("__FILE"):
                    continue
                with self.subTest(where, name=name):
                    if where.startswith("docker-compose.yml"):
                        mounted = [f"/run/secrets/{secret['source']}" for secret in thing["secrets"]]
                        self.assertIn(path, mounted)
                    else:
                        pod = thing["spec"]["template"]["spec"]
                        mounts = [mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]]
                        self.assertIn(path.rsplit("/", 1)[0], mounts)

    def test_every_secret_of_the_compose_file_is_made(self):
        script = read("deploy/scripts/compose-secrets")
        for name, secret in compose()["secrets"].items():
            file = secret["file"].rsplit("/", 1)[1]
            parts = [file] if re.search(rf"\b{re.escape(file)}\b", script) else None
            if parts is None:
                service = next(s for s in SERVICES if file.startswith(f"{s}-"))
                self.assertIn(f"$service{file.removeprefix(service)}", script, name)

    def test_owners_passwords_are_kept_from_what_serves(self):
        for where, _, variables, _ in environments():
            migrates = "-migrations" in where
            self.assertEqual(any("MIGRATION_URL" in name for name in variables), migrates, where)

    def test_settings_of_the_chart_are_checked(self):
        import helm_python
        from shipped import CHART

        wrong = [
            {"image": {"tag": "latest"}},
            {"scimGateway": {"settings": {"ILLUXI__ADMIN__KEY": "secret"}}},
            {"scimGateway": {"host": "https://scim.example.com"}},
            {"userSync": {"replica": 3}},
            {"traces": {"ratio": 2}},
        ]
        with helm_python.Chart.load(str(CHART)) as chart:
            for values in wrong:
                with self.subTest(values), self.assertRaises(helm_python.errors.HelmValuesError):
                    chart.render(values, name="illuxi", namespace="illuxi-scim")
