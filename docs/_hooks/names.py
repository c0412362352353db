"""Every public name is in the reference with a docstring, and names in guides lead to it. Else the build fails."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import griffe
from mkdocs.exceptions import PluginError

ROOT = Path(__file__).parents[2]
# Public without standing in `jacobian_widget.__all__`.
MODULES = ("aggregate", "baselines")
GUIDES = ("how-to/", "explanation/", "tutorial/index.md", "index.md")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"(?<![\[`])`(?P<name>\w+(?:\.\w+)*)(?:\(\))?`(?![\]`(])")


@cache
def package() -> griffe.Module:
    loaded = griffe.load("jacobian_widget", search_paths=[ROOT], try_relative_path=False)
    assert isinstance(loaded, griffe.Module)
    return loaded


def target(found: griffe.Object | griffe.Alias) -> griffe.Object:
    return found.final_target if isinstance(found, griffe.Alias) else found


@cache
def exported() -> dict[str, str]:
    """The name that is imported from the package, and where it is defined."""
    found = {}
    for name in map(str, package().exports or ()):
        paths = package().imports.get(name)
        found[name] = paths or f"jacobian_widget.{name}"
    return found


def defined(path: str) -> griffe.Object:
    return target(package()[path.removeprefix("jacobian_widget.")])


def public() -> Iterator[tuple[str, griffe.Object]]:
    """Paths in the reference, and what is documented there."""
    for name, where in exported().items():
        yield from with_members(where if is_shadowed(name) else f"jacobian_widget.{name}", defined(where))
    for name in MODULES:
        if name not in package().members:
            continue
        module = target(package()[name])
        chosen = {str(n) for n in module.exports or ()}
        for member, found in module.members.items():
            own = not found.is_alias and (found.is_function or found.is_class) and not member.startswith("_")
            if member in chosen or (own and not chosen):
                yield from with_members(f"{module.path}.{member}", target(found))


def is_shadowed(name: str) -> bool:
    """Whether a module has the name of what is imported from it: a path by that name would mean the module."""
    return name in package().members and target(package().members[name]).is_module


def with_members(path: str, found: griffe.Object) -> Iterator[tuple[str, griffe.Object]]:
    yield path, found
    if isinstance(found, griffe.Class):
        for name, member in found.all_members.items():
            if not name.startswith("_"):
                yield f"{path}.{name}", target(member)


def inventory(site: Path) -> set[str]:
    """The names that the built reference has an anchor for."""
    *_, packed = (site / "objects.inv").read_bytes().split(b"\n", 4)
    return {line.split(" ", 1)[0] for line in zlib.decompress(packed).decode().splitlines()}


def missing(site: Path) -> list[str]:
    """One line for each public name that is not in the reference, or says nothing there."""
    there = inventory(site)
    said = [f"{path} is not in docs/reference" for path, _ in public() if path not in there]
    return said + [f"{path} has no docstring" for path, found in public() if not found.docstring]


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """`attribute` in a guide becomes a link to its reference, outside of code blocks and links."""
    if not page.file.src_uri.startswith(GUIDES):
        return markdown
    parts = FENCE.split(markdown)
    fences = [*FENCE.findall(markdown), ""]
    return "".join(NAME.sub(_linked, part) + fence for part, fence in zip(parts, fences, strict=True))


def _linked(found: re.Match[str]) -> str:
    name = found["name"]
    first, _, rest = name.partition(".")
    if first not in exported() or (rest and f"{first}.{rest}" not in members()):
        return found[0]
    where = exported()[first] if is_shadowed(first) else f"jacobian_widget.{first}"
    return f"[{found[0]}][{where}{'.' + rest if rest else ''}]"


@cache
def members() -> set[str]:
    return {path.removeprefix("jacobian_widget.") for path, _ in public()}


def on_post_build(config: Any) -> None:
    if said := missing(Path(config.site_dir)):
        raise PluginError("\n".join(["The reference is not complete:", *said]))
