"""Make the folder of a new mentor: complete and accepted as it is, to be changed from there."""

import json
import re
import shutil
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from ion.cli.speech import said
from ion.errors import Conflict, Invalid, Misconfigured
from ion.language import Language

FILES = ("persona.toml", "voice.ko.toml", "voice.en.toml", "prompt.ko.md", "prompt.en.md", "examples.toml")
BUILT_IN = files("ion.personas") / "catalogue"
_TEMPLATE = files("ion.cli") / "persona_template"
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")
_NAME_LINE = re.compile(r"^name\s*=.*$", re.MULTILINE)
_RANK_LINE = re.compile(r"^rank\s*=.*$", re.MULTILINE)


class BadSlug(Invalid):
    """This cannot be the name of a mentor's folder."""


class PersonaExists(Conflict):
    """There is already a mentor or a folder of this name."""


class CannotWrite(Misconfigured):
    """The folder cannot be written."""


def contents_of(source: Traversable | None, name: str) -> Mapping[str, str]:
    """Return the files of a new mentor by name, from the template or from another mentor's folder."""
    folder = _TEMPLATE if source is None else source
    texts = {file: (folder / file).read_text(encoding="utf-8") for file in FILES}
    if source is None:
        texts["persona.toml"] = texts["persona.toml"].replace("@NAME@", _quoted(name)[1:-1])
    else:
        profile = _NAME_LINE.sub(lambda _: f"name = {_quoted(name)}", texts["persona.toml"], count=1)
        # A copy scores as its original does; it goes after it until its affinities are changed.
        texts["persona.toml"] = _RANK_LINE.sub("rank = 100", profile, count=1)
    return texts


def write_folder(parent: Path, slug: str, texts: Mapping[str, str], language: Language) -> Path:
    """Write the folder of a new mentor, all of it or nothing.

    Raises:
        BadSlug: a folder of this name would not be read.
        PersonaExists: the folder is there already.
        CannotWrite: the disk refuses.
    """
    if not _SLUG.fullmatch(slug):
        raise BadSlug(
            said(
                language,
                en=f"{slug[:40]!r} cannot be a mentor's id; small letters, digits and dashes, at most 31 of them.",
                ko=f"{slug[:40]!r}: 멘토의 id로 쓸 수 없어요. 소문자로 시작해 소문자, 숫자, 붙임표 31자까지예요.",
            )
        )
    folder, unfinished = parent / slug, parent / f".{slug}.unfinished"
    if folder.exists():
        raise PersonaExists(
            said(
                language,
                en=f"{folder} is there already; it stays as it is.",
                ko=f"{folder} 폴더가 이미 있어서 그대로 두었어요.",
            )
        )
    try:
        unfinished.mkdir(parents=True)
        for file, text in texts.items():
            (unfinished / file).write_text(text, encoding="utf-8", newline="\n")
        unfinished.rename(folder)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise CannotWrite(
            said(language, en=f"{folder}: {error.strerror}.", ko=f"{folder} 폴더를 쓸 수 없어요. ({error.strerror})")
        ) from None
    return folder


def _quoted(text: str) -> str:
    """A JSON string is a TOML string, too."""
    return json.dumps(text, ensure_ascii=False)
