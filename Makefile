# The commands of README.md. Needs cargo (rustup.rs) and a C compiler; everything else is found or installed.
.PHONY: run run-distributed services demo test test-browser conformance bench bench-gate bench-parts chaos chaos-long fuzz check deny sbom walk-compose up down fmt clean

# The whole product in one process, on SQLite files below .data/standalone.
run:
	cargo build --locked -p scim-standalone
	target/debug/scim-standalone serve --data-dir .data/standalone \
		--listen $(or $(LISTEN),127.0.0.1:8080) --admin-listen $(or $(ADMIN_LISTEN),127.0.0.1:8081) \
		--console-listen $(or $(CONSOLE_LISTEN),127.0.0.1:8083) \
		--bootstrap-file $(or $(BOOTSTRAP_FILE),.data/standalone/bootstrap.json) --log $(or $(LOG),warn)

# scim-gateway and user-sync as two processes on PostgreSQL and RabbitMQ.
run-distributed:
	cargo build --locked -p scim-gateway -p user-sync
	deploy/scripts/run-distributed

# Finds PostgreSQL and RabbitMQ or starts them, and prints their addresses.
services:
	deploy/scripts/services

# One person's life, step by step, against a standalone in a temporary folder.
demo:
	cargo run --locked --quiet -p scim-standalone --example demo

# Every test, on real servers. Uses cargo-nextest where it is installed.
test:
	deploy/scripts/test

# The administrators' console in a real browser. OPTIONS=tests/setup.spec.js runs one file.
test-browser:
	deploy/scripts/test-browser $(OPTIONS)

# Two public SCIM conformance suites against the gateway on each store, in each profile. Needs Python 3.11 or newer.
conformance:
	cargo build --locked -p scim-gateway -p scim-standalone
	deploy/scripts/conformance

# What requests cost beside the least that they could cost, written to docs/performance.md. OPTIONS=--busy measures on a
# machine on which others are at work.
bench:
	deploy/scripts/bench $(OPTIONS)

# The same in three minutes, against the agreed ratios: fails when one is broken.
bench-gate:
	deploy/scripts/bench --gates $(OPTIONS)

# What the pure parts cost, and requests in a directory that is written by SQL.
bench-parts:
	deploy/scripts/bench-parts

# Servers stopped and killed, connections cut, processes frozen, while Entra writes; the table of docs/guarantees.md.
chaos:
	deploy/scripts/chaos --document docs/guarantees.md \
		--about "$$(date +%F), $$(nproc) cores, $$(uname -sm), debug builds."

# 50,000 writes while everything is restarted again and again, and a backlog of 100,000 events, with release builds.
chaos-long:
	deploy/scripts/chaos-long --document docs/guarantees.md \
		--about "$$(date +%F), $$(nproc) cores, $$(uname -sm), release builds."

# The parsers against made-up input, ten seconds each.
fuzz:
	deploy/scripts/fuzz

# What CI checks before the tests.
check:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	deploy/scripts/check-alerts
	deploy/scripts/check-deploy
	deploy/scripts/deny

# Known weaknesses of the dependencies too, for which a data base is fetched.
deny:
	deploy/scripts/deny advisories

# What each program is made of: .data/sbom.
sbom:
	deploy/scripts/sbom

# What docker-compose.yml starts, started without containers and walked through. Needs PostgreSQL and RabbitMQ installed.
walk-compose:
	cargo build --locked --workspace --bins
	deploy/scripts/walk-compose

# docker-compose.yml, with secrets made on the first start; OBSERVABILITY=1 with Prometheus and Grafana.
up:
	OBSERVABILITY=$(OBSERVABILITY) deploy/scripts/compose-up

# Everything ends; what is in the volumes stays.
down:
	docker compose --profile '*' down

fmt:
	cargo fmt --all

clean:
	cargo clean
	rm -rf .data
