import gzip
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ion.evaluation import Docket, Judgement, Revision, docket_of, judged, read_pairs
from ion.evaluation.coaching import BadDialogues, measure
from ion.evaluation.judge import LONGEST_ANSWER, Verdict, rubric
from ion.evaluation.judging import draw_messages
from ion.evaluation.replies import Reply
from ion.llm import Model, open_model
from ion.services import load_mind
from ion.settings import Settings
from tests.evaluation.messages import message
from tests.servers.misbehaving import (
    BAD_JSON,
    EMPTY,
    SERVER_ERROR,
    SILENT,
    WRONG_KEY,
    Answer,
    MisbehavingServer,
    Raw,
    misbehaving_server,
    rate_limited,
)
from tests.servers.misbehaving import Reply as Served

DIALOGUES = Path(__file__).parents[2] / "training" / "dialogues" / "bridge_en.jsonl.gz"


def scores(each: int) -> dict[str, int]:
    return dict.fromkeys(rubric().names, each)


def giving(each: int) -> Answer:
    text = json.dumps(scores(each))
    return Answer(pieces=(text[:9], text[9:]))


def saying(*pieces: str) -> Answer:
    return Answer(pieces=pieces)


def reply_to(text: str, answer: str) -> Reply:
    asked = message(text)
    return Reply(asked, answer, None, measure(text, answer, asked.language))


DOCKET = Docket(
    pairs=(Revision("1", "5", "Wrong.", "How did you get 5?"), Revision("2", "7", "No.", "What is 7 made of?")),
    replies=(reply_to("I am stuck.", "What did you try?"), reply_to("막혔어요.", "무엇을 해 보셨어요?")),
)


@asynccontextmanager
async def model_at(server: MisbehavingServer) -> AsyncIterator[Model]:
    async with open_model(
        ["openai:judge"],
        base_url=server.base_url,
        api_key=None,
        connect_timeout=5.0,
        first_token_timeout=1.0,
        total_timeout=20.0,
        retries=0,
        breaker_failures=50,
        breaker_seconds=30.0,
    ) as model:
        assert model is not None
        yield model


async def judgement_by(*served: Served, docket: Docket = DOCKET) -> tuple[Judgement, Sequence[int], MisbehavingServer]:
    told: list[int] = []
    with misbehaving_server(*served) as server:
        async with model_at(server) as model:
            return await judged(model, docket, told.append), told, server


MESSAGES = [message(text) for text in (*"abcdefgh", *"가나다", "a")]


class TestDrawMessages:
    def test_takes_both_languages_alike_as_far_as_they_go(self) -> None:
        drawn = draw_messages(MESSAGES, 6)

        assert sorted(each.language for each in drawn) == ["en"] * 3 + ["ko"] * 3
        assert sorted(each.language for each in draw_messages(MESSAGES, 9)) == ["en"] * 6 + ["ko"] * 3

    def test_takes_the_same_ones_every_time_and_none_twice(self) -> None:
        drawn = draw_messages(MESSAGES, 100)

        assert draw_messages(MESSAGES, 100) == drawn
        assert draw_messages(MESSAGES, 4) == drawn[:4]
        assert sorted(each.text for each in drawn) == sorted({each.text for each in MESSAGES})
        assert [each.text for each in drawn if each.language == "en"] != list("abcdefgh")

    def test_none_of_none(self) -> None:
        assert draw_messages([], 3) == []


class TestReadPairs:
    def test_takes_one_of_each_moment_the_same_ones_every_time(self) -> None:
        pairs = read_pairs(DIALOGUES, 50)

        assert read_pairs(DIALOGUES, 50) == pairs
        assert read_pairs(DIALOGUES, 20) == pairs[:20]
        assert len({each.moment for each in pairs}) == len(pairs) == 50
        assert len(read_pairs(DIALOGUES, 10_000)) == 459

    def test_refuses_another_file(self, tmp_path: Path) -> None:
        file = tmp_path / "dialogues.jsonl.gz"
        file.write_bytes(gzip.compress(b"{}\n"))

        with pytest.raises(BadDialogues):
            read_pairs(file, 1)


class TestDocket:
    def test_holds_the_pairs_and_what_the_playbooks_answer(self, settings: Settings) -> None:
        messages = [message("We have a release tomorrow and the tests fail at random."), message("이직이 고민이에요.")]
        docket = docket_of(load_mind(settings), messages, DOCKET.pairs, sample=2)

        assert docket.pairs == DOCKET.pairs
        assert {each.message.text for each in docket.replies} == {each.text for each in messages}
        assert all(each.text.strip() and each.is_in_language for each in docket.replies)
        assert len(docket.cases()) == 6

    def test_brings_original_and_revision_of_each_pair_before_the_replies(self) -> None:
        assert [(case.reply, case.language) for case in DOCKET.cases()] == [
            ("Wrong.", "en"),
            ("How did you get 5?", "en"),
            ("No.", "en"),
            ("What is 7 made of?", "en"),
            ("What did you try?", "en"),
            ("무엇을 해 보셨어요?", "ko"),
        ]


class TestJudged:
    async def test_asks_about_each_text_once_in_order(self) -> None:
        judgement, told, server = await judgement_by(giving(3))

        assert judgement.judge == "openai:judge"
        assert judgement.failure is None
        assert told == [1, 2, 3, 4, 5, 6]
        asked = [request.body["messages"] for request in server.requests]
        assert len(asked) == 6
        for case, messages in zip(DOCKET.cases(), asked, strict=True):
            assert [each["role"] for each in messages] == ["system", "user"]
            assert f"| {case.message}\n" in messages[1]["content"]
            assert f"| {case.reply}\n" in messages[1]["content"]
        assert ["존댓말" in messages[0]["content"] for messages in asked] == [False] * 5 + [True]

    async def test_gives_each_text_its_own_scores(self) -> None:
        judgement, _, _ = await judgement_by(*map(giving, (1, 5, 2, 4, 3, 2)))

        assert judgement.pairs() == [
            (Verdict(scores(1)), Verdict(scores(5))),
            (Verdict(scores(2)), Verdict(scores(4))),
        ]
        assert judgement.replies() == [
            (DOCKET.replies[0], Verdict(scores(3))),
            (DOCKET.replies[1], Verdict(scores(2))),
        ]

    async def test_goes_on_after_an_answer_that_cannot_be_used(self) -> None:
        served = (saying("Well done!"), giving(4), giving(2), saying("{}"), EMPTY, giving(3))
        judgement, told, _ = await judgement_by(*served)

        assert judgement.opinions == (
            "no_json",
            Verdict(scores(4)),
            Verdict(scores(2)),
            "wrong_names",
            "no_answer",
            Verdict(scores(3)),
        )
        assert told[-1] == 6
        assert judgement.failure is None
        # A pair of which one is missing is no pair.
        assert judgement.pairs() == []
        assert [reply for reply, _ in judgement.replies()] == [DOCKET.replies[1]]

    async def test_a_broken_answer_is_none(self) -> None:
        judgement, _, _ = await judgement_by(BAD_JSON, giving(4))

        assert judgement.opinions[:2] == ("no_answer", Verdict(scores(4)))

    async def test_stops_listening_to_one_who_never_ends(self) -> None:
        endless = Answer(pieces=("{" * (LONGEST_ANSWER + 1), "{"), hang_after=1)
        judgement, _, server = await judgement_by(endless, docket=Docket((), DOCKET.replies[:1]))

        assert judgement.opinions == ("too_long",)
        assert server.client_left.wait(10)

    async def test_stops_listening_to_one_who_only_talks(self) -> None:
        talking = Answer(pieces=("What a", " fine reply"), hang_after=1)
        judgement, _, server = await judgement_by(talking, docket=Docket((), DOCKET.replies[:1]))

        assert judgement.opinions == ("no_json",)
        assert server.client_left.wait(10)

    @pytest.mark.parametrize(
        ("served", "reason"),
        [
            (SERVER_ERROR, "provider_error"),
            (WRONG_KEY, "refused"),
            (rate_limited("60"), "rate_limited"),
            (Answer(pieces=("{", '"asks"', ": 3"), cut_after=2), "unreachable"),
            (SILENT, "timeout"),
        ],
    )
    async def test_keeps_what_was_said_before_a_failure(self, served: Raw | Answer, reason: str) -> None:
        judgement, told, _ = await judgement_by(giving(2), giving(4), giving(2), served)

        assert judgement.failure == reason
        assert judgement.opinions == (Verdict(scores(2)), Verdict(scores(4)), Verdict(scores(2)))
        assert told == [1, 2, 3]
        assert len(judgement.pairs()) == 1
        assert judgement.replies() == []
