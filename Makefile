# make demo    learn to read digits, in less than a minute
# make test    lint, types, and all tests
#
# Every target makes the virtual environment it needs first, from any Python of at least 3.11 (or `make PYTHON=... demo`).
# A second call finds it there.

VENV ?= .venv
WORKERS ?= 2
PEERS ?= ../peers
BIN = $(VENV)/bin
CHECKED = src tests tools benchmarks examples docs

.PHONY: demo test compiled test-all test-quick test-newest lint bench docs clean help

help:
	@sed -n 's/^# //p' Makefile | sed -n '1,2p'
	@echo "make lint    style and types"
	@echo "make bench   compare the speed with other libraries (their environments take a while to make)"
	@echo "make docs    the reference in docs/api"

demo: $(VENV)/.has-demo
	@$(BIN)/python examples/digits.py

# Most of the time of the tests is compiling. Here XLA does it with its older generators and without optimizations, as it
# compiles rarely run programs of the engine: in 0.4 of the time. The run on the newest Python and `test-all` compile as the
# programs of users are compiled.
QUICKLY = --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1 \
	--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true

test: lint compiled test-newest
	@XLA_FLAGS="$(QUICKLY) $(XLA_FLAGS)" $(BIN)/python -m pytest -n $(WORKERS)

# for the many processes that tests start, where Python is told to write no bytecode itself
compiled: $(VENV)/.has-dev
	@$(BIN)/python -m compileall -q -j 0 src

# whole runs, and what surrounds them
QUICK = tests/engine tests/training/test_fit.py tests/training/test_programs.py tests/training/test_errors.py \
	tests/training/test_logs.py tests/callbacks/test_callbacks.py tests/callbacks/test_callback_list.py \
	tests/data/test_array_source.py tests/data/test_batch_source.py tests/saving/test_weights.py tests/saving/test_models.py \
	tests/legacy/test_modules.py tests/layers/test_core.py tests/layers/test_in_models.py tests/ops/test_control_flow.py \
	tests/project/test_public_names.py

test-quick: $(VENV)/.has-dev
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(QUICK)

# the same part on the newest Python around, with the newest jax for it
test-newest:
	@tools/on_newest_python.sh -n $(WORKERS) -m "not slow" $(QUICK)

# every case of the large tables, of which `make test` runs a sample: the better part of an hour
test-all: $(VENV)/.has-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --all

lint: $(VENV)/.has-dev
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check --quiet $(CHECKED)
	@$(BIN)/mypy

bench: $(VENV)/.has-dev
	@benchmarks/environments.sh $(PEERS)
	@$(BIN)/python benchmarks/run.py --peers $(PEERS)

docs: $(VENV)/.has-dev
	@$(BIN)/python docs/build.py

clean:
	rm -rf $(VENV) .venv313 build demo_output docs/api .pytest_cache .ruff_cache .mypy_cache

# dev holds all that demo needs
$(VENV)/.has-demo: pyproject.toml tools/environment.sh
	@test $(VENV)/.has-dev -nt pyproject.toml || tools/environment.sh $(VENV) demo $(PYTHON)
	@touch $@

$(VENV)/.has-dev: pyproject.toml tools/environment.sh
	@tools/environment.sh $(VENV) dev $(PYTHON)
	@touch $@
