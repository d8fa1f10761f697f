"""What runs has a version, no rights, and limits."""

import re
import unittest

from shipped import OVERLAYS, compose, manifests, of_kind, read, workloads

# Images of others that begin as root and give it up, or hold a port below 1024.
BEGIN_AS_ROOT = {"postgres", "rabbitmq", "edge"}


class Images(unittest.TestCase):
    def images(self):
        for name, service in compose()["services"].items():
            yield f"docker-compose.yml: {name}", service["image"]
        for source, name, pod in workloads():
            for container in pod["containers"] + pod.get("initContainers", []):
                yield f"{source}: {name}", container["image"]
        for name, cluster in of_kind(manifests()["kubernetes/rabbitmq"], "RabbitmqCluster").items():
            yield f"kubernetes/rabbitmq: {name}", cluster["spec"]["image"]
        for image in re.findall(r"^ARG \w+_IMAGE=(\S+)", read("deploy/docker/Dockerfile"), re.M):
            yield "Dockerfile", image

    def test_every_image_has_a_version(self):
        images = list(self.images())
        self.assertGreater(len(images), 25)
        for where, image in images:
            with self.subTest(where, image=image):
                version = re.search(r"(?:@sha256:[0-9a-f]{64}|:([^/:]+))$", image)
                self.assertIsNotNone(version)
                self.assertNotIn(version[1], ["latest", "stable", "main", "edge"])

    def test_the_image_of_ours_ends_without_rights(self):
        final = read("deploy/docker/Dockerfile").split("\nFROM ")[-1]
        self.assertIn("USER 65532:65532", final)
        self.assertIn('ENTRYPOINT ["/service"]', final)
        self.assertNotIn("\nRUN ", final)

    def test_each_image_is_built_for_one_service(self):
        builds = [service for service in compose()["services"].values() if "build" in service]
        for service in builds:
            self.assertEqual(service["image"].split("/")[1].split(":")[0], service["build"]["args"]["SERVICE"])
        built = [service["image"] for service in builds]
        self.assertEqual(len(built), 4)
        self.assertEqual(len(set(built)), 4)
        ours = {service["image"] for service in compose()["services"].values() if service["image"].startswith("illuxi/")}
        self.assertEqual(set(built), ours)

    def test_nothing_is_sent_to_the_builder_but_what_images_are_made_of(self):
        lines = [line for line in read(".dockerignore").splitlines() if not line.startswith("#")]
        # In this order: the last line that fits decides.
        let_in = ["!Cargo.toml", "!Cargo.lock", "!crates", "!services", "!proto", "!deploy/docker"]
        kept_out = ["**/target", "**/node_modules", "**/.env*", "**/*.pem", "**/*.key"]
        self.assertEqual(lines, ["*", *let_in, *kept_out])


class Confinement(unittest.TestCase):
    def test_containers_of_the_compose_file(self):
        for name, service in compose()["services"].items():
            with self.subTest(name):
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertIn("no-new-privileges:true", service["security_opt"])
                self.assertNotIn("privileged", service)
                limits = service["deploy"]["resources"]["limits"]
                self.assertGreater(float(limits["cpus"]), 0)
                self.assertGreater(int(limits["memory"]), 0)
                if name not in BEGIN_AS_ROOT:
                    self.assertNotIn(service["user"].split(":")[0], ["0", "root"])
                    self.assertTrue(service["read_only"])

    def test_nothing_but_the_edge_is_open_to_others(self):
        for name, service in compose()["services"].items():
            for port in service.get("ports", []):
                with self.subTest(name, port=port):
                    self.assertTrue(name == "edge" or port.get("host_ip") == "127.0.0.1")

    def test_databases_and_broker_have_no_way_out(self):
        networks = compose()["networks"]
        for name in ["postgres", "rabbitmq", "prometheus", "scimctl"]:
            for network in compose()["services"][name]["networks"]:
                self.assertTrue(networks[network]["internal"], name)

    def test_the_gateway_believes_the_network_of_the_edge_and_no_other(self):
        subnets = [config["subnet"] for config in compose()["networks"]["edge"]["ipam"]["config"]]
        environment = compose()["services"]["scim-gateway"]["environment"]
        self.assertEqual(environment["ILLUXI__PUBLIC__TRUSTED_PROXIES"].split(","), subnets)
        members = {name for name, service in compose()["services"].items() if "edge" in service.get("networks", {})}
        self.assertEqual(members, {"edge", "scim-gateway", "admin-console"})

    def test_an_authority_of_ones_own_is_believed_by_all_pods(self):
        seen = 0
        for source, name, pod in workloads():
            if not source.endswith("with everything"):
                continue
            (container,) = pod["containers"]
            (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == "ca-bundle"]
            (volume,) = [volume for volume in pod["volumes"] if volume["name"] == "ca-bundle"]
            with self.subTest(source, workload=name):
                items = volume["configMap"].get("items", [{"key": "ca.crt", "path": "ca.crt"}])
                self.assertEqual(items, [{"key": "ca.crt", "path": "ca.crt"}])
                self.assertIn({"name": "SSL_CERT_FILE", "value": mount["mountPath"] + "/ca.crt"}, container["env"])
            seen += 1
        self.assertEqual(seen, 15)

    def test_a_component_changes_no_setting(self):
        def settings(source):
            return {
                (name, variable["name"]): variable["value"]
                for where, name, pod in workloads()
                for variable in pod["containers"][0]["env"]
                if where == source and variable["name"].startswith("ILLUXI__")
            }

        for overlay in OVERLAYS:
            plain = settings(f"kubernetes/overlays/{overlay}")
            self.assertGreater(len(plain), 20)
            self.assertEqual(settings(f"kubernetes/overlays/{overlay} with everything"), plain)
            self.assertIn("example.com", plain["scim-gateway", "ILLUXI__PUBLIC__BASE_URL"])
            self.assertEqual(plain["scim-gateway", "ILLUXI__PUBLIC__TRUSTED_PROXIES"], "10.0.0.0/8")

    def test_the_reason_of_a_failed_migration_can_be_read(self):
        jobs = [(source, name, pod) for source, name, pod in workloads() if name.endswith("-migrations")]
        self.assertGreater(len(jobs), 10)
        for source, name, pod in jobs:
            with self.subTest(source, workload=name):
                self.assertEqual(pod["restartPolicy"], "Never")

    def test_pods(self):
        pods = list(workloads())
        self.assertGreater(len(pods), 25)
        for source, name, pod in pods:
            with self.subTest(source, workload=name):
                self.assertIs(pod["automountServiceAccountToken"], False)
                security = pod["securityContext"]
                self.assertIs(security["runAsNonRoot"], True)
                self.assertNotEqual(security["runAsUser"], 0)
                self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
                for container in pod["containers"]:
                    security = container["securityContext"]
                    self.assertIs(security["allowPrivilegeEscalation"], False)
                    self.assertIs(security["readOnlyRootFilesystem"], True)
                    self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
                    for kind in ["requests", "limits"]:
                        self.assertEqual(set(container["resources"][kind]), {"cpu", "memory"})

    def test_what_serves_has_time_to_end_and_says_when_it_can_serve(self):
        for source, name, pod in workloads():
            if name.endswith("-migrations"):
                continue
            with self.subTest(source, workload=name):
                self.assertGreaterEqual(pod["terminationGracePeriodSeconds"], 60)
                (container,) = pod["containers"]
                self.assertEqual(container["readinessProbe"]["httpGet"]["path"], "/health/ready")
                # A database that is away must not have processes killed.
                self.assertEqual(container["livenessProbe"]["httpGet"]["path"], "/health/live")
                # Within the five seconds that a process serves on.
                self.assertLess(container["readinessProbe"]["periodSeconds"], 5)

    def test_every_pod_of_ours_is_behind_a_network_policy(self):
        for source, things in manifests().items():
            policies = of_kind(things, "NetworkPolicy")
            pods = {name for name in of_kind(things, "Deployment", "Job")}
            if not policies or not pods:
                continue
            (nobody,) = [policy for name, policy in policies.items() if name.endswith("nobody")]
            (selector,) = nobody["spec"]["podSelector"]["matchExpressions"]
            with self.subTest(source):
                self.assertLessEqual(pods, set(selector["values"]))
                self.assertEqual(set(nobody["spec"]["policyTypes"]), {"Ingress", "Egress"})

    def test_no_ingress_leads_to_a_private_listener(self):
        for source, things in manifests().items():
            for name, ingress in of_kind(things, "Ingress").items():
                for rule in ingress["spec"]["rules"]:
                    for path in rule["http"]["paths"]:
                        with self.subTest(source, ingress=name):
                            self.assertEqual(path["backend"]["service"]["port"], {"name": "public"})
