"""What is published about the events agrees with real ones: the golden messages of crates/events."""

import json
import unittest
from datetime import datetime

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
