import pytest

from ion.mentoring import Ask, BadTitle
from ion.mentoring.titles import UNTITLED, name_of, title_after, title_of
from ion.services import Services
from tests.web.conftest import DANGER, ENGLISH, KOREAN

TITLES = [
    (KOREAN, "배포가 내일인데 테스트가 랜덤으로 깨져요"),
    (ENGLISH, "We have a release tomorrow"),
    ("안녕하세요! 저는 3년차 개발자 김민수라고 합니다. 이직 제안을 받았어요.", "이직 제안을 받았어요"),
    ("안녕하세요, 저는 김민수입니다. 논문 구조가 안 잡혀요", "논문 구조가 안 잡혀요"),
    ("안녕 나나! 테스트가 자꾸 깨져", "테스트가 자꾸 깨져"),
    ("네, 어제 말씀하신 대로 해 봤어요", "어제 말씀하신 대로 해 봤어요"),
    ("도와주세요ㅠㅠ 코드가 안 돌아가요", "코드가 안 돌아가요"),
    ("저는 이 선택이 맞는지 고민입니다.", "저는 이 선택이 맞는지 고민입니다"),
    ("Hi Nana, I'm a junior developer and my tests fail on CI, why?", "my tests fail on CI, why"),
    ("My name is Kim. I lost my job last week and don't know what to say", "I lost my job last week"),
    ("Thanks to my boss I am stuck", "Thanks to my boss I am stuck"),
    ("3 devs. 210 points. Velocity 18!", "3 devs, 210 points"),
    ("저는 취업 준비생입니다.", "저는 취업 준비생입니다"),
    ("```py\nprint(1)\n```\n왜 안 되나요?", "왜 안 되나요"),
    ("See https://example.org/a?b=c and mail me@example.org: what is wrong?", "See and mail: what is wrong"),
    ("# 제목\n- **중요한** `일정` 조율", "제목, 중요한 일정 조율"),
    ("[the log](https://example.org) says **nothing** useful", "the log says nothing useful"),
    ("<script>alert(1)</script> why does it run?", "alert(1) why does it run"),
    ("I use C++ and C#", "I use C++ and C#"),
    ("Traceback (most recent call last):\nKeyError: 'name' when I run it", "KeyError: 'name' when I run it"),
]
WITHOUT_WORDS = [
    "안녕하세요",
    "감사합니다 멘토님 ㅎㅎ",
    "네",
    "ㅋㅋㅋㅋ",
    "질문이 있어요.",
    "hello",
    "Thank you so much!",
]
WITHOUT_WORDS += ["🙂🙂", "...", "https://example.org/a/b", "```\nx = 1\n```", "if (x) {\n}"]


class TestTitle:
    @pytest.mark.parametrize(("message", "title"), TITLES)
    def test_says_what_the_message_is_about(self, message: str, title: str) -> None:
        assert title_of(message) == title

    @pytest.mark.parametrize("message", WITHOUT_WORDS)
    def test_of_a_message_that_says_nothing_is_no_words_of_it(self, message: str) -> None:
        assert title_of(message) in UNTITLED.values()

    @pytest.mark.parametrize(
        ("message", "most"),
        [
            ("x" * 300, 40),
            ("가" * 300, 24),
            ("가나다 " * 90, 24 + 6),
            ("many words here " * 40, 40),
            ("e\u0301" * 90, 80),
        ],
    )
    def test_fits_a_line_of_the_list(self, message: str, most: int) -> None:
        title = title_of(message)

        assert len(title) <= most
        assert message.startswith(title)
        assert not title.endswith(" ")

    def test_parts_no_letter_from_its_accents(self) -> None:
        title = title_of("e\u0301\u0323" * 90)

        assert title == "e\u0301\u0323" * 40

    def test_ends_where_a_word_does(self) -> None:
        assert title_of("Somewhere everything unfortunately disintegrates") == "Somewhere everything unfortunately"

    @pytest.mark.parametrize(("language", "title"), UNTITLED.items())
    def test_of_a_crisis_shows_nothing_of_it(self, language: str, title: str) -> None:
        assert title_of(DANGER[language], crisis="suicide") == title


class TestTitleAfter:
    @pytest.mark.parametrize("weak", ["", *UNTITLED.values()])
    def test_one_that_says_nothing_gives_way(self, weak: str) -> None:
        assert title_after(weak, "이직 제안") == "이직 제안"

    def test_one_that_says_something_stays(self) -> None:
        assert title_after("이직 제안", "다음 이야기") == "이직 제안"


class TestName:
    @pytest.mark.parametrize("name", ["a", "가" * 80, "  배포 전날\u3000", "👩‍💻 plans", "a\u0308ffchen", "‏עברית"])
    def test_is_what_the_mentee_gave(self, name: str) -> None:
        assert name_of(name).replace("ä", "a\u0308") == name.strip()

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("", "at least one"),
            (" \t\n", "at least one"),
            ("\u200b\u200d", "at least one"),
            ("가" * 81, "at most 80"),
            ("one\ntwo", "control"),
            ("tab\there", "control"),
            ("nul\0", "control"),
            ("half \ud800", "control"),
            ("turned \u202eround", "control"),
        ],
    )
    def test_that_cannot_be_shown_on_a_line_is_refused(self, name: str, said: str) -> None:
        with pytest.raises(BadTitle, match=said) as refused:
            name_of(name)

        assert refused.value.field == "title"


class TestConversations:
    async def titles(self, services: Services, *messages: str, name: str | None = None) -> list[str]:
        conversation = await services.pipeline.open_conversation("ko")
        titles = []
        for message in messages:
            await services.pipeline.process(Ask(message, conversation.id))
            titles.append((await services.conversations.with_id(conversation.id)).title)
            if name is not None:
                await services.history.rename(conversation.id, name)
        return titles

    async def test_are_called_by_the_first_message_that_says_something(self, services: Services) -> None:
        titles = await self.titles(services, "안녕하세요", "고마워요", KOREAN, "논문 구조가 안 잡혀요")

        assert titles == [UNTITLED["ko"], UNTITLED["ko"], TITLES[0][1], TITLES[0][1]]

    async def test_never_show_a_crisis(self, services: Services) -> None:
        assert await self.titles(services, DANGER["ko"], KOREAN) == [UNTITLED["ko"], TITLES[0][1]]

    async def test_keep_the_name_that_the_mentee_gave(self, services: Services) -> None:
        assert await self.titles(services, "안녕하세요", KOREAN, name="A conversation") == [
            UNTITLED["ko"],
            "A conversation",
        ]
