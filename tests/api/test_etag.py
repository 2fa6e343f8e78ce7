import httpx2
import pytest

from ion.api.etag import etag_of, is_known

LIST, ONE = "/api/v2/personas", "/api/v2/personas/Riri"


class TestTag:
    def test_is_of_the_content(self) -> None:
        assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
        assert etag_of(b"a", weak=True) == f"W/{etag_of(b'a')}"

    @pytest.mark.parametrize("given", ['"a"', 'W/"a"', '"b", "a"', 'W/"b",W/"a"', "*", ' "a" '])
    @pytest.mark.parametrize("etag", ['"a"', 'W/"a"'])
    def test_is_known_in_every_way_it_may_be_given(self, etag: str, given: str) -> None:
        assert is_known(etag, given)

    @pytest.mark.parametrize("given", [None, "", "a", '"b"', '"aa"', '"a', ","])
    def test_that_was_not_given_is_not_known(self, given: str | None) -> None:
        assert not is_known('"a"', given)


class TestMentors:
    @pytest.mark.parametrize("path", [LIST, ONE])
    async def test_are_not_sent_again_to_whoever_has_them(self, client: httpx2.AsyncClient, path: str) -> None:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-cache"

    @pytest.mark.parametrize("path", [LIST, ONE])
    async def test_are_sent_to_whoever_has_others(self, client: httpx2.AsyncClient, path: str) -> None:
        other = (await client.get("/api/v2/personas/Lua")).headers["ETag"]
        response = await client.get(path, headers={"If-None-Match": other})

        assert response.status_code == 200
        assert response.json()

    async def test_have_one_tag_however_the_name_is_written(self, client: httpx2.AsyncClient) -> None:
        tags = {(await client.get(f"/api/v2/personas/{name}")).headers["ETag"] for name in ("riri", "Riri", "RIRI")}

        assert len(tags) == 1
        assert not tags.pop().startswith("W/")
