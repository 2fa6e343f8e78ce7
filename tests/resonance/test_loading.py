import threading

import pytest
from structlog.testing import capture_logs

from ion.resonance import Embedder, LinearModel, Loading, Reader
from tests.resonance.readers import full_reader

TEXT = "내일까지 제출인데 무엇부터 해야 할지 모르겠어요."


class TestLoading:
    def test_loads_once_however_many_ask(self) -> None:
        loads: list[int] = []

        def load() -> str:
            loads.append(1)
            return "loaded"

        loading = Loading(load)
        loading.start()

        assert [loading.wait(10) for _ in range(3)] == ["loaded"] * 3
        assert loads == [1]

    def test_whoever_will_not_wait_gets_nothing_yet(self) -> None:
        may_load = threading.Event()
        loading = Loading(lambda: may_load.wait(10) and "loaded")

        assert loading.wait(0) is None
        may_load.set()
        assert loading.wait(10) == "loaded"

    def test_what_cannot_be_loaded_is_nothing_and_said_without_details(self) -> None:
        def fail() -> str:
            raise OSError("/a/path")

        with capture_logs() as logs:
            assert Loading(fail).wait(10) is None

        assert [(entry["event"], entry["error"]) for entry in logs] == [("loading.failed", "OSError")]


class TestReaderWhileLoading:
    def test_reads_by_n_grams_until_the_rest_is_there(self, model: LinearModel, fast: Reader) -> None:
        may_load = threading.Event()

        def load() -> Embedder:
            may_load.wait(10)
            return Embedder()

        waiting = Reader(model, Loading(load), patience=0.01)

        assert waiting.kind == fast.kind == "fast"
        assert waiting.read(TEXT) == fast.read(TEXT)
        may_load.set()

    def test_reads_with_meaning_once_it_is_there(self, model: LinearModel, fast: Reader) -> None:
        full = full_reader(model)

        assert full.kind == "full"
        assert full.read(TEXT).tone.scores != fast.read(TEXT).tone.scores

    @pytest.mark.parametrize("text", ["...", "🙂🙂", "ㅋㅋㅋ"])
    def test_both_abstain_where_nothing_is_said(self, reader: Reader, fast: Reader, text: str) -> None:
        assert reader.read(text).abstained[:2] == fast.read(text).abstained[:2]
