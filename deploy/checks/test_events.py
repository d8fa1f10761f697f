"""What is published about the events agrees with real ones: the golden messages of crates/events."""

import contextlib
import io
import json
import re
import sys
import unittest
from datetime import datetime
from types import SimpleNamespace
from unittest import mock

import jsonschema
import yaml
from referencing import Registry, Resource

from shipped import ROOT, read

CONTRACT = ROOT / "proto/illuxi/directory/v1"
GOLDEN = sorted((ROOT / "crates/events/tests/golden").glob("*.json"))
SCHEMAS = ["envelope.schema.json", "directory.schema.json"]
EXCHANGE = "scim.events"
FORMATS = jsonschema.FormatChecker(["uuid"])


@FORMATS.checks("date-time", raises=ValueError)
def is_time(text):
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


def described():
    return yaml.safe_load((CONTRACT / "asyncapi.yaml").read_text())


def schemas():
    return {name: json.loads((CONTRACT / name).read_text()) for name in SCHEMAS}


def golden():
    for path in GOLDEN:
        yield path.name, json.loads(path.read_text())


def headers(message):
    """As they are on the wire; crates/messaging tests that they are so."""
    return {f"cloudEvents_{name}": value for name, value in message["attributes"].items()}


def strict(schema):
    """The same, but taking neither a field nor a word that is not described."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: strict(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema["additionalProperties"] = False
    if isinstance(schema.get("examples"), list):
        schema["enum"] = schema["examples"]
    return schema


def validator(reference, known):
    registry = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in known.items())
    return jsonschema.Draft202012Validator({"$ref": reference}, registry=registry, format_checker=FORMATS)


def resolve(description, thing):
    while "$ref" in thing:
        target = description
        for step in thing["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        thing = target
    return thing


def channels():
    """Of each type: the channel, and its message."""
    description, found = described(), {}
    for channel in description["channels"].values():
        (message,) = channel["messages"].values()
        message = resolve(description, message)
        found[message["name"]] = (channel, message)
    return found


def reference(message):
    return message["payload"]["schema"]["$ref"]


class Schemas(unittest.TestCase):
    def test_they_are_schemas(self):
        for name, schema in schemas().items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_golden_messages_agree_also_to_the_letter(self):
        described_by = channels()
        for known in [schemas(), {name: strict(schema) for name, schema in schemas().items()}]:
            for name, message in golden():
                with self.subTest(name):
                    _, by = described_by[message["attributes"]["type"]]
                    validator("envelope.schema.json", known).validate(headers(message))
                    validator(reference(by), known).validate(message["body"])

    def test_each_field_is_in_a_golden_message(self):
        definitions = schemas()["directory.schema.json"]["$defs"]
        seen = set()

        def walk(schema, value):
            if "$ref" in schema:
                name = schema["$ref"].rsplit("/", 1)[1]
                if isinstance(value, dict):
                    seen.update((name, field) for field in value)
                return walk(definitions[name], value)
            if isinstance(value, list):
                for item in value:
                    walk(schema.get("items", {}), item)
            elif isinstance(value, dict):
                for field, inner in value.items():
                    walk(schema.get("properties", {}).get(field, {}), inner)

        described_by = channels()
        for _, message in golden():
            _, by = described_by[message["attributes"]["type"]]
            walk({"$ref": reference(by)}, message["body"])
        every = {(name, field) for name, schema in definitions.items() for field in schema.get("properties", {})}
        self.assertEqual(every - seen, set())

    def test_what_is_later_added_is_taken_and_what_is_wrong_is_not(self):
        _, message = next((name, message) for name, message in golden() if name == "user.changed.v1.json")
        data = validator("directory.schema.json#/$defs/UserChange", schemas())
        self.assertTrue(data.is_valid({**message["body"], "later": 1}))
        self.assertFalse(data.is_valid({**message["body"], "changed": "title"}))
        envelope = validator("envelope.schema.json", schemas())
        self.assertTrue(envelope.is_valid({**headers(message), "cloudEvents_later": "x"}))
        for wrong in [("sequence", "3"), ("id", "7"), ("time", "yesterday"), ("environment", "test"), ("subject", "Users/7")]:
            with self.subTest(wrong):
                self.assertFalse(envelope.is_valid({**headers(message), f"cloudEvents_{wrong[0]}": wrong[1]}))


class AsyncApi(unittest.TestCase):
    def test_it_describes_every_type_and_its_routing_key(self):
        described_by, types = channels(), set()
        for name, message in golden():
            with self.subTest(name):
                attributes = message["attributes"]
                channel, _ = described_by[attributes["type"]]
                key = channel["address"]
                for parameter in channel["parameters"]:
                    key = key.replace(f"{{{parameter}}}", attributes[parameter])
                self.assertEqual(key, message["routing_key"])
                types.add(attributes["type"])
        self.assertEqual(types, set(described_by))

    def test_the_exchange_is_the_one_that_is_declared(self):
        # crates/messaging tests that these definitions are what the services declare.
        exchanges = json.loads(read("deploy/rabbitmq/definitions.json"))["exchanges"]
        (declared,) = [exchange for exchange in exchanges if exchange["name"] == EXCHANGE]
        description = described()
        for channel, _ in channels().values():
            exchange = resolve(description, channel["bindings"])["amqp"]["exchange"]
            told = {"name": exchange["name"], "type": exchange["type"], "durable": exchange["durable"]}
            self.assertEqual(told, {key: declared[key] for key in told})

    def test_each_channel_is_sent_to_and_all_messages_have_the_headers(self):
        description = described()
        sent = [operation["channel"]["$ref"] for operation in description["operations"].values()]
        self.assertEqual(sorted(sent), sorted(f"#/channels/{name}" for name in description["channels"]))
        for name, (_, message) in channels().items():
            (trait,) = [resolve(description, trait) for trait in message["traits"]]
            self.assertEqual(trait["headers"]["schema"]["$ref"], "envelope.schema.json")
            self.assertEqual(message["bindings"]["amqp"]["messageType"], name)


class Channel:
    """Hands out messages, and remembers what became of them and what was declared."""

    def __init__(self, messages):
        self.messages, self.queues, self.bound, self.settled = messages, {}, [], {}

    def queue_declare(self, queue, durable, arguments):
        self.queues[queue] = {"durable": durable, **arguments}

    def queue_bind(self, queue, exchange, routing_key):
        self.bound.append((queue, exchange, routing_key))

    def basic_qos(self, prefetch_count):
        pass

    def consume(self, queue):
        for tag, (attributes, body) in enumerate(self.messages):
            properties = SimpleNamespace(headers={**headers({"attributes": attributes}), "illuxi_lane": "1"})
            yield SimpleNamespace(delivery_tag=tag), properties, body

    def basic_ack(self, tag):
        self.settled[tag] = "acknowledged"

    def basic_nack(self, tag, requeue):
        self.settled[tag] = "again" if requeue else "parked"


class RustExample(unittest.TestCase):
    """The program in docs/events.md; crates/messaging runs it."""

    def test_it_is_the_one_that_is_run(self):
        (program,) = re.findall(r"```rust\n(.*?)```", read("docs/events.md"), re.S)
        _, example = read("crates/messaging/examples/consumer.rs").split("\n\n", 1)
        self.assertEqual(program, example)


class PythonExample(unittest.TestCase):
    """The program in docs/events.md, all but pika itself."""

    def run_with(self, messages):
        (program,) = re.findall(r"```python\n(.*?)```", read("docs/events.md"), re.S)
        channel, names, out = Channel(messages), {"__name__": "example"}, io.StringIO()
        pika = SimpleNamespace(
            URLParameters=lambda url: url, BlockingConnection=lambda _: SimpleNamespace(channel=lambda: channel)
        )
        environment = mock.patch.dict("os.environ", {"AMQP_URL": "amqp://broker"})
        with mock.patch.dict(sys.modules, {"pika": pika}), environment, contextlib.redirect_stdout(out):
            exec(compile(program, "docs/events.md", "exec"), names)
            names["main"]("reports")
        return channel, out.getvalue().splitlines()

    def test_each_event_is_applied_once_in_whatever_order(self):
        messages = {name.removesuffix(".v1.json"): message for name, message in golden()}

        def of(name, body=None, **attributes):
            message = messages[name]
            return {**message["attributes"], **attributes}, body or json.dumps(message["body"]).encode()

        second_life = "0000000000.0000000002.00000000000000000001"
        channel, lines = self.run_with(
            [
                of("user.provisioned"),
                of("user.deactivated"),
                of("user.changed"),
                of("user.deactivated"),
                of("user.changed", body=b"{"),
                of("user.changed", body=b"protobuf", type="com.illuxilms.directory.user.changed.v2"),
                of("user.provisioned", sequence=second_life),
                of("user.deprovisioned"),
                of("user.deprovisioned", subject="Users/01970000-0000-7000-8000-0000000000ff"),
                of("group.deprovisioned"),
                of("membership.changed"),
                of("membership.changed"),
                of("group.changed"),
            ]
        )
        user, other = "01970000-0000-7000-8000-00000000000a", "01970000-0000-7000-8000-00000000000e"
        group = "Groups/01970000-0000-7000-8000-00000000000b"
        self.assertEqual(
            lines,
            [
                f"user.provisioned.v1 Users/{user} ana.silva@contoso.example",
                f"user.deactivated.v1 Users/{user} ana.silva@contoso.example",
                f"user.provisioned.v1 Users/{user} ana.silva@contoso.example",
                f"group.deprovisioned.v1 {group} Forklift A",
                f"membership.changed.v1 {group} added {user}",
                f"membership.changed.v1 {group} removed {other}",
            ],
        )
        self.assertEqual(channel.settled, {tag: "parked" if tag == 4 else "acknowledged" for tag in range(13)})

    def test_every_event_but_snapshots_is_understood(self):
        for name, message in golden():
            with self.subTest(name):
                channel, lines = self.run_with([(message["attributes"], json.dumps(message["body"]))])
                self.assertEqual(channel.settled, {0: "acknowledged"})
                self.assertEqual(lines == [], message["routing_key"].split(".")[2] in ["snapshot", "integration"])

    def test_its_queue_keeps_what_it_cannot_handle(self):
        channel, _ = self.run_with([])
        parked = {"durable": True, "x-queue-type": "quorum"}
        own = {
            **parked,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "reports.parked",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        self.assertEqual(channel.queues, {"reports.parked": parked, "reports": own})
        self.assertEqual({queue for queue, _, _ in channel.bound}, {"reports"})
        self.assertEqual({exchange for _, exchange, _ in channel.bound}, {EXCHANGE})
