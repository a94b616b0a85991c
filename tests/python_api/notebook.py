"""Run a notebook without Jupyter.

`python tests/python_api/notebook.py docs/errata.ipynb` runs the notebook and writes it with its outputs.
"""

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path


def executed(notebook: dict) -> dict:
    """Return a notebook with the outputs of its code cells: what they print, and the value of a last expression."""
    names: dict[str, object] = {}
    cells = []
    for count, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            cell = cell | {"execution_count": count, "outputs": _run("".join(cell["source"]), names, count)}
        cells.append(cell)
    return notebook | {"cells": cells}


def _run(source: str, names: dict[str, object], count: int) -> list[dict]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, f"cell {count}", "exec"), names)
        value = None if last is None else eval(compile(ast.Expression(last.value), f"cell {count}", "eval"), names)
    outputs = []
    if printed.getvalue():
        lines = printed.getvalue().splitlines(keepends=True)
        outputs.append({"name": "stdout", "output_type": "stream", "text": lines})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_html_"):
            data = {"text/html": value._repr_html_().splitlines(keepends=True)} | data
        outputs.append({"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"})
    return outputs


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(json.dumps(executed(json.loads(path.read_text())), indent=1, ensure_ascii=False) + "\n")
