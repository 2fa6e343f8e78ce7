"""`/privacy`: what it says, as this ION is set up, to everybody."""

from pathlib import Path

import pytest

from ion.settings import LlmSettings, PrivacySettings, Settings
from tests.api.people import town
from tests.conftest import client_of
from tests.web.conftest import settings_in


async def shown(settings: Settings, language: str) -> str:
    async with client_of(settings) as client:
        answered = await client.get("/privacy", headers={"Accept-Language": language})
    assert answered.status_code == 200
    return answered.text


@pytest.mark.parametrize(
    ("language", "nowhere", "ai", "days"),
    [
        ("ko", "서버 밖으로 나가지 않아요", "모든 답은 AI가 쓰고", "7일"),
        ("en", "do not leave", "AI writes every", "7 days"),
    ],
)
async def test_says_where_texts_go_who_writes_and_what_can_be_asked(
    tmp_path: Path, language: str, nowhere: str, ai: str, days: str
) -> None:
    page = await shown(settings_in(tmp_path), language)

    assert all(said in page for said in (nowhere, ai, days, "/api/v2/me/export"))


async def test_names_the_language_model_and_whether_it_reads_names(tmp_path: Path) -> None:
    llm = LlmSettings(model="openai:test-model", base_url="http://127.0.0.1:9/v1", mask=False)
    settings = settings_in(tmp_path).model_copy(update={"llm": llm, "privacy": PrivacySettings(grace_days=0)})
    page = await shown(settings, "en")

    assert "openai:test-model" in page
    assert "sent as they were written" in page
    assert "erased at once" in page


async def test_tells_members_how_long_their_organisation_keeps_conversations(tmp_path: Path) -> None:
    async with town(settings_in(tmp_path)) as place:
        await place.services.accounts.members.keep_conversations("school", 90)
        member = await place.clients["mentee of the school"].get("/privacy?lang=en")
        other = await place.clients["mentee of the company"].get("/privacy?lang=en")
        nobody = await place.clients["nobody"].get("/privacy?lang=en")
        korean = await place.clients["mentee of the school"].get("/privacy?lang=ko")
        me = await place.clients["mentee of the school"].get("/api/v2/me")

    assert "erased for good 90 days after the last message" in member.text
    assert "90일이 지난 대화를 완전히 지워요" in korean.text
    assert "days after the last message" not in other.text + nobody.text
    assert me.json()["keep_conversations_days"] == 90


async def test_is_open_before_signing_in_and_linked_from_every_conversation(tmp_path: Path) -> None:
    async with town(settings_in(tmp_path)) as place:
        unknown = await place.clients["nobody"].get("/privacy", headers={"Accept-Language": "en"})
        home = await place.clients["mentee of the school"].get("/", headers={"Accept-Language": "en"})

    assert unknown.status_code == 200
    assert "ask whoever runs this ION" in unknown.text
    assert 'href="/privacy"' in home.text
    assert "Replies are written by AI." in home.text
