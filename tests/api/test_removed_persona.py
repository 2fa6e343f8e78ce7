import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from ion.language import Language
from ion.settings import PersonasSettings, Settings
from tests.conftest import client_of

MESSAGES: list[tuple[Language, str, str]] = [
    ("ko", "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?", "이 답을 쓴 Eve 멘토는 지금은 없어요."),
    (
        "en",
        "We release tomorrow and the tests fail at random.",
        "The mentor who wrote this, Eve, is no longer here.",
    ),
]


@pytest.fixture
def with_eve(tmp_path: Path, settings: Settings) -> Settings:
    folder = tmp_path / "personas" / "eve"
    shutil.copytree(str(files("ion.personas") / "catalogue" / "lua"), folder)
    profile = (folder / "persona.toml").read_text(encoding="utf-8")
    # Last of those who suit a message equally well.
    profile = re.sub("^rank = .*$", "rank = 99", profile.replace('name = "Lua"', 'name = "Eve"'), flags=re.M)
    (folder / "persona.toml").write_text(profile, encoding="utf-8")
    return settings.model_copy(update={"personas": PersonasSettings(path=tmp_path / "personas")})


@pytest.mark.parametrize(("language", "message", "reason"), MESSAGES, ids=["ko", "en"])
async def test_what_a_removed_mentor_said_stays_and_others_go_on(
    settings: Settings, with_eve: Settings, language: Language, message: str, reason: str
) -> None:
    async with client_of(with_eve) as client:
        body = {"persona": "eve", "language": language}
        conversation = (await client.post("/api/v2/conversations", json=body)).json()["id"]
        path = f"/api/v2/conversations/{conversation}/messages"
        first = (await client.post(path, json={"content": message})).json()
    async with client_of(settings) as client:
        kept = (await client.get(path)).json()["items"]
        page = await client.get(f"/c/{conversation}")
        second = await client.post(path, json={"content": message})

    assert first["persona_used"] == "Eve"
    assert [(turn["content"], turn["persona_used"]) for turn in kept] == [(first["content"], "Eve")]
    assert kept[0]["routing"]["reasoning"] == reason
    assert (page.status_code, "Eve" in page.text) == (200, True)
    assert second.status_code == 200
    assert second.json()["persona_used"] == "Nana"
    assert second.json()["routing"]["override"] is False


async def test_a_removed_runner_up_is_still_named(settings: Settings, with_eve: Settings) -> None:
    message = {"content": "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요."}
    async with client_of(with_eve) as client:
        conversation = (await client.post("/api/v2/conversations", json={})).json()["id"]
        path = f"/api/v2/conversations/{conversation}/messages"
        sent = (await client.post(path, json=message)).json()
    async with client_of(settings) as client:
        kept = (await client.get(path)).json()["items"][0]

    assert sent["routing"]["secondary_persona"] == "Eve"
    assert kept == sent
