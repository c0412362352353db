"""The cells of a lesson as HTML, a place for each living widget among them."""

from __future__ import annotations

import ast
import base64
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from jacobian_widget._lesson_clean import Addresses, clean
from jacobian_widget._lesson_record import MIME
from jacobian_widget._lesson_run import revived
from jacobian_widget._lesson_text import code, headed, markdown, mathml
from jacobian_widget._static_html import RUN_IT
from jacobian_widget.widget import VIEW

if TYPE_CHECKING:
    from nbformat import NotebookNode

_DRAWN: Final = "image/svg+xml"
_PICTURES: Final = (_DRAWN, "image/png", "image/jpeg", "image/gif", "image/webp")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_FOLDED: Final = ("hide-cell", "hide-input")
_NEEDS: Final = '<p class="jw-lesson-needs">{}</p>'
_EXERCISE: Final = "To answer, open {} in Jupyter: checking an answer takes Python."
_INTERACTIVE: Final = "This part works in the notebook only: {}."


class Cells:
    """The body of a page.

    Attributes:
        widgets: the saved traits of each living widget, in the order of their places.
    """

    def __init__(self, notebook: NotebookNode, name: str, addresses: Addresses, about: str) -> None:
        """Args: the notebook with `MIME` beside its widgets; its file's name; `about`, HTML below its first cell."""
        self._notebook, self._addresses, self._about = notebook, addresses, about
        self._name = f"<code>{escape(name)}</code>"
        language = notebook.metadata.get("language_info", {})
        self._language = str(language.get("pygments_lexer") or language.get("name") or "python")
        self.widgets: list[dict[str, Any]] = []

    def html(self) -> str:
        """One element, of class `jw-lesson`."""
        parts = [self._cell(cell) for cell in self._notebook.cells]
        parts.insert(1, self._about)
        return headed("\n".join(['<div class="jw-lesson">', *filter(None, parts), "</div>"]))

    def _cell(self, cell: NotebookNode) -> str:
        if cell.cell_type == "markdown":
            html = markdown(cell.source, self._addresses, cell.get("attachments"))
            return f'<div class="jw-lesson-text">{html}</div>'
        if cell.cell_type != "code" or not cell.source.strip():
            return ""
        asks = _is_exercise(cell)
        shown = self._source(cell)
        if asks:
            return f'<div class="jw-lesson-cell">{shown}{_NEEDS.format(_EXERCISE.format(self._name))}</div>'
        outputs = "".join(self._output(output) for output in cell.get("outputs", []))
        return f'<div class="jw-lesson-cell">{shown}{outputs}</div>' if shown or outputs else ""

    def _source(self, cell: NotebookNode) -> str:
        tags = cell.metadata.get("tags", [])
        if "remove-input" in tags:
            return ""
        shown = code(cell.source, self._language)
        if not any(tag in _FOLDED for tag in tags):
            return shown
        return f"<details><summary>Show the code</summary>{shown}</details>"

    def _output(self, output: NotebookNode) -> str:
        if output.output_type == "stream":
            return "" if output.name == "stderr" else _pre(output.text)
        if output.output_type == "error":
            return _pre("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
        data = output.data
        if MIME in data:
            return self._widget(data[MIME])
        return self._shown(data)

    def _widget(self, saved: dict[str, Any]) -> str:
        self.widgets.append(revived(saved["traits"]))
        still = clean(saved["still"], self._addresses).replace(RUN_IT, "The rest takes JavaScript.")
        return f'<div class="jw-lesson-widget" data-widget="{len(self.widgets) - 1}">{still}</div>'

    def _shown(self, data: dict[str, Any]) -> str:
        """The richest form of an output that a page can hold."""
        html = clean(data.get("text/html", ""), self._addresses)
        if html.strip():
            return f'<div class="jw-lesson-output" role="group" aria-label="Output" tabindex="0">{html}</div>'
        if kind := next((kind for kind in _PICTURES if kind in data), None):
            return _image(kind, data)
        if "text/markdown" in data:
            return f'<div class="jw-lesson-text">{markdown(data["text/markdown"], self._addresses)}</div>'
        if "text/latex" in data:
            return f"<p>{mathml(data['text/latex'].strip().strip('$'), display=True)}</p>"
        if VIEW in data or "text/html" in data:
            return _NEEDS.format(_INTERACTIVE.format(self._name))
        return _pre(data.get("text/plain", ""))


def _is_exercise(cell: NotebookNode) -> bool:
    """Whether an answer is to be put in place of a `…`, or a tag says so."""
    if "exercise" in cell.metadata.get("tags", []):
        return True
    try:
        parsed = ast.parse(cell.source)
    except SyntaxError:  # a magic
        return False
    values = [node.value for node in parsed.body if isinstance(node, ast.Assign)]
    return any(isinstance(value, ast.Constant) and value.value is ... for value in values)


def _pre(text: str) -> str:
    return f'<pre class="jw-lesson-printed" tabindex="0">{escape(_ANSI.sub("", text).rstrip())}</pre>'


def _image(kind: str, data: dict[str, Any]) -> str:
    try:
        raw = data[kind].encode() if kind == _DRAWN else base64.b64decode(data[kind])
    except ValueError:
        return ""
    packed = base64.b64encode(raw).decode()  # of our own making: what stands in a notebook need not be base 64
    told = data.get("text/plain", "<")
    words = "Figure made by the code above" if told.startswith("<") else told
    return f'<p><img src="data:{kind};base64,{packed}" alt="{escape(words)}"></p>'
