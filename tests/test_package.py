"""What the package is made of: who imports whom, what the wheel holds, and what the README promises."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import jacobian_widget
from jacobian_widget import SCOPES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "jacobian_widget"
STATIC = PACKAGE / "static"
README = (ROOT / "README.md").read_text()
# The public door is in no room. Every module that is not named here is maths.
DOOR = {"__init__"}
WIDGET_ROOM = {
    *("widget", "_traits", "_display", "_panels", "_pinned", "_map", "_series", "_check", "_curves", "_guess"),
    *("_worker", "_wire", "_packing", "_bundle", "_static_html", "_export"),
    *("_stored", "_grid", "_summaries", "_opened", "dataset_view"),
    *("_lesson_page", "_lesson_cells", "_lesson_text", "_lesson_clean", "_lesson_run", "_lesson_record"),
}


def imports_of(path: Path) -> set[str]:
    """Top-level names of other packages, and `.name` for the modules of this one."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: write imports in full"
            inside = node.module == "jacobian_widget"
            names = [f"{node.module}.{a.name}" for a in node.names] if inside else [str(node.module)]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            found.add("." + rest.partition(".")[0] if top == "jacobian_widget" and rest else top)
    return found


IMPORTS = {path.stem: imports_of(path) for path in PACKAGE.glob("*.py")}
# The exercises of the lessons: nothing in the package needs them, and they need no widget.
LESSONS = {path.name: imports_of(path) for path in (PACKAGE / "lessons").glob("*.py")}
MATHS_ROOM = set(IMPORTS) - DOOR - WIDGET_ROOM


def reachable(module: str) -> set[str]:
    seen: set[str] = set()
    new = {module}
    while new:
        seen |= new
        new = {n.removeprefix(".") for m in new for n in IMPORTS[m] if n.startswith(".")} & set(IMPORTS) - seen
    return seen


@pytest.mark.parametrize("module", sorted(MATHS_ROOM))
def test_the_maths_knows_no_widget(module: str) -> None:
    reached = reachable(module)
    assert reached & (WIDGET_ROOM | DOOR) == set()
    assert {name for m in reached for name in IMPORTS[m]} & {"anywidget", "ipywidgets", "traitlets", "IPython"} == set()


@pytest.mark.parametrize("lesson", sorted(LESSONS))
def test_the_lessons_are_told_what_was_computed(lesson: str) -> None:
    modules = {name.removeprefix(".") for name in LESSONS[lesson] if name.startswith(".")} - {"lessons"}
    assert modules <= MATHS_ROOM
    assert LESSONS[lesson] & {"anywidget", "ipywidgets", "traitlets", "IPython"} == set()


def test_nothing_else_needs_the_lessons() -> None:
    assert {module for module, found in IMPORTS.items() if ".lessons" in found} == set()


@pytest.mark.parametrize("module", sorted(WIDGET_ROOM))
def test_the_widget_knows_no_maths(module: str) -> None:
    assert IMPORTS[module] & {"torch", "transformers"} == set()


def test_tokens_need_no_torch() -> None:
    assert {name for m in reachable("tokens") for name in IMPORTS[m]} & {"torch", "transformers"} == set()


def test_importing_asks_no_network_and_loads_no_transformers() -> None:
    code = """
import sys
asked = []
sys.addaudithook(lambda name, args: asked.append(args) if name in ("socket.connect", "socket.getaddrinfo") else None)
import jacobian_widget
assert not asked, asked
assert "transformers" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    info = f"jacobian_widget-{jacobian_widget.__version__}.dist-info"
    modules = {f"jacobian_widget/{path.relative_to(PACKAGE)}" for path in PACKAGE.rglob("*.py")}
    scripts = ("widget.js", "panels.js", "guess.js", "widget.css", "page.html", "dataset.js", "dataset.css")
    static = {f"static/{name}" for name in (*scripts, "lesson.html", "lesson.js", "lesson.css")}
    data = {f"jacobian_widget/{name}" for name in ("py.typed", *static)}
    meta = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE")}
    assert set(wheel.namelist()) == modules | data | meta
    assert wheel.read("jacobian_widget/static/widget.js") == (STATIC / "widget.js").read_bytes()


def test_the_wheel_says_what_it_needs(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
    metadata = wheel.read(name).decode()
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.10" in metadata
    needed = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    used = {name for found in IMPORTS.values() for name in found if not name.startswith(".")}
    optional = {"pandas", "matplotlib", "IPython"}  # of to_dataframe and figure alone
    optional |= {"duckdb", "itables", "pyarrow", "ray", "tqdm"}  # of data sets
    optional |= {"jupyter_client", "math_core", "nbclient", "nbconvert", "nbformat", "nh3", "pygments"}  # of lessons
    assert used - set(sys.stdlib_module_names) - optional <= set(needed)


def test_the_bundle_is_small_and_stays_on_this_machine() -> None:
    script = (STATIC / "widget.js").read_text()
    assert len(script.encode()) < 60_000
    reaching_out = r"https?://(?!www\.w3\.org/)|innerHTML|insertAdjacentHTML|\beval\(|\bimport\("
    # Only the panels' code is imported, from what Python sent.
    assert re.findall(reaching_out, script) == ["import("]
    assert re.search(r"createObjectURL\(new Blob\(\[\w+\],\{type:\"text/javascript\"\}\)\);\w+=import\(\w+\)", script)
    # The panels hold the page that is saved, which imports what stands in it and whose policy forbids the rest.
    panels, page = (STATIC / "panels.js").read_text(), (STATIC / "page.html").read_text()
    assert re.findall(reaching_out, panels) == re.findall(reaching_out, page) == ["import("]
    assert "default-src 'none'" in page
    style = (STATIC / "widget.css").read_text()
    assert re.findall(r"https?://(?!www\.w3\.org/)|@import|@font-face", style) == []


def test_every_rule_of_the_style_sheet_is_about_the_widget() -> None:
    style = re.sub(r"/\*.*?\*/", "", (STATIC / "widget.css").read_text(), flags=re.DOTALL)
    style = re.sub(r"@(?:media|supports|container)[^{]*\{|@keyframes[^{]*\{(?:[^{}]*\{[^}]*\})*\}", "{", style)
    selectors = [s for s in re.findall(r"(?:^|[{}])([^{}@;]+)\{", style) if s.strip()]
    assert len(selectors) > 20
    assert [s for s in selectors if ".jw" not in s and "&" not in s] == []


def test_what_npm_installs_is_pinned_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = lock["packages"]
    assert all("resolved" not in entry for entry in packages.values())
    # npm leaves out what its registry does not serve, and `npm ci` then refuses the lock on every machine.
    wanted = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    assert {name for name in wanted if f"node_modules/{name}" not in packages} == set()
    package = json.loads((ROOT / "package.json").read_text())
    assert "dependencies" not in package
    assert all(version[0].isdigit() for version in package["devDependencies"].values())


def test_the_readme_names_what_is_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= set(re.findall(r"\bmake (\w+)", README)) <= targets
    for path in re.findall(r"\b(?:examples|benchmarks|tests|js|jacobian_widget)/[\w./-]*\w", README):
        assert (ROOT / path).exists(), path
    for name, scope in SCOPES.items():
        assert getattr(scope, "title", name).lower().replace("_", "-") in README.lower().replace("_", "-"), name


def test_the_python_in_the_readme_uses_public_names() -> None:
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    nodes = [node for example in examples for node in ast.walk(ast.parse(example)) if isinstance(node, ast.ImportFrom)]
    imports = [(node.module, alias.name) for node in nodes for alias in node.names if "jacobian" in (node.module or "")]
    assert len(imports) > 5
    for module, name in imports:
        found = importlib.import_module(str(module))
        assert name in getattr(found, "__all__", dir(found))
