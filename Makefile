# make run: set up and start the product.  make test: set up and run the tests.

JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: run test check lock clean

run: .venv/ready
	.venv/bin/python -m vedette serve

test: .venv/ready-dev
	tools/browser
	tools/sdk-packages
	.venv/bin/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check: .venv/ready-dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	tools/check-js
	.venv/bin/python -m vedette audit . --fail-on important --least important
	.venv/bin/python -m pytest -q tests/test_import_rule.py

.venv/ready: requirements.lock
	tools/setup requirements.lock
	touch $@

.venv/ready-dev: requirements-dev.lock
	tools/setup requirements-dev.lock
	touch .venv/ready $@

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv dist build node_modules tests/sdk/node_modules tools/js/node_modules
