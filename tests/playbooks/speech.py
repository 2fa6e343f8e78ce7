"""Is a Korean sentence in 존댓말?"""

import re

# 해요체 and 하십시오체: 해요, 하죠, 할까요, 합니다, 예요.
_POLITE = re.compile(r"(?:요|죠|니다|니까)[.?]$")
# What a criterion is measured by is a label, not a sentence: "열 번 중 몇 번인지", "실패의 수", "±3%포인트쯤".
_MEASURE = re.compile(r"^- \*\*[^*]+\*\*: ")
# Three or more things named in a row after a polite sentence: "몸에 밴 기술, 잘 아는 현장, 나를 믿는 사람."
_LISTED = re.compile(r"[^,]+,[^,]+,[^,]+")


def impolite(line: str, sentences: list[str]) -> list[str]:
    """Return the sentences of a line which are neither polite nor a list."""
    if _MEASURE.match(line):
        return []
    return [sentence for sentence in sentences if not (_POLITE.search(sentence) or _LISTED.match(sentence))]
