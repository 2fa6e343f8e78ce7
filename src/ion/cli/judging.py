"""`ion eval --judge`: the configured language model as a judge, with its progress and its failures told."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ion.cli.speech import both, said
from ion.cli.terminal import console
from ion.errors import Misconfigured, Unavailable
from ion.evaluation import Data, Docket, Judgement, Revision, docket_of, judged, read_pairs
from ion.language import Language
from ion.llm import Model
from ion.services import Mind, configured_model
from ion.settings import LlmSettings

Judge = Annotated[
    bool,
    typer.Option(
        "--judge",
        help=both(
            en="Let the configured language model judge replies, too.",
            ko="설정한 언어 모델에게도 답변을 채점하게 해요.",
        ),
    ),
]
JudgeSample = Annotated[
    int,
    typer.Option(
        "--judge-sample",
        metavar="N",
        min=1,
        help=both(en="How many playbook replies it judges (40).", ko="채점할 답변 수 (40)."),
    ),
]
JudgePairs = Annotated[
    int,
    typer.Option(
        "--judge-pairs",
        metavar="N",
        min=1,
        help=both(
            en="On how many pairs its agreement is measured (60).", ko="전문가와의 일치도를 잴 답변 쌍의 수 (60)."
        ),
    ),
]
Dialogues = Annotated[
    Path,
    typer.Option(
        "--dialogues",
        metavar="FILE",
        help=both(en="Replies with experts' revisions.", ko="전문가가 고친 답변이 있는 자료."),
    ),
]


class NoJudge(Misconfigured):
    """No language model is configured."""


class JudgeStopped(Unavailable):
    """The judge did not come to the end."""


@dataclass(frozen=True, slots=True)
class Court:
    """A model that can be asked, what its agreement is measured on, and how many replies it judges."""

    llm: LlmSettings
    pairs: Sequence[Revision]
    sample: int
    language: Language

    def judge(self, mind: Mind, data: Data) -> Judgement:
        """Let the model judge, with a progress bar where a terminal shows it."""
        docket = docket_of(mind, data.messages, self.pairs, sample=self.sample)
        to = console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=to, transient=True, disable=not to.is_terminal) as progress:
            task = progress.add_task(said(self.language, en="judge", ko="채점"), total=len(docket.cases()))
            return asyncio.run(self._judge(docket, lambda done: progress.update(task, completed=done)))

    async def _judge(self, docket: Docket, tell: Callable[[int], None]) -> Judgement:
        async with _model(self.llm, self.language) as model:
            return await judged(model, docket, tell)


def summon(llm: LlmSettings, dialogues: Path, *, pairs: int, sample: int, language: Language) -> Court:
    """Return the court, once it is known that it can sit; nothing is asked yet.

    Raises:
        NoJudge: no model is configured.
        BadModel: its name, address or key cannot be used.
        BadDialogues: the file with the pairs cannot be used.
    """
    asyncio.run(_check(llm, language))
    return Court(llm, read_pairs(dialogues, pairs), sample, language)


async def _check(llm: LlmSettings, language: Language) -> None:
    async with _model(llm, language):
        pass


@asynccontextmanager
async def _model(llm: LlmSettings, language: Language) -> AsyncIterator[Model]:
    # Without fallbacks: what one model scores and what another does make no scale. And with a breaker that never opens:
    # empty answers are what is being counted here, and any other failure ends it anyway.
    alone = llm.model_copy(update={"fallbacks": (), "breaker_failures": sys.maxsize})
    async with configured_model(alone) as model:
        if model is None:
            raise NoJudge(
                said(
                    language,
                    en="There is no language model to judge: set ION_LLM__MODEL, e.g. openai:gpt-5-mini.",
                    ko="채점할 언어 모델이 없어요. ION_LLM__MODEL을 정해 주세요. 예: openai:gpt-5-mini",
                ),
                field="ION_LLM__MODEL",
            )
        yield model


def check_finished(judgement: Judgement | None, language: Language) -> None:
    """Say that the judge, where there is one, did not come to the end.

    Raises:
        JudgeStopped: the model failed; the report holds what it said before.
    """
    if judgement is not None and judgement.failure is not None:
        done, due = len(judgement.opinions), len(judgement.docket.cases())
        raise JudgeStopped(
            said(
                language,
                en=f"The judge stopped answering ({judgement.failure}); {done} of {due} texts were judged before.",
                ko=f"채점하던 언어 모델이 멈췄어요 ({judgement.failure}). 그전에 {due}개 중 {done}개를 채점했어요.",
            )
        )
