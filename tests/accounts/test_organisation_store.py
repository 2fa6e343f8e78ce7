import pytest

from ion.accounts import LOCAL_ORGANISATION, BadName, BadSlug, OrganisationId, OrganisationNotFound, SlugTaken
from tests.accounts.opened import NOW, Opened


class TestOrganisations:
    async def test_are_kept_beside_the_local_one(self, anywhere: Opened) -> None:
        every = await anywhere.accounts.organisations.all()

        assert [(one.slug, one.name) for one in every] == [
            ("blue-school", "Blue School"),
            ("company", "푸른회사"),
            ("local", "Local"),
        ]
        assert every[0] == anywhere.school
        assert every[0].created_at == NOW
        assert await anywhere.accounts.organisations.with_id(anywhere.company.id) == anywhere.company
        assert (await anywhere.accounts.organisations.with_slug("local")).id == LOCAL_ORGANISATION

    async def test_are_renamed(self, anywhere: Opened) -> None:
        renamed = await anywhere.accounts.members.rename_organisation("blue-school", " 파란 학교 ")

        assert (renamed.id, renamed.name) == (anywhere.school.id, "파란 학교")
        assert await anywhere.accounts.organisations.with_slug("blue-school") == renamed

    async def test_have_each_a_short_name_of_their_own(self, anywhere: Opened) -> None:
        with pytest.raises(SlugTaken):
            await anywhere.accounts.members.add_organisation("Another", "company")

        assert len(await anywhere.accounts.organisations.all()) == 3

    async def test_that_are_not_there(self, here: Opened) -> None:
        organisations = here.accounts.organisations
        for asked in (organisations.with_slug("nowhere"), organisations.rename("nowhere", "Name")):
            with pytest.raises(OrganisationNotFound):
                await asked
        with pytest.raises(OrganisationNotFound):
            await organisations.with_id(OrganisationId("nothing"))

    async def test_that_cannot_be_called_so(self, here: Opened) -> None:
        with pytest.raises(BadSlug):
            await here.accounts.members.add_organisation("Name", "No Slug")
        with pytest.raises(BadName):
            await here.accounts.members.add_organisation("", "slug")
        with pytest.raises(BadName):
            await here.accounts.members.rename_organisation("company", "two\nlines")
