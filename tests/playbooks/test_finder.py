import numpy as np
import pytest

from ion.playbooks import TopicFinder
from ion.playbooks.finder import NO_TOPIC, THRESHOLD
from ion.resonance import ResonanceKey
from tests.playbooks.factories import finder, library

# The same message as it is, without spaces, with slips of the keyboard, with other particles and endings.
KOREAN = {
    "flaky-tests": (
        "배포가 내일인데 테스트가 랜덤으로 깨져요",
        "배포가내일인데테스트가랜덤으로깨져요",
        "배포가 낼인데 테스트가 랜덤으로 깨저요",
        "배포는 내일인데 테스트만 랜덤하게 깨져요",
    ),
    "interviews": (
        "면접이 다음 주인데 꼬리질문에 자꾸 말이 막혀요",
        "면접이다음주인데꼬리질문에자꾸말이막혀요",
        "면접이 담주인대 꼬리 질문에 작구 말이 막켜요",
        "다음 주에 면접을 보는데 꼬리질문마다 말문이 막힙니다",
    ),
    "salary": (
        "연봉 협상에서 얼마를 불러야 할지 모르겠어요",
        "연봉협상에서얼마를불러야할지모르겠어요",
        "연봉 협상때 얼마 불러야댈지 모르겟어요",
        "연봉을 협상하는데 얼마까지 부르면 될까요",
    ),
    "resume-portfolio": (
        "이력서에 쓸 경력이 별로 없는데 자소서를 어떻게 채우죠",
        "이력서에쓸경력이별로없는데자소서를어떻게채우죠",
        "이력서에 쓸 경력이 별루 없는대 자소서 어케 채우죠",
        "이력서랑 자소서에 적을 경력이 거의 없습니다",
    ),
    "career-choice": (
        "이직 제안을 두 곳에서 받았는데 어디로 갈지 고민이에요",
        "이직 제안을 두곳에서 받앗는데 어디로 갈찌 고민이예요",
        "두 곳에서 이직을 제안받았는데 어느 쪽으로 가야 할까요",
    ),
    "databases": (
        "SQL 조인이 느려서 인덱스를 걸었는데 그대로예요",
        "SQL조인이느려서인덱스를걸었는데그대로예요",
        "sql 죠인이 느려서 인댁스 걸엇는데 그대로에요",
        "SQL에서 조인이 느린데 인덱스도 소용이 없습니다",
    ),
    "exams": (
        "수능까지 한 달 남았는데 수학 기출을 몇 번 더 돌려야 할까요",
        "수능까지 한달 남앗는대 수학 기출 몇번 더 돌려야댈까요",
        "수능이 한 달 뒤인데 수학은 기출만 더 풀면 되나요",
    ),
    "thesis": (
        "논문 서론이 한 줄도 안 써져요",
        "논문서론이한줄도안써져요",
        "논문 서론이 한줄도 안써저요ㅠ",
        "논문에서 서론을 한 줄도 못 쓰고 있습니다",
    ),
    "new-manager": (
        "팀장이 됐는데 어제까지 동료였던 사람에게 일을 시키기가 어려워요",
        "팀장이됐는데어제까지동료였던사람에게일을시키기가어려워요",
        "팀장이 됫는데 어제까지 동료엿던 사람한테 일 시키기가 어려어요",
        "팀장으로 승진했는데 동료였던 팀원들에게 일을 맡기기 어렵습니다",
    ),
    "procrastination": (
        "할 일을 자꾸 미루다가 마감 전날에야 시작해요",
        "할일을 작구 미루다가 마감 전날에야 시작해여",
        "할 일은 미루기만 하다 마감 전날이 되어서야 시작합니다",
    ),
    "language-learning": (
        "영어 회화가 안 늘어요. 듣기는 되는데 말이 안 나와요",
        "영어회화가안늘어요듣기는되는데말이안나와요",
        "영어 회하가 안느러요 듣기는 돼는데 말이 안나와요",
        "영어 회화는 늘지 않고 듣기만 되고 말은 나오지 않아요",
    ),
    "returning": (
        "육아휴직 끝나고 복직하는데 따라갈 수 있을지 걱정이에요",
        "육아휴직끝나고복직하는데따라갈수있을지걱정이에요",
        "육아휴직 끋나고 복직하는대 따라갈수 있을찌 걱정이예요",
        "육아휴직을 마치고 복직하면 따라갈 수 있을지 모르겠습니다",
    ),
    "presentations": (
        "발표할 때 목소리가 떨려요",
        "발표할때목소리가떨려요",
        "발표할때 목소리가 떨려여ㅠㅠ",
        "발표만 하면 목소리부터 떨립니다",
    ),
    "code-review": (
        "코드 리뷰에서 코멘트가 너무 많이 달려요",
        "코드리뷰에서코멘트가너무많이달려요",
        "코드 리뷰에서 코맨트가 넘 마니 달려요",
        "코드 리뷰를 받으면 코멘트만 잔뜩 달립니다",
    ),
}
ENGLISH = {
    "flaky-tests": "We have a release tomorrow and the tests fail at random. Where do I start?",
    "interviews": "my interview is next week and follow-up questions make me freeze",
    "salary": "how much should I ask for in a salary negotiation",
    "thesis": "I cannot get past the introduction of my thesis",
    "databases": "the SQL join is slow even with an index",
    "presentations": "my voice shakes whenever I present slides",
}
NONSENSE = [
    "asdf qwer zxcv",
    "qwertyuiop",
    "ㅁㄴㅇㄹ ㅂㅈㄷㄱ",
    "가나다라마바사",
    "ㅋㅋㅋㅋㅋ",
    "...",
    "?????",
    "12345 67890",
    "🙂🙂🙂",
    "",
]


class TestFind:
    @pytest.mark.parametrize(
        "message",
        [
            "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?",
            "We have a release tomorrow and the tests fail at random. Where do I start?",
        ],
    )
    def test_the_messages_on_the_first_page_find_their_topic(self, message: str) -> None:
        found = finder().find(message)

        assert found is not None
        assert found.slug == "flaky-tests"
        assert found.confidence > 0.5

    @pytest.mark.parametrize(
        ("slug", "message"), [(slug, message) for slug, messages in KOREAN.items() for message in messages]
    )
    def test_korean_is_found_however_it_is_typed(self, slug: str, message: str) -> None:
        found = finder().find(message)

        assert found is not None
        assert found.slug == slug

    @pytest.mark.parametrize(
        ("slug", "message"),
        [
            ("career-choice", "이직제안을두곳에서받았는데어디로갈지고민이에요"),
            ("exams", "수능까지한달남았는데수학기출을몇번더돌려야할까요"),
            ("procrastination", "할일을자꾸미루다가마감전날에야시작해요"),
        ],
    )
    def test_without_any_space_the_n_grams_still_rank_it_first(self, slug: str, message: str) -> None:
        by_ngrams = TopicFinder.load()

        assert by_ngrams.slugs[int(by_ngrams.probabilities(message).argmax())] == slug

    @pytest.mark.parametrize(("slug", "message"), ENGLISH.items())
    def test_english_is_found(self, slug: str, message: str) -> None:
        found = finder().find(message)

        assert found is not None
        assert found.slug == slug

    @pytest.mark.parametrize("message", NONSENSE)
    def test_nonsense_is_about_nothing(self, message: str) -> None:
        assert finder().find(message) is None

    def test_below_the_threshold_nothing_is_found(self) -> None:
        sure = finder().find("논문 서론이 한 줄도 안 써져요")

        assert sure is not None
        assert sure.confidence >= THRESHOLD

    def test_a_long_paste_is_read_by_its_beginning_and_end(self) -> None:
        noise = "가나다라 마바사 " * 2_000

        found = finder().find(f"논문 서론이 한 줄도 안 써져요 {noise}")

        assert np.allclose(
            finder().probabilities(noise + "논문"), finder().probabilities(noise[:2_000] + (noise + "논문")[-2_000:])
        )
        assert found is None or found.slug == "thesis"


class TestProbabilities:
    @pytest.mark.parametrize("message", ["", "a", "배포가 내일이에요", "🙂", "word " * 3_000])
    def test_sum_to_one(self, message: str) -> None:
        shares = finder().probabilities(message)

        assert shares.shape == (len(finder().slugs),)
        assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
        assert float(shares.min()) >= 0

    def test_there_is_one_for_every_topic_and_for_none(self) -> None:
        assert set(finder().slugs) == {*library()["ko"], NO_TOPIC}


class TestTelling:
    def test_a_clause_about_something_tells_more_than_one_about_nothing(self) -> None:
        assert finder().telling("테스트가 랜덤으로 깨져요") > finder().telling("그래서 그런데 말이에요")

    @pytest.mark.parametrize("clause", ["", "네", "테스트가 랜덤으로 깨져요"])
    def test_is_between_nought_and_one(self, clause: str) -> None:
        assert 0 <= finder().telling(clause) <= 1


class TestNearness:
    def test_shared_words_are_near_whatever_their_endings(self) -> None:
        near = finder().nearness("현미경 예약이 자꾸 겹쳐요")

        assert near("현미경을 예약하는 표를 하나로 모아요") > 3 * near("잠들기 전에 알림을 꺼 둬요")

    def test_the_same_text_is_as_near_as_can_be(self) -> None:
        assert finder().nearness("현미경 예약")("현미경 예약") == pytest.approx(1, abs=1e-5)

    @pytest.mark.parametrize(("one", "other"), [("", "현미경"), ("현미경", "")])
    def test_nothing_is_near_nothing(self, one: str, other: str) -> None:
        assert finder().nearness(one)(other) == 0

    def test_what_every_text_has_does_not_count(self) -> None:
        near = finder().nearness("I think that the one is in the other and it is not there")

        assert near("and the other is not in there, it is the one that I think") < 0.9
        assert near("the of and to in") < 0.1


class TestLoad:
    def test_weights_have_a_row_for_each_topic(self) -> None:
        loaded = TopicFinder.load()

        assert loaded.weights.shape == (len(loaded.vocabulary.idf), len(loaded.slugs))
        assert loaded.scale.shape == loaded.biases.shape == loaded.shift.shape == (len(loaded.slugs),)
        assert loaded.meaning.shape[1] == len(loaded.slugs)

    def test_how_a_message_reads_weighs_in(self) -> None:
        message = "면접관님 덕분에 오늘 하루가 아주 특별해졌어요"
        shares = {
            tone: finder().leant(finder().probabilities(message), ResonanceKey.parse(f"{tone}-medium-reflection"))
            for tone in ("playful", "frustrated")
        }
        good_news = finder().slugs.index("good-news")

        assert shares["playful"][good_news] > 2 * shares["frustrated"][good_news]
        assert all(float(share.sum()) == pytest.approx(1, abs=1e-4) for share in shares.values())
