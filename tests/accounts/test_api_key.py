import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts import MOST_DAYS, ApiKey, BadApiKey, BadKeyLife, Environment, KeyId, KeyText, OrganisationId, UserId
from ion.accounts.api_key import key_end

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ENVIRONMENTS: st.SearchStrategy[Environment] = st.sampled_from(["live", "test"])


@st.composite
def keys(draw: st.DrawFn) -> KeyText:
    """A key from any randomness that does not come round the same for ever."""
    seed = draw(st.randoms(use_true_random=False))
    return KeyText.new(draw(ENVIRONMENTS), seed.randbytes)


class TestWriting:
    @given(key=keys())
    def test_comes_back_as_it_was(self, key: KeyText) -> None:
        assert KeyText.parse(key.written()) == key
        assert KeyText.parse(key.written()).digest == key.digest

    @given(key=keys())
    def test_looks_like_one(self, key: KeyText) -> None:
        assert re.fullmatch(rf"ion_{key.environment}_[0-9A-Za-z]{{10}}_[0-9A-Za-z]{{49}}", key.written())

    def test_every_digit_is_as_likely_as_any_other(self) -> None:
        """Bytes beyond the last whole round of 62 are drawn again."""
        drawn = iter([bytes([248] * 10), bytes(range(10)), bytes([255] * 43), bytes([61] * 43)])

        key = KeyText.new("live", lambda _: next(drawn))

        assert (key.prefix, key.secret) == ("0123456789", "z" * 43)

    @given(key=keys())
    def test_neither_the_secret_nor_the_whole_is_in_its_repr(self, key: KeyText) -> None:
        assert key.secret not in repr(key)
        assert key.prefix in repr(key)


class TestParsing:
    @given(text=st.text(max_size=120))
    def test_what_is_none_is_refused_in_one_way(self, text: str) -> None:
        with pytest.raises(BadApiKey) as caught:
            KeyText.parse(text)

        assert text == "" or len(text) < 5 or text not in caught.value.message

    @given(key=keys(), data=st.data())
    def test_one_wrong_character_is_seen_without_a_database(self, key: KeyText, data: st.DataObject) -> None:
        written = key.written()
        place = data.draw(st.integers(9, len(written) - 1))
        other = data.draw(st.sampled_from([char for char in "0aZ_" if char != written[place]]))

        with pytest.raises(BadApiKey):
            KeyText.parse(written[:place] + other + written[place + 1 :])

    @given(key=keys(), data=st.data())
    def test_nothing_may_be_missing_or_added(self, key: KeyText, data: st.DataObject) -> None:
        written = key.written()
        cut = data.draw(st.integers(0, len(written) - 1))

        for text in (written[:cut], f"{written}0", f" {written}", f"{written}\n"):
            with pytest.raises(BadApiKey):
                KeyText.parse(text)

    @given(key=keys())
    def test_a_key_of_a_trial_is_none_of_the_real_thing(self, key: KeyText) -> None:
        swapped = {"live": "test", "test": "live"}[key.environment]

        with pytest.raises(BadApiKey):
            KeyText.parse(key.written().replace(f"ion_{key.environment}_", f"ion_{swapped}_"))


def kept(**over: datetime | None) -> ApiKey:
    values: dict[str, datetime | None] = {"last_used_at": None, "revoked_at": None, **over}
    return ApiKey(
        KeyId("k"),
        OrganisationId("o"),
        UserId("u"),
        "Night build",
        "0123456789",
        "d" * 64,
        frozenset(),
        NOW,
        NOW + timedelta(days=1),
        values["last_used_at"],
        values["revoked_at"],
    )


class TestHolding:
    def test_until_it_ends(self) -> None:
        assert kept().holds(now=NOW + timedelta(hours=23, minutes=59))
        assert not kept().holds(now=NOW + timedelta(days=1))

    def test_not_once_it_is_revoked(self) -> None:
        assert not kept(revoked_at=NOW).holds(now=NOW)

    @pytest.mark.parametrize(("seconds", "due"), [(0, False), (59, False), (60, True)])
    def test_its_use_is_written_once_a_minute(self, seconds: int, due: bool) -> None:
        assert kept().is_use_due(now=NOW)
        assert kept(last_used_at=NOW).is_use_due(now=NOW + timedelta(seconds=seconds)) is due

    @pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
    def test_lasts_neither_for_ever_nor_not_at_all(self, days: int) -> None:
        with pytest.raises(BadKeyLife):
            key_end(days, now=NOW)

    @pytest.mark.parametrize("days", [1, MOST_DAYS])
    def test_lasts_as_long_as_was_said(self, days: int) -> None:
        assert key_end(days, now=NOW) == NOW + timedelta(days=days)
