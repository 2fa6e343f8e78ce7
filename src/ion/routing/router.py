"""Score every persona for every resonance key once; afterwards routing is a look-up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ion.personas import Catalogue, Persona
from ion.resonance import ResonanceKey, every_key

# Published weights of the reference system's router: tone counts most, intent least.
TONE_WEIGHT, PACE_WEIGHT, INTENT_WEIGHT = 0.5, 0.3, 0.2
# Confidence is mostly how well the winner fits, and a little how far ahead of the runner-up it is.
_FIT_SHARE, _MARGIN_SHARE = 0.7, 0.3
_AXES = ("tone", "pace", "intent")


@dataclass(frozen=True, slots=True)
class Choice:
    """Who should answer a key, and how it came about.

    `scores` holds every persona's score, 0 to 1, in catalogue order. `confidence` is 0 to 1. `secondary` is None
    where only one persona exists. `turning_key` is the key nearest to this one that chooses the runner-up, or None
    where no key does. `override` is True where the caller named the persona; the scores stay as they are.
    """

    key: ResonanceKey
    primary: str
    secondary: str | None
    confidence: float
    scores: Mapping[str, float]
    turning_key: ResonanceKey | None
    override: bool = False

    @property
    def changed_axes(self) -> tuple[str, ...]:
        """The parts of the key in which `turning_key` differs."""
        if self.turning_key is None:
            return ()
        return tuple(axis for axis in _AXES if getattr(self.key, axis) != getattr(self.turning_key, axis))


class ResonanceRouter:
    """Choose the persona for a key in constant time, from a table made when ION starts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        table = {key: _choose(key, catalogue.values()) for key in every_key()}
        self._table = {key: replace(choice, turning_key=_turning_key(choice, table)) for key, choice in table.items()}

    def route(self, key: ResonanceKey, *, persona: str | None = None) -> Choice:
        """Return the choice for `key`; an explicit `persona` (slug or name) wins and is recorded as an override.

        Raises:
            PersonaNotFound: there is no such persona.
        """
        choice = self._table[key]
        if persona is None:
            return choice
        wanted = self._catalogue.find(persona).slug
        others = [slug for slug in (choice.primary, choice.secondary) if slug is not None and slug != wanted]
        return replace(
            choice,
            primary=wanted,
            secondary=others[0] if others else None,
            confidence=1.0,
            turning_key=None,
            override=True,
        )


def score(persona: Persona, key: ResonanceKey) -> float:
    """Return how well `persona` suits `key`, 0 to 1."""
    tone, pace, intent = persona.affinity(key.tone, key.pace, key.intent)
    # Rounded, so that sums which are equal on paper are equal here and the catalogue order settles them.
    return round(TONE_WEIGHT * tone + PACE_WEIGHT * pace + INTENT_WEIGHT * intent, 9)


def _choose(key: ResonanceKey, personas: Iterable[Persona]) -> Choice:
    scores = {persona.slug: score(persona, key) for persona in personas}
    # sorted() is stable: equal scores stay in catalogue order.
    ranked = sorted(scores, key=lambda slug: -scores[slug])
    best, margin = scores[ranked[0]], 0.0
    if len(ranked) > 1:
        margin = best - scores[ranked[1]]
    return Choice(
        key=key,
        primary=ranked[0],
        secondary=ranked[1] if len(ranked) > 1 else None,
        confidence=round(min(1.0, max(0.0, _MARGIN_SHARE * margin + _FIT_SHARE * best)), 9),
        scores=scores,
        turning_key=None,
    )


def _turning_key(choice: Choice, table: Mapping[ResonanceKey, Choice]) -> ResonanceKey | None:
    """Fewest parts changed first; then the change after which the runner-up leads most clearly."""
    turned = [other for other in table.values() if other.primary == choice.secondary]
    if not turned:
        return None

    def cost(other: Choice) -> tuple[int, float]:
        changed = sum(getattr(choice.key, axis) != getattr(other.key, axis) for axis in _AXES)
        lead = other.scores[other.primary] - other.scores[choice.primary]
        return changed, -lead

    return min(turned, key=cost).key
