import json
import re
from pathlib import Path

import pytest

from tests.cli.running import child, document, ion
from tests.cli.terminals import terminal

ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
CRISIS = "I want to kill myself."


def conversation_in(shown: str) -> str:
    found = re.search(r"ion chat --conversation ([0-9a-f-]{36})", shown)
    assert found is not None
    return found[1]


def heads_in(shown: str) -> list[str]:
    """Return the names above the replies, in order."""
    return [line.split()[0] for line in shown.splitlines() if re.match(r"[A-Z][a-z]+ · ", line)]


class TestPipedIn:
    def test_answers_line_by_line_and_says_how_to_go_on(self) -> None:
        result = ion("chat", stdin=f"/why\n{ENGLISH}\n\n/why\n/help\nRan it twenty times, three failures.\n")

        shown = result.stdout
        assert (result.exit_code, result.stderr) == (0, "")
        assert shown.startswith("Nothing has been answered yet.\nNana · coordination and process\n")
        assert shown.count("─ ") == 2
        assert "urgent-medium-problem_solving" in shown
        assert "Nana  0.96" in shown
        assert "Turns at: " in shown
        assert "/why: why this mentor" in shown
        assert "Until next time. To go on: " in shown.splitlines()[-1]

    def test_talks_korean_to_korean(self) -> None:
        result = ion("chat", stdin=f"{KOREAN}\n/mentor\n/new\n")

        assert result.stdout.startswith("Nana · 조율과 진행\n")
        assert "Lua, Elro, Riri, Nana 멘토가 있어요." in result.stdout
        assert result.stdout.splitlines()[-2:] == ["새 대화를 시작해요.", "또 만나요."]

    def test_ends_politely_where_nothing_is_said(self) -> None:
        result = ion("chat", stdin=f"/quit\n{ENGLISH}\n")

        assert (result.exit_code, result.stdout) == (0, "Until next time.\n")

    def test_a_message_that_is_refused_stops_nothing_but_is_not_forgotten(self) -> None:
        result = ion("chat", stdin=f"\u200b\n{CRISIS}\n/why\n/mentor nobody\n")

        assert result.exit_code == 1
        assert [line.split(".")[0] for line in result.stderr.splitlines()] == [
            "ion: The message is empty",
            "ion: There is no mentor 'nobody'; there are: Lua, Elro, Riri, Nana",
        ]
        assert "Those were help lines; no mentor was chosen." in result.stdout
        assert heads_in(result.stdout) == []


class TestKeeping:
    def test_as_documents(self) -> None:
        first = document("chat", stdin=f"{ENGLISH}\n/why\n{KOREAN}\n")
        other = document("chat", stdin="/etc/hosts is empty, why?\n/new\nAnd now?\n")
        again = document("chat", "--conversation", first["conversation"], stdin="And then?\n")

        assert [(turn["message"], turn["position"]) for turn in first["turns"]] == [(ENGLISH, 1), (KOREAN, 2)]
        assert [(turn["message"], turn["position"]) for turn in other["turns"]] == [
            ("/etc/hosts is empty, why?", 1),
            ("And now?", 1),
        ]
        assert (again["conversation"], again["turns"][0]["position"]) == (first["conversation"], 3)

    def test_resume_shows_where_it_was_and_goes_on(self) -> None:
        nothing = ion("chat", "--resume", "--lang", "ko", stdin="")
        first = document("chat", stdin=f"{ENGLISH}\n")
        second = ion("chat", "--resume", stdin="Ran it twenty times, three failures.\n").stdout

        assert "아직 나눈 대화가 없어서 새로 시작해요." in nothing.stdout
        assert second.startswith("Going on with “We have a release tomorrow")
        assert f"”.\n> {ENGLISH}\nNana · " in second
        assert conversation_in(second) == first["conversation"]

    def test_a_mentor_who_has_left_is_still_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ion("persona", "new", "mori", "--into", str(tmp_path / "ours")).exit_code == 0
        with monkeypatch.context() as while_here:
            while_here.setenv("ION_PERSONAS__PATH", str(tmp_path / "ours"))
            document("chat", stdin=f"/mentor mori\n{ENGLISH}\n")

        shown = ion("chat", "--resume", stdin="").stdout

        assert f"> {ENGLISH}\nmori\n" in shown

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--conversation", "nowhere"), "There is no conversation with this id. Try: ion chat --resume"),
            (("--persona", "nobody"), "There is no mentor 'nobody'"),
        ],
    )
    def test_what_is_not_there_is_2(self, words: tuple[str, ...], told: str) -> None:
        result = ion("chat", *words, stdin=f"{ENGLISH}\n")

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr


class TestMentor:
    def test_is_chosen_and_given_back(self) -> None:
        shown = ion("chat", stdin=f"/mentor lua\n{ENGLISH}\n/why\n/mentor auto\n{ENGLISH}\n").stdout

        assert heads_in(shown) == ["Lua", "Nana"]
        assert "Lua answers from now on." in shown
        assert shown.count("You asked for Lua") == 2
        assert "Turns at" not in shown
        assert "ION chooses again." in shown

    def test_of_a_whole_conversation_stays_until_a_new_one(self) -> None:
        shown = ion("chat", "--persona", "RIRI", stdin=f"{ENGLISH}\n/mentor auto\n{ENGLISH}\n/new\n{ENGLISH}\n").stdout

        assert heads_in(shown) == ["Riri", "Riri", "Nana"]
        assert "This conversation has its mentor; after /new ION chooses." in shown


class TestOnATerminal:
    def test_a_conversation_from_greeting_to_goodbye(self) -> None:
        with terminal("chat") as screen:
            greeting = screen.wait_for("› ")
            screen.type(f"{ENGLISH}\n")
            reply = screen.wait_for("offline mentor")
            screen.wait_for("› ")
            screen.type("\x04")
            code = screen.exit_code()

        assert code == 0
        assert "/why" in greeting
        assert re.search(r"\x1b\[[0-9;]*[39][0-9]mNana", reply)
        assert "**" not in reply
        assert "Until next time." in screen.shown
        assert json.loads(child("chat", "--resume", "--json").stdout)["conversation"] == conversation_in(screen.shown)

    def test_control_c_ends_it_at_once_and_no_color_is_respected(self) -> None:
        with terminal("chat", env={"NO_COLOR": "1"}) as screen:
            screen.wait_for("› ")
            screen.type(f"{ENGLISH}\n")
            reply = screen.wait_for("offline mentor")
            screen.wait_for("› ")
            code = screen.interrupt()

        assert code == 130
        assert "Nana" in reply
        assert not re.search(r"\x1b\[[0-9;]*[39][0-9]m", reply)
        assert "Traceback" not in screen.shown
