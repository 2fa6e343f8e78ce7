from xml.etree import ElementTree

import pytest

from ion.evaluation.guessing import Guesses
from ion.evaluation.pictures import confusion_matrix, coverage_chart, pictures_of, reliability_diagram
from ion.evaluation.reading import scores_of
from ion.evaluation.scores import Judged
from tests.evaluation.messages import message

SVG = "{http://www.w3.org/2000/svg}"
GUESSES = [Judged("a", "a", 0.95), Judged("a", "b", 0.85), Judged("b", "b", 0.85), Judged("b", "b", 0.3)]
PICTURES = {
    "confusion": confusion_matrix("tone <x>", ["a", "b"], GUESSES),
    "reliability": reliability_diagram("tone <x>", GUESSES),
    "coverage": coverage_chart("tone <x>", {"ION full": GUESSES, "other & more": GUESSES}),
}


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - our own


def elements(picture: str, name: str, style: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own
    return [each.attrib for each in root.iter(f"{SVG}{name}") if each.get("class") == style]


class TestEveryPicture:
    @pytest.mark.parametrize("name", PICTURES)
    def test_says_what_it_shows(self, name: str) -> None:
        root = ElementTree.fromstring(PICTURES[name])  # noqa: S314 - our own

        assert root.get("role") == "img"
        assert [each.tag.removeprefix(SVG) for each in root[:2]] == ["title", "desc"]
        assert [each.get("id") for each in root[:2]] == (root.get("aria-labelledby") or "").split()
        assert "tone <x>" in (root[0].text or "")
        assert len(root[1].text or "") > 20

    @pytest.mark.parametrize("name", PICTURES)
    def test_is_legible_on_dark_ground(self, name: str) -> None:
        assert "prefers-color-scheme: dark" in PICTURES[name]

    @pytest.mark.parametrize("name", PICTURES)
    def test_lies_within_its_frame(self, name: str) -> None:
        root = ElementTree.fromstring(PICTURES[name])  # noqa: S314 - our own
        width, height = float(root.get("width") or 0), float(root.get("height") or 0)

        for each in root.iter():
            assert 0 <= float(each.get("x", 0)) <= width
            assert 0 <= float(each.get("y", 0)) <= height


class TestConfusionMatrix:
    def test_has_a_cell_for_each_pair_that_occurs(self) -> None:
        cells = elements(PICTURES["confusion"], "rect", "cell")

        assert [cell["fill-opacity"] for cell in cells] == ["0.50", "0.50", "1.00"]
        assert [text for text in texts(PICTURES["confusion"]) if text.isdigit()] == ["1", "1", "2"]


class TestReliabilityDiagram:
    def test_has_a_bar_for_each_bin_with_guesses_as_high_as_its_accuracy(self) -> None:
        bars = elements(PICTURES["reliability"], "rect", "cell")

        assert [float(bar["height"]) for bar in bars] == [300, 150, 300]
        assert [text for text in texts(PICTURES["reliability"]) if text.isdigit()] == ["1", "2", "1"]


class TestCoverageChart:
    def test_draws_the_first_model_boldly_and_names_all(self) -> None:
        picture = PICTURES["coverage"]

        assert len(elements(picture, "polyline", "line")) == len(elements(picture, "polyline", "other")) == 1
        assert texts(picture)[-2:] == ["ION full", "other & more"]
        # 1, 2, 3 and 4 of 4 messages; right are 1, then half of the two equally sure ones, 2 and 3.
        assert elements(picture, "polyline", "line")[0]["points"] == "135.0,46.0 210.0,121.0 285.0,146.0 360.0,121.0"


class TestPicturesOf:
    def test_three_for_each_source_language_and_axis_that_ion_reads(self) -> None:
        found = Guesses(["calm"], [0.5], [True])
        messages = [message("One", source="a")]
        ours = [each for name in ("ION full", "ION fast") for each in scores_of(name, messages, {"tone": found})]
        other = list(scores_of("other", messages, {"tone": found, "pace": found}))
        pictures = pictures_of([*ours, *other])

        assert list(pictures) == [f"a-en-tone-{kind}.svg" for kind in ("confusion", "reliability", "coverage")]
        assert texts(pictures["a-en-tone-coverage.svg"])[-3:] == ["ION full", "ION fast", "other"]
        assert "ION full" in texts(pictures["a-en-tone-confusion.svg"])[0]
