"""What `ion org limit` and `ion key limit` have in common: numbers of one's own, said and taken back."""

from typing import Annotated

import typer

from ion.audit import Action, AuditEvent, AuditLog, Target
from ion.cli.speech import both, said
from ion.language import Language
from ion.limits import Allowance, Allowances, key_subject, organisation_subject

Requests = Annotated[
    int | None,
    typer.Option(
        "--requests",
        metavar="N",
        min=0,
        help=both(
            en="Requests of each class a minute; 0 for as many as everybody.",
            ko="1분에 보낼 수 있는 종류별 요청 수. 0이면 모두와 같아요.",
        ),
    ),
]
Tokens = Annotated[
    int | None,
    typer.Option(
        "--tokens",
        metavar="N",
        min=0,
        help=both(
            en="Tokens of language models a day; 0 for as many as everybody.",
            ko="하루에 쓸 수 있는 언어 모델 토큰 수. 0이면 모두와 같아요.",
        ),
    ),
]


async def changed(
    allowances: Allowances,
    audit: AuditLog,
    target: Target,
    *,
    organisation: str,
    requests: int | None = None,
    tokens: int | None = None,
) -> Allowance:
    """Change what an organisation or a key may use, where it was given, and return what holds now; 0 takes it back.

    Raises:
        BadAllowance: a number is too large.
    """
    subject = key_subject(target.id) if target.kind == "key" else organisation_subject(target.id)
    before = await allowances.of(subject)
    after = Allowance(_chosen(requests, before.per_minute), _chosen(tokens, before.tokens_a_day))
    if after != before:
        details = {"requests": after.per_minute or 0, "tokens": after.tokens_a_day or 0}
        async with audit.recording(AuditEvent(Action.LIMITS_CHANGED, organisation, target=target, details=details)):
            await allowances.set(subject, after)
    return after


def line_of(allowance: Allowance, language: Language, *, tokens: bool = True) -> str:
    """Return what holds in one line."""
    everybody = said(language, en="as everybody", ko="모두와 같음")
    requests = everybody if allowance.per_minute is None else f"{allowance.per_minute:,}"
    parts = [said(language, en=f"requests a minute: {requests}", ko=f"1분 요청 수: {requests}")]
    if tokens:
        number = everybody if allowance.tokens_a_day is None else f"{allowance.tokens_a_day:,}"
        parts.append(said(language, en=f"tokens a day: {number}", ko=f"하루 토큰 수: {number}"))
    return ", ".join(parts)


def _chosen(given: int | None, before: int | None) -> int | None:
    return before if given is None else given or None
