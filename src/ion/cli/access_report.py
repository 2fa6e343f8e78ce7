"""The access report as Markdown, in the reader's language."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ion.accounts import AccessReport
from ion.audit import Document
from ion.cli.speech import said
from ion.language import Language

# What would end a cell, or be read as Markdown or HTML in it.
_MARKS = re.compile(r"([\\`*_\[\]<>|])")


def markdown(report: AccessReport, language: Language) -> str:
    """Return the report."""
    since, until = _day(report.wanted.since) or "…", _day(report.wanted.until) or _day(report.made_at)
    made = said(
        language,
        en=f"Made {_day(report.made_at)} UTC. Period: from {since} until before {until}.",
        ko=f"작성 시각 {_day(report.made_at)} UTC. 기간: {since}부터 {until} 앞까지.",
    )
    title = f"# {said(language, en='Access report', ko='접근 보고서')}"
    return "\n\n".join([title, made, *_standing(report, language), *_happened(report, language)]) + "\n"


def _standing(report: AccessReport, language: Language) -> Iterator[str]:
    """Yield who may do what at the moment."""
    yield _section(
        said(language, en="People", ko="사용자"),
        said(
            language,
            en="organisation|e-mail|role|state|second factor|last seen",
            ko="기관|이메일|역할|상태|2단계 인증|마지막 접속",
        ),
        _people(report, language),
    )
    yield _section(
        said(language, en="API keys", ko="API 키"),
        said(
            language,
            en="key|e-mail|scopes|made|expires|last used|revoked",
            ko="키|이메일|권한|만든 때|만료|마지막 사용|없앤 때",
        ),
        _keys(report),
    )


def _happened(report: AccessReport, language: Language) -> Iterator[str]:
    """Yield what was done in the period."""
    yield _section(
        said(language, en="Granted, denied and failed", ko="허용, 거부, 실패"),
        said(language, en="action|outcome|count", ko="한 일|결과|횟수"),
        ((action, outcome, str(count)) for action, outcome, count in report.counts),
    )
    yield _section(
        said(language, en="Denials and failures, the newest first", ko="거부와 실패 (최근 것부터)"),
        said(
            language,
            en="number|when (UTC)|action|outcome|who|to what|network|details",
            ko="번호|때 (UTC)|한 일|결과|누가|무엇에|네트워크|자세히",
        ),
        _denials(report),
    )


def _people(report: AccessReport, language: Language) -> Iterator[Sequence[str]]:
    yes, no = said(language, en="yes", ko="있음"), said(language, en="no", ko="없음")
    for one in report.people:
        state = said(language, en="active", ko="사용 중")
        if one.disabled_at is not None:
            day = _day(one.disabled_at)
            state = said(language, en=f"disabled {day}", ko=f"{day}에 막힘")
        factor = yes if one.has_second_factor else no
        yield report.slugs[one.organisation], one.email, one.role, state, factor, _day(one.last_seen_at)


def _keys(report: AccessReport) -> Iterator[Sequence[str]]:
    for one in report.keys:
        days = map(_day, (one.created_at, one.expires_at, one.last_used_at, one.revoked_at))
        yield one.prefix, report.emails[one.user], ", ".join(sorted(one.scopes)), *days


def _denials(report: AccessReport) -> Iterator[Sequence[str]]:
    emails = {str(user): email for user, email in report.emails.items()}
    for one in report.denials:
        details = ", ".join(f"{key}={value}" for key, value in one["details"].items())
        who, target = who_of(one, emails), target_of(one, emails)
        yield [
            str(one["number"]),
            at_of(one),
            one["action"],
            one["outcome"],
            who,
            target,
            one["network"] or "",
            details,
        ]


def at_of(entry: Document) -> str:
    """Return when something was done, to the second."""
    return str(entry["at"])[:19].replace("T", " ")


def who_of(entry: Document, emails: Mapping[str, str]) -> str:
    """Return who did something, as well as that is known."""
    actor = entry["actor"] or entry["actor_alias"] or entry["actor_kind"]
    return emails.get(actor, actor)


def target_of(entry: Document, emails: Mapping[str, str]) -> str:
    """Return to what something was done; nothing where it was to nothing."""
    target = entry["target"] or entry["target_alias"] or ""
    return emails.get(target, target)


def _section(title: str, columns: str, rows: Iterable[Sequence[str]]) -> str:
    names = columns.split("|")
    lines = [f"## {title}\n", _row(names), "|" + "---|" * len(names)]
    return "\n".join([*lines, *(_row([_cell(value) for value in row]) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(value.split()))


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
