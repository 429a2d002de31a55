# Everything a person does with a checkout. It needs Python 3.11 or newer, and nothing else.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done)
VENV := .venv
STOA := $(VENV)/bin/python

.DEFAULT_GOAL := run
.PHONY: run build test check bench wheel lock set-up-run set-up-test

run: set-up-run ## set up what is missing, then start the demo shop
	@exec $(STOA) -m stoa up

build: set-up-run ## the front end, without starting anything

test: set-up-test ## set up what the tests need, then check and run everything
	@exec $(STOA) scripts/run_tests.py

check: set-up-test ## style, types, layers, texts, locks, generated files
	@exec $(STOA) scripts/check.py

bench: set-up-test ## every load program, with figures
	@exec $(STOA) scripts/run_benchmarks.py

wheel: set-up-test ## the package, with the built front end inside
	@exec $(STOA) -m build --wheel --no-isolation --outdir dist

lock: ## resolve all dependencies anew
	@exec $(STOA) scripts/lock.py

set-up-run set-up-test: set-up-%: a-python
	@$(PYTHON) scripts/set_up.py $*

.PHONY: a-python
a-python:
	@test -n "$(PYTHON)" || { echo "Stoa needs Python 3.11 or newer, and none was found." >&2; exit 1; }
