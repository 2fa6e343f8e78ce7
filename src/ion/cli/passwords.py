"""Passwords at the command line: typed without being shown, or piped in; never an argument, which others could see."""

import sys
from getpass import getpass

from ion.cli.speech import said
from ion.errors import Invalid
from ion.language import Language


class NoPassword(Invalid):
    """Nothing was typed or piped in."""


class PasswordsDiffer(Invalid):
    """The same password was not typed twice."""


def read_password(language: Language) -> str:
    """Return a new password: asked for twice at a terminal, else the first line of standard input.

    Raises:
        NoPassword: there is none.
        PasswordsDiffer: the second is another one.
    """
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass(said(language, en="New password: ", ko="새 비밀번호: "))
        again = getpass(said(language, en="Once more: ", ko="한 번 더: "))
        if password != again:
            raise PasswordsDiffer(
                said(language, en="The two passwords are not the same.", ko="두 비밀번호가 서로 달라요.")
            )
    if not password:
        raise NoPassword(
            said(
                language,
                en="There is no password: type it at a terminal, or pipe it in as one line.",
                ko="비밀번호가 없어요. 터미널에서 입력하거나, 한 줄로 넘겨 주세요.",
            )
        )
    return password
