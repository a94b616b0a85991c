# Two commands set everything up: `make demo` and `make test`. Both create .venv first if it is not there.

PYTHON ?= python3
VENV := .venv
# rules and scripts must find the environment's programs, whatever the shell has
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# a process per core; the tests of a file, which share what takes long to set up, stay in one process
PYTEST := pytest -n auto --dist loadfile

.PHONY: env demo test test-all test-rest test-slow test-cluster lint format docs bench models shipped lock clean

env: $(VENV)/.installed

$(VENV)/.installed: requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Errata needs Python 3.11 or newer")'
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@# uv, itself pinned with its hashes, installs several times faster; without it pip does the same from the same lock
	if $(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-uv.lock; \
	then $(VENV)/bin/uv pip install --python $(VENV)/bin/python --compile-bytecode --require-hashes -r requirements.lock; \
	else $(VENV)/bin/python -m pip install --require-hashes -r requirements.lock; fi
	$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: env
	snakemake --cores all
	@echo "The report is $(CURDIR)/results/report/demo/errata/index.html"

# lint, and every test that needs at most five seconds of CPU time
test: env lint
	$(PYTEST) -m "not slow and not cluster"

test-all: test test-rest

# what `make test` leaves out: browsers, builds of the demo, runs of Snakemake, calibration, a SLURM
test-rest: test-slow test-cluster

test-slow: env
	$(PYTEST) -m "slow and not cluster"

# starts a SLURM on this machine, as root, with the Debian packages that docs/testing.md lists; skipped without them
test-cluster: env
	pytest -m cluster tests/cluster

lint: env
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile rules
	snakemake --lint

format: env
	ruff check --fix .
	ruff format .
	snakefmt Snakefile rules

docs: env
	python -m errata.table_schema > docs/tables.md.part && mv docs/tables.md.part docs/tables.md
	python -m errata.predictions.formats docs/predictions.md
	python tests/python_api/notebook.py docs/errata.ipynb

bench: env
	python tests/bench/bench.py

# timm's tables are downloaded, or taken from a folder of yours with mirror=DIR
models: env
	snakemake results/zoo/models.tsv $(if $(mirror),--config mirror=$(mirror))
	cp results/zoo/models.tsv config/models.tsv

# the sources are downloaded; files of yours in their place: settings="mirror=DIR multilabels=FILE published=DIR"
shipped: env
	snakemake --cores 1 --configfile config/labels-only.yaml --config datasets='[imagenet]' $(settings) -- results/shipped/imagenet.parquet
	cp results/shipped/imagenet.*parquet src/errata/data/

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--output-file requirements.lock requirements.in
	echo uv | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--output-file requirements-uv.lock -

clean:
	rm -rf results logs benchmarks .snakemake
