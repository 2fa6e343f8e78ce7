import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ion.services import open_kept
from ion.settings import DatabaseSettings, Settings
from tests.cli.running import child, database_in, document, ion
from tests.servers.ion import free_port
from tests.servers.misbehaving import CUT, STALLING, WELL, misbehaving_server

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
CRISIS = {"ko": "요즘 너무 힘들어서 죽고 싶어요.", "en": "I want to kill myself."}


def kept(folder: Path) -> int:
    async def count() -> int:
        async with open_kept(Settings(database=DatabaseSettings(url=database_in(folder)))) as opened:
            return len(await opened.conversations.latest(limit=10))

    return asyncio.run(count())


class TestReply:
    @pytest.mark.parametrize(
        ("text", "head", "reason", "engine"),
        [
            (KOREAN, "Nana · 조율과 진행", "멘토는 Nana", "오프라인 멘토"),
            (ENGLISH, "Nana · coordination and process", "suits that best", "offline mentor"),
        ],
    )
    def test_names_the_mentor_and_why(self, text: str, head: str, reason: str, engine: str) -> None:
        result = ion("ask", "-", stdin=text)

        first, *body, last = result.stdout.splitlines()
        assert (result.exit_code, result.stderr) == (0, "")
        assert first == head
        assert any(line.endswith("?") for line in body)
        assert last.startswith("─ ")
        assert reason in last
        assert last.endswith(engine)

    def test_is_told_in_korean_where_that_is_wanted(self) -> None:
        last = ion("ask", ENGLISH, "--lang", "ko").stdout.splitlines()[-1]

        assert "멘토는 Nana" in last

    def test_comes_from_the_mentor_that_is_asked_for(self) -> None:
        result = ion("ask", ENGLISH, "--persona", "LUA")

        assert result.stdout.startswith("Lua · ")
        assert "You asked for Lua" in result.stdout

    def test_follows_the_key_that_is_given(self) -> None:
        assert document("ask", ENGLISH, "--key", "calm-medium-learning")["persona_used"] == "Elro"

    def test_is_not_kept_and_comes_with_events_only_on_request(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ION_LOG__LEVEL", "info")

        assert "turn.answered" in ion("ask", ENGLISH).stderr
        assert kept(tmp_path) == 0


class TestDocument:
    def test_is_what_the_api_says_in_utf8(self) -> None:
        result = ion("ask", KOREAN, "--json")
        found = json.loads(result.stdout)

        assert (result.exit_code, result.stderr) == (0, "")
        assert "조율과 진행" in result.stdout
        assert found["persona_used"] == "Nana"
        assert found["resonance_key"] == "urgent-medium-problem_solving"
        assert found["confidence"] == found["routing"]["confidence"]
        assert found["engine"]["name"] == "playbooks"
        assert (found["engine"]["model"], found["engine"]["degraded"]) == (None, False)
        assert found["performance"]["execution_time_ms"] > 0
        assert found["crisis"] is None
        assert found["content"].rstrip().endswith("?")


class TestCrisis:
    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_is_answered_with_help_lines_and_no_mentor(self, language: str) -> None:
        result = ion("ask", CRISIS[language], env={"ION_SAFETY__COUNTRY": "KR"})

        assert (result.exit_code, result.stderr) == (0, "")
        assert "109" in result.stdout
        assert not any(name in result.stdout for name in ("Lua", "Elro", "Riri", "Nana", "─"))

    def test_document_names_whom_to_turn_to(self) -> None:
        found = document("ask", CRISIS["ko"])

        assert (found["persona_used"], found["routing"], found["engine"]["name"]) == (None, None, "help_lines")
        assert "109" in [line["number"] for line in found["crisis"]["lines"]]


def configure(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    for name, value in (("MODEL", "openai:none"), ("API_KEY", "none"), ("BASE_URL", base_url), ("RETRIES", "0")):
        monkeypatch.setenv(f"ION_LLM__{name}", value)


class TestWithAModel:
    def test_its_reply_has_no_other_author(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with misbehaving_server(WELL) as model:
            configure(monkeypatch, model.base_url)
            result = ion("ask", ENGLISH)
            found = document("ask", ENGLISH)

        assert "\nHello there.\n" in result.stdout
        assert "offline mentor" not in result.stdout
        assert found["content"] == "Hello there."
        assert (found["engine"]["name"], found["engine"]["output_tokens"]) == ("model", 3)

    def test_is_shown_as_it_comes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with misbehaving_server(STALLING) as model:
            configure(monkeypatch, model.base_url)
            process = subprocess.Popen([sys.executable, "-m", "ion", "ask", ENGLISH], stdout=subprocess.PIPE)
            assert process.stdout is not None
            shown = b""
            while b"Hello there" not in shown and (more := os.read(process.stdout.fileno(), 4096)):
                shown += more
            # The rest of the reply never comes.
            still_waiting = process.poll() is None
            process.kill()
            process.communicate()

        assert shown.startswith("Nana · ".encode())
        assert b"Hello there" in shown
        assert still_waiting

    def test_that_breaks_off_is_said_where_it_did(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with misbehaving_server(CUT) as model:
            configure(monkeypatch, model.base_url)
            result = ion("ask", ENGLISH)

        broken, _, rest = result.stdout.partition("The language model did not answer: unreachable")
        assert result.exit_code == 0
        assert "Hello there" in broken
        assert rest.splitlines()[-1].endswith("offline mentor")

    def test_that_cannot_be_reached_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        configure(monkeypatch, f"http://127.0.0.1:{free_port()}/v1")

        result = ion("ask", ENGLISH, "--lang", "ko")
        found = document("ask", KOREAN)

        assert "언어 모델이 답하지 못했어요: unreachable" in result.stdout
        assert (found["engine"]["degraded"], found["engine"]["reason"]) == (True, "unreachable")


TWO_MATTERS = "My interview is next week, my portfolio isn't ready, and I lie awake every night."


class TestSeveral:
    @pytest.mark.parametrize("words", [("auto",), ("auto", "--in-turn")])
    def test_answer_where_the_message_asks_for_it(self, words: tuple[str, ...]) -> None:
        result = ion("ask", TWO_MATTERS, "--mentors", *words)

        first, *_, last = result.stdout.splitlines()
        assert (result.exit_code, result.stderr) == (0, "")
        assert first == "Nana · Lua"
        assert "**Nana**: " in result.stdout
        assert last == "─ The message holds 2 different matters, so Nana and Lua shared them out. · offline mentor"

    def test_are_one_where_it_does_not(self) -> None:
        result = ion("ask", KOREAN, "--mentors", "auto")

        assert result.stdout.startswith("Nana · 조율과 진행")
        assert "가장 잘 맞는 Nana 멘토가 혼자 답했어요. · 오프라인 멘토" in result.stdout

    @pytest.mark.parametrize(("mentors", "used"), [("several", "Multi: Nana+Elro"), ("riri,Lua", "Multi: Riri+Lua")])
    def test_are_several_where_they_are_called(self, mentors: str, used: str) -> None:
        found = document("ask", ENGLISH, "--mentors", mentors)

        assert found["persona_used"] == used
        assert found["resonance_key"] == "multi-persona-blend"
        assert len(found["contributions"]) == 2
        assert found["performance"]["execution_time_ms"] > 0

    def test_leave_danger_to_the_help_lines(self) -> None:
        result = ion("ask", CRISIS["ko"], "--mentors", "lua,nana", env={"ION_SAFETY__COUNTRY": "KR"})

        assert result.exit_code == 0
        assert "109" in result.stdout
        assert not any(name in result.stdout for name in ("Lua", "Nana", "─"))

    def test_say_that_the_model_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        configure(monkeypatch, f"http://127.0.0.1:{free_port()}/v1")

        result = ion("ask", ENGLISH, "--mentors", "several")

        assert "The language model did not answer: unreachable" in result.stdout
        assert result.stdout.splitlines()[-1].endswith("offline mentor")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--mentors", "lua,nana", "--persona", "lua"), "Give --persona or --mentors, not both."),
            (("--in-turn",), "--in-turn needs --mentors."),
            (("--mentors", "lua"), "Name two to four different mentors."),
            (("--mentors", "lua,nobody"), "There is no mentor 'nobody'"),
        ],
    )
    def test_are_refused_in_one_line(self, words: tuple[str, ...], told: str) -> None:
        result = ion("ask", ENGLISH, *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            ((" ",), 2, "The message is empty."),
            ((KOREAN, "--persona", "nobody"), 2, "그런 이름의 멘토가 없어요. (There is no mentor 'nobody'"),
            ((ENGLISH, "--key", "calm"), 2, "is not a resonance key"),
        ],
    )
    def test_are_one_line(self, words: tuple[str, ...], code: int, told: str) -> None:
        result = ion("ask", *words)

        assert (result.exit_code, result.stdout) == (code, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("name", "value", "code", "told"),
        [
            ("ION_SERVRE__PORT", "1", 78, "Did you mean ION_SERVER__PORT?"),
            ("ION_DATABASE__URL", "postgresql://ion:secret@127.0.0.1:1/ion", 69, "cannot be opened"),
            ("ION_LLM__MODEL", "nobody:none", 78, "There is no model provider 'nobody'"),
        ],
    )
    def test_settings_that_cannot_be_used(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int, told: str
    ) -> None:
        monkeypatch.setenv(name, value)

        result = ion("ask", ENGLISH)

        assert (result.exit_code, result.stdout) == (code, "")
        assert told in result.stderr
        assert "secret" not in result.stderr
        assert result.stderr.count("\n") == 1


class TestAsAProcess:
    def test_answers_in_colour_on_no_pipe(self) -> None:
        done = child("ask", ENGLISH)

        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b" not in done.stdout
        assert done.stdout.startswith("Nana · ".encode())
