"""What ION runs with may be used by everybody, and is listed."""

import re

from bench.licences import packages

# Each lets others use, change and pass on, and asks nothing of the code around it.
PERMISSIVE = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0"}
PERMISSIVE |= {"MPL-2.0", "PSF-2.0", "Zlib"}


def test_every_package_is_under_a_permissive_licence() -> None:
    listed = [package for package in packages() if package.licence is not None]

    assert len(listed) > 80
    for package in listed:
        assert package.licence
        assert set(re.split(r" AND | OR |[()]", package.licence)) - {""} <= PERMISSIVE, package
