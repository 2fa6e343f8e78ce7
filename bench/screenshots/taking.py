"""Takes the pictures: one visitor for each language and width, light and dark of every state."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page

from bench.screenshots import texts
from bench.screenshots.serving import Kept, Scripted, serving
from bench.screenshots.states import STATES, Stage, State
from ion.language import Language

Scheme = Literal["light", "dark"]
LOCALES: dict[Language, str] = {"ko": "ko-KR", "en": "en-GB"}
MILLISECONDS = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """A screen."""

    name: str
    width: int
    height: int
    scale: float = 1


LOOKS = (Look("wide", 1280, 800), Look("tablet", 820, 1100), Look("phone", 390, 844, 1.5))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was taken."""

    path: Path
    language: Language
    look: Look
    state: str
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class Failed:
    """A state that could not be reached, and why."""

    language: Language
    look: Look
    state: str
    why: str


class Camera:
    """Takes pictures into a folder."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    async def take(
        self, language: Language, look: Look, kept: Kept, names: Iterable[str]
    ) -> tuple[list[Picture], list[Failed]]:
        """Take light and dark pictures of these states."""
        taken: list[Picture] = []
        failed: list[Failed] = []
        async with AsyncExitStack() as open_:
            stage = await self._stage(open_, language, look, kept)
            for name in names:
                page = await stage.page.context.new_page()
                page.set_default_timeout(MILLISECONDS)
                try:
                    taken += await self._both(replace(stage, page=page), look, name)
                except Exception as error:  # one state that is broken leaves the others worth seeing
                    failed.append(Failed(language, look, name, str(error).splitlines()[0]))
                print(".", end="", flush=True)
                stage.model.end()
                await self._tidy(stage, page)
        return taken, failed

    async def _stage(self, open_: AsyncExitStack, language: Language, look: Look, kept: Kept) -> Stage:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
        copy(kept.database, folder / "plain.db")
        copy(kept.database, folder / "scripted.db")
        model = Scripted(texts.scripts(language))
        context, without_script = [
            await open_.enter_async_context(await self._visitor(language, look, js=js)) for js in (True, False)
        ]
        return Stage(
            page=await context.new_page(),
            language=language,
            width=look.width,
            plain=await open_.enter_async_context(serving(folder / "plain.db")),
            scripted=await open_.enter_async_context(serving(folder / "scripted.db", model=model)),
            unused=await open_.enter_async_context(serving(folder / "unused.db")),
            model=model,
            kept=kept,
            without_script=without_script,
        )

    async def _visitor(self, language: Language, look: Look, *, js: bool) -> BrowserContext:
        return await self._browser.new_context(
            locale=LOCALES[language],
            viewport={"width": look.width, "height": look.height},
            device_scale_factor=look.scale,
            has_touch=look.name == "phone",
            is_mobile=look.name == "phone",
            java_script_enabled=js,
            reduced_motion="reduce",
            service_workers="block",
        )

    async def _both(self, stage: Stage, look: Look, name: str) -> list[Picture]:
        state = STATES[name]
        page = await state.reach(stage)
        taken = []
        if state.whole:
            await _stretch(page, look)
        for scheme in _schemes(state):
            await page.emulate_media(
                color_scheme=scheme,
                media="print" if state.media == "print" else "screen",
                forced_colors="active" if state.media == "forced" else "none",
                reduced_motion="reduce",
            )
            path = self._folder / f"{name}-{stage.language}-{look.name}-{scheme}.png"
            await page.screenshot(path=path)
            taken.append(Picture(path, stage.language, look, name, scheme))
        if page is not stage.page:
            await page.close()
        return taken

    async def _tidy(self, stage: Stage, page: Page) -> None:
        """Leave nothing for the next state: no words in the form, no further conversation in the list."""
        await page.unroute_all(behavior="ignoreErrors")
        for address in (stage.plain, stage.scripted, stage.unused):
            listed = await page.request.get(f"{address}/api/v2/conversations?limit=100")
            for conversation in (await listed.json())["items"]:
                if conversation["id"] not in (*stage.kept.listed, stage.kept.long, stage.kept.cut_off):
                    await page.request.delete(f"{address}/api/v2/conversations/{conversation['id']}")
            for kept in stage.kept.listed:
                await page.request.post(f"{address}/api/v2/conversations/{kept}/restore")
        await page.goto(f"{stage.plain}/mentors")
        await page.evaluate("localStorage.clear(), sessionStorage.clear()")
        await page.close()


async def _stretch(page: Page, look: Look) -> None:
    """Give the page a screen that holds all of it, so that what sticks to an edge is at the edge."""
    for _ in range(2):
        height: int = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": look.width, "height": max(look.height, height)})
    await page.evaluate("window.scrollTo(0, 0)")


def _schemes(state: State) -> Sequence[Scheme]:
    # Paper is white.
    return ("light",) if state.media == "print" else ("light", "dark")
