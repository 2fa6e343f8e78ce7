"""`ion eval`: how well ION reads, routes, protects and replies, as a report that is the same on every run.

Only what a judge said (`--judge`) may differ.
"""

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ion.cli.command import Command, Json, Lang
from ion.cli.judging import Court, Dialogues, Judge, JudgePairs, JudgeSample, check_finished, summon
from ion.cli.opened import settings_for_a_person
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json, write_utf8
from ion.errors import Forbidden, Unavailable
from ion.evaluation import (
    Data,
    Guesser,
    Ion,
    Judgement,
    Keywords,
    Majority,
    Regression,
    Report,
    Subject,
    as_document,
    as_json,
    as_markdown,
    evaluate,
    read_data,
    read_json,
    regressions,
    with_judge,
)
from ion.language import Language
from ion.services import load_mind, load_reader
from ion.settings import ResonanceSettings, Settings

app = typer.Typer(add_completion=False)
# Seconds; far more than loading takes on any machine.
_PATIENCE = 60.0
_STAGES: Mapping[str, tuple[str, str]] = {
    "figures": ("figures", "수치 계산"),
    "routing": ("routing", "멘토 배정"),
    "safety": ("safety", "안전"),
    "personal": ("personal data", "개인정보"),
    "replies": ("replies", "답변"),
}

DataFolder = Annotated[
    Path,
    typer.Option("--data", metavar="FOLDER", help=both(en="Held-out labelled texts.", ko="따로 떼어 둔 채점용 자료.")),
]
Corpus = Annotated[
    Path,
    typer.Option(
        "--corpus",
        metavar="FOLDER",
        help=both(en="What ION was trained on, for the baselines.", ko="비교 모델이 배울 학습 자료."),
    ),
]
Messages = Annotated[
    list[Path] | None,
    typer.Option(
        "--messages",
        metavar="FILE",
        help=both(
            en="One more file of labelled messages; may be repeated.", ko="라벨이 붙은 메시지 파일 추가. 여러 번 가능."
        ),
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FOLDER",
        help=both(
            en="Where report and pictures go; else standard output.", ko="보고서와 그림을 둘 폴더. 없으면 표준 출력."
        ),
    ),
]
Check = Annotated[
    Path | None,
    typer.Option(
        "--check",
        metavar="REPORT.json",
        help=both(
            en="An earlier report; exit code 1 where a figure is worse.",
            ko="이전 보고서. 나빠진 수치가 있으면 종료 코드 1.",
        ),
    ),
]
Baselines = Annotated[
    bool,
    typer.Option(
        "--baselines/--no-baselines",
        help=both(en="Compare with simpler models (scikit-learn).", ko="더 단순한 모델과 견줘요 (scikit-learn)."),
    ),
]


class NoLearner(Unavailable):
    """What trains the baselines is not installed."""


class CannotWrite(Forbidden):
    """The report cannot be written."""


@app.command(
    name="eval",
    cls=Command,
    help=both(
        en="Measure how well ION reads, routes, protects and replies.",
        ko="ION이 얼마나 잘 읽고, 잇고, 지키고, 답하는지 재요.",
    ),
)
def evaluation(
    data: DataFolder = Path("evaluation"),
    corpus: Corpus = Path("training/corpus"),
    messages: Messages = None,
    target: Output = None,
    earlier: Check = None,
    baselines: Baselines = True,
    judge: Judge = False,
    judge_sample: JudgeSample = 40,
    judge_pairs: JudgePairs = 60,
    dialogues: Dialogues = Path("training/dialogues/bridge_en.jsonl.gz"),
    language: Lang = "en",
    as_document_: Json = False,
) -> None:
    """Measure, write and compare."""
    # Whatever cannot be used is said before minutes are spent.
    before = None if earlier is None else read_json(earlier)
    found = read_data(data, corpus, messages or ())
    settings = settings_for_a_person()
    court = (
        summon(settings.llm, dialogues, pairs=judge_pairs, sample=judge_sample, language=language) if judge else None
    )
    subject = _subject(settings, _learned(language) if baselines else ())
    report, judgement = _measured(subject, found, court, language)
    document = as_document(report)
    worse = [] if before is None else regressions(before, document)
    if target is not None:
        _write(report, target, language)
    if as_document_:
        print_json({**document, "regressions": [str(each) for each in worse]})
    else:
        _print(report, target, worse, language, is_checked=before is not None)
    check_finished(judgement, language)
    raise typer.Exit(1 if worse else 0)


def _subject(settings: Settings, learned: Sequence[Callable[[], Guesser]]) -> Subject:
    def resonance(model: str) -> ResonanceSettings:
        return ResonanceSettings.model_validate({"model": model, "patience": _PATIENCE})

    # The reader is judged in both its kinds and everything else with the better one, whatever this machine is set to.
    mind = load_mind(settings.model_copy(update={"resonance": resonance("full")}))
    ours = [Ion(mind.reader), Ion(load_reader(resonance("fast")))]
    return Subject(mind, [*ours, *(make() for make in learned)])


def _learned(language: Language) -> Sequence[Callable[[], Guesser]]:
    """Return what makes the baselines.

    Raises:
        NoLearner: scikit-learn is not here; people who only run ION do without it.
    """
    try:
        learned = importlib.import_module("ion.evaluation.learned")
    except ModuleNotFoundError:
        raise NoLearner(
            said(
                language,
                en="The baselines need scikit-learn: install it (make test, or pip install scikit-learn), or give "
                "--no-baselines.",
                ko="비교 모델에는 scikit-learn이 필요해요. 설치하거나(make test 또는 pip install scikit-learn) "
                "--no-baselines를 붙여 주세요.",
            )
        ) from None
    return Majority, Keywords, learned.LinearSvm, learned.EmbeddingRegression


def _measured(subject: Subject, data: Data, court: Court | None, language: Language) -> tuple[Report, Judgement | None]:
    report = _watched(subject, data, language)
    if court is None:
        return report, None
    judgement = court.judge(subject.mind, data)
    return with_judge(report, judgement), judgement


def _watched(subject: Subject, data: Data, language: Language) -> Report:
    """Evaluate, with a progress bar where a terminal shows it."""
    to = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True, disable=not to.is_terminal) as progress:
        stages = subject.stages()
        task = progress.add_task("", total=len(stages))

        def begin(stage: str) -> None:
            english, korean = _STAGES.get(stage, (stage, stage))
            told = said(language, en=english, ko=korean)
            progress.update(task, completed=stages.index(stage), description=told, refresh=True)

        return evaluate(subject, data, begin)


def _write(report: Report, folder: Path, language: Language) -> None:
    """Write the report, and remove pictures of an earlier one.

    Raises:
        CannotWrite: the folder cannot be written to.
    """
    files = {
        "report.md": as_markdown(report),
        "report.json": as_json(as_document(report)),
        "worst-replies.json": as_json(report.worst),
        **report.pictures,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for picture in folder.glob("*.svg"):
            if picture.name not in files:
                picture.unlink()
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
    except OSError as error:
        reason = f"{folder}: {error.strerror}."
        raise CannotWrite(said(language, en=reason, ko=f"보고서를 쓸 수 없어요. ({reason})")) from None


def _print(
    report: Report, target: Path | None, worse: Sequence[Regression], language: Language, *, is_checked: bool
) -> None:
    to = console()
    if target is None and not is_checked:
        write_utf8(as_markdown(report), sys.stdout)
    elif target is not None:
        to.print(
            said(language, en=f"Written: {target / 'report.md'}", ko=f"보고서: {target / 'report.md'}"), soft_wrap=True
        )
    if worse:
        to.print(said(language, en=f"Figures that are worse: {len(worse)}", ko=f"나빠진 수치: {len(worse)}개"))
        for each in worse:
            to.print(f"  {each}", soft_wrap=True)
    elif is_checked:
        to.print(said(language, en="No figure is worse.", ko="나빠진 수치가 없어요."))
