"""Under which licences the packages stand that ION runs with; docs/licences.md is made from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, files, metadata
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements" / "run.lock"
_PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)
# What packages that are older than SPDX expressions (PEP 639) call their licences.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package; `licence` is an SPDX expression, None where the package is for other systems than this one."""

    name: str
    version: str
    licence: str | None


def packages() -> Iterator[Package]:
    """Yield every package of the lock file, by name."""
    for name, version in sorted(set(_PINNED.findall(LOCK.read_text(encoding="utf-8")))):
        try:
            yield Package(name, version, _licence(name))
        except PackageNotFoundError:
            yield Package(name, version, None)


def licences_table() -> str:
    """Return every package with its licence, as a table."""
    listed = list(packages())
    rows = [f"| {package.name} | {package.licence} |" for package in listed if package.licence]
    others = ", ".join(package.name for package in listed if package.licence is None)
    return "\n".join(
        ["| package | licence |", "|---|---|", *dict.fromkeys(rows), "", f"On other systems also: {others}."]
    )


def _licence(name: str) -> str:
    about = metadata(name)
    # Some give the licence's whole text, which begins with its name.
    said = next((each.partition("\n")[0] for each in _said(about, "License-Expression", "License")), "")
    if not said:
        classifiers = _said(about, "Classifier")
        said = next((line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")), "")
    if not said:
        # Some only bring the text along.
        texts = (file.read_text() for file in files(name) or () if file.name == "LICENSE")
        said = next(texts, "").partition("\n")[0]
    return _SPDX.get(said, said)


def _said(about: PackageMetadata, *fields: str) -> Iterator[str]:
    return (each for field in fields for each in about.get_all(field) or ())
