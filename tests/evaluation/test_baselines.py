import json
from collections.abc import Sequence
from functools import cache

import pytest

from ion.evaluation.baselines import Keywords, Majority, tone_by_keywords
from ion.evaluation.guessing import Guesser, Guesses
from ion.evaluation.labelled import AXES, Message
from ion.evaluation.learned import EmbeddingRegression, LinearSvm
from tests.evaluation.messages import CORPUS, message


@cache
def corpus_rows() -> Sequence[Message]:
    """200 messages of the corpus and 100 others, every language and label among them."""
    rows = []
    for name in ("messages.ko-c.jsonl", "messages.en-c.jsonl"):
        lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
        for line in lines[::5][:150]:
            row = json.loads(line)
            tone, intent, pace = (row[axis] if isinstance(row[axis], list) else [row[axis]] for axis in AXES)
            rows.append(message(row["text"], tone, intent, pace))
    return rows


class TestMajority:
    def test_says_what_is_most_frequent_and_how_frequent(self) -> None:
        majority = Majority()
        majority.fit(
            [message("a", ["calm"]), message("b", ["urgent", "calm"]), message("c", ["urgent"], pace=["burst"])]
        )

        assert majority.predict(["x", "y"]) == {
            "tone": Guesses(["urgent"] * 2, [2 / 3] * 2, [True] * 2),
            "intent": Guesses(["learning"] * 2, [1.0] * 2, [True] * 2),
            "pace": Guesses(["medium"] * 2, [2 / 3] * 2, [True] * 2),
        }

    def test_settles_a_tie_by_name(self) -> None:
        majority = Majority()
        majority.fit([message("a", ["urgent"]), message("b", ["calm"])])

        assert majority.predict(["x"])["tone"].labels == ["calm"]


class TestKeywords:
    @pytest.mark.parametrize(
        ("text", "tone", "confidence"),
        [
            ("너무 급해요", "urgent", 0.7),
            ("빨리 좀 봐 주세요", "urgent", 0.7),
            ("이러면 안 돼요", "urgent", 0.7),
            ("Help!!!", "urgent", 0.7),
            ("Help!!", "calm", 0.5),
            ("왜 그런지 궁금해요", "curious", 0.7),
            ("Why now?", "curious", 0.7),
            ("혹시 시간 되세요", "curious", 0.7),
            ("어떻게 하죠", "curious", 0.7),
            ("서버가 안 돌아가요?", "curious", 0.7),
            ("서버가 안 돌아가요", "frustrated", 0.6),
            ("답답하네요", "frustrated", 0.6),
            ("왜 이러죠", "frustrated", 0.6),
            ("이상적인 상황이에요", "frustrated", 0.6),
            ("문제 풀이를 확인했어요", "frustrated", 0.6),
            ("결과 리포트를 분석했어요", "analytical", 0.6),
            ("확인했습니다", "analytical", 0.6),
            ("급합니다", "calm", 0.5),
            ("", "calm", 0.5),
        ],
    )
    def test_the_first_row_with_a_piece_decides(self, text: str, tone: str, confidence: float) -> None:
        assert tone_by_keywords(text) == (tone, confidence)

    def test_reads_tone_alone(self) -> None:
        keywords = Keywords()
        keywords.fit([message("a", ["urgent"])])

        assert keywords.predict(["왜 이러죠", "좋아요"]) == {
            "tone": Guesses(["frustrated", "calm"], [0.6, 0.5], [True, True])
        }


class TestLearned:
    @pytest.mark.parametrize("make", [LinearSvm, EmbeddingRegression])
    def test_learns_from_200_messages_what_holds_for_others(
        self, make: type[LinearSvm] | type[EmbeddingRegression]
    ) -> None:
        rows = corpus_rows()
        train = [row for place, row in enumerate(rows) if place % 3]
        test = [row for place, row in enumerate(rows) if not place % 3]
        learned, majority = make(), Majority()
        models: Sequence[Guesser] = (learned, majority)
        for model in models:
            model.fit(train)
        texts = [row.text for row in test]
        found, guessed = learned.predict(texts), majority.predict(texts)

        assert len(train) == 200
        assert set(found) == set(AXES)
        for axis in AXES:
            assert right(found[axis], test, axis) > right(guessed[axis], test, axis) + 10
            assert all(1 / 9 <= confidence <= 1 for confidence in found[axis].confidences)
            assert all(found[axis].sure)

    @pytest.mark.parametrize("make", [LinearSvm, EmbeddingRegression])
    def test_two_labels_are_enough(self, make: type[LinearSvm] | type[EmbeddingRegression]) -> None:
        rows = [
            message(text, [tone], [intent], [pace])
            for text, tone, intent, pace in [
                ("hello again, all is well", "calm", "learning", "medium"),
                ("all is well, and hello to you", "calm", "learning", "medium"),
                ("it broke! again! why!", "frustrated", "planning", "burst"),
                ("again it broke! why!", "frustrated", "planning", "burst"),
            ]
        ]
        model = make()
        model.fit(rows)

        assert model.predict(["why! it broke!", "all is well"])["tone"].labels == ["frustrated", "calm"]
        assert min(model.predict(["why! it broke!"])["pace"].confidences) >= 0.5

    @pytest.mark.parametrize("make", [LinearSvm, EmbeddingRegression])
    def test_an_axis_with_one_label_is_left_out(self, make: type[LinearSvm] | type[EmbeddingRegression]) -> None:
        model = make()
        model.fit([message("all is well", ["calm"]), message("it broke!", ["frustrated"])])

        assert list(model.predict(["it broke again"])) == ["tone"]


def right(found: Guesses, rows: Sequence[Message], axis: str) -> int:
    return sum(
        label in labels
        for label, row in zip(found.labels, rows, strict=True)
        for each, labels in row.accepted.items()
        if each == axis
    )
