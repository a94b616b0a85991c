"""Which files of the library a script depends on, so that a rule reruns when, and only when, its code changes."""

import hashlib
import re
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


IMPORT = re.compile(
    r"^[ \t]*(?:import[ \t]+(?P<module>[\w.]+)|from[ \t]+(?P<package>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|.*))",
    re.MULTILINE,
)
"""An import statement as ruff formats it: on lines of its own, names perhaps in parentheses. Every start of Snakemake
reads the whole library, and parsing it would take twenty times as long."""


@cache
def _imported(source: Path) -> frozenset[Path]:
    found = set()
    for module, package, names in IMPORT.findall(source.read_text(encoding="utf-8")):
        file = _file_of(module or package)
        found.add(file)
        # `from package import name` may name a module or something in one
        if package and file and file.name == "__init__.py":
            found.update(_file_of(f"{package}.{name}") for name in re.findall(r"\w+", names))
    return frozenset(found - {None})


@cache
def _file_of(module: str) -> Path | None:
    package, *parts = module.split(".")
    # packages of the same project lie beside this one and begin with its name
    if package != LIBRARY.name and not package.startswith(f"{LIBRARY.name}_"):
        return None
    place = LIBRARY.with_name(package).joinpath(*parts)
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
