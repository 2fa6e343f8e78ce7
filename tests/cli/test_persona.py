import json
import shlex
from pathlib import Path

import pytest

from ion.cli.new_persona import BUILT_IN, FILES
from ion.personas import load_catalogue
from tests.cli.running import document, ion

ACCEPTED = "Read; chosen for"


def made(*words: str) -> Path:
    return Path(document("persona", "new", *words)["folder"])


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def line_of(file: Path, fragment: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if fragment in line)


class TestList:
    @pytest.mark.parametrize(
        ("words", "line"),
        [((), "Lua · empathy and creativity"), (("--lang", "ko"), "Lua · 공감과 창의")],
    )
    def test_shows_everyone_in_catalogue_order(self, words: tuple[str, ...], line: str) -> None:
        lines = ion("persona", "list", *words).stdout.splitlines()

        assert lines[0] == line
        assert [row.split()[0] for row in lines[::2]] == ["Lua", "Elro", "Riri", "Nana"]

    def test_as_a_document(self) -> None:
        everyone = document("persona", "list")

        assert [mentor["slug"] for mentor in everyone] == ["lua", "elro", "riri", "nana"]
        assert everyone[0]["role"] == {"ko": "공감과 창의", "en": "empathy and creativity"}
        assert everyone[0]["affinity"]["tone"]["frustrated"] == 1.0


class TestShow:
    def test_says_what_a_mentor_is_good_with(self) -> None:
        result = ion("persona", "show", "NANA")

        assert result.stdout.startswith("Nana · coordination and process  nana 1.0\n")
        assert "an urgent tone" in result.stdout

    def test_as_a_document(self) -> None:
        assert document("persona", "show", "nana")["name"] == "Nana"

    def test_nobody_is_2_and_names_the_list(self) -> None:
        result = ion("persona", "show", "nobody")

        assert result.exit_code == 2
        assert result.stderr.endswith("Try: ion persona list\n")


class TestNew:
    def test_is_complete_and_accepted_as_it_is(self, tmp_path: Path) -> None:
        result = ion("persona", "new", "mori")

        folder = tmp_path / "personas" / "mori"
        assert result.exit_code == 0
        assert {file.name for file in folder.iterdir()} == set(FILES)
        assert load_catalogue(folder.parent)["mori"].name == "Mori"
        assert ion("persona", "check").exit_code == 0

    def test_names_two_commands_that_work(self) -> None:
        *_, first, second = ion("persona", "new", "mori").stdout.splitlines()

        assert ACCEPTED in ion(*first.split()[1:]).stdout
        setting, _, command = second.strip().partition(" ")
        name, _, value = setting.partition("=")
        assert ion(*command.split('"')[0].split()[1:], "Why is it so?", env={name: value}).stdout.startswith("Mori · ")

    def test_names_commands_that_a_shell_understands(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        spaced = tmp_path / "our mentors"
        told = document("persona", "new", "mori", "--into", str(spaced))["next"]
        monkeypatch.setenv("ION_PERSONAS__PATH", str(spaced))
        known = document("persona", "new", "nori")["next"]

        assert shlex.split(told[0])[-1] == f"{spaced}/mori"
        assert shlex.split(told[1])[0] == f"ION_PERSONAS__PATH={spaced}"
        assert known[1].startswith("ion ask --persona nori")

    def test_takes_part_in_the_routing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_PERSONAS__PATH", str(made("mori").parent))

        assert document("route", "curious-flowing-learning")["primary_persona"] == "Mori"

    def test_every_file_is_commented_in_its_language(self) -> None:
        folder = made("mori")

        assert all((folder / name).read_text().startswith("# ") for name in FILES if name.endswith(".toml"))
        assert "문장" in (folder / "voice.ko.toml").read_text(encoding="utf-8").splitlines()[0]

    @pytest.mark.parametrize("name", ["모리", 'Dr. "Q" \\ Mori', "O'Mori $name {quote}"])
    def test_may_have_any_name(self, name: str) -> None:
        folder = made("mori", "--name", name)

        assert load_catalogue(folder.parent)["mori"].name == name
        assert ion("persona", "check", str(folder)).exit_code == 0

    def test_goes_where_the_setting_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_PERSONAS__PATH", str(tmp_path / "ours"))

        assert made("mori") == tmp_path / "ours" / "mori"

    def test_goes_where_it_is_told(self, tmp_path: Path) -> None:
        assert made("mori", "--into", str(tmp_path / "there")) == tmp_path / "there" / "mori"

    def test_may_be_a_copy_with_its_own_name(self) -> None:
        folder = made("mori", "--copy-from", "Lua")
        mori, lua = load_catalogue(folder.parent)["mori"], load_catalogue()["lua"]

        assert (mori.name, mori.profile.rank) == ("Mori", 100)
        assert (mori.phrases, mori.prompts, mori.profile.affinity) == (lua.phrases, lua.prompts, lua.profile.affinity)

    def test_may_be_a_copy_of_one_of_their_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = made("mori")
        change(folder / "persona.toml", "curiosity and experiments", "patience")
        change(folder / "persona.toml", 'en = "curiosity and experiments"', 'en = "patience"')
        monkeypatch.setenv("ION_PERSONAS__PATH", str(folder.parent))

        assert 'en = "patience"' in (made("nori", "--copy-from", "mori") / "persona.toml").read_text()

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("lua",), "There is already a mentor 'lua'."),
            (("lua", "--lang", "ko"), "'lua' 멘토가 이미 있어요."),
            (("Mori",), "'Mori' cannot be a mentor's id"),
            (("../mori",), "cannot be a mentor's id"),
            (("모리",), "멘토의 id로 쓸 수 없어요"),
            (("m" * 32,), "cannot be a mentor's id"),
            (("mori", "--copy-from", "nobody"), "There is no mentor 'nobody'"),
        ],
    )
    def test_what_cannot_be_is_2(self, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
        result = ion("persona", "new", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert not (tmp_path / "personas").exists()

    def test_never_overwrites(self) -> None:
        folder = made("mori")
        (folder / "persona.toml").write_text("mine")

        result = ion("persona", "new", "mori")

        assert result.exit_code == 2
        assert "is there already; it stays as it is" in result.stderr
        assert (folder / "persona.toml").read_text() == "mine"

    def test_a_folder_that_cannot_be_written_is_78_and_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        result = ion("persona", "new", "mori", "--into", str(tmp_path / "file"))

        assert result.exit_code == 78
        assert "Not a directory" in result.stderr


class TestCheck:
    def test_says_who_answers_the_examples_and_how_often_it_is_chosen(self) -> None:
        folder = made("mori")

        english, korean = ion("persona", "check", str(folder)), ion("persona", "check", str(folder), "--lang", "ko")

        assert english.exit_code == korean.exit_code == 0
        assert "chosen for 12 of 216 keys: playful-flowing-learning, " in english.stdout
        assert english.stdout.count("Mori answers; a reply in both languages ends in a question.") == 2
        assert "파동키 216개 가운데 12개" in korean.stdout
        assert korean.stdout.count("Mori 멘토가 답해요") == 2

    def test_warns_where_nobody_would_meet_the_mentor(self) -> None:
        folder = made("mori", "--copy-from", "lua")

        english, korean = ion("persona", "check", str(folder)), ion("persona", "check", str(folder), "--lang", "ko")

        assert english.exit_code == 0
        assert "! No key chooses this mentor" in english.stdout
        assert english.stdout.count("Lua would answer first") == 2
        assert "! 골라지는 파동키가 없어요" in korean.stdout
        assert korean.stdout.count("Lua 멘토가 먼저 답하게 돼요") == 2

    def test_as_a_document(self) -> None:
        found = document("persona", "check", str(made("mori")))

        (report,) = found["personas"]
        assert found["ok"] is True
        assert (report["slug"], report["never_chosen"], report["problems"]) == ("mori", False, [])
        assert len(report["wins"]) == 12
        assert "curious-flowing-learning" in report["wins"]
        assert all(set(run["replies"]) == {"ko", "en"} for run in report["examples"])
        assert all(reply.endswith("?") for run in report["examples"] for reply in run["replies"].values())

    def test_takes_every_folder_in_a_folder(self) -> None:
        parent = made("mori").parent
        made("nori")
        (parent / ".git").mkdir()
        (parent / "README.md").write_text("ours")

        found = document("persona", "check")

        assert [report["slug"] for report in found["personas"]] == ["mori", "nori"]
        assert [len(report["wins"]) for report in found["personas"]] == [12, 0]

    def test_those_that_come_with_ion_pass(self) -> None:
        found = document("persona", "check", str(BUILT_IN))

        assert [len(report["wins"]) for report in found["personas"]] == [15, 83, 66, 52]

    @pytest.mark.parametrize(
        ("file", "before", "after", "told"),
        [
            ("persona.toml", "rank = 100", "rank = ", "Invalid value"),
            ("persona.toml", "curious = 1.0", "curious = 1.5", "affinity.tone.curious"),
            ("persona.toml", "curious = 1.0", "", "no affinity for curious"),
            ("persona.toml", 'body = "steps"', 'body = "songs"', "voice.body"),
            ("persona.toml", "version =", "verzion =", "verzion"),
            ("voice.ko.toml", "planning = [", "plans = [", "leads"),
            ("voice.en.toml", 'unknown = ["I', 'unknown = [1, "I', "narrow.unknown.0"),
            ("voice.en.toml", "made me curious", "made {me} curious", "{me} is not known here"),
            ("voice.en.toml", "Before you choose", "Before {quote} you choose", "{quote} is not known here"),
            ("voice.en.toml", "made me curious", "made me curious}", "Single '}'"),
            ("prompt.ko.md", "$role입니다", "$rule입니다", "$rule is not known here"),
            ("prompt.en.md", "$role", "$5", "$ is not known here"),
            ("examples.toml", 'key = "curious-flowing-learning"', 'key = "happy-flowing-learning"', "happy"),
            ("examples.toml", 'language = "en"', 'language = "fr"', "example.1.language"),
            ("examples.toml", "[[example]]", "[[sample]]", "sample"),
        ],
    )
    def test_names_file_line_and_reason(self, file: str, before: str, after: str, told: str) -> None:
        folder = made("mori")
        place = line_of(folder / file, before)
        change(folder / file, before, after)

        result = ion("persona", "check", str(folder))

        problems = [line for line in result.stdout.splitlines() if "✗" in line]
        assert result.exit_code == 1
        assert ACCEPTED not in result.stdout
        assert problems
        assert all(f"{folder / file}:" in problem for problem in problems)
        assert told in problems[0]
        if after and "affinity" not in told:
            assert abs(int(problems[0].split(f"{file}:")[1].split(":")[0]) - place) <= 8

    def test_reports_everything_at_once(self) -> None:
        folder = made("mori")
        change(folder / "persona.toml", "curious = 1.0", "curious = 1.5")
        change(folder / "persona.toml", "urgent = 0.5", "urgent = -1")
        change(folder / "voice.ko.toml", "[leads]", "[leads")
        change(folder / "voice.en.toml", "made me curious", "made {me} curious")
        change(folder / "prompt.ko.md", "$role", "$rule")
        change(folder / "prompt.en.md", "$role", "$rule")
        change(folder / "examples.toml", "curious-flowing-learning", "curious-flowing")

        (report,) = ion_document(folder)["personas"]

        names = sorted(problem.removeprefix(f"{folder}/").split(":")[0] for problem in report["problems"])
        assert names == [
            "examples.toml",
            "persona.toml",
            "persona.toml",
            "prompt.en.md",
            "prompt.ko.md",
            "voice.en.toml",
            "voice.ko.toml",
        ]

    @pytest.mark.parametrize("file", FILES)
    def test_a_missing_file_is_named(self, file: str) -> None:
        parent = made("mori").parent
        (parent / "mori" / file).unlink()

        result = ion("persona", "check", str(parent))

        assert result.exit_code == 1
        assert f"{parent / 'mori' / file}: this file is missing." in result.stdout

    @pytest.mark.parametrize("file", ["voice.ko.toml", "prompt.ko.md"])
    def test_another_encoding_is_named(self, file: str) -> None:
        folder = made("mori")
        (folder / file).write_bytes((folder / file).read_text(encoding="utf-8").encode("cp949", "ignore"))

        result = ion("persona", "check", str(folder))

        assert f"{folder / file}: not UTF-8" in result.stdout

    def test_a_name_that_is_taken_is_a_problem(self, tmp_path: Path) -> None:
        made("mori").rename(tmp_path / "personas" / "lua")

        result = ion("persona", "check")

        assert result.exit_code == 1
        assert "there is already a mentor 'lua'; rename the folder." in result.stdout

    def test_a_folder_name_that_is_not_read_is_a_problem(self, tmp_path: Path) -> None:
        made("mori").rename(tmp_path / "personas" / "Mori 2")

        result = ion("persona", "check")

        assert result.exit_code == 1
        assert "a folder's name has small letters" in result.stdout

    @pytest.mark.parametrize(
        ("words", "told"), [((), "There is no mentor in personas"), (("--lang", "ko"), "멘토가 없어요")]
    )
    def test_nothing_to_check_is_2(self, words: tuple[str, ...], told: str) -> None:
        result = ion("persona", "check", *words)

        assert result.exit_code == 2
        assert told in result.stderr
        assert "ion persona new SLUG" in result.stderr


def ion_document(folder: Path) -> dict[str, list[dict[str, list[str]]]]:
    result = ion("persona", "check", str(folder), "--json")
    assert result.exit_code == 1
    found: dict[str, list[dict[str, list[str]]]] = json.loads(result.stdout)
    return found
