"""One spelling for the many ways in which a word is typed, so that rules can stay short.

`plain` is small letters, single blanks, ` . ` between sentences, no other punctuation, `i'm` and `i am` alike. `joined`
writes words together again that were spelt out (k.m.s, 죽 고 싶 다). `apart` takes the endings off Korean syllables, so
that 때리 is also in 때린, 때릴 and 때립니다. The crisis rules read all three, the injection rules `legible`, in which
punctuation and line ends stay.
"""

import re
import unicodedata
from itertools import islice

# Format characters (zero-width, direction marks, tags), variation selectors, controls but for white space, halves of
# surrogate pairs, Hangul fillers and the blank Braille cell: all drawn as nothing.
_INVISIBLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
# NFKC turns ㅈ and ㄱ into conjoining jamo, which no keyboard types; rules are written with what keyboards type.
_JAMO = dict(zip(range(0x1100, 0x1113), "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", strict=True)) | dict(
    zip(range(0x1161, 0x1176), "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ", strict=True)
)
_FIRST, _FINALS = 0xAC00, 28
# The finals with which verbs end and particles begin, by their place among the 28.
_ENDINGS = {4: "ㄴ", 8: "ㄹ", 16: "ㅁ", 17: "ㅂ", 20: "ㅆ"}
_APART = {
    open_ + place: chr(open_) + ending for open_ in range(_FIRST, 0xD7A4, _FINALS) for place, ending in _ENDINGS.items()
}
# Cyrillic and Greek letters that look Latin.
_LOOKS_LATIN = dict(zip(map(ord, "аеорсухіјѕԁһӏαορνικ"), "aeopcyxijsdhlaopvik", strict=True))
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´＇ʹ′"))
_LETTERS = _JAMO | _LOOKS_LATIN
_BLANKS = dict.fromkeys(map(ord, '"#$%&()+,-/:;<=>@[\\]^_{|}~\t\n\r'), " ")
_WORDS = _BLANKS | _LETTERS | _APOSTROPHES | {ord("。"): "."}

_LEET = re.compile(r"[013457@$!](?:(?<=[a-z].)(?=[a-z])|(?<![\w$@].)(?=ui|el))")
_LEET_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
_PAUSE = re.compile(r"\.{2,}")
_END = re.compile(r"[.!?]+(?:(?=\s|$)|(?<=[!?]))")
_PARAGRAPH = re.compile(r"\n\s*\n")
# A star stays between letters only (s*icide), a dot between letters or digits (3.5, k.m.s).
_STAR = re.compile(r"\*+(?:(?![a-z])|(?<![a-z]\*))")
_SYMBOL = re.compile(r"[^\w .*]+")
_BLANK_RUN = re.compile(r"[ \t]{2,}|\t")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")

# What is said in two ways gets one; the rest of a rule then need not know.
_NOT = ("do", "does", "did", "is", "are", "was", "were", "have", "has", "had", "would", "could", "should")
_SAID_ALIKE = {f"{verb} not": f"{verb}nt" for verb in _NOT} | {
    "will not": "wont",
    "can not": "cant",
    "cannot": "cant",
    "i am": "im",
    "going to": "gonna",
    "want to": "wanna",
    "want 2": "wanna",
    "wana": "wanna",
    "gunna": "gonna",
    "gona": "gonna",
    "imma": "im gonna",
    "ima": "im gonna",
    "any more": "anymore",
    "any longer": "anymore",
    "my self": "myself",
    "myslef": "myself",
    "mysef": "myself",
    "meself": "myself",
    "no one": "nobody",
    "noone": "nobody",
    "everybody": "everyone",
    "anybody": "anyone",
    "somebody": "someone",
    "tonite": "tonight",
    "2nite": "tonight",
    "tmrw": "tomorrow",
    "mom": "mum",
    "mommy": "mum",
    "mama": "mum",
    "mother": "mum",
    "father": "dad",
    "daddy": "dad",
    "papa": "dad",
    "bf": "boyfriend",
    "gf": "girlfriend",
    "bff": "friend",
    "ur": "your",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
}

_SPELT_OUT = re.compile(
    r"(?<!\w)[a-z](?:[ .\-*_~]{1,2}[a-z](?!\w)){2,}|(?<!\w)[가-힣](?:[ .\-*_~·,]{1,2}[가-힣](?!\w)){2,}"
)
_AROUND, _MOST_SPELT_OUT = 60, 50
_END_OF_SENTENCE = " . "
_SEPARATORS = re.compile(r"[ .\-*_~·,]+")


def plain(text: str) -> str:
    """Return `text` as the crisis rules read it; it begins and ends with a blank."""
    text = _visible(text)
    text = _LEET.sub(lambda match: _LEET_LETTERS[match[0]], text)
    text = _PARAGRAPH.sub(" . ", _END.sub(" . ", _PAUSE.sub(" ", text)))
    text = text.translate(_WORDS)
    if "*" in text:
        text = _STAR.sub(" ", text)
    text = _DRAWN_OUT.sub(lambda match: "ll" if match[1] == "l" else match[1], _SYMBOL.sub(" ", text))
    return f" {' '.join(_said_alike(text.split()))} "


def joined(text: str) -> str:
    """Return each word of plain text that was spelt out, written together, with what stands around it."""
    return _END_OF_SENTENCE.join(
        f"{text[max(0, match.start() - _AROUND) : match.start()]}{_SEPARATORS.sub('', match[0])}"
        f"{text[match.end() : match.end() + _AROUND]}"
        for match in islice(_SPELT_OUT.finditer(text), _MOST_SPELT_OUT)
    )


def apart(text: str) -> str:
    """Return `text` with the usual endings of Korean syllables as letters of their own: 맞았다 as 맞아ㅆ다."""
    return text if text.isascii() else text.translate(_APART)


def legible(text: str) -> str:
    """Return `text` in small letters without what cannot be seen; punctuation and line ends stay."""
    return _BLANK_RUN.sub(" ", _visible(text).translate(_LETTERS))


def _said_alike(words: list[str]) -> list[str]:
    """Give one and two words that have a usual spelling that spelling."""
    said: list[str] = []
    for word in words:
        together = _SAID_ALIKE.get(f"{said[-1]} {word}") if said else None
        if together is not None:
            said[-1] = together
        else:
            said.append(_SAID_ALIKE.get(word, word))
    return said


def _visible(text: str) -> str:
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
