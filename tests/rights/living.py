"""Somebody who has used all of ION, in a real database, with a clock that the test moves."""

import itertools
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import text

from ion.accounts import (
    AccountOptions,
    Accounts,
    Organisation,
    Proof,
    Role,
    SignInRefused,
    User,
    Visit,
    open_accounts,
    system_randomness,
)
from ion.mentoring import (
    Conversation,
    ConversationId,
    ConversationStore,
    EngineUsed,
    FeedbackReason,
    FeedbackStore,
    OwnerId,
    Thumb,
    TurnId,
    TurnStore,
    correction_of,
    feedback_of,
)
from ion.rights import VERSIONS, Choice, Consents, ConsentStore, Erasures, Purpose
from ion.services import Kept, erasures_in, open_kept
from ion.settings import PrivacySettings, Settings
from tests.accounts.opened import CHEAP, GOOD, MovableClock
from tests.batches.sending import QUESTION, keep_batch, queue_of
from tests.mentoring.test_store import make_turn

SAID, ANSWERED, TITLED = "내일 발표에서 말이 막힐까 걱정이에요", "Say the first sentence aloud once", "발표 전날 밤"
THOUGHT = "고마워요, 한결 낫네요"
CAME = "숨을 크게 한 번 쉬어 봐요"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Life:
    """Somebody, and what tells of them wherever it is found."""

    user: User
    conversation: ConversationId
    key_prefix: str
    session: str

    @property
    def subject(self) -> str:
        return f"subject of {self.user.email}"

    @property
    def tells(self) -> list[str]:
        return [
            self.user.email,
            f"subject of {self.user.email}",
            self.user.name,
            self.user.id,
            self.key_prefix,
            SAID,
            ANSWERED,
            TITLED,
            THOUGHT,
            QUESTION,
            CAME,
        ]


PROVIDER = "https://login.example.org"


@dataclass(frozen=True)
class Here:
    kept: Kept
    accounts: Accounts
    clock: MovableClock
    school: Organisation

    def erasures(self, *, days: float = 7) -> Erasures:
        return erasures_in(self.kept, PrivacySettings(grace_days=days), clock=self.clock)

    @property
    def consents(self) -> Consents:
        return Consents(ConsentStore(self.kept.database), self.kept.audit, self.clock, lambda: str(uuid.uuid4()))

    def stores(self, user: User) -> tuple[ConversationStore, TurnStore, FeedbackStore]:
        database, keyring, owner = self.kept.database, self.kept.keyring, OwnerId(user.id)
        return (
            ConversationStore(database, keyring, owner),
            TurnStore(database, keyring, owner),
            FeedbackStore(database, keyring, owner),
        )

    async def count(self, table: str) -> int:
        async with self.kept.database.reading() as session:
            return int(await session.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)  # noqa: S608 - ours


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[Here]:
    """Open what is kept, in which an organisation is."""
    clock = MovableClock()
    async with open_kept(settings, clock=clock) as kept:
        accounts = open_accounts(
            kept.database,
            AccountOptions(cost=CHEAP),
            audit=kept.audit,
            clock=clock,
            new_id=lambda: str(uuid.uuid4()),
            randomness=system_randomness,
            keyring=kept.keyring,
        )
        number = next(_numbers)
        school = await accounts.members.add_organisation("A school", f"school-{number}")
        yield Here(kept, accounts, clock, school)


async def somebody(here: Here, *, role: Role = Role.MENTEE) -> Life:
    """Let somebody do a bit of everything."""
    number, accounts = next(_numbers), here.accounts
    email = f"wanda.winterbottom.{number}@example.org"
    await accounts.members.invite(here.school.id, email, role, by=None)
    user = await accounts.members.add(
        here.school, email=email, name=f"Wanda Winterbottom {number}", language="ko", role=role, password=GOOD
    )
    at_home = Visit(f"10.{number // 256}.{number % 256}.7", "A browser of hers")
    await fail_to_sign_in(here, email, at_home)
    signed_in = await accounts.sign_in.as_user(user, Proof.PASSWORD, at_home)
    await accounts.tokens.issue(user, Proof.PASSWORD, at_home)
    key, _ = await accounts.keys.make(user, name="Wanda's laptop", scopes=["conversations.own"])
    await accounts.identities.store.add(PROVIDER, f"subject of {email}", user.id, at=accounts.clock())
    acknowledged = Choice(Purpose.NOTICE, VERSIONS[Purpose.NOTICE], True)
    await here.consents.choose(user.id, user.organisation, [acknowledged], language="ko")
    conversation = await talk(here, user)
    await ask_for_many(here, user)
    return Life(user, conversation, key.prefix, signed_in.session)


async def fail_to_sign_in(here: Here, email: str, visit: Visit) -> None:
    try:
        await here.accounts.sign_in.with_password(email, "a wrong one", visit)
    except SignInRefused:
        return
    raise AssertionError("let in with a wrong password")


async def ask_for_many(here: Here, user: User) -> None:
    """Keep a batch of which one line is done and one is left."""
    batch = await keep_batch(here.kept, user.id, here.clock, 2)
    now = here.clock()
    while (line := await queue_of(here.kept).claim("here", now=now, until=now + timedelta(hours=1))) is not None:
        if line.batch == batch.id:
            result = json.dumps({"line": 1, "content": CAME}, ensure_ascii=False)
            await queue_of(here.kept).finish(line, result, is_answered=True, at=now)
            return


async def talk(here: Here, user: User) -> ConversationId:
    """Keep a conversation of one turn, with its reply, a correction and feedback."""
    at, name = here.clock(), str(uuid.uuid4())
    conversations, turns, feedback = here.stores(user)
    conversation = await conversations.add(Conversation(ConversationId(name), at, at, "ko", "", "lua", (SAID,)))
    new = replace(make_turn(name, conversation=name), message=SAID, created_at=at)
    turn = await turns.append(new, title=TITLED)
    await turns.finish(turn.id, reply=ANSWERED, engine=EngineUsed("playbooks"), at=at + timedelta(seconds=1))
    await turns.correct(
        conversation.id, turn.id, correction_of(tone="anxious", pace=None, intent=None, share=False, at=at)
    )
    said = feedback_of(Thumb.UP, [FeedbackReason.KIND], THOUGHT, at=at + timedelta(seconds=2))
    await feedback.keep(conversation.id, TurnId(name), said)
    return conversation.id
