# The project's commands. Needs Python 3.11 or newer and make; everything else goes into .venv.

PORT ?= 8000
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
RUN := .venv/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint bench gate report screenshots models
export PYTHONPATH := .
.DEFAULT_GOAL := demo

demo: .venv/.installed
	@$(RUN) -m app.demo --port "$(PORT)" $(if $(LOG),--log "$(LOG)")

test: .venv/.installed-dev
	@$(RUN) -m pytest

lint: .venv/.installed-dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

bench: .venv/.installed-dev
	@$(RUN) -m benchmarks.bench

gate: .venv/.installed-dev
	@$(RUN) -m pip install --quiet --disable-pip-version-check pip-audit
	@$(RUN) -m benchmarks.gate

report: .venv/.installed-dev
	@$(RUN) -m benchmarks.report

screenshots: .venv/.installed-dev
	@$(RUN) -m benchmarks.screenshots

models: .venv/.installed
	@$(RUN) -m sample_models.build $(if $(NEURAL),--neural)
	@$(RUN) -m sample_models.scenarios

.venv/.installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; install one, or name it: make demo PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "error: $(PYTHON) comes without venv; install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@test -x $(RUN) || $(PYTHON) -m venv .venv
	@echo "installing into .venv" >&2
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
