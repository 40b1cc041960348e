# Every target sets up what it needs; the second run finds it in place and starts at once.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
# The CUDA version of the CuPy wheel that `make test-gpu` installs: 12 or 13.
CUDA   ?= 12
# What `make benchmark` and `make benchmark-forests` pass on: ARGUMENTS="--only dense --threads 1".
ARGUMENTS ?=
# The seed of the order in `make test-order`.
SEED   ?= 1
# As many processes as there are usable cores; one that has no tests left takes some of another's.
PARALLEL := -n auto --dist worksteal
FAST     := -m "not slow and not oracle and not gpu"
# Tests start many processes, each of which would compile the package again.
unexport PYTHONDONTWRITEBYTECODE
# A stamp per environment: newer than pyproject.toml means installed.
PACKAGE_STAMP   := $(VENV)/.package
TEST_STAMP      := $(VENV)/.test
ORACLE_STAMP    := $(VENV)/.oracles
BENCHMARK_STAMP := $(VENV)/.benchmarks
DOCS_STAMP      := $(VENV)/.docs
RELEASE_STAMP   := $(VENV)/.release
PICTURE_STAMP   := $(VENV)/.screenshots
# PyROOT comes in wheels before its release and is kept apart.
ROOT_VENV       := .venv-root
ROOT_STAMP      := $(ROOT_VENV)/.root
TUTORIALS_STAMP := $(ROOT_VENV)/.tutorials
# What mypy says while the tests run.
TYPES           := $(VENV)/.types

.PHONY: demo test test-oracles test-root test-slow test-gpu test-processors test-order lint docs tutorials screenshots benchmark benchmark-forests release-check all-methods clean

$(PACKAGE_STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[plot]"
	@touch $@

$(TEST_STAMP): $(PACKAGE_STAMP)
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

$(ORACLE_STAMP): $(TEST_STAMP)
	$(BIN)/python -m pip install --quiet --group oracles
	@touch $@

$(ROOT_STAMP): pyproject.toml
	@test -x $(ROOT_VENV)/bin/python || $(PYTHON) -m venv $(ROOT_VENV)
	@$(ROOT_VENV)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(ROOT_VENV)/bin/python -m pip install --quiet --pre root
	$(ROOT_VENV)/bin/python -m pip install --quiet --editable ".[plot]" --group dev
	@touch $@

$(TUTORIALS_STAMP): $(ROOT_STAMP)
	$(ROOT_VENV)/bin/python -m pip install --quiet --editable ".[plot,torch,keras]"
	@touch $@

$(DOCS_STAMP): $(PACKAGE_STAMP)
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

$(PICTURE_STAMP): $(TEST_STAMP)
	$(BIN)/python -m pip install --quiet --group screenshots
	@touch $@

$(RELEASE_STAMP): $(PACKAGE_STAMP)
	$(BIN)/python -m pip install --quiet --group release
	@touch $@

$(BENCHMARK_STAMP): $(ORACLE_STAMP)
	$(BIN)/python -m pip install --quiet --group benchmarks
	@touch $@

demo: $(PACKAGE_STAMP)  ## train LSTM, RNN, GRU and a dense net on a toy time series and print TMVA's ranking
	$(BIN)/tmva-py demo

test: $(TEST_STAMP)  ## lint, types and every test that needs neither PyTorch nor minutes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@echo "$(BIN)/mypy, and at the same time $(BIN)/pytest $(PARALLEL)"
	@$(BIN)/mypy > $(TYPES) 2>&1 & types=$$!; \
	$(BIN)/pytest $(PARALLEL) $(FAST); tests=$$?; \
	wait $$types; types=$$?; cat $(TYPES); exit $$((tests || types))

test-oracles: $(ORACLE_STAMP)  ## comparisons with PyTorch and ONNX Runtime
	$(BIN)/pytest $(PARALLEL) -m "oracle and not slow"

test-root: $(ROOT_STAMP)  ## files and objects as PyROOT sees them, in an environment of its own
	$(ROOT_VENV)/bin/python -m pytest -m root

tutorials: $(TUTORIALS_STAMP)  ## ROOT's own tutorials, unedited, and their table: docs/tutorials.md
	$(ROOT_VENV)/bin/python docs/make_tutorials.py $(ARGUMENTS)

test-slow: $(ORACLE_STAMP)  ## the runs that take minutes
	$(BIN)/pytest -m slow

test-gpu: $(TEST_STAMP)  ## the layers, kernels and trainings on a CUDA device; CUDA=13 for its wheel
	$(BIN)/python -m pip install --quiet --editable ".[cuda$(CUDA)]"
	$(BIN)/pytest -m gpu

test-processors: $(TEST_STAMP)  ## the numeric tests as on processors with longer and shorter vectors
	$(BIN)/python tests/support/processors.py

test-order: $(TEST_STAMP)  ## every test of `make test` in another order; SEED=7 for one more
	TMVA_PY_ORDER=$(SEED) $(BIN)/pytest $(PARALLEL) $(FAST)

lint: $(TEST_STAMP)  ## ruff and mypy alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(DOCS_STAMP)  ## the pages of docs/ and the API reference as a site: build/docs/index.html
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env docs build/docs

screenshots: $(PICTURE_STAMP)  ## the pictures of a notebook, docs/images; with the browser CHROMIUM, one on the path, or Playwright's
	@test -n "$(CHROMIUM)" || command -v chromium chromium-browser google-chrome > /dev/null || $(BIN)/playwright install chromium
	$(BIN)/python docs/make_screenshots.py

benchmark: $(BENCHMARK_STAMP)  ## training against PyTorch and Keras, predicting against ONNX Runtime too, in one run
	$(BIN)/python benchmarks/cpu.py $(ARGUMENTS)

benchmark-forests: $(BENCHMARK_STAMP)  ## forests beside XGBoost, LightGBM, scikit-learn, ONNX Runtime and TMVA
	$(BIN)/python benchmarks/forests.py $(ARGUMENTS)

all-methods: $(BENCHMARK_STAMP)  ## every method of ROOT's tutorials in one job each: docs/all-methods.md
	$(BIN)/python benchmarks/all_methods.py --page docs/all-methods.md $(ARGUMENTS)

release-check: $(RELEASE_STAMP)  ## build sdist and wheel, check them, install the wheel elsewhere and run it
	$(BIN)/python tests/support/release_check.py

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
