"""Every sentence, date and number of the pages, as the reader writes them; locales/ holds the sentences."""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from ion.language import LANGUAGES, Language

# English without a country would put the month first, which most of its readers outside one country misread.
_LOCALES: Mapping[Language, str] = MappingProxyType({"ko": "ko", "en": "en_GB"})
_DAY, _MONTH = "MMMMEEEEd", "yMMMM"
# A lone `a` is AM or PM in Korean too; four of them are the words, 오전 and 오후.
_SHORT_DAY_PERIOD = re.compile(r"\ba\b")


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences in one language, by `section.name`; `{...}` in them stands for a value."""

    language: Language
    by_key: Mapping[str, str]
    # The forms for a number of things, and which of them a number takes.
    counted: Mapping[str, tuple[str, ...]]
    form_of: Callable[[int], int]
    locale: Locale

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence with its values filled in; an unknown key or a missing value is a KeyError."""
        return self.by_key[key].format(**values)

    def nearest(self, *keys: str) -> str:
        """Return the sentence of the first key that there is."""
        return next(self.by_key[key] for key in keys if key in self.by_key)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the sentence about `n` things, `{n}` filled in; KeyErrors as for any sentence."""
        return self.counted[key][self.form_of(n)].format(n=self.number(n), **values)

    def date(self, moment: datetime.date) -> str:
        """Return the date with its year: 18 November 2026, 2026년 11월 18일."""
        return format_date(moment, "long", locale=self.locale)

    def day(self, moment: datetime.date) -> str:
        """Return the day without its year: Wednesday 18 November, 11월 18일 수요일."""
        return format_skeleton(_DAY, moment, locale=self.locale)

    def month(self, moment: datetime.date) -> str:
        """Return the month with its year: November 2026, 2026년 11월."""
        return format_skeleton(_MONTH, moment, locale=self.locale)

    def time(self, moment: datetime.datetime) -> str:
        """Return the time of day in the moment's own time zone: 14:05, 오후 2:05."""
        pattern = _SHORT_DAY_PERIOD.sub("aaaa", str(self.locale.time_formats["short"]))
        return format_time(moment, pattern, tzinfo=moment.tzinfo, locale=self.locale)

    def number(self, x: float, digits: int = 0) -> str:
        """Return the number with `digits` decimals and its thousands set apart: 1,234.50."""
        return format_decimal(x, f"#,##0.{'0' * digits}", locale=self.locale)

    def percent(self, x: float) -> str:
        """Return a share of one in whole percent: 81%."""
        return format_percent(x, locale=self.locale)


@cache
def load_texts() -> Mapping[Language, Texts]:
    """Read the texts of both languages, which come with ION, once in a process."""
    return read_texts(files("ion.web") / "locales")


def read_texts(locales: Traversable) -> Mapping[Language, Texts]:
    """Read `<language>/LC_MESSAGES/web.po` for both languages, so that no request has to. Raises `PoFileError`."""
    return MappingProxyType({language: _read(locales, language) for language in LANGUAGES})


def _read(locales: Traversable, language: Language) -> Texts:
    locale = Locale.parse(_LOCALES[language])
    with (locales / language / "LC_MESSAGES" / "web.po").open("rb") as po:
        catalog = read_po(po, locale=locale, abort_invalid=True)
    single, counted = _entries_of(catalog)
    texts = Texts(language, single, counted, c2py(catalog.plural_expr), locale)
    texts.percent(0)  # How this locale writes is read from Babel's files at the first use.
    return texts


def _entries_of(catalog: Catalog) -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    single: dict[str, str] = {}
    counted: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        # What comes without an id is the file's header.
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
            single[message.id] = message.string
        elif isinstance(message.id, tuple) and message.string:
            counted[message.id[0]] = tuple(message.string)
    return MappingProxyType(single), MappingProxyType(counted)
