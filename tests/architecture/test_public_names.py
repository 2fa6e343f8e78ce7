"""Outsiders import a package, never its insides; what a package promises is its `__all__`."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGE, Module, modules

# Who may look inside a package that is not their own, and at what.
EXCEPTIONS = {
    # `python -m ion` is the command line's own entrance.
    ("src/ion/__main__.py", "ion.cli.main"),
    # Like training/, it makes what a package ships.
    ("bench/index_rules.py", "ion.safety.rules"),
    ("bench/index_rules.py", "ion.safety.screening"),
    # It measures parts of what happens to a request, each by itself.
    ("bench/limits.py", "ion.api.forwarded"),
    ("bench/limits.py", "ion.api.json_limit"),
    ("bench/limits.py", "ion.api.routes_by_class"),
}
PACKAGES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
# training/ makes the weights and therefore knows the insides of what it trains; it is not looked at.
MODULES = modules("src/ion", "bench")


def promised(package: str) -> set[str]:
    tree = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["__all__"]:
            return set(ast.literal_eval(node.value))
    return set()


def foreign_imports(module: Module) -> Iterator[tuple[str, str, str, str]]:
    """Yield place, package, imported module and name of what `module` imports from other packages of ION."""
    for node, imported, name in module.imports():
        root, _, rest = imported.partition(".")
        package = rest.split(".")[0]
        if root == "ion" and package in PACKAGES and not module.lies_in(f"src/ion/{package}/"):
            yield module.at(node), package, imported, name


class TestOutsiders:
    def test_import_a_package_and_not_its_insides(self) -> None:
        inside = [
            f"{place} imports {imported}"
            for module in MODULES
            for place, package, imported, _ in foreign_imports(module)
            if imported != f"ion.{package}" and (module.name, imported) not in EXCEPTIONS
        ]

        assert inside == []

    def test_import_only_what_the_package_promises(self) -> None:
        unpromised = [
            f"{place} imports {name} from {imported}"
            for module in MODULES
            for place, package, imported, name in foreign_imports(module)
            if imported == f"ion.{package}" and name and name not in promised(package)
        ]

        assert unpromised == []

    def test_every_exception_is_still_needed(self) -> None:
        used = {
            (module.name, imported) for module in MODULES for _, _, imported, _ in foreign_imports(module)
        } & EXCEPTIONS

        assert used == EXCEPTIONS


class TestPackages:
    @pytest.mark.parametrize("package", PACKAGES)
    def test_say_in_one_sentence_what_they_are_for(self, package: str) -> None:
        tree = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
        sentence = ast.get_docstring(tree)

        assert sentence
        assert sentence.endswith(".")
        assert "\n\n" not in sentence

    @pytest.mark.parametrize("package", PACKAGES)
    def test_promise_nothing_twice(self, package: str) -> None:
        tree = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
        names = [
            alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        ]

        assert len(names) == len(set(names))
        assert promised(package) <= set(names) | {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
