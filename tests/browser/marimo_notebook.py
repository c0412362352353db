import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from tiny_models import tiny
    from tiny_tokenizer import byte_tokenizer

    from jacobian_widget import JacobianWidget

    model, tokenizer = tiny("llama", vocab_size=300), byte_tokenizer()
    w = mo.ui.anywidget(JacobianWidget(model, tokenizer, "The cat sat on the mat", position=9))
    w
    return mo, w


@app.cell
def _(mo, w):
    mo.md(f"position {w.value['position']}, scope {w.value['scope']}")


if __name__ == "__main__":
    app.run()
