import re
from dataclasses import replace
from importlib.resources import files

import pytest

from ion.language import LANGUAGES, Language
from ion.web.assets import assets_of, load_assets
from ion.web.installing import worker_script
from ion.web.rendering import load_renderer
from tests.web.conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")
ASSETS = load_assets()
RENDERER = load_renderer(ASSETS)
TOKENS = (files("ion.web") / "static" / "tokens.css").read_text(encoding="utf-8")
NAMES = {"ko": "ION 멘토링", "en": "ION Mentoring"}
NEW = {"ko": "새 대화", "en": "New conversation"}
PNG = b"\x89PNG\r\n\x1a\n"


def paper(scheme: str) -> str:
    found = re.search(r"--paper: light-dark\((?P<light>#\w+), (?P<dark>#\w+)\)", TOKENS)
    assert found
    return found[scheme]


def size_of(png: bytes) -> str:
    """Width and height, as the first chunk of every PNG has them."""
    assert png.startswith(PNG)
    return f"{int.from_bytes(png[16:20])}x{int.from_bytes(png[20:24])}"


class TestManifest:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_is_in_the_language_of_its_address(self, site: Site, language: Language) -> None:
        response = await site.client.get(f"/manifest.webmanifest?lang={language}", headers={"Accept-Language": "fr"})
        manifest = response.json()

        assert response.headers["content-type"] == "application/manifest+json"
        assert response.headers["cache-control"] == "no-cache"
        assert "set-cookie" not in response.headers
        assert (manifest["name"], manifest["short_name"], manifest["lang"]) == (NAMES[language], "ION", language)
        assert manifest["description"]
        assert [(shortcut["name"], shortcut["url"]) for shortcut in manifest["shortcuts"]] == [(NEW[language], "/")]

    async def test_opens_at_the_start_in_a_window_of_its_own(self, site: Site) -> None:
        manifest = (await site.client.get("/manifest.webmanifest")).json()

        assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
        assert (manifest["display"], manifest["dir"]) == ("standalone", "ltr")

    async def test_has_the_colours_of_the_tokens(self, site: Site) -> None:
        manifest = (await site.client.get("/manifest.webmanifest")).json()

        assert manifest["theme_color"] == manifest["background_color"] == paper("light")

    async def test_has_icons_of_the_size_it_says(self, site: Site) -> None:
        manifest = (await site.client.get("/manifest.webmanifest")).json()

        for icon in manifest["icons"]:
            picture = await site.client.get(icon["src"])
            assert picture.headers["content-type"] == icon["type"]
            assert icon["sizes"] == ("any" if icon["type"] == "image/svg+xml" else size_of(picture.content))
        assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
            ("any", "any"),
            ("192x192", "any"),
            ("512x512", "any"),
            ("512x512", "maskable"),
        }

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_is_named_by_every_page(self, site: Site, language: Language) -> None:
        for address in ("/", "/mentors", "/offline", "/nothing"):
            page = (await site.client.get(address, headers={"Accept-Language": language})).text
            assert f'<link rel="manifest" href="/manifest.webmanifest?lang={language}">' in page
            assert f'<link rel="apple-touch-icon" href="/static/{ASSETS.version}/apple-touch-icon.png">' in page

    async def test_is_beside_the_colours_of_both_themes(self, site: Site) -> None:
        page = (await site.client.get("/")).text

        for scheme in ("light", "dark"):
            colour = f'<meta name="theme-color" content="{paper(scheme)}" media="(prefers-color-scheme: {scheme})">'
            assert colour in page


class TestIcon:
    async def test_is_drawn_in_the_colours_of_the_tokens(self) -> None:
        drawing = ASSETS.by_name["icon.svg"][0].decode()

        assert set(re.findall(r"#\w{6}", drawing)) <= set(re.findall(r"#\w{6}", TOKENS))

    async def test_for_the_home_screen_is_as_large_as_asked_for(self) -> None:
        assert size_of(ASSETS.by_name["apple-touch-icon.png"][0]) == "180x180"


class TestWorker:
    async def test_is_asked_for_anew_each_time(self, site: Site) -> None:
        response = await site.client.get("/sw.js")

        assert response.status_code == 200
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        assert response.text == worker_script(RENDERER)

    async def test_keeps_every_file_of_this_version(self) -> None:
        kept = set(re.findall(r'"(/static/[^"]+/[^"]+)"', worker_script(RENDERER)))

        assert kept == {f"/static/{ASSETS.version}/{name}" for name in ASSETS.by_name}

    async def test_is_the_same_as_long_as_the_files_are(self) -> None:
        assert worker_script(load_renderer(load_assets())) == worker_script(RENDERER)

    async def test_is_another_when_a_file_is(self) -> None:
        contents = {name: content for name, (content, _) in ASSETS.by_name.items()}
        altered = assets_of({**contents, "styles.css": contents["styles.css"] + b"\n"})

        assert worker_script(replace(RENDERER, assets=altered)) != worker_script(RENDERER)

    async def test_is_another_when_the_offline_page_is(self) -> None:
        english = RENDERER.texts["en"]
        altered = replace(english, by_key={**english.by_key, "offline.title": "No connection"})

        assert worker_script(replace(RENDERER, texts={**RENDERER.texts, "en": altered})) != worker_script(RENDERER)

    async def test_is_not_among_the_files_of_a_version(self, site: Site) -> None:
        # There it could serve no page: a worker is for what is below its own address.
        assert (await site.client.get(f"/static/{ASSETS.version}/sw.js")).status_code == 404


class TestOfflinePage:
    @pytest.mark.parametrize(
        ("language", "heading"), [("ko", "ION에 연결되지 않아요"), ("en", "ION cannot be reached")]
    )
    async def test_says_it_in_the_readers_language(self, site: Site, language: str, heading: str) -> None:
        response = await site.client.get("/offline", params={"lang": language})

        assert response.status_code == 200
        assert response.headers["content-language"] == language
        assert f"<h1>{heading}</h1>" in response.text

    async def test_offers_to_try_again_without_a_script(self, site: Site) -> None:
        assert re.search(r'<a class="button" href="">\w', (await site.client.get("/offline")).text)
