# make demo: see it work · make test · make bench · .ci/run: everything that must hold before a merge
PYTHON ?=
ARGS ?=
CODE := mail_daemon parsers responders

.PHONY: setup demo test bench lint types contracts lock clean

setup: .venv/setup-done

.venv/setup-done: requirements.lock setup.cfg pyproject.toml
	.ci/venv $(PYTHON)
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	.venv/bin/mail-daemon demo $(ARGS)

test: setup
	tests/system-packages.sh
	.venv/bin/pytest $(ARGS)

# The whole takes about half an hour; make bench ARGS=--short takes two minutes.
bench: setup
	tests/system-packages.sh
	.venv/bin/python -m tests.bench $(ARGS)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	@! find $(CODE) -name '*.py' -exec wc -l {} + | awk '$$1 > 300 && $$2 != "total"' | grep . || \
		{ echo "These files have more than 300 lines: each is two modules that nobody has separated yet."; false; }

types: setup
	.venv/bin/mypy

contracts: setup
	.venv/bin/lint-imports

# Takes the newest versions within the ranges of setup.cfg, for every Python and platform (uv),
# or for this one alone (pip-tools): install either, run this, then make test.
LOCK_INPUT := printf 'setuptools>=77\nwheel\n'
lock:
	@{ echo "# The exact versions that make setup installs; ranges stand in setup.cfg. Renew with: make lock"; \
	if command -v uv >/dev/null; then \
		$(LOCK_INPUT) | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-annotate --extra demo --extra test setup.cfg -; \
	elif command -v pip-compile >/dev/null; then \
		$(LOCK_INPUT) | pip-compile --quiet --generate-hashes --allow-unsafe --no-header --no-annotate \
			--strip-extras --extra demo --extra test --output-file - setup.cfg -; \
	else echo "make lock needs uv or pip-tools: pip install uv" >&2; false; fi; } > requirements.lock.new
	mv requirements.lock.new requirements.lock

clean:
	rm -rf .venv build demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
