"""How well one colour can be told from another, as the guidelines for accessible pages reckon it."""

Colour = tuple[float, float, float]


def colour(digits: str) -> Colour:
    """Return red, green and blue, 0 to 255, of six hexadecimal digits."""
    red, green, blue = bytes.fromhex(digits.removeprefix("#"))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
