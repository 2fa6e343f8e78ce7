"""Exports: what is in them, how long they are there, and what becomes of those that are cut off."""

import asyncio
import io
import json
import random
import string
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ion.accounts import LOCAL_ORGANISATION, LOCAL_USER, User
from ion.mentoring import EngineUsed, TurnId
from ion.personas import load_catalogue
from ion.rights import Export, Exports
from ion.sealing import NoDataKey
from ion.services import exports_in
from ion.settings import DatabaseSettings, Settings
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import make_turn, prepared
from tests.rights.living import ANSWERED, CAME, SAID, THOUGHT, TITLED, Here, living, somebody
from tests.rights.test_erasures import found_in


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    async with living(sealing_settings(await prepared(database_url))) as opened:
        yield opened


def exports_of(here: Here) -> Exports:
    return exports_in(here.kept, here.accounts, load_catalogue(), clock=here.clock)


async def archive_of(exports: Exports, export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join([part async for part in exports.content(export)])))


async def exported(here: Here, user: User) -> tuple[dict[str, Any], str]:
    """Return both files of an export."""
    exports = exports_of(here)
    await exports.ask(user)
    await exports.round()
    archive = await archive_of(exports, await exports.ask(user))
    assert archive.namelist() == ["export.json", "export.html"]
    assert archive.testzip() is None
    return json.loads(archive.read("export.json")), archive.read("export.html").decode()


class TestContent:
    async def test_is_everything_of_one_and_nothing_of_others(self, here: Here) -> None:
        life, other = await somebody(here), await somebody(here)
        document, page = await exported(here, life.user)
        (conversation,) = document["conversations"]
        (turn,) = conversation["turns"]

        assert document["person"]["email"] == life.user.email
        assert [(one["purpose"], one["version"], one["language"]) for one in document["person"]["consents"]] == [
            ("notice", 1, "ko"),
        ]
        assert document["person"]["api_keys"][0]["prefix"] == life.key_prefix
        assert document["person"]["identities"][0]["subject"] == f"subject of {life.user.email}"
        assert document["person"]["sessions"][0]["browser"] == "A browser of hers"
        assert (conversation["title"], conversation["goals"]) == (TITLED, [SAID])
        assert (turn["message"], turn["reply"]["text"]) == (SAID, ANSWERED)
        assert turn["correction"]["tone"] == "anxious"
        assert turn["feedback"]["text"] == THOUGHT
        (batch,) = document["batches"]
        assert (batch["status"], batch["done"], batch["results"]) == ("running", 1, [{"line": 1, "content": CAME}])
        assert all(said in page for said in (SAID, ANSWERED, TITLED, THOUGHT, life.user.email))
        # Both say the same things; names and ids tell who.
        for told in (other.user.email, other.user.name, other.user.id, other.conversation, other.key_prefix):
            assert told not in json.dumps(document, ensure_ascii=False)
            assert told not in page

    async def test_says_of_every_reply_that_ai_wrote_it(self, here: Here) -> None:
        life = await somebody(here)
        document, page = await exported(here, life.user)
        reply = document["conversations"][0]["turns"][0]["reply"]

        assert (reply["ai_generated"], reply["digital_source_type"]) == (True, "algorithmicMedia")
        assert (reply["engine"], bool(reply["mentor"])) == ("playbooks", True)
        assert page.count('data-ai-generated="true"') == page.count("AI가 씀") == 1
        assert '<html lang="ko">' in page

    async def test_is_in_english_for_those_who_read_it_and_escapes_what_they_wrote(self, here: Here) -> None:
        life = await somebody(here)
        conversations, _, _ = here.stores(life.user)
        await conversations.rename(life.conversation, "<script>alert(1)</script>")
        changed = await here.accounts.users.set_profile(life.user, name="Wanda", language="en")
        _, page = await exported(here, changed)

        assert "written by AI" in page
        assert "&lt;script&gt;" in page
        assert "<script" not in page

    async def test_of_a_turn_without_a_reply_and_one_that_was_redone(self, here: Here) -> None:
        life = await somebody(here)
        _, turns, _ = here.stores(life.user)
        (turn,) = await turns.of(life.conversation)
        changed = "What I really meant"
        await turns.redo(replace(turn, message=changed, reply="", finished_at=None, engine=None), before=turn, title="")
        document, page = await exported(here, life.user)
        told = document["conversations"][0]["turns"][0]

        assert (told["message"], told["reply"]) == (changed, None)
        assert "아직 답이 없어요." in page

    async def test_of_a_long_conversation_is_whole_and_in_order(self, here: Here) -> None:
        life = await somebody(here)
        _, turns, _ = here.stores(life.user)
        new = make_turn("t", conversation=life.conversation)
        rng = random.Random(7)  # noqa: S311 - noise
        for number in range(2, 222):
            # What ZIP cannot make small, so that there are several parts.
            noise = "".join(rng.choices(string.ascii_letters, k=2500))
            name = TurnId(f"{life.conversation[:20]}-{number}")
            await turns.append(replace(new, id=name, message=f"{number} {noise}"), title="")
            await turns.finish(name, reply=noise, engine=EngineUsed("playbooks"), at=here.clock())
        document, page = await exported(here, life.user)
        told = document["conversations"][0]["turns"]

        assert [turn["position"] for turn in told] == list(range(1, 222))
        assert page.count("<article>") == 221
        assert await here.count("export_part") > 2

    async def test_of_somebody_who_has_said_nothing(self, here: Here) -> None:
        user = await here.accounts.users.with_id(LOCAL_USER, organisation=LOCAL_ORGANISATION)
        document, _ = await exported(here, user)

        assert document["conversations"] == []


class TestLife:
    async def test_asked_again_is_the_same_for_a_day_and_then_a_new_one(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        asked = await exports.ask(life.user)
        assert await exports.ask(life.user) == asked
        await exports.round()
        here.clock.move(hours=23)
        await exports.round()
        ready = await exports.ask(life.user)
        here.clock.move(hours=2)
        again = await exports.ask(life.user)

        assert (asked.ready_at, ready.id, ready.progress) == (None, asked.id, 1.0)
        assert (again.id == asked.id, again.ready_at) == (False, None)
        assert await here.count("export_part") == 0

    async def test_is_erased_with_its_owner(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        await exports.ask(life.user)
        await exports.round()
        export = await exports.ask(life.user)
        erasure = await here.erasures(days=0).ask(life.user.id, life.user.organisation)
        await here.erasures().round()

        assert (await here.erasures().receipt(erasure.receipt)).erased["exports"] == 1
        assert await here.count("export") == await here.count("export_part") == 0
        assert [part async for part in exports.content(export)] == []

    async def test_that_is_prepared_while_its_owner_is_erased_brings_nobody_back(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        export = await exports.ask(life.user)
        await exports.store.claim(now=here.clock())
        await here.erasures().erase_now(life.user.id, life.user.organisation)

        assert not await exports.store.keep(export, 0, b"late", progress=0.5, at=here.clock())
        assert await here.kept.keyring.store.of(life.user.id) == []

    async def test_that_was_cut_off_is_begun_anew(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        export = await exports.ask(life.user)
        claimed = await exports.store.claim(now=here.clock())
        await exports.store.keep(export, 0, b"half of it", progress=0.4, at=here.clock())
        # Whoever prepared it has gone without a word.
        assert claimed is not None
        assert await exports.round() == 0
        here.clock.move(minutes=4)
        assert await exports.round() == 1

        archive = await archive_of(exports, export)
        assert archive.testzip() is None

    async def test_that_is_stopped_can_be_taken_at_once(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        await exports.ask(life.user)
        asked = iter(range(3))

        def ending() -> datetime:
            """The clock of a server that is told to stop after it has taken the export."""
            if next(asked, None) is None:
                raise asyncio.CancelledError
            return here.clock()

        with pytest.raises(asyncio.CancelledError):
            await replace(exports, clock=ending).round()
        await exports.round()

        assert (await exports.ask(life.user)).ready_at is not None

    async def test_that_fails_lets_others_come_first(self, here: Here) -> None:
        first, second, exports = await somebody(here), await somebody(here), exports_of(here)
        await exports.ask(first.user)
        here.clock.move(seconds=1)
        await exports.ask(second.user)
        async with here.kept.database.transaction() as session:
            broken = "UPDATE feedback SET sealed_text = sealed_text || sealed_text WHERE turn_id = :turn"
            await session.execute(text(broken), {"turn": first.conversation})
        await exports.round()

        assert (await exports.ask(first.user)).ready_at is None
        assert (await exports.ask(second.user)).ready_at is not None

    async def test_is_prepared_by_the_loop_when_it_is_asked_for(self, here: Here) -> None:
        life, exports = await somebody(here), exports_of(here)
        task = asyncio.create_task(exports.keep_on(every=timedelta(hours=1)))
        await asyncio.sleep(0)
        await exports.ask(life.user)
        for _ in range(1000):
            if (await exports.ask(life.user)).ready_at is not None:
                break
            await asyncio.sleep(0.02)
        task.cancel()

        assert (await exports.ask(life.user)).ready_at is not None


class TestTheFile:
    async def test_shows_nothing_of_an_export(self, tmp_path: Path) -> None:
        async with living(Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'ion.db'}"))) as here:
            life, exports = await somebody(here), exports_of(here)
            await exports.ask(life.user)
            await exports.round()
            export = await exports.ask(life.user)
            found = found_in(tmp_path, [SAID, ANSWERED, "export.json", "PK\x03\x04"])
            await here.kept.keyring.forget_owner(life.user.id)
            with pytest.raises(NoDataKey):
                await archive_of(exports, export)

        assert found == set()
