import gzip
import re
from importlib.resources import files

import pytest

from ion.web.assets import assets_of, load_assets
from tests.web.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASSETS = load_assets()
TEMPLATES = {entry.name: entry.read_text(encoding="utf-8") for entry in (files("ion.web") / "templates").iterdir()}
SHEETS = {
    entry.name: entry.read_text("utf-8")
    for entry in (files("ion.web") / "static").iterdir()
    if entry.name.endswith(".css")
}
SCRIPTS_AND_LOOKS = {
    name: content.decode() for name, (content, _) in ASSETS.by_name.items() if not name.endswith(".png")
}
WORKER = {"sw.js": (files("ion.web") / "service_worker" / "sw.js").read_text(encoding="utf-8")}
TEXTS = {**TEMPLATES, **SCRIPTS_AND_LOOKS, **WORKER}
# The name of the SVG format is written like an address and never asked for.
SVG = "http://www.w3.org/2000/svg"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png"}


class TestFiles:
    @pytest.mark.parametrize("name", sorted(ASSETS.by_name))
    async def test_are_sent_to_be_kept_for_good(self, site: Site, name: str) -> None:
        response = await site.client.get(f"/static/{ASSETS.version}/{name}")

        assert response.status_code == 200
        assert response.content == ASSETS.by_name[name][0]
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"].startswith(TYPES[name.rpartition(".")[2]])

    async def test_of_another_version_are_not_kept(self, site: Site) -> None:
        response = await site.client.get("/static/000000000000/app.js")

        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("name", ["nothing.js", "..%2Ftexts.py", "%2e%2e/%2e%2e/site.py"])
    async def test_that_there_are_not_are_not_found(self, site: Site, name: str) -> None:
        assert (await site.client.get(f"/static/{ASSETS.version}/{name}")).status_code == 404

    async def test_are_all_asked_for_by_their_version(self, site: Site) -> None:
        page = (await site.client.get("/")).text
        manifest = (await site.client.get("/manifest.webmanifest")).text

        asked = re.findall(r'(?:src|href)="(/static/[^"]+)"', page) + re.findall(r'"(/static/[^"]+)"', manifest)
        assert {address.rpartition("/")[2] for address in asked} == set(ASSETS.by_name)
        assert all(address.startswith(f"/static/{ASSETS.version}/") for address in asked)

    async def test_hold_every_style_sheet_in_one_with_the_tokens_first_and_the_media_last(self) -> None:
        styles = ASSETS.by_name["styles.css"][0].decode()

        assert sorted(SHEETS) != []
        assert [name for name, css in SHEETS.items() if css not in styles] == []
        assert styles.startswith(SHEETS["tokens.css"])
        assert styles.endswith(SHEETS["media.css"])


class TestVersion:
    @pytest.mark.parametrize(
        "changed",
        [{"a.js": b"1", "b.js": b"2!"}, {"a.js": b"1", "c.js": b"2"}, {"a.js": b"1"}, {"a.js": b"12", "b.js": b""}],
    )
    async def test_changes_with_every_name_and_content(self, changed: dict[str, bytes]) -> None:
        assert assets_of(changed).version != assets_of({"a.js": b"1", "b.js": b"2"}).version


class TestCompression:
    @pytest.mark.parametrize("name", sorted(SCRIPTS_AND_LOOKS))
    async def test_makes_texts_smaller_and_nothing_else_of_them(self, site: Site, name: str) -> None:
        async with site.client.stream(
            "GET", f"/static/{ASSETS.version}/{name}", headers={"Accept-Encoding": "gzip, deflate, br"}
        ) as response:
            sent = b"".join([part async for part in response.aiter_raw()])

        assert response.headers["content-encoding"] == "gzip"
        assert response.headers["vary"] == "Accept-Encoding"
        assert int(response.headers["content-length"]) == len(sent) < len(ASSETS.by_name[name][0])
        assert gzip.decompress(sent) == ASSETS.by_name[name][0]

    @pytest.mark.parametrize(
        ("accepted", "is_compressed"),
        [
            ("gzip", True),
            ("GZIP;q=0.5, br", True),
            ("br, *", True),
            ("*;q=0.1", True),
            ("gzip;q=0", False),
            ("gzip; q=0.000, *", False),
            ("*;q=0", False),
            ("identity", False),
            ("br", False),
            ("", False),
        ],
    )
    async def test_is_for_whoever_can_read_it(self, site: Site, accepted: str, is_compressed: bool) -> None:
        response = await site.client.get(f"/static/{ASSETS.version}/styles.css", headers={"Accept-Encoding": accepted})

        assert ("content-encoding" in response.headers) is is_compressed
        assert response.headers["vary"] == "Accept-Encoding"
        assert response.content == ASSETS.by_name["styles.css"][0]

    async def test_leaves_pictures_as_they_are(self, site: Site) -> None:
        response = await site.client.get(f"/static/{ASSETS.version}/icon-192.png")

        assert "content-encoding" not in response.headers
        assert "vary" not in response.headers

    async def test_leaves_what_would_grow_as_it_is(self) -> None:
        assert dict(assets_of({"small.js": b"1;"}).gzipped) == {}

    async def test_is_the_same_at_every_start(self) -> None:
        assert load_assets().gzipped == ASSETS.gzipped


class TestOwnOrigin:
    @pytest.mark.parametrize("name", sorted(TEXTS))
    async def test_nothing_is_asked_of_anyone_else(self, name: str) -> None:
        assert re.findall(r"(?:https?:)?//[\w.]+\.\w", TEXTS[name].replace(SVG, "")) == []

    @pytest.mark.parametrize("name", sorted(TEMPLATES))
    async def test_no_script_or_style_is_inline(self, name: str) -> None:
        template = TEMPLATES[name]

        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", template)
        assert not re.search(r"<script(?![^>]*\ssrc=)", template)
