"""Rules are a leaf: they know neither channels nor router, do no I/O and ask no clock."""

import ast
from pathlib import Path

import pytest

import rules

MODULES = sorted(Path(rules.__file__).parent.glob("*.py"))
ALLOWED = {
    "bisect", "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "importlib", "itertools",
    "math", "re", "re2", "rules", "struct", "types", "typing", "unicodedata", "yaml", "zoneinfo",
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_imports_only_what_decides(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= ALLOWED
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {"now", "utcnow", "today"}
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300
