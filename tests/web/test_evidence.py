import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.resonance import Span
from ion.web.evidence import Segment, segments

TEXT = "내일까지 끝내야 해요"
SPANS = st.lists(
    st.builds(
        Span,
        axis=st.sampled_from(["tone", "pace", "intent"]),
        start=st.integers(-2, 12),
        end=st.integers(-2, 12),
        weight=st.just(0.5),
    ),
    max_size=6,
)


class TestSegments:
    @pytest.mark.parametrize(
        ("spans", "expected"),
        [
            ([], [Segment(TEXT)]),
            ([Span("tone", 0, 4, 1)], [Segment("내일까지", ("tone",)), Segment(" 끝내야 해요")]),
            (
                [Span("tone", 0, 8, 1), Span("intent", 5, 11, 1)],
                [Segment("내일까지 ", ("tone",)), Segment("끝내야", ("tone", "intent")), Segment(" 해요", ("intent",))],
            ),
            ([Span("tone", 5, 99, 1), Span("pace", 3, 3, 1)], [Segment(TEXT)]),
        ],
        ids=["none", "one", "overlapping", "outside"],
    )
    def test_cut_where_evidence_begins_and_ends(self, spans: list[Span], expected: list[Segment]) -> None:
        assert list(segments(TEXT, spans)) == expected

    @given(SPANS)
    def test_together_are_the_message(self, spans: list[Span]) -> None:
        assert "".join(segment.text for segment in segments(TEXT, spans)) == TEXT
