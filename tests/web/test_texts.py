import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import PoFileError

import ion.app  # noqa: F401  # defines every error
from ion.accounts import KEY_SCOPES, Role, Weakness
from ion.errors import IonError
from ion.language import LANGUAGES, Language, is_hangul
from ion.llm import Reason
from ion.rights import Purpose
from ion.statuses import error_codes
from ion.web.texts import load_texts, read_texts
from tests.web.catalogue import catalogue_of, entries_of, forms_of, source_of, uses, values_in

TEXTS = load_texts()
ENTRIES = {language: entries_of(language) for language in LANGUAGES}
KEYS = set(ENTRIES["en"])
USES = list(uses())
# Names that may be written alike in both languages, such as those on a keyboard.
NAME = re.compile(r"site\.name|keys\..+_keys")


def codes(kind: type[IonError] = IonError) -> Iterator[str]:
    yield kind.code
    for narrower in kind.__subclasses__():
        yield from codes(narrower)


SHORTCUTS = ("enter", "shift_enter", "slash", "escape", "up", "question")
# Keys that are put together at run time, by how they begin: all that can follow.
COMPOSED = {
    "consent.": {purpose.value for purpose in Purpose},
    "means.": {each.code for each in error_codes()},
    "degraded.": {"playbooks", "continued", "model", "unknown", *get_args(Reason)},
    "home.example_": {"1", "2", "3"},
    "keys.": {f"{key}{what}" for key in SHORTCUTS for what in ("", "_keys")},
    "list.": {"today", "yesterday"},
    "mentors.": {"tone", "intent", "pace"},
    "mentors.best_": {"tone", "intent"},
    "role.": {role.value for role in Role},
    "scope.": {scope.name.lower() for scope in KEY_SCOPES},
    "theme.": {"auto", "light", "dark"},
    "weak.": {weakness.value for weakness in Weakness},
    "way_out.": {each.code for each in error_codes()},
    "why.": {"tone", "pace", "intent"},
}
# The same where a key without a text of its own has another to fall back on: all that could follow.
WITH_FALLBACK = {
    "error.": {"other", *codes()},
    "error.status_": set(map(str, range(400, 600))),
    # The last three the page itself concludes from an answer's status, or from none.
    "refused.": {"other", *codes(), "rate_limited", "signed_out", "unreachable"},
}

WHOLE_LINE = re.compile(r'((msgid|msgid_plural|msgstr(\[\d\])?) )?"([^"\\]|\\[nt"\\])*"|#.*|')
# What stands in brackets, or comes after the end of a sentence, does not change how it ends.
BRACKETS = re.compile(r"\([^()]*\)")
SENTENCE = re.compile(r"\S.*?(?:[.?!:…]+[\"'’”]*(?=\s|$)|$)")
AFTER_THE_VERB = re.compile(r"[\s.?!:…\"'’”]+$")
POLITE = re.compile("(요|니다|니까|시오)$")
PLAIN = re.compile("(다|까|자|라|니|냐|어|아|해|지)$")


def impolite(text: str) -> list[str]:
    """Return the sentences that do not end politely; a label is no sentence, but must not end as a plain one does."""
    found = []
    for sentence in SENTENCE.findall(BRACKETS.sub("", text)):
        ending = AFTER_THE_VERB.sub("", sentence)
        if not any(map(is_hangul, ending)) or POLITE.search(ending):
            continue
        if sentence.endswith((".", "?", "!")) or (PLAIN.search(ending) and " " in ending):
            found.append(sentence)
    return found


class TestCatalogues:
    def test_have_the_same_keys_in_the_same_order(self) -> None:
        assert list(ENTRIES["ko"]) == list(ENTRIES["en"])

    def test_use_the_same_values(self) -> None:
        def values(language: Language, key: str) -> set[str]:
            # Of the plural forms, the one for a single thing may leave the number out.
            return values_in(forms_of(ENTRIES[language][key])[-1])

        assert [key for key in ENTRIES["en"] if values("en", key) != values("ko", key)] == []

    def test_are_in_their_own_language(self) -> None:
        def is_korean(language: Language, key: str) -> bool:
            return any(map(is_hangul, "".join(forms_of(ENTRIES[language][key]))))

        foreign = {key for key in KEYS if not is_korean("ko", key) or is_korean("en", key)}

        assert [key for key in sorted(foreign) if not NAME.fullmatch(key)] == []

    def test_korean_ones_end_politely(self) -> None:
        forms = [form for message in ENTRIES["ko"].values() for form in forms_of(message)]

        assert [sentence for form in forms for sentence in impolite(form)] == []


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogue:
    def test_says_what_it_is(self, language: Language) -> None:
        headers = dict(catalogue_of(language).mime_headers)

        assert headers["Language"] == language
        assert headers["Content-Type"].lower() == "text/plain; charset=utf-8"
        assert headers["Plural-Forms"].startswith({"ko": "nplurals=1;", "en": "nplurals=2;"}[language])

    def test_has_nothing_empty_unsure_or_left_behind(self, language: Language) -> None:
        unfinished = [
            key
            for key, message in ENTRIES[language].items()
            if message.fuzzy or not forms_of(message) or not all(form.strip() for form in forms_of(message))
        ]

        assert unfinished == []
        assert list(catalogue_of(language).obsolete) == []

    def test_has_whole_lines(self, language: Language) -> None:
        # Babel takes a line without its quotation marks, and loses letters of it.
        assert [line for line in source_of(language).splitlines() if not WHOLE_LINE.fullmatch(line)] == []

    def test_says_nothing_twice(self, language: Language) -> None:
        keys = re.findall(r'^msgid "(.+)"$', source_of(language), re.MULTILINE)

        assert sorted(keys) == sorted(ENTRIES[language])

    def test_has_every_plural_form(self, language: Language) -> None:
        counted = {key: message for key, message in ENTRIES[language].items() if message.pluralizable}

        assert counted.keys() == {key for key, message in ENTRIES["en"].items() if message.pluralizable}
        assert [key for key, message in counted.items() if len(forms_of(message)) != {"ko": 1, "en": 2}[language]] == []
        assert [key for key, message in counted.items() if "n" not in values_in(forms_of(message)[-1])] == []

    def test_tells_translators_what_a_value_is(self, language: Language) -> None:
        untold = [
            f"{key} {{{value}}}"
            for key, message in ENTRIES[language].items()
            for value in set().union(*map(values_in, forms_of(message))) - ({"n"} if message.pluralizable else set())
            if not any(comment.startswith(f"{{{value}}}:") for comment in message.auto_comments)
        ]

        assert untold == []


class TestKeys:
    def test_that_are_asked_for_exist(self) -> None:
        assert [f"{use.place} {use.key}" for use in USES if use.is_whole and use.key not in KEYS] == []

    def test_that_are_put_together_are_in_the_tables(self) -> None:
        assert {use.key for use in USES if not use.is_whole} == COMPOSED.keys() | WITH_FALLBACK.keys()

    @pytest.mark.parametrize("beginning", COMPOSED)
    def test_that_are_put_together_exist(self, beginning: str) -> None:
        assert {beginning + name for name in COMPOSED[beginning]} - KEYS == set()

    def test_are_all_used(self) -> None:
        used = {use.key for use in USES if use.is_whole}
        used |= {
            beginning + name for table in (COMPOSED, WITH_FALLBACK) for beginning in table for name in table[beginning]
        }

        assert KEYS - used == set()


class TestImpolite:
    @pytest.mark.parametrize(
        "text",
        [
            "글이 너무 길다.",
            "나누어 보내라!",
            "지금 보낼까?",
            "고마워요. 이렇게 쓴 글이군.",
            "다시 보낸다",
            "지금 다시 해",
        ],
    )
    def test_a_plain_ending_is_found(self, text: str) -> None:
        assert impolite(text) != []

    @pytest.mark.parametrize(
        "text",
        [
            "답했어요 ({why}).",
            "한 줄이라도 적어 주세요!",
            "누가 답하나요?",
            "보냈습니다.",
            "새 대화",
            "줄 바꾸기",
            "오늘",
            "단축키(/, ?)",
        ],
    )
    def test_a_polite_one_or_a_label_is_not(self, text: str) -> None:
        assert impolite(text) == []


class TestSentences:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_cannot_be_changed(self, language: Language) -> None:
        with pytest.raises(TypeError):
            TEXTS[language].by_key["site.name"] = "x"  # type: ignore[index]  # meant

    def test_have_their_values_filled_in(self) -> None:
        assert TEXTS["en"]("why.summary", mentor="Nana") == "Why Nana?"

    def test_an_unknown_key_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            TEXTS["en"]("no.such")

    def test_a_missing_value_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            TEXTS["en"]("why.summary")

    def test_the_first_known_one_is_taken(self) -> None:
        assert TEXTS["en"].nearest("error.nothing", "error.status_404", "error.other") == TEXTS["en"](
            "error.status_404"
        )


PLURALS = {"en": "nplurals=2; plural=(n != 1);", "ko": "nplurals=1; plural=0;"}
FORMS = {"en": ("One line in {place}", "{n} lines in {place}"), "ko": ("{place}에 {n}줄",)}


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """Catalogues of a single text, which counts."""
    for language, plurals in PLURALS.items():
        forms = "\n".join(f'msgstr[{number}] "{form}"' for number, form in enumerate(FORMS[language]))
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "web.po").write_text(
            f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
            f'msgid "x.lines"\nmsgid_plural "x.lines"\n{forms}\n',
            encoding="utf-8",
        )
    return tmp_path


class TestCount:
    @pytest.mark.parametrize(
        ("language", "n", "said"),
        [
            ("en", 0, "0 lines in b.py"),
            ("en", 1, "One line in b.py"),
            ("en", 1200, "1,200 lines in b.py"),
            ("ko", 1, "b.py에 1줄"),
            ("ko", 1200, "b.py에 1,200줄"),
        ],
    )
    def test_takes_the_form_of_the_number(self, locales: Path, language: Language, n: int, said: str) -> None:
        assert read_texts(locales)[language].count("x.lines", n, place="b.py") == said

    def test_an_unknown_key_is_an_error(self, locales: Path) -> None:
        with pytest.raises(KeyError):
            read_texts(locales)["en"].count("site.name", 1)

    def test_a_broken_catalogue_is_an_error(self, locales: Path) -> None:
        (locales / "en" / "LC_MESSAGES" / "web.po").write_text('msgid "x.lines"\nmsgtsr "x"', encoding="utf-8")

        with pytest.raises(PoFileError):
            read_texts(locales)


AFTERNOON = datetime(2026, 11, 18, 14, 5, tzinfo=timezone(timedelta(hours=9)))
AT_FIVE_TO_MIDNIGHT = datetime(2026, 1, 1, 23, 55, tzinfo=UTC)


class TestDates:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", ["18 November 2026", "Wednesday 18 November", "November 2026", "14:05"]),
            ("ko", ["2026년 11월 18일", "11월 18일 수요일", "2026년 11월", "오후 2:05"]),
        ],
    )
    def test_are_written_as_the_reader_does(self, language: Language, said: list[str]) -> None:
        t = TEXTS[language]

        assert [t.date(AFTERNOON), t.day(AFTERNOON), t.month(AFTERNOON), t.time(AFTERNOON)] == said

    def test_are_those_of_the_moments_own_time_zone(self) -> None:
        there = AT_FIVE_TO_MIDNIGHT.astimezone(AFTERNOON.tzinfo)

        assert (TEXTS["en"].date(AT_FIVE_TO_MIDNIGHT), TEXTS["en"].time(AT_FIVE_TO_MIDNIGHT)) == (
            "1 January 2026",
            "23:55",
        )
        assert (TEXTS["ko"].date(there), TEXTS["ko"].time(there)) == ("2026년 1월 2일", "오전 8:55")

    def test_a_date_alone_will_do(self) -> None:
        assert TEXTS["en"].day(AFTERNOON.date()) == TEXTS["en"].day(AFTERNOON)


@pytest.mark.parametrize("language", LANGUAGES)
class TestNumbers:
    @pytest.mark.parametrize(
        ("x", "digits", "said"),
        [(1234.5, 2, "1,234.50"), (10_000, 0, "10,000"), (0.815, 2, "0.82"), (0, 2, "0.00"), (-3, 0, "-3")],
    )
    def test_have_the_decimals_asked_for(self, language: Language, x: float, digits: int, said: str) -> None:
        assert TEXTS[language].number(x, digits) == said

    @pytest.mark.parametrize(("share", "said"), [(0, "0%"), (0.814, "81%"), (1, "100%")])
    def test_of_a_share_are_whole_percent(self, language: Language, share: float, said: str) -> None:
        assert TEXTS[language].percent(share) == said
