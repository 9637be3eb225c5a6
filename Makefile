# The commands of the house; `make help` lists them. Nothing needs to be installed before but
# Python 3.11 and, for the browser's tests, what apt brings.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A name of our own: `PYTHON` is often set for other purposes.
VENV_PYTHON ?= $(firstword $(shell command -v python3.11 python3 2>/dev/null))
BIN := .venv/bin
# Two at least, so that tests which wait do not hold up those that compute; four at most, so
# that whole stacks in tests still get their share of the machine.
TEST_WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 2 ? 2 : n > 4 ? 4 : n )))
# A file's tests stay in one worker, and so share the stack that its first test started. (Groups
# across files would be closer, but pytest-xdist 3.8 sees no group marks under pytest 9.2.)
PYTEST_ARGS ?=

# Checks that import the settings but enter no database and sign nothing.
UNUSED_ENV := DEBUG=true SECRET_KEY=checks-sign-nothing DATABASE_URL=postgres://nobody@127.0.0.1:1/none
UNUSED_NOTARY_ENV := $(UNUSED_ENV) NOTARY_DATABASE_URL=postgres://nobody@127.0.0.1:1/none \
	NOTARY_PLATFORMS=checks=open-nothing-open-nothing-open-nothing \
	NOTARY_SIGNING_KEY="$$($(BIN)/python -c 'from config.stack.keys import new_signing_key as key; print(key())')"

.PHONY: up test check drill lint lock format help

up: .venv/.runtime ## the whole platform on this machine (ARGS="--port 0 --no-demo …")
	@exec $(BIN)/python manage.py up $(ARGS)

test: .venv/.dev .venv/.system ## every test, the browser's journeys included
	@exec $(BIN)/pytest -n $(TEST_WORKERS) --dist loadfile $(PYTEST_ARGS)

DRILLS ?= kashima-2023 redis-lost worker-killed notary-restored-old database-restart grey-network

drill: .venv/.runtime ## rehearse the outages, one stack for all (DRILLS="kashima-2023" ARGS="--json …")
	@exec $(BIN)/python manage.py drill $(DRILLS) $(ARGS)

check: lint ## what CI runs: format, lint, types, contracts, migrations, schema, catalogues, tests
	@$(MAKE) --no-print-directory test

lint: .venv/.dev .venv/.system ## all of `check` but the tests
	@echo "format and lint"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/djlint --check --quiet templates
	@echo "types"
	@$(UNUSED_ENV) $(BIN)/mypy .
	@echo "import contracts"
	@$(UNUSED_ENV) $(BIN)/lint-imports
	@echo "migrations, both services"
	@$(UNUSED_ENV) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(UNUSED_NOTARY_ENV) DJANGO_SETTINGS_MODULE=notary.settings \
		$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo "system checks of a deployment"
	@$(UNUSED_ENV) DEBUG=false SECRET_KEY=$$(head -c 48 /dev/urandom | base64 -w 0) \
		NOTARY_KEY=$$(head -c 48 /dev/urandom | base64 -w 0) PUBLIC_URL=https://voucher.city.example \
		EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend \
		$(BIN)/python manage.py check --deploy --fail-level ERROR
	@echo "API schema"
	@$(UNUSED_ENV) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "translations"
	@for po in $$(find . -path ./.venv -prune -o -path '*/LC_MESSAGES/*.po' -print); do \
		cmp -s <(msgfmt --check-format -o - $$po | msgunfmt) <(msgunfmt $${po%.po}.mo) \
			|| { echo "$${po%.po}.mo is not what $$po says: run manage.py compilemessages" >&2; exit 1; }; \
	done

format: .venv/.dev ## rewrite the code and the templates as `check` wants them
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
	@$(BIN)/djlint --reformat --quiet templates || true

lock: ## pin the dependencies with hashes, keeping what is pinned (needs uv; LOCK_ARGS=--upgrade for newer ones)
	$(COMPILE) --extra local -o requirements.txt
	$(COMPILE) --extra local --extra dev --constraint requirements.txt -o requirements-dev.txt

# For the first patch release: what only older ones need (Debian 12 has 3.11.2) is in the lock too.
COMPILE = uv pip compile pyproject.toml --quiet --python-version 3.11.0 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(LOCK_ARGS)

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

# What the stamps say is installed. The development set contains the runtime set at the same
# versions, so each of the two leaves the other's packages in place.

.venv/.runtime: requirements.txt | .venv/bin/pip
	@echo "installing what the lock file names"
	@$(BIN)/pip install -qq --require-hashes --no-deps --requirement requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/bin/pip
	@echo "installing what the development lock file names"
	@$(BIN)/pip install -qq --require-hashes --no-deps --requirement requirements-dev.txt
	@touch $@ .venv/.runtime

.venv/bin/pip:
	@$(call need,Python 3.11,$(VENV_PYTHON) -c 'import sys; assert sys.version.startswith("3.11.")',python3)
	@$(call need,the module ensurepip,$(VENV_PYTHON) -c 'import ensurepip',python3-venv)
	@$(VENV_PYTHON) -m venv --clear .venv

# Asked each time, since it is not ours to keep; where it cannot be installed, the tests that
# need it are skipped, aloud, but not in CI.
.PHONY: .venv/.system
.venv/.system:
	@$(call want,gettext,command -v msgfmt,gettext)
	@$(call want,Chromium,command -v chromium || command -v chromium-browser || command -v google-chrome,chromium)
	@$(call want,a Japanese font,fc-list :lang=ja family | grep -q .,fontconfig fonts-noto-cjk)

# $(call need,what,test for it,apt packages): install it as root, else say what is missing and fail.
need = { $(2); } > /dev/null 2>&1 || $(install) || { \
	echo "$(1) is missing; install it first (on Debian: apt-get install $(3))" >&2; exit 1; }

# The same, but without it we go on, unless this is CI.
want = { $(2); } > /dev/null 2>&1 || $(install) || { \
	echo "$(1) is missing, and so are the tests that need it (on Debian: apt-get install $(3))" >&2; \
	[[ "$${CI:-}" != true ]]; }

install = { [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null && echo "installing $(1)" \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(3) \
	> /dev/null; }
