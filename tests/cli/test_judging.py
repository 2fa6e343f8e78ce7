import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ion.evaluation.judge import rubric
from tests.cli.running import ion
from tests.cli.terminals import terminal
from tests.evaluation.messages import write_data
from tests.servers.ion import free_port
from tests.servers.llama import LlamaServer, llama_server
from tests.servers.misbehaving import EMPTY, SERVER_ERROR, SILENT, Answer, Reply, misbehaving_server

PAIRS = [("Wrong.", "How did you get 5?"), ("No.", "What is 7 made of?"), ("Recheck.", "What comes first?")]


def giving(score: int) -> Answer:
    return Answer(pieces=(json.dumps(dict.fromkeys(rubric().names, score)),))


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A command that asks about three pairs and two replies."""
    data, corpus = write_data(tmp_path)
    dialogues = tmp_path / "dialogues.jsonl.gz"
    moments = [
        {
            "id": f"moment-{place}",
            "turns": [{"role": "learner", "text": f"Is it {place}?"}],
            "mentor_original": [{"role": "mentor", "text": original}],
            "mentor_expert": [{"role": "mentor", "text": expert}],
        }
        for place, (original, expert) in enumerate(PAIRS)
    ]
    dialogues.write_bytes(gzip.compress("".join(json.dumps(each) + "\n" for each in moments).encode()))
    files = ["--data", str(data), "--corpus", str(corpus), "--dialogues", str(dialogues)]
    return ["eval", *files, "--no-baselines", "--judge", "--judge-pairs", "3", "--judge-sample", "2"]


def environ(base_url: str, **more: str) -> Mapping[str, str]:
    return {"ION_LLM__MODEL": "openai:judge", "ION_LLM__BASE_URL": base_url, "ION_LLM__RETRIES": "0", **more}


def tables_of(text: str) -> Any:
    return json.loads(text)["tables"]


def counted(tables: Any) -> tuple[int, int, int]:
    """How many texts there were to judge, how many were, and how many answers could not be used."""
    due, done, unusable = zip(*(row[4:7] for row in tables["judge answers"]["rows"]), strict=True)
    return sum(due), sum(done), sum(unusable)


class TestScriptedJudge:
    def test_its_scores_and_agreement_are_in_the_report(self, words: list[str], tmp_path: Path) -> None:
        with misbehaving_server(*map(giving, (2, 4, 1, 5, 2, 3, 4)), Answer(pieces=("Lovely!",))) as server:
            result = ion(*words, "--output", str(tmp_path / "report"), env=environ(server.base_url))

        assert (result.exit_code, result.stderr) == (0, "")
        assert len(server.requests) == 8
        tables = tables_of((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
        assert counted(tables) == (8, 8, 1)
        assert tables["judge agreement"]["rows"][0] == ["overall", 3, 1.667, 4.0, 1.0, 0.0, 1.0, 1.0, 1.0]
        assert [row[2:] for row in tables["judge scores"]["rows"]] == [[1, 4.0, 1.0]] * 7
        page = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
        assert "## Judge: its agreement with experts" in page
        assert "| overall | 3 | 1.667 | 4.000 | 1.000 | 0.000 | 1.000 | 1.000 | 1.000 |" in page

    def test_is_shown_as_a_report_and_as_a_document(self, words: list[str]) -> None:
        with misbehaving_server(giving(3)) as server:
            page = ion(*words, env=environ(server.base_url))
            document = ion(*words, "--json", env=environ(server.base_url))

        assert "A language model, `openai:judge`, judged replies" in page.stdout
        assert counted(tables_of(document.stdout)) == (8, 8, 0)

    def test_is_one_model_and_no_fallback(self, words: list[str]) -> None:
        with misbehaving_server(SERVER_ERROR) as server:
            fallbacks = environ(server.base_url, ION_LLM__FALLBACKS='["openai:another"]')
            result = ion(*words, env=fallbacks)

        assert result.exit_code == 69
        assert {request.body["model"] for request in server.requests} == {"judge"}

    def test_may_fall_silent_as_often_as_it_likes(self, words: list[str]) -> None:
        with misbehaving_server(EMPTY) as server:
            result = ion(*words, "--json", env=environ(server.base_url))

        assert (result.exit_code, result.stderr) == (0, "")
        assert counted(tables_of(result.stdout)) == (8, 8, 8)

    @pytest.mark.parametrize(("language", "stage"), [("en", "judge"), ("ko", "채점")])
    def test_shows_its_progress_on_a_terminal(
        self, words: list[str], tmp_path: Path, language: str, stage: str
    ) -> None:
        slow = Answer(pieces=giving(3).pieces, before=0.3)
        with misbehaving_server(slow) as server:
            more = ["--output", str(tmp_path / "report"), "--lang", language]
            with terminal(*words, *more, env=environ(server.base_url)) as screen:
                screen.wait_for(stage)
                screen.wait_for("/8")
                assert screen.exit_code() == 0


class TestFailure:
    @pytest.mark.parametrize(
        ("served", "reason"), [(SERVER_ERROR, "provider_error"), (SILENT, "timeout")], ids=["error", "silence"]
    )
    def test_ends_it_and_keeps_what_was_judged(
        self, served: Reply, reason: str, words: list[str], tmp_path: Path
    ) -> None:
        with misbehaving_server(giving(2), giving(4), giving(3), served) as server:
            hurried = environ(server.base_url, ION_LLM__FIRST_TOKEN_TIMEOUT="1")
            result = ion(*words, "--output", str(tmp_path / "report"), env=hurried)

        assert result.exit_code == 69
        assert result.stderr == f"ion: The judge stopped answering ({reason}); 3 of 8 texts were judged before.\n"
        tables = tables_of((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
        assert counted(tables) == (8, 3, 0)
        assert tables["judge agreement"]["rows"][0][:4] == ["overall", 1, 2.0, 4.0]

    def test_to_be_reached_is_told_in_the_readers_language(self, words: list[str]) -> None:
        nobody = environ(f"http://127.0.0.1:{free_port()}/v1")
        result = ion(*words, "--json", "--lang", "ko", env=nobody)

        assert result.exit_code == 69
        assert "(unreachable)" in result.stderr
        assert "8개 중 0개" in result.stderr
        assert counted(tables_of(result.stdout)) == (8, 0, 0)


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize(("language", "told"), [("en", "no language model to judge"), ("ko", "언어 모델이 없어요")])
    def test_no_model_is_said_before_anything_is_measured(self, words: list[str], language: str, told: str) -> None:
        result = ion(*words, "--lang", language)

        assert (result.exit_code, result.stdout) == (78, "")
        assert told in result.stderr
        assert "ION_LLM__MODEL" in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_a_model_that_is_none(self, words: list[str]) -> None:
        result = ion(*words, env={"ION_LLM__MODEL": "nobody:judge"})

        assert (result.exit_code, result.stdout) == (78, "")
        assert "nobody" in result.stderr

    def test_missing_dialogues(self, words: list[str], tmp_path: Path) -> None:
        with misbehaving_server() as server:
            missing = str(tmp_path / "missing.jsonl.gz")
            result = ion(*words, "--dialogues", missing, env=environ(server.base_url))

        assert (result.exit_code, result.stdout) == (2, "")
        assert "missing.jsonl.gz" in result.stderr
        assert server.requests == []

    @pytest.mark.parametrize("option", ["--judge-sample", "--judge-pairs"])
    def test_no_texts_at_all(self, words: list[str], option: str) -> None:
        assert ion(*words, option, "0").exit_code == 2


class TestWithoutJudge:
    def test_a_configured_model_is_not_asked(self, words: list[str]) -> None:
        silent = [word for word in words if word != "--judge"]
        with misbehaving_server(giving(3)) as server:
            result = ion(*silent, "--json", env=environ(server.base_url))

        assert result.exit_code == 0
        assert server.requests == []
        assert not [name for name in tables_of(result.stdout) if name.startswith("judge")]


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    with llama_server() as server:
        yield server


class TestRealModel:
    # Where cores are shared it takes its time.
    @pytest.mark.timeout(300)
    def test_every_text_is_counted_once(self, words: list[str], llama: LlamaServer) -> None:
        patient = environ(llama.base_url, ION_LLM__FIRST_TOKEN_TIMEOUT="90", ION_LLM__TOTAL_TIMEOUT="200")
        few = [*words, "--judge-pairs", "1", "--judge-sample", "1"]
        result = ion(*few, "--json", env={**patient, "ION_LLM__MODEL": f"openai:{llama.model}"})

        assert (result.exit_code, result.stderr) == (0, "")
        tables = tables_of(result.stdout)
        due, done, unusable = counted(tables)
        assert (due, done) == (3, 3)
        answers = tables["judge answers"]["rows"]
        assert {row[0] for row in answers} == {"openai:smollm2"}
        assert sum(sum(row[8:]) for row in answers) == unusable
        # What can be used of a model this small is luck; that it is counted where it should be is not.
        originals, experts, replies = (row[5] - row[6] for row in answers)
        assert tables["judge agreement"]["rows"][0][1] == min(originals, experts)
        assert sum(row[2] for row in tables["judge scores"]["rows"]) == 7 * replies
