"""Which files of the library a script depends on, so that a rule reruns when, and only when, its code changes."""

import ast
import hashlib
from functools import cache
from pathlib import Path

from errata.files import sha256_of

LIBRARY = Path(__file__).resolve().parent


@cache
def modules_behind(script: Path) -> tuple[Path, ...]:
    """Return the script and every module of the library that it imports, directly or not, in alphabetical order.

    Imports are read from the source, those inside functions too; nothing is executed.
    """
    found: set[Path] = set()
    waiting = [script.resolve()]
    while waiting:
        source = waiting.pop()
        if source not in found:
            found.add(source)
            waiting.extend(_imported(source))
    return tuple(sorted(found))


def content_of_library() -> str:
    """Return a SHA-256 over every file of the library, templates included: names and contents."""
    content = hashlib.sha256()
    for file in sorted(LIBRARY.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            content.update(f"{file.relative_to(LIBRARY).as_posix()}\n{sha256_of(file)}\n".encode())
    return content.hexdigest()


@cache
def _imported(source: Path) -> tuple[Path, ...]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from package import name` may name a module or something in one
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(file for name in names if (file := _file_of(name)))


def _file_of(module: str) -> Path | None:
    package, *parts = module.split(".")
    # packages of the same project lie beside this one and begin with its name
    if package != LIBRARY.name and not package.startswith(f"{LIBRARY.name}_"):
        return None
    place = LIBRARY.with_name(package).joinpath(*parts)
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
