"""What `ion` alone shows: what people do first."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from ion.cli.terminal import console
from ion.language import Language

_TITLE: Mapping[Language, str] = {
    "ko": "메시지마다 어울리는 멘토가 답하고, 그 까닭을 말해 줘요.",
    "en": "The mentor who suits your message answers it, and says why.",
}
_FIRST: Mapping[Language, Sequence[tuple[str, str]]] = {
    "ko": (
        ("ion chat", "멘토와 대화하기 (이 컴퓨터에만 보관)"),
        ('ion ask "배포가 내일인데 테스트가 깨져요"', "한 가지만 물어보기"),
        ("ion serve --open", "웹 페이지 열기"),
        ('ion analyze "이게 맞는 방향일까요?"', "글이 어떻게 읽히는지 보기"),
        ("ion doctor", "잘 갖춰졌는지 점검하기"),
    ),
    "en": (
        ("ion chat", "talk with a mentor; kept on this machine only"),
        ('ion ask "We ship tomorrow and tests fail"', "ask one thing"),
        ("ion serve --open", "open the page"),
        ('ion analyze "Is this the right direction?"', "see how a message reads"),
        ("ion doctor", "check that all is in place"),
    ),
}
_MORE: Mapping[Language, str] = {
    "ko": "모든 명령: ion --help   English: ion --lang en",
    "en": "Everything: ion --help   한국어: ion --lang ko",
}


def home(language: Language) -> None:
    """Print it."""
    to = console()
    to.print(Text.assemble(("ION", "bold"), "  ", _TITLE[language]))
    to.print()
    widest = max(Text(command).cell_len for command, _ in _FIRST[language])
    for command, meaning in _FIRST[language]:
        padding = " " * (widest - Text(command).cell_len + 3)
        to.print(Text.assemble("  ", (command, "cyan"), padding, (meaning, "dim")))
    to.print()
    to.print(Text(_MORE[language], style="dim"))
