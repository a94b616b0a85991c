"""Read YAML files in which no key is given twice: of two values for a key, YAML libraries take the last silently."""

from pathlib import Path

import yaml

from errata.errors import InputError
from errata.files import read_text


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key that a mapping has already."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return a mapping; keys that come from a merge (`<<`) may be given again."""
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int | float | bool) and key in seen:
                line = key_node.start_mark.line + 1
                raise InputError(
                    f"line {line}: the key '{key}' is given twice, of which only one value could be used. Remove one."
                )
            seen.add(key if isinstance(key, str | int | float | bool) else id(key_node))
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path | str) -> object:
    """Read a YAML file.

    Raises
    ------
    InputError
        If the file is not YAML in UTF-8, or gives a key twice.
    """
    text = read_text(path)
    try:
        # a loader for nothing but plain values, as yaml.safe_load has
        return yaml.load(text, Loader=_Loader)
    except InputError as error:
        raise InputError(f"{path}, {error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path}: it is not valid YAML ({' '.join(str(error).split())}).") from error
