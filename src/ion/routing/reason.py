"""Say in the reader's language why a persona was chosen, and what would have changed it."""

from ion.language import Language, direction_particle
from ion.personas import Catalogue
from ion.resonance import WORDS
from ion.routing.router import Choice


def reason_for(choice: Choice, catalogue: Catalogue, language: Language) -> str:
    """Return one or two sentences for a mentee."""
    if choice.primary not in catalogue:
        return _gone(catalogue.name_of(choice.primary), language)
    chosen = catalogue[choice.primary]
    role = chosen.profile.role[language]
    if choice.override:
        return f"{_chosen(chosen.name, role, language)} {_otherwise(choice, catalogue, language)}".strip()
    return f"{_why(choice, chosen.name, role, language)} {_what_if(choice, catalogue, language)}".strip()


def _chosen(name: str, role: str, language: Language) -> str:
    if language == "ko":
        return f"직접 골라 주신 멘토 {name}({role})의 답이에요."
    return f"You asked for {name} ({role}), so {name} answered."


def _otherwise(choice: Choice, catalogue: Catalogue, language: Language) -> str:
    """Say who would have answered, had nobody been asked for."""
    best = max(choice.scores, key=lambda slug: choice.scores[slug])
    points, own = choice.scores[best], choice.scores[choice.primary]
    if points <= own:
        return ""
    name, chosen = catalogue.name_of(best), catalogue.name_of(choice.primary)
    if language == "ko":
        return f"글만 보면 {name} 멘토에게 가장 잘 맞아요({points:.2f}점). {chosen} 멘토는 {own:.2f}점이에요."
    return f"By itself the message suits {name} best, with {points:.2f}; {chosen} has {own:.2f}."


def _gone(name: str, language: Language) -> str:
    if language == "ko":
        return f"이 답을 쓴 {name} 멘토는 지금은 없어요."
    return f"The mentor who wrote this, {name}, is no longer here."


def _why(choice: Choice, name: str, role: str, language: Language) -> str:
    tone = WORDS[language][choice.key.tone]
    pace = WORDS[language][choice.key.pace]
    intent = WORDS[language][choice.key.intent]
    points = choice.scores[choice.primary]
    if language == "ko":
        return f"{tone}, {pace}, {intent}로 읽었고, 여기에 가장 잘 맞는 멘토는 {name}({role}, {points:.2f}점)예요."
    return f"It has {tone}, in {pace}, and reads as {intent}; {name} ({role}) suits that best, with {points:.2f}."


def _what_if(choice: Choice, catalogue: Catalogue, language: Language) -> str:
    if choice.secondary is None:
        return ""
    second, points = catalogue.name_of(choice.secondary), choice.scores[choice.secondary]
    if choice.turning_key is None:
        if language == "ko":
            return f"다음은 {second}({points:.2f}점)예요."
        return f"Next came {second} ({points:.2f})."
    changes = [WORDS[language][getattr(choice.turning_key, axis)] for axis in choice.changed_axes]
    if language == "ko":
        turned = f"{', '.join(changes)}{direction_particle(changes[-1])}"
        return f"{turned} 읽혔다면 {second}({points:.2f}점)에게 갔을 거예요."
    return f"Had it read as {' and '.join(changes)}, {second} ({points:.2f}) would have answered."
