"""A notebook like a lesson, with a tiny random model, and with everything in it that a page must not let through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEXT = "The cat sat on 3.14 mats"
HOSTILE = "</script><b onclick=x>\u202e猫"
TITLE = "Why <i>this</i> & that? <script>window.bad = 1</script>"
MARKDOWN = rf"""# {TITLE}

Of $\left\lVert J_t^\top v \right\rVert_2$, and $\nosuchcommand$.

$$\begin{{aligned}} a &= b \\ c &= \text{{</script><b>d</b>}} \end{{aligned}}$$

<div class="jw-lesson-widget" data-widget="0" id="jw-lesson-saved" onclick="bad=1">x</div>
<p style="position:fixed;color:red">y</p>
<img src="https://evil.example/a.png" onerror="bad=1"><iframe src="https://evil.example"></iframe>
<style>body {{ display: none }}</style>

![a dot](dot.png) ![not ours](../outside.png) [next](2-next.ipynb) [out](https://example.org) [bad](javascript:bad=1)

```python
def f(): return "</script>"
```

### Part

### Part
"""
OUTPUTS = r"""
import base64, sys
from IPython.display import HTML, SVG, Image, Latex, Markdown, display

display(HTML("<table onclick='bad=1'><tr><td>42</td></tr></table><script>bad=1</script><form><input></form>"))
display(HTML("<script>bad=1</script>"))
display(Markdown("**strong** <script>bad=1</script>"))
display(Latex(r"$\frac{1}{7}$"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='bad=1'><script>bad=1</script></svg>"))
display(Image(base64.b64decode(DOT), format="png"))
print("\x1b[31m<b>red</b>\x1b[0m")
print("not for stu" + "dents", file=sys.stderr)
"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
MODEL = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from tiny_models import tiny
from tiny_tokenizer import byte_tokenizer
from jacobian_widget import JacobianWidget
model, tokenizer = tiny("llama", vocab_size=300, max_position_embeddings=256), byte_tokenizer()
DOT = {DOT!r}
"""
WIDGETS = 4


def small_lesson() -> NotebookNode:
    """Four pictures: of two texts, of one to guess about, and the first once more under another scope."""
    cells = [
        new_markdown_cell(MARKDOWN),
        new_code_cell(MODEL, metadata={"tags": ["hide-input"]}),
        new_code_cell(f"w = JacobianWidget(model, tokenizer, {TEXT!r})\nw"),
        new_code_cell(f"JacobianWidget(model, tokenizer, {HOSTILE!r}, position=-1)"),
        new_code_cell(f"JacobianWidget(model, tokenizer, {TEXT!r}, guess='hidden', position=9)"),
        new_code_cell("w.scope = 'fisher'\nw"),
        new_code_cell(OUTPUTS),
        new_code_cell("import ipywidgets\nipywidgets.IntSlider()"),
        new_code_cell("answer = ...\nprint('Replace' + ' it.')"),
        new_code_cell("raise RuntimeError('not for students')", metadata={"tags": ["instructor", "hide-cell"]}),
        new_markdown_cell("The end."),
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def write(notebook: NotebookNode, path: Path) -> Path:
    """Write it, with the image that it names beside it and another one where it must not look."""
    import base64

    for place in (path.parent, path.parent.parent):
        (place / ("dot.png" if place == path.parent else "outside.png")).write_bytes(base64.b64decode(DOT))
    nbformat.write(notebook, path)
    return path
