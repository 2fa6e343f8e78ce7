import pytest

from ion.language import Language
from tests.web.conftest import Site
from tests.web.reading import between, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestPersonas:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_every_mentor_is_introduced(self, site: Site, language: Language) -> None:
        page = (await site.client.get("/mentors", headers={"Accept-Language": language})).text

        for slug, persona in site.services.mind.catalogue.items():
            introduction = text_of(between(page, f'<section class="introduction" id="{slug}"', "</section>"))
            assert persona.name in introduction
            assert persona.profile.role[language] in introduction
            assert persona.profile.description[language] in introduction

    async def test_says_first_what_a_mentor_is_best_at(self, site: Site) -> None:
        page = (await site.client.get("/mentors", headers={"Accept-Language": "en"})).text
        nana = text_of(between(page, 'id="nana"', "</section>"))

        assert "a tone short of time" in nana
        assert "a weighing tone" not in nana
        assert nana.index("a plan in the making") < nana.index("a request for advice")
