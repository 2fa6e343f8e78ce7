import contextlib
import json
import time

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.api.json_limit import MAX_DEPTH, MAX_VALUES, JsonTooDeep, JsonTooMany, check_json

PROCESS = "/api/v2/process"
JSON = {"Content-Type": "application/json"}
SIZE = 2_000_000
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def depth_of(document: object) -> int:
    match document:
        case list():
            return 1 + max(map(depth_of, document), default=0)
        case dict():
            return 1 + max(map(depth_of, document.values()), default=0)
    return 0


class TestCheck:
    @pytest.mark.parametrize("opening", [b"[", b'{"a":'])
    def test_takes_what_is_just_deep_enough(self, opening: bytes) -> None:
        check_json(opening * MAX_DEPTH)
        with pytest.raises(JsonTooDeep):
            check_json(opening * (MAX_DEPTH + 1))

    def test_takes_just_so_many_values(self) -> None:
        check_json(json.dumps([1] * MAX_VALUES).encode())
        with pytest.raises(JsonTooMany):
            check_json(json.dumps([1] * (MAX_VALUES + 1)).encode())

    @pytest.mark.parametrize("text", ["[" * 99, '"' + "{" * 99, "\\" + "[" * 99, '\\"' + "[" * 99, "," * 200_000])
    def test_does_not_mind_what_is_in_strings(self, text: str) -> None:
        check_json(json.dumps({text: [text, text]}).encode())

    @given(documents)
    def test_never_refuses_a_document_that_is_not_deep(self, document: object) -> None:
        text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if depth_of(document) <= MAX_DEPTH:
            check_json(text)
        with pytest.raises(JsonTooDeep):
            check_json(b"[" * MAX_DEPTH + b"[" + text)

    @given(st.binary(max_size=200))
    def test_takes_anything_small(self, body: bytes) -> None:
        check_json(body[:MAX_DEPTH])

    @pytest.mark.parametrize(
        "bomb",
        [
            b"[" * SIZE,
            b'"' * SIZE,
            b'\\"' * (SIZE // 2),
            b'"\\' * (SIZE // 2),
            b"[]" * (SIZE // 2),
            b"1," * (SIZE // 2),
        ],
    )
    def test_looks_at_every_byte_once(self, bomb: bytes) -> None:
        started = time.process_time()
        with contextlib.suppress(JsonTooDeep, JsonTooMany):
            check_json(bomb)

        # Going over it again from every quote would take minutes.
        assert time.process_time() - started < 2.0


class TestJsonLimit:
    async def test_refuses_before_anything_is_parsed(self, client: httpx2.AsyncClient) -> None:
        for body, code in (
            (b'{"user_input":' + b"[" * 99 + b"]" * 99 + b"}", "json_too_deep"),
            (b"[" * SIZE, "json_too_many"),
            (b'{"user_input": "a", "goals": [' + b"1," * 150_000 + b"1]}", "json_too_many"),
        ):
            for path in (PROCESS, "/v1/chat/completions"):
                response = await client.post(path, content=body, headers=JSON)

                assert response.status_code == 413
                assert response.json()["error"]["code"] == code

    async def test_lets_the_rest_through_whatever_the_type_says(self, client: httpx2.AsyncClient) -> None:
        body = json.dumps({"user_input": "How do I start a thesis? [[["}).encode()

        assert (await client.post(PROCESS, content=body, headers=JSON)).status_code == 200
        assert (await client.post(PROCESS, content=b"[" * 99)).status_code == 413
        assert (await client.post("/", data={"message": "[" * 99})).status_code == 303
