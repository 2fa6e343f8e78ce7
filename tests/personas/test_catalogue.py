from collections.abc import Callable
from pathlib import Path

import pytest

from ion.errors import Misconfigured, NotFound
from ion.personas import BadPersona, PersonaNotFound, load_catalogue, read_persona
from ion.resonance import ResonanceKey
from ion.routing import ResonanceRouter
from tests.personas.factories import copy_of, line_with, replaced

BUILT_IN = ["lua", "elro", "riri", "nana"]


class TestLoadCatalogue:
    def test_the_four_load_in_the_order_of_their_ranks(self) -> None:
        catalogue = load_catalogue()

        assert list(catalogue) == BUILT_IN
        assert len(catalogue) == 4
        assert [persona.slug for persona in catalogue.values()] == BUILT_IN
        assert [persona.name for persona in catalogue.values()] == ["Lua", "Elro", "Riri", "Nana"]

    def test_equal_ranks_go_by_slug(self, tmp_path: Path) -> None:
        for slug in ("zoe", "ada"):
            replaced(copy_of("lua", tmp_path, to=slug) / "persona.toml", "rank = 1 ", "rank = 2 ")

        assert list(load_catalogue(tmp_path)) == ["lua", "ada", "elro", "zoe", "riri", "nana"]

    def test_a_persona_without_a_rank_comes_last(self, tmp_path: Path) -> None:
        folder = copy_of("lua", tmp_path, to="ada")
        replaced(folder / "persona.toml", "rank = 1  # who goes first where scores are equal\n", "")

        assert list(load_catalogue(tmp_path)) == [*BUILT_IN, "ada"]

    def test_files_and_folders_that_are_put_aside_are_left_out(self, tmp_path: Path) -> None:
        copy_of("lua", tmp_path, to="_draft")
        copy_of("lua", tmp_path, to=".trash")
        (tmp_path / "README.md").write_text("personas of our school", encoding="utf-8")

        assert list(load_catalogue(tmp_path)) == BUILT_IN

    def test_a_folder_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        missing = tmp_path / "nowhere"

        with pytest.raises(BadPersona) as caught:
            load_catalogue(missing)

        assert caught.value.message == f"{missing}: there is no such folder (ION_PERSONAS__PATH)."
        assert (caught.value.code, caught.value.field) == ("bad_persona", "ION_PERSONAS__PATH")
        assert isinstance(caught.value, Misconfigured)

    def test_a_slug_that_is_taken_is_refused(self, tmp_path: Path) -> None:
        folder = copy_of("lua", tmp_path)

        with pytest.raises(BadPersona) as caught:
            load_catalogue(tmp_path)

        assert caught.value.message == f"{folder}: there is already a persona 'lua'; rename the folder."


class TestFind:
    @pytest.mark.parametrize("name", ["nana", "Nana", "NANA", "nAnA", "  nana ", "Nana\n"])
    def test_by_slug_or_name_in_any_case(self, name: str) -> None:
        assert load_catalogue().find(name).slug == "nana"

    def test_by_a_name_that_is_not_the_slug(self, tmp_path: Path) -> None:
        replaced(copy_of("lua", tmp_path, to="ada") / "persona.toml", 'name = "Lua"', 'name = "선생님 Ada"')

        assert load_catalogue(tmp_path).find("선생님 ada").slug == "ada"

    def test_an_unknown_name_lists_those_there_are(self) -> None:
        with pytest.raises(PersonaNotFound) as caught:
            load_catalogue().find("Zoe")

        assert caught.value.message == "There is no mentor 'Zoe'; there are: Lua, Elro, Riri, Nana."
        assert (caught.value.code, caught.value.field) == ("persona_not_found", "persona")
        assert isinstance(caught.value, NotFound)

    def test_a_very_long_name_is_not_repeated_whole(self) -> None:
        with pytest.raises(PersonaNotFound) as caught:
            load_catalogue().find("z" * 500)

        assert "z" * 40 in caught.value.message
        assert "z" * 41 not in caught.value.message


# (file, what is replaced, by what, a part of the line to be named, the reason)
BROKEN = {
    "toml-open-string": ("persona.toml", 'name = "Lua"', 'name = "Lua', 'name = "Lua', "Illegal character '\\n'."),
    "toml-key-twice": (
        "persona.toml",
        'version = "1.0"',
        'version = "1.0"\nversion = "2.0"',
        'version = "2.0"',
        "Cannot overwrite a value.",
    ),
    "unknown-key": ("persona.toml", "rank = 1", "rnak = 1", "rnak", "rnak: Extra inputs are not permitted."),
    "rank-of-zero": (
        "persona.toml",
        "rank = 1",
        "rank = 0",
        "rank",
        "rank: Input should be greater than or equal to 1.",
    ),
    "missing-key": ("persona.toml", 'style = "warm_and_encouraging"\n', "", "name =", "style: Field required."),
    "empty-name": (
        "persona.toml",
        'name = "Lua"',
        'name = "  "',
        "name =",
        "name: String should have at least 1 character.",
    ),
    "affinity-missing": (
        "persona.toml",
        "urgent = 0.5\n",
        "",
        "[affinity.tone]",
        "affinity.tone: no affinity for urgent.",
    ),
    "affinities-missing": (
        "persona.toml",
        "burst = 1.0\nflowing = 1.0\n",
        "",
        "[affinity.pace]",
        "affinity.pace: no affinity for burst, flowing.",
    ),
    # Where there is no table above it, the beginning of the file.
    "affinity-table-missing": (
        "persona.toml",
        "[affinity.pace]",
        "[affinity.pases]",
        'name = "Lua"',
        "affinity.pace: Field required.",
    ),
    "affinity-too-high": (
        "persona.toml",
        "urgent = 0.5",
        "urgent = 1.5",
        "urgent",
        "affinity.tone.urgent: Input should be less than or equal to 1.",
    ),
    "affinity-below-zero": (
        "persona.toml",
        "seek_advice = 1.0",
        "seek_advice = -0.1",
        "seek_advice",
        "affinity.intent.seek_advice: Input should be greater than or equal to 0.",
    ),
    "unknown-body": (
        "persona.toml",
        'body = "small"',
        'body = "poem"',
        "body =",
        "voice.body: Input should be 'small', 'steps', 'criteria' or 'people'.",
    ),
    "role-in-one-language": (
        "persona.toml",
        'en = "empathy and creativity"\n',
        "",
        "[role]",
        "role: nothing given for en.",
    ),
    "description-in-one-language": (
        "persona.toml",
        'ko = "막혔',
        'fr = "막혔',
        'fr = "막혔',
        "description.fr.[key]: Input should be 'ko' or 'en'.",
    ),
    "leads-of-no-intent": ("voice.ko.toml", "reflection = [", "musing = [", "musing", "leads.musing.[key]:"),
    "leads-of-an-intent-empty": (
        "voice.en.toml",
        'planning = ["',
        'planning = []\n# planning = ["',
        "[leads]",
        "leads: no leads for planning.",
    ),
    "leads-of-an-intent-missing": (
        "voice.ko.toml",
        "reflection = [",
        "# reflection = [",
        "[leads]",
        "leads: no leads for reflection.",
    ),
    "openings-of-a-kind-missing": (
        "voice.en.toml",
        "question = [",
        "questions = [",
        "[openings]",
        "openings.question: Field required.",
    ),
    "slot-misspelt": (
        "voice.ko.toml",
        "{deadline} 움직여야",
        "{daedline} 움직여야",
        "deadline = [",
        "openings.deadline.0: {daedline} is not known here; this sentence may use "
        "{quote} and {question} and {numbers} and {deadline}.",
    ),
    "slot-of-another-sentence": (
        "voice.en.toml",
        "{item}",
        "{quote}",
        "seek_advice",
        "leads.seek_advice.0: {quote} is not known here; this sentence may use {item}.",
    ),
    "slot-not-closed": (
        "voice.en.toml",
        "{item}",
        "{item",
        "seek_advice",
        "leads.seek_advice.0: expected '}' before end of string.",
    ),
    "prompt-name-misspelt": (
        "prompt.en.md",
        "You are $name",
        "You are $nmae",
        "$nmae",
        "$nmae is not known here; a prompt may use $name and $role.",
    ),
    "prompt-name-in-braces": (
        "prompt.ko.md",
        "- 지금 십 분",
        "- ${mentee}, 지금 십 분",
        "${mentee}",
        "$mentee is not known here; a prompt may use $name and $role.",
    ),
    # The names in the lines above it begin in the same way.
    "prompt-name-cut-short": (
        "prompt.en.md",
        "- Comfort",
        "- $n: Comfort",
        "$n:",
        "$n is not known here; a prompt may use $name and $role.",
    ),
    "prompt-lone-dollar": (
        "prompt.en.md",
        "- Comfort",
        "- For 5 $ more: Comfort",
        "5 $ more",
        "$ is not known here; a prompt may use $name and $role.",
    ),
    "example-without-message": (
        "examples.toml",
        'message = "합격',
        'massage = "합격',
        "[[example]]",
        "example.0.message: Field required.",
    ),
    "example-key-of-another-shape": (
        "examples.toml",
        'key = "anxious-medium-reflection"',
        'key = "anxious"',
        'key = "anxious"',
        "example.0.key: 'anxious' is not a resonance key; write tone-pace-intent, e.g. 'calm-medium-learning'.",
    ),
    "example-key-unknown-tone": (
        "examples.toml",
        "frustrated-flowing-seek_advice",
        "angry-flowing-seek_advice",
        "angry",
        "example.1.key: Unknown tone 'angry'; allowed: frustrated, playful,",
    ),
    "example-language-unknown": (
        "examples.toml",
        'language = "en"',
        'language = "fr"',
        'language = "fr"',
        "example.1.language: Input should be 'ko' or 'en'.",
    ),
    "example-table-misspelt": ("examples.toml", "[[example]]", "[[exampel]]", "[[exampel]]", "exampel: Extra inputs"),
}


class TestReadPersona:
    @pytest.mark.parametrize(("name", "old", "new", "part", "reason"), BROKEN.values(), ids=BROKEN)
    def test_a_fault_is_named_by_file_line_and_reason(
        self, tmp_path: Path, name: str, old: str, new: str, part: str, reason: str
    ) -> None:
        file = copy_of("lua", tmp_path) / name
        replaced(file, old, new)

        with pytest.raises(BadPersona) as caught:
            read_persona(file.parent)

        assert caught.value.message.startswith(f"{file}:{line_with(file, part)}: {reason}")

    def test_a_file_that_breaks_off_is_named_by_its_last_line(self, tmp_path: Path) -> None:
        file = copy_of("lua", tmp_path) / "persona.toml"
        text = file.read_text(encoding="utf-8") + "more = ["
        file.write_text(text, encoding="utf-8")

        with pytest.raises(BadPersona) as caught:
            read_persona(file.parent)

        assert caught.value.message == f"{file}:{len(text.splitlines())}: Invalid value (at end of document)."

    @pytest.mark.parametrize("text", ["", "\n \n"])
    def test_an_empty_prompt_is_refused(self, tmp_path: Path, text: str) -> None:
        file = copy_of("lua", tmp_path) / "prompt.ko.md"
        file.write_text(text, encoding="utf-8")

        with pytest.raises(BadPersona) as caught:
            read_persona(file.parent)

        assert caught.value.message == f"{file}:1: the prompt is empty."

    @pytest.mark.parametrize(
        "name", ["persona.toml", "voice.ko.toml", "voice.en.toml", "prompt.ko.md", "prompt.en.md", "examples.toml"]
    )
    def test_a_missing_file_is_named(self, tmp_path: Path, name: str) -> None:
        file = copy_of("lua", tmp_path) / name
        file.unlink()

        with pytest.raises(BadPersona) as caught:
            read_persona(file.parent)

        assert caught.value.message == f"{file}: this file is missing."

    @pytest.mark.parametrize("name", ["persona.toml", "voice.ko.toml", "prompt.ko.md", "examples.toml"])
    def test_a_file_in_another_encoding_is_named(self, tmp_path: Path, name: str) -> None:
        file = copy_of("lua", tmp_path) / name
        file.write_bytes("# 설명\n".encode("cp949") + file.read_bytes())

        with pytest.raises(BadPersona) as caught:
            read_persona(file.parent)

        assert caught.value.message == f"{file}: not UTF-8 (byte 3)."

    @pytest.mark.parametrize("name", ["Lua", "1lua", "lu a", "lua_2", "루아", "l" * 32])
    def test_a_folder_whose_name_is_no_slug_is_refused(self, tmp_path: Path, name: str) -> None:
        folder = copy_of("lua", tmp_path, to=name)

        with pytest.raises(BadPersona) as caught:
            read_persona(folder)

        assert caught.value.message == (
            f"{folder}: a folder's name has small letters, digits and dashes, at most 31 of them."
        )

    @pytest.mark.parametrize("name", ["a", "lua-2", "l" * 31])
    def test_a_slug_has_small_letters_digits_and_dashes(self, tmp_path: Path, name: str) -> None:
        assert read_persona(copy_of("lua", tmp_path, to=name)).slug == name

    def test_a_double_dollar_in_a_prompt_is_a_dollar(self, tmp_path: Path) -> None:
        folder = copy_of("lua", tmp_path)
        replaced(folder / "prompt.en.md", "You are $name", "You are ${name}, worth 5 $$")

        assert "5 $$" in read_persona(folder).prompts["en"]


def all_affinities(folder: Path, value: str) -> None:
    """Give the persona in `folder` the same affinity for everything."""
    file = folder / "persona.toml"
    table = False
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        table = line.startswith("[affinity") or (table and not line.startswith("["))
        lines.append(f"{line.split('=')[0]}= {value}" if table and "=" in line else line)
    file.write_text("\n".join(lines), encoding="utf-8")


class TestFifthPersona:
    @pytest.fixture
    def fifth(self, tmp_path: Path) -> Callable[[str], Path]:
        def make(affinity: str) -> Path:
            folder = copy_of("lua", tmp_path, to="marin")
            replaced(folder / "persona.toml", 'name = "Lua"\nrank = 1', 'name = "Marin"\nrank = 5')
            all_affinities(folder, affinity)
            return tmp_path

        return make

    def test_is_listed_and_found_without_a_line_of_code(self, fifth: Callable[[str], Path]) -> None:
        catalogue = load_catalogue(fifth("0.95"))

        assert list(catalogue) == [*BUILT_IN, "marin"]
        assert catalogue.find("MARIN").name == "Marin"

    def test_takes_part_in_routing_by_its_affinities(self, fifth: Callable[[str], Path]) -> None:
        router = ResonanceRouter(load_catalogue(fifth("0.95")))
        shared = ResonanceKey.parse("playful-contemplative-planning")
        suited = ResonanceKey.parse("frustrated-burst-seek_advice")

        assert (router.route(shared).primary, router.route(shared).scores["marin"]) == ("marin", 0.95)
        assert (router.route(suited).primary, router.route(suited).secondary) == ("lua", "marin")

    def test_that_suits_nobody_is_never_chosen_but_can_be_asked_for(self, fifth: Callable[[str], Path]) -> None:
        router = ResonanceRouter(load_catalogue(fifth("0.0")))
        key = ResonanceKey.parse("playful-contemplative-planning")

        assert router.route(key).primary != "marin"
        assert router.route(key, persona="Marin").primary == "marin"
