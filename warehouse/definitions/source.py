"""YAML with the line of every key, so that a message can name the place."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from warehouse.problems import Problem

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Source:
    """One YAML file: its data (sequences as tuples), the line of every path in it, and what was wrong on the way."""

    name: str
    data: Any = None
    lines: dict[tuple, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: tuple) -> int | None:
        """The line of a path, or of the nearest parent that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: tuple, what: str, mend: str = "") -> Problem:
        return Problem(self.name, self.line(path), what, mend)


def read(path: Path, name: str) -> Source:
    """Read a YAML file. A fault of its syntax is a problem of the source, not an exception."""
    source = Source(name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=Loader)
    except UnicodeDecodeError:
        source.problems.append(Problem(name, None, "is not UTF-8", "save it as UTF-8"))
    except OSError as error:
        source.problems.append(Problem(name, None, f"cannot be read: {error.strerror}"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.problems.append(Problem(name, mark.line + 1 if mark else None, f"is not YAML: {error.problem}",
                                       "check quotes, colons and indentation"))
    except yaml.YAMLError as error:
        source.problems.append(Problem(name, None, f"is not YAML: {error}"))
    else:
        if root is None:
            source.problems.append(Problem(name, 1, "is empty", "write its keys or remove the file"))
        else:
            source.data = _Reader(source).value(root, (), ())
    return source


class _Reader:
    """Turns YAML nodes into plain data and remembers their lines."""

    def __init__(self, source: Source):
        self.source = source
        self.constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: tuple, open_nodes: tuple) -> Any:
        self.source.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in open_nodes:
            self.source.problems.append(self.source.problem(path, "refers to itself", "write the value out"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, (*open_nodes, id(node)))
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.value(item, (*path, position), (*open_nodes, id(node)))
                         for position, item in enumerate(node.value))
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: tuple) -> Any:
        try:
            return self.constructor.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            self.source.problems.append(self.source.problem(path, f"'{node.value}' cannot be read: {getattr(error, 'problem', error)}",
                                                            "put it in quotes if it is text"))
            return None

    def _mapping(self, node: yaml.MappingNode, path: tuple, open_nodes: tuple) -> dict:
        data = {}
        for key_node, value_node in node.value:
            key = self._scalar(key_node, path) if isinstance(key_node, yaml.ScalarNode) else str(key_node.tag)
            here = (*path, key)
            if key in data:
                self.source.problems.append(Problem(self.source.name, key_node.start_mark.line + 1,
                                                    f"key '{key}' stands here twice", "keep one of them"))
                continue
            self.source.lines[here] = key_node.start_mark.line + 1
            data[key] = self.value(value_node, here, open_nodes)
        return data
