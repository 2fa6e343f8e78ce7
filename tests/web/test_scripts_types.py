import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE

CHECKS = Path(__file__).parent / "js"
PAGE = CHECKS / "tsconfig.json"
WORKER = CHECKS / "tsconfig.worker.json"
SCRIPTS = sorted(PACKAGE.rglob("*.js"))
# A service worker is another world than a page: it has no document.
CONFIGURATIONS = [PAGE, *([WORKER] if any(script.name == "sw.js" for script in SCRIPTS) else [])]

MISTAKES = {
    "TS2339": "document.body.colour;",
    "TS2322": "/** @type {string} */ export const word = document.body.dataset.word;",
    "TS7006": "export function twice(text) { return text + text; }",
    "TS2375": "/** @type {{ name?: string }} */ export const mentor = { name: undefined };",
    "TS2532": "export const first = 'a b'.split(' ')[0].length;",
    "TS2531": "document.getElementById('main').focus();",
    "TS6133": "const forgotten = 1;",
    "TS2307": "import { keep } from './nowhere.js'; keep();",
}


def tsc(configuration: Path, *options: str) -> str:
    """Return all that the type checker says."""
    node, script = Path(sys.executable).parent / "node", CHECKS / "node_modules" / "typescript" / "bin" / "tsc"
    ran = subprocess.run(
        [node, script, "--project", configuration, "--pretty", "false", *options],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.stdout + ran.stderr


def checked_like(configuration: Path, folder: Path, script: str) -> str:
    """Return what is said of another script under the same rules."""
    (folder / "script.js").write_text(script + "\n", encoding="utf-8")
    own = folder / "tsconfig.json"
    own.write_text(f'{{"extends": "{configuration}", "include": ["*.js"], "exclude": []}}', encoding="utf-8")
    return tsc(own)


class TestScripts:
    @pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda path: path.name)
    def test_hold_the_types_they_promise(self, configuration: Path) -> None:
        assert tsc(configuration) == ""

    def test_are_all_checked(self) -> None:
        listed = "\n".join(tsc(configuration, "--listFilesOnly") for configuration in CONFIGURATIONS).splitlines()

        assert {Path(file) for file in listed} >= set(SCRIPTS)
        assert len(SCRIPTS) > 5


class TestRules:
    @pytest.mark.parametrize(("code", "script"), MISTAKES.items(), ids=MISTAKES)
    def test_catch_a_mistake(self, tmp_path: Path, code: str, script: str) -> None:
        assert f"error {code}:" in checked_like(PAGE, tmp_path, script)

    def test_let_a_right_script_pass(self, tmp_path: Path) -> None:
        right = "/** @param {string} text */ export const shout = (text) => text.toUpperCase();"

        assert checked_like(PAGE, tmp_path, right) == ""

    def test_know_that_a_worker_has_no_document(self, tmp_path: Path) -> None:
        assert "error TS2584:" in checked_like(WORKER, tmp_path, "document.title;")
        assert checked_like(WORKER, tmp_path, "addEventListener('fetch', () => caches.keys());") == ""
