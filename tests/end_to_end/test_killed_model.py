"""Real processes: ION, a llama.cpp server behind it, and a kill in mid-sentence."""

from pathlib import Path
from typing import Any

import httpx2

from tests.servers.ion import ion_server
from tests.servers.llama import llama_server
from tests.servers.sse import events_of

MESSAGE = "We have a release tomorrow and the tests fail at random. Where do I start?"


async def test_a_model_killed_in_mid_stream_leaves_a_complete_labelled_answer_and_loses_nothing(tmp_path: Path) -> None:
    with llama_server() as llama:
        environ = {
            "ION_LLM__MODEL": f"openai:{llama.model}",
            "ION_LLM__BASE_URL": llama.base_url,
            "ION_LLM__COMPACT": "true",
            "ION_LLM__FIRST_TOKEN_TIMEOUT": "60",
        }
        with ion_server(tmp_path, environ) as ion:
            async with httpx2.AsyncClient(base_url=ion.address, timeout=90) as client:
                made = await client.post("/api/v2/conversations", json={})
                path = f"/api/v2/conversations/{made.json()['id']}/messages"
                names: list[str] = []
                written = ""
                done: dict[str, Any] = {}
                headers = {"Accept": "text/event-stream"}
                async with client.stream("POST", path, json={"content": MESSAGE}, headers=headers) as response:
                    async for name, data in events_of(response):
                        names.append(name)
                        written += str(data.get("text", ""))
                        if names.count("delta") == 3:
                            llama.kill()
                        done = data
                kept = (await client.get(path)).json()["items"]
                again = (await client.post(path, json={"content": "And what do I tell the team?"})).json()

    assert names[0] == "started"
    assert names[-1] == "done"
    assert "degraded" in names[3:]
    assert done["engine"]["name"] == "playbooks"
    assert done["engine"]["degraded"] is True
    assert done["engine"]["reason"] in ("unreachable", "bad_answer")
    assert written.strip() == done["content"]
    assert "offline mentor" in written
    assert written.rstrip().endswith("?")
    assert [turn["message"] for turn in kept] == [MESSAGE]
    assert kept[0]["content"] == done["content"]
    # The mentor is still there for the next message, and says that it is the lesser one.
    assert again["engine"]["degraded"] is True
    assert again["content"].rstrip().endswith("?")
