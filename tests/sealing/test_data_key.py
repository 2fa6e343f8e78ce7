import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.sealing import BrokenSeal, NoDataKey, OwnerKeys, Place
from ion.sealing.data_key import DataKey, bound

RAW = bytes(range(32))
PLACE = Place("turn", "t1", "message")
TEXT = "배포가 내일인데 테스트가 깨져요. Where do I start?"


def keys_of(owner: str = "local", **versions: bytes) -> OwnerKeys:
    given_keys = versions or {"v1": RAW}
    return OwnerKeys(owner, {int(name[1:]): DataKey.of(owner, int(name[1:]), raw) for name, raw in given_keys.items()})


class TestSealing:
    @given(
        text=st.text(st.characters(exclude_categories=["Cs"])), row=st.text(st.characters(exclude_categories=["Cs"]))
    )
    def test_gives_back_any_text_in_its_place(self, text: str, row: str) -> None:
        place = Place("turn", row, "message")

        assert keys_of().open(keys_of().seal(text, place), place) == text

    def test_shows_no_word(self) -> None:
        sealed = keys_of().seal(TEXT, PLACE)

        # A short one may be there by chance.
        assert all(word.encode() not in sealed for word in TEXT.split() if len(word.encode()) > 4)
        assert len(sealed) == 5 + 12 + len(TEXT.encode()) + 16
        assert sealed[:5] == b"\x01\x00\x00\x00\x01"

    def test_never_takes_a_nonce_twice(self) -> None:
        nonces = {keys_of().seal(TEXT, PLACE)[5:17] for _ in range(1000)}

        assert len(nonces) == 1000

    def test_is_done_with_the_newest_key_and_each_opens_what_it_sealed(self) -> None:
        old, new = keys_of(v1=RAW), keys_of(v1=RAW, v2=RAW[::-1])

        assert new.current == 2
        assert new.open(old.seal(TEXT, PLACE), PLACE) == TEXT
        assert new.open(new.seal(TEXT, PLACE), PLACE) == TEXT
        with pytest.raises(NoDataKey):
            old.open(new.seal(TEXT, PLACE), PLACE)

    def test_without_a_key_is_refused(self) -> None:
        nobody = OwnerKeys("local", {})

        assert nobody.current == 0
        with pytest.raises(NoDataKey):
            nobody.seal(TEXT, PLACE)
        with pytest.raises(NoDataKey):
            nobody.open(keys_of().seal(TEXT, PLACE), PLACE)


class TestBinding:
    @pytest.mark.parametrize(
        "elsewhere",
        [Place("turn", "t2", "message"), Place("turn", "t1", "reply"), Place("conversation", "t1", "message")],
    )
    def test_a_value_opens_in_no_other_place(self, elsewhere: Place) -> None:
        with pytest.raises(BrokenSeal, match=elsewhere.column):
            keys_of().open(keys_of().seal(TEXT, PLACE), elsewhere)

    def test_a_value_opens_for_no_other_owner(self) -> None:
        with pytest.raises(BrokenSeal):
            keys_of("other").open(keys_of("local").seal(TEXT, PLACE), PLACE)

    def test_a_value_does_not_open_as_another_versions(self) -> None:
        sealed = bytearray(keys_of(v1=RAW, v2=RAW).seal(TEXT, PLACE))
        sealed[4] = 1

        with pytest.raises(BrokenSeal):
            keys_of(v1=RAW, v2=RAW).open(bytes(sealed), PLACE)

    def test_no_two_places_are_bound_alike(self) -> None:
        assert bound(b"", "ab", "c") != bound(b"", "a", "bc")
        assert bound(b"", "a\x00\x01b") != bound(b"", "a", "b")


class TestDamage:
    def test_of_any_byte_is_noticed(self) -> None:
        sealed = keys_of().seal("한글", PLACE)

        for place in range(len(sealed)):
            damaged = bytearray(sealed)
            damaged[place] ^= 1
            with pytest.raises((BrokenSeal, NoDataKey)):
                keys_of().open(bytes(damaged), PLACE)

    def test_of_the_length_is_noticed(self) -> None:
        sealed = keys_of().seal("한글", PLACE)

        for end in range(len(sealed)):
            with pytest.raises(BrokenSeal):
                keys_of().open(sealed[:end], PLACE)

    def test_is_told_without_a_word(self) -> None:
        with pytest.raises(BrokenSeal) as caught:
            keys_of().open(keys_of().seal(TEXT, PLACE)[:-1], PLACE)

        assert "turn.message" in caught.value.message
        assert "배포" not in caught.value.message


class TestShowing:
    def test_shows_no_key(self) -> None:
        shown = repr(keys_of()) + repr(DataKey.of("local", 1, RAW))

        assert "AESGCM" not in shown
        assert "cipher" not in shown
