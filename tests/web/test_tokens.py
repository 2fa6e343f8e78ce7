import re

import pytest

from ion.web.assets import load_assets

LIGHT, _, DARK = load_assets().by_name["tokens.css"][0].decode().partition("@media (prefers-color-scheme: dark)")
HUES = ["coral", "blue", "green", "violet", "slate"]
Colour = tuple[float, float, float]


def colours(css: str) -> dict[str, Colour]:
    found = re.findall(r"--([a-z-]+): #([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2});", css)
    return {name: (int(red, 16), int(green, 16), int(blue, 16)) for name, red, green, blue in found}


def tint(css: str) -> float:
    [percent] = re.findall(r"--tint: (\d+)%", css)
    return int(percent) / 100


SCHEMES = {"light": (colours(LIGHT), tint(LIGHT)), "dark": (colours(DARK), tint(DARK))}


def luminance(colour: Colour) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: Colour, share: float, ground: Colour) -> Colour:
    red, green, blue = (part * share + under * (1 - share) for part, under in zip(colour, ground, strict=True))
    return red, green, blue


@pytest.mark.parametrize("scheme", SCHEMES)
class TestContrast:
    @pytest.mark.parametrize("ground", ["paper", "side", "sheet"])
    @pytest.mark.parametrize("text", ["ink", "muted", "accent", "alarm", *HUES])
    def test_text_can_be_read_on_every_ground(self, scheme: str, text: str, ground: str) -> None:
        by_name, _ = SCHEMES[scheme]

        assert contrast(by_name[text], by_name[ground]) >= 4.5

    @pytest.mark.parametrize("hue", HUES)
    def test_text_can_be_read_on_a_mentors_own_ground(self, scheme: str, hue: str) -> None:
        by_name, share = SCHEMES[scheme]
        panel = mixed(by_name[hue], share, by_name["paper"])
        avatar = mixed(by_name[hue], 0.16, by_name["paper"])

        assert contrast(by_name["muted"], panel) >= 4.5
        assert contrast(by_name["ink"], panel) >= 4.5
        assert contrast(by_name[hue], avatar) >= 4.5

    def test_marked_words_and_buttons_can_be_read(self, scheme: str) -> None:
        by_name, _ = SCHEMES[scheme]

        assert contrast(by_name["ink"], by_name["mark"]) >= 4.5
        assert contrast(by_name["on-accent"], by_name["accent"]) >= 4.5

    @pytest.mark.parametrize("ground", ["paper", "sheet"])
    def test_edges_of_fields_can_be_seen(self, scheme: str, ground: str) -> None:
        by_name, _ = SCHEMES[scheme]

        assert contrast(by_name["edge"], by_name[ground]) >= 3
