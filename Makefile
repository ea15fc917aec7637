# Seedbed: `make up` runs it, `make test` tests it. Nothing is needed but Python 3.11+ and make.

PYTHON ?=
OPTIONS ?=
RUN = .venv/bin/python -m
LOCK = $(RUN) uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate

export PYTHON
# Each of the many processes of the tests would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install install-development install-training up doctor test test-training check docs
.PHONY: screenshots lock

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

install: ## What Seedbed runs with, pinned, into .venv
	@sh scripts/install.sh app

install-development: ## The same, with what tests and linters need
	@sh scripts/install.sh development

up: install ## Everything on this machine; prints a sign-in link; Ctrl-C stops it (OPTIONS=--no-demo ...)
	@exec $(RUN) backend.cli.app up $(OPTIONS)

doctor: install ## What this machine lacks, if anything
	@$(RUN) backend.cli.app doctor

test: install-development ## Every test, with real Postgres, broker and worker (OPTIONS="-k name" ...)
	@$(RUN) pytest -n 2 --dist worksteal $(OPTIONS)

install-training: ## What training runs with, pinned, into .venv-training
	@PYTHON="$${PYTHON:-python3}" sh scripts/install_training.sh

# Without the fixtures of the services, which are in the other environment. What trains takes long,
# and is a process of its own, which a signal ends.
test-training: install-training ## Training for real, small, on two CPU processes (5 minutes)
	@.venv-training/bin/python -m pytest --noconftest -o addopts="-ra" -o faulthandler_timeout=0 tests/training $(OPTIONS)

check: install-development ## Linters, types and import contracts
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy
	@.venv/bin/python .venv/bin/lint-imports

docs: install ## docs/rest.md and docs/cli.md, from the API and the commands; training's recipes for the API
	@$(RUN) scripts.training_recipes
	@$(RUN) scripts.rest_reference
	@$(RUN) scripts.cli_reference

screenshots: install-development ## docs/images, from a running Seedbed
	@$(RUN) scripts.screenshots

lock: install ## Renew the pins in requirements/ (OPTIONS=--upgrade for newer versions)
	$(LOCK) $(OPTIONS) pyproject.toml -o requirements/app.txt
	$(LOCK) $(OPTIONS) pyproject.toml --group dev -c requirements/app.txt -o requirements/development.txt
	$(LOCK) $(OPTIONS) --group fit -c requirements/app.txt -o requirements/fit.txt
