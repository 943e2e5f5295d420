# Two commands do all the set-up on a fresh Debian machine: make demo, make test.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYRADIOMICS := .benchmarks/pyradiomics/.ready
ELASTIX := .benchmarks/elastix/.ready
DEMO := recist-demo
CODE := recist_tool plugins tests benchmarks
PYTHON ?= python3
HAS_DISPLAY := 'import sys; from recist_tool.cli.display import has_display; sys.exit(not has_display())'
# many tests start Python anew: compiled modules are kept whatever the machine is used to
TESTS := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
SCREEN := xvfb-run -a -s "-screen 0 1920x1080x24 +extension GLX"

.PHONY: help demo test nightly check bench pictures docs lock clean writable base-packages test-packages

help:
	@echo "make demo    a synthetic patient, read from DICOM to response, in ./$(DEMO)"
	@echo "make test    all tests, on a virtual screen"
	@echo "make nightly damaged files, random reads, courses and cohorts by the thousand, killed reads, a robot with bad hands, new examples for every test that makes its own"
	@echo "make check   ruff, pyright, import-linter"
	@echo "make bench   speed, each against a peer in the same run"
	@echo "make docs    the documentation, in ./site"
	@echo "make pictures the read in docs/reading.md, made anew"
	@echo "make lock    resolve requirements.lock anew"

# before anything is installed for it
writable:
	@test -w . || { echo "This checkout is read-only: clone it to where you may write, and run make there" >&2; exit 1; }
	@kept="$${XDG_CACHE_HOME:-$$HOME/.cache}"; [ -z "$$XDG_CACHE_HOME$$HOME" ] || \
	    { mkdir -p "$$kept" 2>/dev/null && test -w "$$kept"; } || \
	    { echo "$$kept cannot be written to: name a folder of yours, make HOME=FOLDER …" >&2; exit 1; }

base-packages: writable
	@.ci/system-packages base

test-packages: writable
	@.ci/system-packages test

$(READY): requirements.lock pyproject.toml
	@.ci/environment $(PYTHON) $(VENV)

# A window where there is a screen; elsewhere the same window on a virtual one, and its picture.
demo: base-packages
	@$(MAKE) --no-print-directory $(READY)
	@if $(BIN)/python -c $(HAS_DISPLAY); then \
	    $(BIN)/recist demo $(DEMO); \
	else \
	    $(SCREEN) $(BIN)/recist demo $(DEMO) --screenshot; \
	fi

test: test-packages
	@$(MAKE) --no-print-directory $(READY)
	$(TESTS) -n auto --dist worksteal

nightly: test-packages
	@$(MAKE) --no-print-directory $(READY)
	$(BIN)/python -m tests.fuzz --mutants 10000
	$(BIN)/python -m tests.hostile.mutants --mutants 10000
	$(BIN)/python -m tests.chance --sessions 2000 --patients 5000
	$(BIN)/python -m tests.reference --patients 5000
	$(BIN)/python -m tests.trial.against_r --cohorts 500
	$(SCREEN) $(BIN)/python -m tests.plugin.sigkills --kills 200
	$(SCREEN) $(BIN)/python -m tests.plugin.robot --events 20000
	[ -z "$$RECIST_REAL_IMAGES" ] || $(SCREEN) $(BIN)/python -m tests.plugin.robot --events 20000 --real
	$(BIN)/python -m tests.trial.one_truth --courses 20000
	RECIST_TRUNKS=100 HYPOTHESIS_PROFILE=searching $(TESTS) -n auto --dist worksteal

check: base-packages
	@$(MAKE) --no-print-directory $(READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/pyright
	PYTHONPATH=.:plugins $(BIN)/lint-imports

# Peers that are measured beside, never dependencies.
$(PYRADIOMICS): Makefile
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install -qq --disable-pip-version-check "setuptools<81" wheel numpy versioneer cython
	$(@D)/bin/python -m pip install -qq --disable-pip-version-check --no-build-isolation pyradiomics==3.0.1
	@touch $@

$(ELASTIX): Makefile
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install -qq --disable-pip-version-check itk-elastix==0.25.4
	@touch $@

bench: test-packages
	@$(MAKE) --no-print-directory $(READY) $(PYRADIOMICS) $(ELASTIX)
	@if $(BIN)/python -c $(HAS_DISPLAY); then \
	    $(BIN)/python -m benchmarks; \
	else \
	    $(SCREEN) $(BIN)/python -m benchmarks; \
	fi

pictures: test-packages
	@$(MAKE) --no-print-directory $(READY)
	$(SCREEN) $(BIN)/python -m tests.plugin.film_strip

docs: base-packages
	@$(MAKE) --no-print-directory $(READY)
	$(BIN)/mkdocs build --strict

lock:
	@$(MAKE) --no-print-directory $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra gui --extra test --extra docs --universal \
	    --python-version 3.11 --no-header --no-emit-index-url --no-annotate --generate-hashes --upgrade \
	    --quiet -o requirements.lock

clean:
	rm -rf $(VENV) site dist
