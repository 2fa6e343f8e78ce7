import re
from importlib.resources import files

import pytest

from ion.personas import load_catalogue
from tests.web.contrast import Colour, colour, contrast

CSS = (files("ion.web") / "static" / "tokens.css").read_text(encoding="utf-8")
HUES = ["coral", "blue", "green", "violet", "slate"]


def colours(side: int) -> dict[str, Colour]:
    """Return every colour by name, in light (0) or in dark (1)."""
    found = re.findall(r"--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);", CSS)
    return {name: colour(sides[side]) for name, *sides in found}


def tint() -> float:
    [percent] = re.findall(r"--tint: (\d+)%", CSS)
    return int(percent) / 100


SCHEMES = {"light": colours(0), "dark": colours(1)}


def mixed(colour: Colour, share: float, ground: Colour) -> Colour:
    red, green, blue = (part * share + under * (1 - share) for part, under in zip(colour, ground, strict=True))
    return red, green, blue


@pytest.mark.parametrize("scheme", SCHEMES)
class TestContrast:
    @pytest.mark.parametrize("ground", ["paper", "side", "sheet"])
    @pytest.mark.parametrize("text", ["ink", "muted", "accent", "alarm", *HUES])
    def test_text_can_be_read_on_every_ground(self, scheme: str, text: str, ground: str) -> None:
        by_name = SCHEMES[scheme]

        assert contrast(by_name[text], by_name[ground]) >= 4.5

    @pytest.mark.parametrize("hue", HUES)
    def test_text_can_be_read_on_a_mentors_own_ground(self, scheme: str, hue: str) -> None:
        by_name = SCHEMES[scheme]
        panel = mixed(by_name[hue], tint(), by_name["paper"])
        avatar = mixed(by_name[hue], 0.16, by_name["paper"])

        assert contrast(by_name["muted"], panel) >= 4.5
        assert contrast(by_name["ink"], panel) >= 4.5
        assert contrast(by_name[hue], avatar) >= 4.5

    def test_marked_words_and_buttons_can_be_read(self, scheme: str) -> None:
        by_name = SCHEMES[scheme]

        assert contrast(by_name["ink"], by_name["mark"]) >= 4.5
        assert contrast(by_name["on-accent"], by_name["accent"]) >= 4.5

    @pytest.mark.parametrize("ground", ["paper", "sheet"])
    def test_edges_of_fields_can_be_seen(self, scheme: str, ground: str) -> None:
        by_name = SCHEMES[scheme]

        assert contrast(by_name["edge"], by_name[ground]) >= 3


class TestTokens:
    def test_every_colour_has_a_light_and_a_dark_side(self) -> None:
        assert re.findall(r"--([a-z-]+): #", CSS) == []
        assert SCHEMES["light"].keys() == SCHEMES["dark"].keys() >= {"paper", "ink", "accent", *HUES}
        assert [name for name, light in SCHEMES["light"].items() if light == SCHEMES["dark"][name]] == []

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_a_chosen_theme_wins_over_the_system(self, theme: str) -> None:
        assert f':root[data-theme="{theme}"] {{ color-scheme: {theme}; }}' in CSS

    def test_every_mentor_who_comes_with_ion_has_a_hue_of_their_own(self) -> None:
        hues = dict(re.findall(r'\[data-mentor="(\w+)"\] \{ --hue: var\(--(\w+)\); \}', CSS))

        assert set(hues) == set(load_catalogue())
        assert len(set(hues.values())) == len(hues)
