"""A reply as it is written: who answers, the text as it comes, and in one dim line why."""

from rich.console import Console
from rich.text import Text

from ion.cli.reasons import hue_of
from ion.cli.speech import said
from ion.cli.terminal import ReplyText, harmless
from ion.language import Language
from ion.llm import Delta
from ion.mentoring import Counsel, EngineUsed, PersonaPipeline, Run, Turn
from ion.routing import reason_for


def language_for(turn: Turn, wanted: Language) -> Language:
    """Return the language to say things in around a reply: Korean to a Korean message, else the one that is wanted."""
    return "ko" if turn.language == "ko" else wanted


async def show_reply(to: Console, run: Run, pipeline: PersonaPipeline, wanted: Language) -> Turn:
    """Print a reply while it is written, and return the complete turn.

    Raises:
        IonError: it could not be written or kept.
    """
    language = language_for(run.turn, wanted)
    _print_mentor(to, run.turn, pipeline, language)
    reply = ReplyText(to)
    async for _, event in run.events():
        if isinstance(event, Delta):
            reply.write(event.text)
        else:
            reply.end()
            to.print(Text(_step_down(event.reason, language), style="dim"), soft_wrap=True)
    reply.end()
    if run.turn.choice is not None:
        _print_reason(to, run.turn, pipeline, language)
    return run.turn


def print_turn(to: Console, turn: Turn, pipeline: PersonaPipeline, wanted: Language) -> None:
    """Print a turn that was kept."""
    to.print(Text(f"> {harmless(turn.message)}", style="dim"), soft_wrap=True)
    _print_mentor(to, turn, pipeline, language_for(turn, wanted))
    reply = ReplyText(to)
    reply.write(turn.reply)
    reply.end()


def print_counsel(to: Console, counsel: Counsel, pipeline: PersonaPipeline, wanted: Language) -> None:
    """Print a reply that several mentors had a part in, and in one dim line why they, or one alone, answered."""
    language = language_for(counsel.turn, wanted)
    if counsel.is_joint:
        names = [pipeline.catalogue[part.persona].name for part in counsel.contributions]
        to.print(Text(" · ".join(names), style="bold"), end="\n\n")
    else:
        _print_mentor(to, counsel.turn, pipeline, language)
    engine = counsel.turn.engine
    if engine is not None and engine.degraded:
        to.print(Text(_step_down(engine.reason or "", language), style="dim"), soft_wrap=True)
    reply = ReplyText(to)
    reply.write(counsel.turn.reply)
    reply.end()
    if counsel.because:
        parts = [counsel.because, *_engine(engine, language)]
        to.print()
        to.print(Text(f"─ {' · '.join(parts)}", style="dim"), soft_wrap=True)


def _print_mentor(to: Console, turn: Turn, pipeline: PersonaPipeline, language: Language) -> None:
    """Name who answers; help lines speak for themselves, without a mentor."""
    if turn.choice is None:
        return
    # A mentor of an old conversation may have left since.
    mentor = pipeline.catalogue.get(turn.choice.primary)
    if mentor is None:
        to.print(Text(turn.choice.primary, style="bold"))
    else:
        name = (mentor.name, f"bold {hue_of(mentor.slug)}")
        to.print(Text.assemble(name, (f" · {mentor.profile.role[language]}", "dim")))
    to.print()


def _print_reason(to: Console, turn: Turn, pipeline: PersonaPipeline, language: Language) -> None:
    assert turn.choice is not None
    parts = [reason_for(turn.choice, pipeline.catalogue, language), *_engine(turn.engine, language)]
    to.print()
    to.print(Text(f"─ {' · '.join(parts)}", style="dim"), soft_wrap=True)


def _engine(engine: EngineUsed | None, language: Language) -> list[str]:
    """Say it where no language model wrote the reply."""
    if engine is None or engine.name != "playbooks":
        return []
    return [said(language, en="offline mentor", ko="오프라인 멘토")]


def _step_down(reason: str, language: Language) -> str:
    return said(
        language,
        en=f"(The language model did not answer: {reason}. The next best takes over.)",
        ko=f"(언어 모델이 답하지 못했어요: {reason}. 다음 차례가 이어서 답해요.)",
    )
