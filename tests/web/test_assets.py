import re
from importlib.resources import files

import pytest

from ion.web.assets import load_assets
from tests.web.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASSETS = load_assets()
TEMPLATES = {entry.name: entry.read_text(encoding="utf-8") for entry in (files("ion.web") / "templates").iterdir()}
TEXTS = {**TEMPLATES, **{name: content.decode() for name, (content, _) in ASSETS.by_name.items()}}
# The name of the SVG format is written like an address and never asked for.
SVG = "http://www.w3.org/2000/svg"


class TestFiles:
    @pytest.mark.parametrize("name", sorted(ASSETS.by_name))
    async def test_are_sent_to_be_kept_for_good(self, site: Site, name: str) -> None:
        response = await site.client.get(f"/static/{ASSETS.version}/{name}")

        assert response.status_code == 200
        assert response.content == ASSETS.by_name[name][0]
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"].startswith(
            {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}[name.rpartition(".")[2]]
        )

    async def test_of_another_version_are_not_kept(self, site: Site) -> None:
        response = await site.client.get("/static/000000000000/app.js")

        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("name", ["nothing.js", "..%2Ftexts.py", "%2e%2e/%2e%2e/site.py"])
    async def test_that_there_are_not_are_not_found(self, site: Site, name: str) -> None:
        assert (await site.client.get(f"/static/{ASSETS.version}/{name}")).status_code == 404

    async def test_are_all_asked_for_by_their_version(self, site: Site) -> None:
        page = (await site.client.get("/")).text

        asked = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
        assert {address.rpartition("/")[2] for address in asked} == set(ASSETS.by_name)
        assert all(address.startswith(f"/static/{ASSETS.version}/") for address in asked)


class TestBudget:
    async def test_the_first_view_is_under_100_kB(self, site: Site) -> None:
        page = len((await site.client.get("/")).content)

        assert page + sum(len(content) for content, _ in ASSETS.by_name.values()) < 100_000


class TestOwnOrigin:
    @pytest.mark.parametrize("name", sorted(TEXTS))
    async def test_nothing_is_asked_of_anyone_else(self, name: str) -> None:
        assert re.findall(r"(?:https?:)?//[\w.]+\.\w", TEXTS[name].replace(SVG, "")) == []

    @pytest.mark.parametrize("name", sorted(TEMPLATES))
    async def test_no_script_or_style_is_inline(self, name: str) -> None:
        template = TEMPLATES[name]

        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", template)
        assert not re.search(r"<script(?![^>]*\ssrc=)", template)
