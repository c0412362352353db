"""What a saved notebook holds for each widget: its state, bytes in base64, and the static picture beside it.

Run `python benchmarks/saved.py`. The bar is 3 MB for 20 widgets of 200 tokens.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from bars import MISSED

from jacobian_widget import JacobianWidget, load_demo

TOKENS, WIDGETS, BAR = 200, 20, 3_000_000
README = Path(__file__).parents[1] / "README.md"


def written(value: object) -> int:
    return len(json.dumps(value, default=lambda raw: base64.b64encode(raw).decode()).encode())


def main() -> None:
    model, tokenizer = load_demo()
    ids = tokenizer(README.read_text("utf-8"))["input_ids"][:TOKENS]
    w = JacobianWidget(model, tokenizer, tokenizer.decode(ids))
    w.attribution  # noqa: B018 - waits
    bundle = w._repr_mimebundle_()
    assert bundle is not None
    parts = {name: written(value) for name, value in w.get_state().items()}
    parts |= {f"basis: {name}": written(value) for name, value in w.basis.items()}
    parts["static picture"] = written(bundle[0]["text/html"])
    whole = written(w.get_state()) + parts["static picture"]
    print(f"{TOKENS} tokens, what of a widget is saved | kB\n---|---:")
    for name, size in sorted(parts.items(), key=lambda part: -part[1])[:12]:
        print(f"{name} | {size / 1000:.1f}")
    print(f"all | {whole / 1000:.1f}")
    missed = WIDGETS * whole > BAR
    print(f"{WIDGETS} widgets | {WIDGETS * whole / 1000:.0f} (bar {BAR // 1000}: {'missed' if missed else 'met'})")
    sys.exit(MISSED if missed else 0)


if __name__ == "__main__":
    main()
