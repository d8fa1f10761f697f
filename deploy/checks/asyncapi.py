"""Compares the description of the events with the schema of AsyncAPI itself: asyncapi.py SCHEMA."""

import json
import sys

import jsonschema
import yaml

DESCRIPTION = "proto/illuxi/directory/v1/asyncapi.yaml"


def main(schema_path):
    with open(schema_path) as file:
        schema = json.load(file)
    with open(DESCRIPTION) as file:
        description = yaml.safe_load(file)
    jsonschema.Draft7Validator(schema).validate(description)
    # A schema that takes anything would have said the same.
    del description["channels"]["userChanged"]["bindings"]
    description["channels"]["userChanged"]["adress"] = "x"
    if jsonschema.Draft7Validator(schema).is_valid(description):
        sys.exit("the schema of AsyncAPI takes what it does not know")
    print(f"{DESCRIPTION} agrees with the schema of AsyncAPI {description['asyncapi']}")


main(*sys.argv[1:])
