"""`ion chat`: a conversation with mentors that is kept."""

import asyncio
import contextlib
import io
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from ion.cli.command import Command, Json, Lang
from ion.cli.errors import tell_error
from ion.cli.later import documents, line_editing
from ion.cli.opened import settings_for_a_person
from ion.cli.reasons import print_choice, print_reading
from ion.cli.replying import language_for, print_turn, show_reply
from ion.cli.speech import both, said
from ion.cli.terminal import console, harmless, print_json
from ion.errors import IonError
from ion.language import Language
from ion.mentoring import Ask, Conversation, ConversationId, Turn
from ion.services import Services, open_services

app = typer.Typer(add_completion=False)

_AUTO = ("auto", "ion")


@app.command(
    cls=Command, help=both(en="Talk with a mentor; the conversation is kept.", ko="멘토와 대화해요. 대화는 보관돼요.")
)
def chat(
    persona: Annotated[
        str | None,
        typer.Option("--persona", metavar="NAME", help=both(en="One mentor for all of it.", ko="대화 내내 답할 멘토.")),
    ] = None,
    conversation: Annotated[
        str | None,
        typer.Option(
            "--conversation", metavar="ID", help=both(en="Go on with this conversation.", ko="이 대화를 이어 가요.")
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help=both(en="Go on with the last conversation.", ko="마지막 대화를 이어 가요."))
    ] = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Talk until the input ends."""
    settings = settings_for_a_person()
    # The loop runs only while something is awaited: waiting for a line in it would make Ctrl-C wait for Enter.
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        services = runner.run(stack.enter_async_context(open_services(settings)))
        try:
            # One document is all that is printed then.
            talk = Talk(services, Console(file=io.StringIO()) if as_json else console(), language, as_json)
            runner.run(talk.begin(persona, conversation, resume=resume))
            for line in _lines(talk):
                runner.run(talk.hear(line))
                if talk.is_over:
                    break
            talk.end()
        finally:
            runner.run(stack.aclose())
    if talk.failures and not sys.stdin.isatty():
        raise typer.Exit(1)


@dataclass(slots=True)
class Talk:
    """A conversation at the terminal; it is kept from its first message on."""

    services: Services
    to: Console
    language: Language
    as_json: bool
    persona: str | None = None
    mentor: str | None = None
    conversation: Conversation | None = None
    turns: list[Turn] = field(default_factory=list)
    failures: int = 0
    is_over: bool = False

    async def begin(self, persona: str | None, conversation: str | None, *, resume: bool) -> None:
        """Find the mentor and the conversation that were asked for.

        Raises:
            PersonaNotFound, ConversationNotFound: there is none.
        """
        if persona is not None:
            self.persona = self.mentor = self.services.mind.catalogue.find(persona).slug
        if conversation is not None:
            self.conversation = await self.services.conversations.with_id(ConversationId(conversation))
        elif resume:
            latest = await self.services.conversations.latest(limit=1)
            self.conversation = latest[0] if latest else None
        await self._greet(resume=resume)

    async def hear(self, line: str) -> None:
        """Answer a line: a message, or a wish that begins with a slash."""
        word, _, rest = line.strip().partition(" ")
        wishes = {"/why": self._why, "/new": self._new, "/quit": self._quit, "/exit": self._quit}
        try:
            if word == "/mentor":
                self._choose(rest.strip())
            elif word in wishes:
                wishes[word]()
            elif word.startswith("/") and word[1:].isalpha():
                self._say(_wishes(self.language))
            elif word:
                await self._answer(line)
        except IonError as error:
            self.failures += 1
            tell_error(error, self.language)

    def end(self) -> None:
        """Say goodbye and how to go on, or print everything as one document."""
        if self.as_json:
            name = None if self.conversation is None else self.conversation.id
            turns = [documents().of_turn(turn, self.services.pipeline) for turn in self.turns]
            print_json({"conversation": name, "turns": turns})
        elif self.conversation is not None:
            again = f"ion chat --conversation {self.conversation.id}"
            self._say(
                said(self.language, en=f"Until next time. To go on: {again}", ko=f"또 만나요. 이어서 하려면: {again}")
            )
        else:
            self._say(said(self.language, en="Until next time.", ko="또 만나요."))

    async def _greet(self, *, resume: bool) -> None:
        if self.conversation is not None:
            title = harmless(self.conversation.title)
            self._say(
                said(
                    self.language,
                    en=f"Going on with “{title}”.",
                    ko=f"‘{title}’ 대화를 이어 가요.",
                )
            )
            for turn in await self.services.turns.of(self.conversation.id, limit=1):
                print_turn(self.to, turn, self.services.pipeline, self.language)
        elif resume:
            self._say(
                said(
                    self.language,
                    en="There is no conversation yet, so this is the first.",
                    ko="아직 나눈 대화가 없어서 새로 시작해요.",
                )
            )
        if sys.stdin.isatty():
            self._say(_wishes(self.language))

    async def _answer(self, message: str) -> None:
        pipeline = self.services.pipeline
        if self.conversation is None:
            self.conversation = await pipeline.open_conversation(self.language, persona=self.persona)
        run = await pipeline.begin(
            Ask(text=message, conversation=self.conversation.id, persona=self.mentor, language=self.language)
        )
        turn = await show_reply(self.to, run, pipeline, self.language)
        self.to.print()
        self.turns.append(turn)
        self.language = language_for(turn, self.language)

    def _why(self) -> None:
        last = self.turns[-1] if self.turns else None
        if last is None:
            self._say(said(self.language, en="Nothing has been answered yet.", ko="아직 답한 것이 없어요."))
        elif last.reading is None or last.choice is None:
            self._say(
                said(
                    self.language,
                    en="Those were help lines; no mentor was chosen.",
                    ko="도움받을 곳을 알려 드린 답이라 멘토를 고르지 않았어요.",
                )
            )
        else:
            print_reading(self.to, last.reading, last.message, self.language)
            print_choice(self.to, last.choice, self.services.mind.catalogue, self.language)

    def _new(self) -> None:
        self.conversation = None
        self._say(said(self.language, en="A new conversation.", ko="새 대화를 시작해요."))

    def _quit(self) -> None:
        self.is_over = True

    def _choose(self, name: str) -> None:
        catalogue = self.services.mind.catalogue
        if not name:
            names = ", ".join(mentor.name for mentor in catalogue.values())
            self._say(
                said(
                    self.language,
                    en=f"There are {names}; /mentor auto lets ION choose.",
                    ko=f"{names} 멘토가 있어요. /mentor auto 는 ION이 골라요.",
                )
            )
        elif name.lower() in _AUTO:
            self._let_ion_choose()
        else:
            mentor = catalogue.find(name)
            self.mentor = mentor.slug
            self._say(
                said(
                    self.language, en=f"{mentor.name} answers from now on.", ko=f"이제부터 {mentor.name} 멘토가 답해요."
                )
            )

    def _let_ion_choose(self) -> None:
        self.mentor = self.persona = None
        if self.conversation is None or self.conversation.persona is None:
            self._say(said(self.language, en="ION chooses again.", ko="다시 ION이 골라요."))
        else:
            self._say(
                said(
                    self.language,
                    en="This conversation has its mentor; after /new ION chooses.",
                    ko="이 대화에는 정해진 멘토가 있어요. /new 다음부터 ION이 골라요.",
                )
            )

    def _say(self, line: str) -> None:
        self.to.print(Text(line, style="dim"), soft_wrap=True)


def _wishes(language: Language) -> str:
    return said(
        language,
        en="/why: why this mentor   /mentor NAME: choose one   /new: start afresh   /quit or Ctrl-D: end",
        ko="/why: 이 멘토인 까닭   /mentor 이름: 멘토 고르기   /new: 새 대화   /quit 또는 Ctrl-D: 끝내기",
    )


def _lines(talk: Talk) -> Iterator[str]:
    """Yield what is typed or piped in, until it ends."""
    typed = sys.stdin.isatty() and sys.stdout.isatty()
    if typed:
        line_editing()
    with contextlib.suppress(EOFError):
        while True:
            yield input("› " if typed else "")
    if typed:
        talk.to.print()
