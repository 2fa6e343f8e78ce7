"""Erasing somebody at the command line: asked for twice, and the receipt for it."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from ion.accounts import email_of
from ion.cli.opened import operating, settings_for_a_person
from ion.cli.speech import said
from ion.cli.terminal import console, print_json
from ion.db import DatabaseUnavailable
from ion.errors import Invalid
from ion.language import Language
from ion.rights import Receipt
from ion.services import accounts_in, erasures_in, open_kept

_KINDS: Mapping[str, str] = {
    "accounts": "계정",
    "api_keys": "API 키",
    "batches": "일괄 작업",
    "conversations": "대화",
    "corrections": "바로잡은 읽기",
    "data_keys": "데이터 키",
    "exports": "내보낸 묶음",
    "feedback": "피드백",
    "invitations": "초대",
    "recovery_codes": "복구 코드",
    "sessions": "세션",
    "sign_in_failures": "로그인 실패 기록",
    "tokens": "토큰",
    "turns": "메시지와 답",
}


class NotConfirmed(Invalid):
    """What was typed to confirm an erasure is not the address."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A receipt, and the secret it is looked up by."""

    secret: str
    receipt: Receipt


def confirm_erasure(email: str, language: Language) -> None:
    """Have the address typed once more.

    Raises:
        NotConfirmed: something else was typed, or nothing.
    """
    if sys.stdin.isatty():
        question = said(
            language, en="This cannot be undone. The address again: ", ko="되돌릴 수 없어요. 주소를 한 번 더: "
        )
        console(stderr=True).print(question, end="")
    if sys.stdin.readline().strip().lower() != email.strip().lower():
        raise NotConfirmed(
            said(
                language,
                en="Nothing was erased: type the same address once more, or say --yes.",
                ko="아무것도 지우지 않았어요. 같은 주소를 한 번 더 입력하거나 --yes를 붙여 주세요.",
            )
        )


async def erased(email: str) -> Erased:
    """Erase whoever has this address.

    Raises:
        UserNotFound: nobody has.
        Misconfigured: the database, or the keys to it, cannot be used.
        DatabaseUnavailable: the database cannot be opened.
    """
    settings = settings_for_a_person()
    async with open_kept(settings) as kept:
        user = await accounts_in(kept, settings.accounts).users.with_email(email_of(email))
        erasures = erasures_in(kept, settings.privacy)
        with operating():
            erasure = await erasures.erase_now(user.id, user.organisation)
        # Where a server is reading just now it ends this with its next round; the receipt has no end then.
        with suppress(DatabaseUnavailable):
            await erasures.write_files_anew()
        return Erased(erasure.receipt, await erasures.receipt(erasure.receipt))


def tell_erased(outcome: Erased, language: Language, *, as_json: bool) -> None:
    """Show what was erased."""
    receipt = outcome.receipt
    if as_json:
        done_at = None if receipt.done_at is None else receipt.done_at.isoformat()
        times = {"asked_at": receipt.asked_at.isoformat(), "done_at": done_at}
        print_json({"receipt": outcome.secret, **times, "erased": dict(receipt.erased)})
        return
    parts = [
        f"{said(language, en=kind.replace('_', ' '), ko=_KINDS.get(kind, kind))} {number}"
        for kind, number in receipt.erased.items()
        if number
    ]
    to = console()
    to.print(said(language, en="Erased: ", ko="지웠어요: ") + ", ".join(parts), soft_wrap=True)
    if receipt.done_at is None:
        to.print(
            said(
                language,
                en="The database is in use; ION writes its files anew within a minute.",
                ko="데이터베이스를 쓰고 있어서, 파일에 남은 자국은 ION이 곧 마저 지워요.",
            ),
            soft_wrap=True,
        )
    to.print(said(language, en="Receipt: ", ko="영수증: ") + outcome.secret, soft_wrap=True)
