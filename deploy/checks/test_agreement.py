"""What is said in two places is the same in both."""

import json
import re
import unittest

import kubernetes_validate
import yaml

from shipped import ROOT, compose, manifests, of_kind, read

# The oldest version that the chart takes, and the newest whose schemas are here.
KUBERNETES = ["1.29", "1.37"]
WITHOUT_SCHEMA = ("rabbitmq.com/", "keda.sh/", "monitoring.coreos.com/")


class Schemas(unittest.TestCase):
    def test_objects_are_as_kubernetes_wants_them(self):
        checked = 0
        for source, things in manifests().items():
            for thing in things:
                if thing["apiVersion"].startswith(WITHOUT_SCHEMA):
                    continue
                for version in KUBERNETES:
                    with self.subTest(source, kind=thing["kind"], name=thing["metadata"]["name"], version=version):
                        kubernetes_validate.validate(thing, version, strict=True)
                        checked += 1
        self.assertGreater(checked, 200)


class Broker(unittest.TestCase):
    definitions = json.loads(read("deploy/rabbitmq/definitions.json"))

    def rights(self, user):
        (entry,) = [entry for entry in self.definitions["permissions"] if entry["user"] == user]
        return lambda right, name: re.search(entry[right], name) is not None

    def names(self, kind):
        return [thing["name"] for thing in self.definitions[kind]]

    def test_services_may_declare_everything_and_nothing_else(self):
        for user in ["scim-gateway", "user-sync"]:
            may = self.rights(user)
            for name in self.names("queues") + self.names("exchanges"):
                self.assertTrue(may("configure", name), f"{user}: {name}")
            for name in ["lms.sync.8", "other", "scim.events.other", "amq.topic"]:
                for right in ["configure", "write", "read"]:
                    self.assertFalse(may(right, name), f"{user}: {right} {name}")
            # To bind is to write to one end and to read from the other.
            for binding in self.definitions["bindings"]:
                self.assertTrue(may("write", binding["destination"]), f"{user}: {binding}")
                self.assertTrue(may("read", binding["source"]), f"{user}: {binding}")

    def test_the_gateway_publishes_and_consumes_nothing(self):
        may = self.rights("scim-gateway")
        self.assertTrue(may("write", "scim.events"))
        for queue in self.names("queues"):
            self.assertFalse(may("read", queue), queue)

    def test_user_sync_consumes_and_publishes_no_event(self):
        may = self.rights("user-sync")
        for queue in self.names("queues"):
            self.assertTrue(may("read", queue), queue)
        self.assertTrue(may("write", "scim.parked"))
        self.assertFalse(may("write", "scim.events"))

    def test_the_operators_objects_say_the_same(self):
        things = manifests()["kubernetes/rabbitmq"]
        permissions = {entry["user"]: entry for entry in self.definitions["permissions"] if entry["user"] != "administrator"}
        found = of_kind(things, "Permission")
        self.assertEqual(set(found), set(permissions))
        for user, entry in permissions.items():
            wanted = {right: entry[right] for right in ["configure", "write", "read"]}
            self.assertEqual(found[user]["spec"]["permissions"], wanted)
        policies = of_kind(things, "Policy")
        self.assertEqual(set(policies), set(self.names("policies")))
        for policy in self.definitions["policies"]:
            spec = policies[policy["name"]]["spec"]
            self.assertEqual(spec["definition"], policy["definition"])
            self.assertEqual((spec["pattern"], spec["applyTo"]), (policy["pattern"], policy["apply-to"]))

    def test_users_of_the_definitions_are_made(self):
        made = re.findall(r"^    user (\S+)", read("deploy/scripts/compose-secrets"), re.M)
        self.assertEqual(sorted(made), sorted(entry["user"] for entry in self.definitions["permissions"]))

    def test_policies_fit_queues(self):
        for policy in self.definitions["policies"]:
            fitting = [name for name in self.names("queues") if re.search(policy["pattern"], name)]
            self.assertTrue(fitting, policy["name"])


class Databases(unittest.TestCase):
    def test_logins_may_take_on_the_roles_of_the_grants(self):
        script = read("deploy/compose/postgres/10-databases.sh")
        handed = dict(re.findall(r"^service (\w+) (illuxi_.*)$", script, re.M))
        for database, store in [("directory", "directory-store"), ("lms", "lms-store")]:
            granted = set()
            for file in (ROOT / f"crates/{store}/migrations/postgres").glob("*/up.sql"):
                granted |= set(re.findall(r"\bto (illuxi_\w+)", file.read_text()))
                granted |= set(re.findall(r"\bto illuxi_\w+, (illuxi_\w+)", file.read_text()))
            self.assertEqual(set(handed[database].split()), granted, database)

    def test_a_role_that_a_service_takes_on_is_handed_to_its_login(self):
        script = read("deploy/compose/postgres/10-databases.sh")
        for service in ["scim-gateway", "user-sync"]:
            role = re.search(r'^role = "(\w+)"', read(f"services/{service}/defaults.toml"), re.M)[1]
            self.assertRegex(script, rf"(?m)^service .*\b{role}\b")


class Alarms(unittest.TestCase):
    def test_the_operators_rules_are_those_that_are_tested(self):
        tested = yaml.safe_load(read("deploy/observability/alerts.yml"))
        seen = 0
        for source, things in manifests().items():
            for rule in of_kind(things, "PrometheusRule").values():
                self.assertEqual(rule["spec"], tested, source)
                seen += 1
        self.assertEqual(seen, 5)


class Versions(unittest.TestCase):
    def test_there_is_one(self):
        version = re.search(r'^version = "(.*)"', read("Cargo.toml"), re.M)[1]
        chart = yaml.safe_load(read("deploy/helm/illuxi-scim/Chart.yaml"))
        self.assertEqual((chart["version"], chart["appVersion"]), (version, version))
        kustomization = yaml.safe_load(read("deploy/kubernetes/base/kustomization.yaml"))
        self.assertEqual({image["newTag"] for image in kustomization["images"]}, {version})
        self.assertIn(f"IMAGE_VERSION={version}\n", read("deploy/compose/example.env"))
        ours = [service["image"] for service in compose()["services"].values() if service["image"].startswith("illuxi/")]
        self.assertEqual({image.split(":")[1] for image in ours}, {version})
        self.assertIn(f"ARG VERSION={version}\n", read("deploy/docker/Dockerfile"))

    def test_the_compose_file_and_the_cluster_have_one_broker(self):
        (cluster,) = of_kind(manifests()["kubernetes/rabbitmq"], "RabbitmqCluster").values()
        self.assertEqual(compose()["services"]["rabbitmq"]["image"], cluster["spec"]["image"])

    def test_images_are_built_with_the_version_of_rust_that_is_asked_for(self):
        wanted = re.search(r'^rust-version = "(.*)"', read("Cargo.toml"), re.M)[1]
        self.assertIn(f"ARG BUILD_IMAGE=rust:{wanted}-", read("deploy/docker/Dockerfile"))
