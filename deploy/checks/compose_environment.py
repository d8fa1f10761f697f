"""Prints the environment that docker-compose.yml gives to a service, as NAME=VALUE lines.

    compose_environment.py COMPOSE_JSON SERVICE [FROM=TO]...

COMPOSE_JSON is what `docker-compose config --format json` printed. Each FROM in a value becomes TO.
"""

import json
import sys


def main(compose: str, service: str, *changes: str) -> None:
    with open(compose) as file:
        environment = json.load(file)["services"][service]["environment"]
    for name, value in sorted(environment.items()):
        for change in changes:
            old, new = change.split("=", 1)
            value = value.replace(old, new)
        print(f"{name}={value}")


main(*sys.argv[1:])
