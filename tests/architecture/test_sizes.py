"""A file over 400 lines, a function over 40 or with more than 10 branches is a design question."""

import ast
import sys
from collections.abc import Iterator
from statistics import fmean

import pytest
from radon.complexity import cc_visit

from tests.architecture.sources import PACKAGE, ROOT, modules

MODULES = modules("src/ion")
# Code by its ending; word lists and other data may be as long as they have to be.
CODE = {".py", ".js", ".css", ".html"}
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_COMPLEXITY, MAX_MEAN = 400, 40, 10, 5.0


def functions() -> Iterator[tuple[str, int]]:
    """Yield place and length of every function, decorators left out."""
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module.at(node)} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def complexities() -> Iterator[tuple[str, int]]:
    """Yield place and cyclomatic complexity of every function and method, closures within theirs."""
    for module in MODULES:
        for block in cc_visit(module.text):
            if block.letter in "FM":
                yield f"{module.name}:{block.lineno} {block.name}", block.complexity


class TestFiles:
    def test_have_at_most_400_lines(self) -> None:
        lengths = {
            path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
            for path in PACKAGE.rglob("*")
            if path.suffix in CODE
        }

        assert len(lengths) > 50
        assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


class TestFunctions:
    def test_have_at_most_40_lines(self) -> None:
        lengths = dict(functions())

        assert len(lengths) > 200
        assert {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}

    def test_have_at_most_10_branches(self) -> None:
        assert {name: branches for name, branches in complexities() if branches > MAX_COMPLEXITY} == {}

    def test_have_few_branches_on_average(self, capsys: pytest.CaptureFixture[str]) -> None:
        branches = [branches for _, branches in complexities()]
        mean = fmean(branches)
        with capsys.disabled():
            sys.stdout.write(f"\nmean cyclomatic complexity {mean:.2f} of {len(branches)} functions ")

        assert mean < MAX_MEAN
