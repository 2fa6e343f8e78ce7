from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag

from ion.idempotency import RequestKey
from ion.idempotency.key import NONCE_BYTES

KEY = RequestKey("local", "POST /api/v2/process", "f3b1-0001")
NONCE = bytes(range(NONCE_BYTES))
ANSWER = "먼저 하나만 볼까요?".encode()
OTHERS = [replace(KEY, caller="mina"), replace(KEY, route="POST /api/v2/bulk-process"), replace(KEY, key="f3b1-0002")]


class TestPlace:
    def test_is_the_same_every_time(self) -> None:
        assert KEY.place == replace(KEY).place
        assert len(KEY.place) == 64

    @pytest.mark.parametrize("other", OTHERS)
    def test_is_another_for_another_caller_route_or_key(self, other: RequestKey) -> None:
        assert other.place != KEY.place

    def test_is_another_where_parts_are_cut_elsewhere(self) -> None:
        assert RequestKey("ab", "c", "d").place != RequestKey("a", "bc", "d").place

    def test_does_not_show_the_key(self) -> None:
        assert KEY.key not in f"{KEY!r} {KEY.place}"


class TestFingerprint:
    def test_tells_requests_apart(self) -> None:
        assert KEY.fingerprint(b"one") == KEY.fingerprint(b"one") != KEY.fingerprint(b"two")

    def test_cannot_be_compared_without_the_key(self) -> None:
        assert KEY.fingerprint(b"one") != OTHERS[-1].fingerprint(b"one")


class TestSealing:
    def test_gives_back_what_was_sealed(self) -> None:
        sealed = KEY.seal(ANSWER, NONCE)

        assert KEY.open(sealed) == ANSWER
        assert ANSWER not in sealed

    def test_of_the_same_answer_with_another_nonce_is_another_text(self) -> None:
        assert KEY.seal(ANSWER, NONCE)[NONCE_BYTES:] != KEY.seal(ANSWER, NONCE[::-1])[NONCE_BYTES:]

    @pytest.mark.parametrize("other", OTHERS)
    def test_is_opened_by_no_other_key_route_or_caller(self, other: RequestKey) -> None:
        with pytest.raises(InvalidTag):
            other.open(KEY.seal(ANSWER, NONCE))

    @pytest.mark.parametrize("position", [0, NONCE_BYTES, -1])
    def test_that_was_changed_is_noticed(self, position: int) -> None:
        sealed = bytearray(KEY.seal(ANSWER, NONCE))
        sealed[position] ^= 1
        with pytest.raises(InvalidTag):
            KEY.open(bytes(sealed))
