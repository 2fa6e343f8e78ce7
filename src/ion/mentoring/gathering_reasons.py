"""Say in the reader's language why several mentors answer, or one alone, and what each of them takes."""

from collections.abc import Mapping

from ion.language import Language
from ion.mentoring.gathering import Alone, Gathering, Ground, Seat
from ion.personas import Catalogue
from ion.routing import Choice

_TOGETHER: Mapping[Language, Mapping[Ground, str]] = {
    "ko": {
        Ground.NAMED: "골라 주신 멘토들이 함께 답했어요.",
        Ground.FORCED: "여러 멘토의 답을 원하셔서 {names} 멘토가 함께 답했어요.",
        Ground.VIEWS: "여러 쪽에서 보고 싶다고 적어 주셔서 {names} 멘토가 함께 답했어요.",
        Ground.MATTERS: "글에 서로 다른 이야기가 {count}가지 있어서 {names} 멘토가 나누어 답했어요.",
        Ground.NEAR: "글이 {names} 멘토에게 거의 똑같이 잘 맞고 부분마다 어울리는 멘토가 달라서 함께 답했어요.",
    },
    "en": {
        Ground.NAMED: "You asked for these mentors, so they answered together.",
        Ground.FORCED: "You asked for several mentors, so {names} answered together.",
        Ground.VIEWS: "You wanted to see it from several sides, so {names} answered together.",
        Ground.MATTERS: "The message holds {count} different matters, so {names} shared them out.",
        Ground.NEAR: "The message suits {names} almost equally, each for another part of it, so both answered.",
    },
}
_ALONE: Mapping[Language, Mapping[Alone, str]] = {
    "ko": {
        Alone.DANGER: "지금 바로 해야 할 일이 있는 글이라, 의견을 나누지 않고 {name} 멘토가 혼자 답했어요.",
        Alone.COURTESY: "아직 다룰 일이 적혀 있지 않아서 {name} 멘토가 혼자 답했어요.",
        Alone.SIMPLE: "한 가지 일을 다루는 글이라 가장 잘 맞는 {name} 멘토가 혼자 답했어요.",
        Alone.NOBODY_ELSE: "지금은 멘토가 {name}뿐이라 혼자 답했어요.",
    },
    "en": {
        Alone.DANGER: "Something has to be done this minute, so {name} answered alone, with nothing to discuss.",
        Alone.COURTESY: "There is no matter in it yet, so {name} answered alone.",
        Alone.SIMPLE: "It is about one thing, so {name}, who suits it best, answered alone.",
        Alone.NOBODY_ELSE: "{name} is the only mentor here, and answered alone.",
    },
}
# Characters; a longer clause is no help to whoever looks for it.
_MOST_QUOTED = 90
_TAKES: Mapping[Language, str] = {
    "ko": "{role} 멘토라서 '{words}' 부분을 맡았어요.",
    "en": 'With an eye for {role}, takes "{words}".',
}
_PLACE: Mapping[Language, str] = {
    "ko": "{role} 쪽을 맡았어요. 이 글에는 {points:.2f}점으로 어울려요.",
    "en": "Looks at it with an eye for {role}; suits the message with {points:.2f}.",
}


def together_because(gathering: Gathering, catalogue: Catalogue, language: Language) -> str:
    """Return one sentence on why these mentors answer together."""
    names = [catalogue.name_of(seat.persona) for seat in gathering.seats]
    shared = len({seat.part.topic for seat in gathering.seats if seat.part is not None})
    return _TOGETHER[language][gathering.ground].format(names=_listed(names, language), count=shared)


def alone_because(alone: Alone, choice: Choice, catalogue: Catalogue, language: Language) -> str:
    """Return one sentence on why one mentor answers alone."""
    return _ALONE[language][alone].format(name=catalogue.name_of(choice.primary))


def seat_reason(seat: Seat, choice: Choice, catalogue: Catalogue, language: Language, *, quotable: bool) -> str:
    """Return what a mentor takes, and why they are there; words of the message only where it is `quotable`."""
    role = catalogue[seat.persona].profile.role[language]
    words = None if seat.part is None else seat.part.words or seat.part.clause
    if quotable and words is not None and len(words) <= _MOST_QUOTED:
        return _TAKES[language].format(role=role, words=words)
    return _PLACE[language].format(role=role, points=choice.scores[seat.persona])


def _listed(names: list[str], language: Language) -> str:
    if language == "ko":
        return ", ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
