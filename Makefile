# Two commands: `make demo` runs a command in the sandbox, `make test` runs every check. Both set up what they need.
PYTHON ?= python3.11
BIN := .venv/bin
# Python's own default, whatever the machine's is: else each of the many processes compiles all of it again.
export PYTHONDONTWRITEBYTECODE :=

demo: .venv/.run
	$(BIN)/python -m bot sandbox --say '/ecs run mem web-prod'

sandbox: .venv/.run
	$(BIN)/python -m bot sandbox

prompt: .venv/.run
	$(BIN)/python -m bot sandbox --terminal

test: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 3 --dist worksteal

screenshots: .venv/.test
	$(BIN)/python -m tests.browser.screenshots

bench: .venv/.test
	$(BIN)/python -m bench

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: requirements.lock | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/.test: requirements-dev.lock | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

lock: | .venv/bin/python
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

.PHONY: demo sandbox prompt test screenshots bench lock
