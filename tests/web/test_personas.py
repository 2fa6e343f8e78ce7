import html
import re

import pytest

from ion.language import Language
from ion.resonance import WORDS
from tests.web.conftest import Site
from tests.web.reading import between, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
METER = re.compile(
    r'<li><span[^>]*>([^<]+)</span> <meter[^>]*value="([\d.]+)"[^>]*>([\d.]+)</meter> <span[^>]*>([\d.]+)<'
)


class TestPersonas:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_every_mentor_is_introduced(self, site: Site, language: Language) -> None:
        page = (await site.client.get("/mentors", headers={"Accept-Language": language})).text

        for slug, persona in site.services.mind.catalogue.items():
            introduction = text_of(between(page, f'<section class="introduction" id="{slug}"', "</section>"))
            assert persona.name in introduction
            assert persona.profile.role[language] in introduction
            assert persona.profile.description[language] in introduction

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_shows_what_a_mentor_suits_the_best_first(self, site: Site, language: Language) -> None:
        page = (await site.client.get("/mentors", headers={"Accept-Language": language})).text

        for slug, persona in site.services.mind.catalogue.items():
            bars = METER.findall(html.unescape(between(page, f'id="{slug}"', "</section>")))
            affinity = persona.profile.affinity
            for axis in (affinity.tone, affinity.intent, affinity.pace):
                shown, bars = bars[: len(axis)], bars[len(axis) :]
                points = [float(value) for _, value, _, _ in shown]
                assert points == sorted(axis.values(), reverse=True)
                assert {words: float(value) for words, value, _, _ in shown} == {
                    WORDS[language][name]: value for name, value in axis.items()
                }
                assert [figure for _, _, _, figure in shown] == [f"{value:.1f}" for value in points]
            assert bars == []

    async def test_every_bar_says_what_it_measures(self, site: Site) -> None:
        page = (await site.client.get("/mentors")).text

        measured = re.findall(r'<meter[^>]*aria-labelledby="([^"]+)"', page)
        assert len(measured) == len(set(measured)) == 4 * (9 + 6 + 4)
        assert [name for name in measured if page.count(f'id="{name}"') != 1] == []

    async def test_leads_to_writing_to_a_mentor(self, site: Site) -> None:
        page = (await site.client.get("/mentors", headers={"Accept-Language": "en"})).text

        for slug, persona in site.services.mind.catalogue.items():
            assert f'<a class="button" href="/?with={slug}">Write to {persona.name}</a>' in page
