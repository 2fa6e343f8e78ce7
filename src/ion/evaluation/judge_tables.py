"""What a judge said, as tables of the report; none of its figures is ever compared with an earlier report's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ion.evaluation.coaching.bridge import LESS_IS_BETTER, Values, auc
from ion.evaluation.judge import HIGHEST, LOWEST, UNUSABLE, Verdict, rubric
from ion.evaluation.judging import SEED, Judgement, Opinion
from ion.evaluation.replies import Reply
from ion.evaluation.report import Report
from ion.evaluation.tables import Cell, Column, Table, table
from ion.language import LANGUAGES, Language

OVERALL = "overall"
LENGTH = "length in characters"
_INTERVAL = (2.5, 97.5)
_ROUNDS = 1000
# Fewer ranks than these correlate by chance.
_FEWEST = 5


def with_judge(report: Report, judgement: Judgement) -> Report:
    """Return the report with what the judge said behind the other tables."""
    return replace(report, tables=(*report.tables, *judge_tables(judgement)))


def judge_tables(judgement: Judgement) -> list[Table]:
    """Return how the judge answered, its agreement with experts, its scores, and what they go with."""
    return [_answers(judgement), _agreement(judgement), _scores(judgement), _ranks(judgement)]


def _answers(judgement: Judgement) -> Table:
    columns = ("to judge", "judged", "unusable", "share unusable", *(name.replace("_", " ") for name in UNUSABLE))
    return table(
        "judge answers",
        "Judge: its answers",
        f"A language model, `{judgement.judge}`, judged replies by the published rubric (docs/judge.md). Answers that "
        "are not just what was asked for are counted here by what is wrong with them, and nowhere else; nothing is "
        "guessed.",
        ("judge", "rubric", "texts", "language"),
        [Column(name) for name in columns],
        [
            (judgement.judge, str(rubric().version), texts, language, *_counts(opinions, count))
            for texts, language, opinions, count in _groups(judgement)
        ],
    )


def _groups(judgement: Judgement) -> Iterator[tuple[str, Language, Sequence[Opinion], int]]:
    """Yield each kind of text with the opinions on it and how many there should be."""
    docket = judgement.docket
    yield "tutors' originals", "en", judgement.of_originals, len(docket.pairs)
    yield "experts' revisions", "en", judgement.of_experts, len(docket.pairs)
    said = list(zip(docket.replies, judgement.of_replies, strict=False))
    for language in LANGUAGES:
        due = sum(reply.message.language == language for reply in docket.replies)
        if due:
            yield "playbook replies", language, [one for reply, one in said if reply.message.language == language], due


def _counts(opinions: Sequence[Opinion], due: int) -> tuple[Cell, ...]:
    reasons = Counter(opinion for opinion in opinions if not isinstance(opinion, Verdict))
    unusable = reasons.total()
    share = unusable / len(opinions) if opinions else None
    return (due, len(opinions), unusable, share, *(reasons[reason] for reason in UNUSABLE))


def _agreement(judgement: Judgement) -> Table:
    pairs = judgement.pairs()
    return table(
        "judge agreement",
        "Judge: its agreement with experts",
        "On tutors' replies and experts' revisions of them (Bridge), of which both answers could be used. `better` is "
        "the share of pairs where the revision scores higher, `equal` where both score the same. `auc` is the chance "
        "that a revision scores higher than a tutor's reply, ties counted half: 0.5 says nothing, and low and high "
        "bound it at 95 % (bootstrap). Believe no judge without a figure here, or whose interval is not above 0.5.",
        ("criterion",),
        [Column(name) for name in ("pairs", "original", "expert", "better", "equal", "auc", "low", "high")],
        [
            (name, *_agreement_on([_score(one, name) for one, _ in pairs], [_score(two, name) for _, two in pairs]))
            for name in _names()
        ],
    )


def _agreement_on(originals: Sequence[float], experts: Sequence[float]) -> tuple[Cell, ...]:
    if not originals:
        return (0, *[None] * 7)
    before, after = np.array(originals), np.array(experts)
    # Each pair is of a moment of its own, so pairs are what is drawn.
    draws = np.random.default_rng(SEED).integers(len(before), size=(_ROUNDS, len(before)))
    low, high = np.percentile([auc(before[draw], after[draw]) for draw in draws], _INTERVAL)
    shares = float((after > before).mean()), float((after == before).mean())
    return (len(before), *_means(before, after), *shares, auc(before, after), float(low), float(high))


def _means(*values: Values) -> list[float]:
    return [float(each.mean()) for each in values]


def _scores(judgement: Judgement) -> Table:
    replies = judgement.replies()
    return table(
        "judge scores",
        "Judge: the playbooks' replies",
        f"Mean scores, {LOWEST} to {HIGHEST}. `most frequent` is the share of replies with the most frequent score: a "
        "judge for whom that is near 1 tells nothing apart.",
        ("language", "criterion"),
        [Column("n"), Column("mean"), Column("most frequent")],
        [
            (language, name, *_distribution([_score(verdict, name) for verdict in verdicts]))
            for language in LANGUAGES
            if (verdicts := [verdict for reply, verdict in replies if reply.message.language == language])
            for name in _names()
        ],
    )


def _distribution(scores: Sequence[float]) -> tuple[Cell, ...]:
    [(_, most)] = Counter(scores).most_common(1)
    return len(scores), sum(scores) / len(scores), most / len(scores)


def _ranks(judgement: Judgement) -> Table:
    replies = judgement.replies()
    own = {language: [each for each in replies if each[0].message.language == language] for language in LANGUAGES}
    names = dict.fromkeys(name for reply, _ in replies for name in _measures(reply))
    return table(
        "judge ranks",
        "Judge: what its scores go with",
        "Spearman's rank correlation of the overall score with the offline measures, turned so that more is agreement, "
        "and with length, which a judge should not be swayed by. No figure where there are too few replies or all are "
        "the same.",
        ("measure",),
        [Column(language) for language in LANGUAGES],
        [(name, *(_correlation_with(name, own[language]) for language in LANGUAGES)) for name in names],
    )


def _correlation_with(name: str, replies: Sequence[tuple[Reply, Verdict]]) -> float | None:
    values = [(_measures(reply)[name], verdict.overall) for reply, verdict in replies if name in _measures(reply)]
    return rank_correlation([measured for measured, _ in values], [overall for _, overall in values])


def _measures(reply: Reply) -> dict[str, float]:
    figures = {name: -value if name in LESS_IS_BETTER else value for name, value in reply.scores.figures().items()}
    return {LENGTH: float(len(reply.text)), **figures}


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Spearman's rho of two lists, -1 to 1, ties at their mean rank; None for few values or all the same."""
    if len(first) < _FEWEST or len(set(first)) == 1 or len(set(second)) == 1:
        return None
    return float(np.corrcoef(_ranked(first), _ranked(second))[0, 1])


def _ranked(values: Sequence[float]) -> Values:
    _, places, counts = np.unique(np.array(values), return_inverse=True, return_counts=True)
    means: Values = np.cumsum(counts) - (counts - 1) / 2
    return means[places]


def _names() -> tuple[str, ...]:
    return (OVERALL, *rubric().names)


def _score(verdict: Verdict, name: str) -> float:
    return verdict.overall if name == OVERALL else verdict.scores[name]
