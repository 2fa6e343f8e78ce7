"""Pictures of how well messages are read, as SVG that is legible on light and dark ground."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from ion.evaluation.reading import COVERAGE, Score
from ion.evaluation.scores import BINS, Judged, confusion, coverage_curve, reliability
from ion.resonance import Axis, Intent, Pace, Tone

_LABELS: Mapping[Axis, tuple[str, ...]] = {
    "tone": tuple(map(str, Tone)),
    "intent": tuple(map(str, Intent)),
    "pace": tuple(map(str, Pace)),
}
# The line of each model; beyond these, models share a dash.
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 2", "12 4")
_STYLE = """
  .ground { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif } .small { font-size: 10px }
  .frame { fill: none; stroke: #8c959f } .cell { fill: #0969da } .line { fill: none; stroke: #0969da; stroke-width: 2 }
  .other { fill: none; stroke: #6e7781; stroke-width: 1.5 } .ideal { stroke: #8c959f; stroke-dasharray: 4 4 }
  .strong { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .cell { fill: #58a6ff } .line { stroke: #58a6ff }
    .other { stroke: #9198a1 } .strong { fill: #0d1117 }
  }
"""
_SIDE, _LEFT, _TOP, _BOTTOM = 300, 60, 46, 50
_CELL, _NAME = 52, 110
# The share from which a cell is so dark that its number has to be light (and the other way round on dark ground).
_STRONG = 0.75


def pictures_of(scores: Sequence[Score]) -> dict[str, str]:
    """Return the pictures by the names of their files: three for each source, language and axis that ION reads.

    Confusions and reliability are those of the first of ION's models; its curve stands beside all others'.
    """
    pictures: dict[str, str] = {}
    for score in scores:
        name = f"{score.source}-{score.language}-{score.axis}"
        if score.is_ours and f"{name}-confusion.svg" not in pictures:
            about = f"{score.axis}, {score.source} ({score.language}), {score.model}"
            same = [
                each
                for each in scores
                if (each.source, each.language, each.axis) == (score.source, score.language, score.axis)
            ]
            pictures[f"{name}-confusion.svg"] = confusion_matrix(about, _LABELS[score.axis], score.guesses)
            pictures[f"{name}-reliability.svg"] = reliability_diagram(about, score.guesses)
            pictures[f"{name}-coverage.svg"] = coverage_chart(
                f"{score.axis}, {score.source} ({score.language})", {each.model: each.guesses for each in same}
            )
    return pictures


def confusion_matrix(about: str, labels: Sequence[str], guesses: Sequence[Judged]) -> str:
    """Return a matrix with a row for each truth, darker where more of the row was read so."""
    counts = confusion(guesses)
    side = _CELL * len(labels)
    parts = [_text(_NAME + side / 2, 34, "read as", "middle"), _text(6, _TOP + 34, "truth")]
    for row, truth in enumerate(labels):
        total = sum(counts.get((truth, label), 0) for label in labels)
        y = _NAME + _CELL * row
        parts.append(_text(_NAME - 8, y + _CELL / 2 + 4, truth, "end"))
        x = _NAME + _CELL * row + _CELL / 2
        parts.append(_text(x, _NAME - 8, truth, "start", turn=(-40, x, _NAME - 8)))
        for column, label in enumerate(labels):
            parts += _cell(_NAME + _CELL * column, y, counts.get((truth, label), 0), total)
    parts.append(f'<rect class="frame" x="{_NAME}" y="{_NAME}" width="{side}" height="{side}"/>')
    right = sum(guess.is_right for guess in guesses)
    told = f"Confusion matrix of {about}: {right} of {len(guesses)} messages are read as labelled."
    return _svg(f"Confusion: {about}", told, _NAME + side + 70, _NAME + side + 16, parts)


def _cell(x: float, y: float, count: int, total: int) -> Iterator[str]:
    if count:
        share = count / total
        yield f'<rect class="cell" x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill-opacity="{share:.2f}"/>'
        style = "strong" if share > _STRONG else ""
        yield _text(x + _CELL / 2, y + _CELL / 2 + 4, str(count), "middle", style=style)


def reliability_diagram(about: str, guesses: Sequence[Judged]) -> str:
    """Return the accuracy of each bin of confidence, beside the line on which an honest model's would lie."""
    parts = [*_axes("confidence", "accuracy"), _ideal()]
    for each in reliability(guesses):
        if each.n:
            x, height = _LEFT + _SIDE * each.low, _SIDE * each.accuracy
            top = _TOP + _SIDE - height
            width = _SIDE / BINS - 2
            parts.append(
                f'<rect class="cell" fill-opacity="0.55" x="{x + 1:.1f}" y="{top:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}"/>'
            )
            # Inside the frame, whether the bar is high or low.
            parts.append(_text(x + _SIDE / BINS / 2, max(top - 4, _TOP + 11), str(each.n), "middle", style="small"))
    told = f"Reliability of {about}: the accuracy in each tenth of confidence; the numbers count messages."
    return _svg(f"Reliability: {about}", told, _LEFT + _SIDE + 20, _TOP + _SIDE + _BOTTOM, parts)


def _ideal() -> str:
    return f'<line class="ideal" x1="{_LEFT}" y1="{_TOP + _SIDE}" x2="{_LEFT + _SIDE}" y2="{_TOP}"/>'


def coverage_chart(about: str, models: Mapping[str, Sequence[Judged]]) -> str:
    """Return each model's accuracy over the share of messages that it is most confident of, the first drawn boldly."""
    x70 = _LEFT + _SIDE * COVERAGE
    parts = [
        *_axes("share of messages answered, the most confident first", "accuracy"),
        f'<line class="ideal" x1="{x70}" y1="{_TOP}" x2="{x70}" y2="{_TOP + _SIDE}"/>',
    ]
    for place, (model, guesses) in enumerate(models.items()):
        style = "line" if place == 0 else "other"
        dash = _DASHES[place % len(_DASHES)]
        parts.append(f'<polyline class="{style}" stroke-dasharray="{dash or "none"}" points="{_points(guesses)}"/>')
        y = _TOP + 14 + 20 * place
        x = _LEFT + _SIDE + 16
        parts.append(
            f'<line class="{style}" stroke-dasharray="{dash or "none"}" x1="{x}" y1="{y}" x2="{x + 30}" y2="{y}"/>'
        )
        parts.append(_text(x + 38, y + 4, model))
    told = f"Coverage of {about}: the accuracy of {', '.join(models)} on the messages each is most confident of."
    return _svg(f"Coverage: {about}", told, _LEFT + _SIDE + 260, _TOP + _SIDE + _BOTTOM, parts)


def _points(guesses: Sequence[Judged]) -> str:
    # The accuracy of the first few messages jumps about and tells nothing.
    curve = [point for point in coverage_curve(guesses) if point.coverage >= 0.05]
    return " ".join(
        f"{_LEFT + _SIDE * point.coverage:.1f},{_TOP + _SIDE * (1 - point.accuracy):.1f}" for point in curve
    )


def _axes(across: str, up: str) -> Iterator[str]:
    yield f'<rect class="frame" x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>'
    for tenths in range(0, 11, 2):
        share = tenths / 10
        yield _text(_LEFT + _SIDE * share, _TOP + _SIDE + 16, f"{share:.1f}", "middle", style="small")
        yield _text(_LEFT - 6, _TOP + _SIDE * (1 - share) + 4, f"{share:.1f}", "end", style="small")
    yield _text(_LEFT + _SIDE / 2, _TOP + _SIDE + 38, across, "middle")
    middle = _TOP + _SIDE / 2
    yield _text(18, middle, up, "middle", turn=(-90, 18, middle))


def _text(
    x: float,
    y: float,
    text: str,
    anchor: str = "start",
    *,
    style: str = "",
    turn: tuple[float, float, float] | None = None,
) -> str:
    kind = f' class="{style}"' if style else ""
    turned = "" if turn is None else f' transform="rotate({turn[0]:g} {turn[1]:g} {turn[2]:g})"'
    return f'<text{kind} x="{x:g}" y="{y:g}" text-anchor="{anchor}"{turned}>{escape(text)}</text>'


def _svg(title: str, told: str, width: float, height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{escape(told)}</desc>\n'
        f'<style>{_STYLE}</style>\n<rect class="ground" width="100%" height="100%"/>\n'
        f"{_text(8, 18, title)}\n{body}\n</svg>\n"
    )
