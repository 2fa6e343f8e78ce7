"""Write docs/transcript-llama.md: a conversation through a real llama.cpp server, as it was answered."""

import asyncio
import tempfile
from pathlib import Path

from openai import AsyncOpenAI
from tests.servers.ion import ion_server
from tests.servers.llama import llama_server

PAGE = Path(__file__).parent.parent / "docs" / "transcript-llama.md"
MESSAGES = (
    "We have a release tomorrow and the tests fail at random. Where do I start?",
    "I ran them twenty times: three failures, all in the payment test.",
)
HEAD = """# A conversation through a llama.cpp server

Made by `make transcript`: `ion serve` with `ION_LLM__COMPACT=true` and `ION_LLM__BASE_URL` set to a llama.cpp server
with SmolLM2 (135 million parameters, English only), asked by the official `openai` client. The model is far too small
to mentor anyone; what this shows is the path. The last turn was asked after the model server had been killed.
"""


async def ask(client: AsyncOpenAI, history: list[dict[str, str]]) -> tuple[str, dict[str, object]]:
    """Stream one answer; return its text and ION's facts about it."""
    stream = await client.chat.completions.create(model="ion/auto", messages=history, stream=True)  # type: ignore[call-overload]
    text, facts = "", {}
    async for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
        facts = (chunk.model_extra or {}).get("ion", facts)
    return text, facts


async def conversation(address: str, kill: object) -> str:
    """Hold the conversation and return it as Markdown."""
    page, history = HEAD, []
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key="none", timeout=120) as client:
        for number, message in enumerate((*MESSAGES, "What should I tell the team tonight?")):
            if number == len(MESSAGES):
                kill()  # type: ignore[operator]
            history.append({"role": "user", "content": message})
            text, facts = await ask(client, history)
            history.append({"role": "assistant", "content": text})
            quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
            page += f"\n**{message}**\n\n{quoted}\n\n`{facts}`\n"
    return page


def main() -> None:
    """Start both servers, talk, write the page."""
    with tempfile.TemporaryDirectory() as folder, llama_server() as llama:
        environ = {
            "ION_LLM__MODEL": f"openai:{llama.model}",
            "ION_LLM__BASE_URL": llama.base_url,
            "ION_LLM__COMPACT": "true",
            "ION_LLM__HISTORY_TOKENS": "200",
            "ION_LLM__FIRST_TOKEN_TIMEOUT": "60",
        }
        with ion_server(Path(folder), environ) as server:
            PAGE.write_text(asyncio.run(conversation(server.address, llama.kill)), encoding="utf-8")


if __name__ == "__main__":
    main()
