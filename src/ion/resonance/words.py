"""Tones, paces and intents in words a mentee understands: they describe the text, never its author."""

from collections.abc import Mapping
from enum import StrEnum

from ion.language import LANGUAGES, Language
from ion.resonance.key import Intent, Pace, Tone

_TONES: Mapping[Language, Mapping[StrEnum, str]] = {
    "ko": {
        Tone.FRUSTRATED: "막혀서 답답한 말투",
        Tone.PLAYFUL: "장난스러운 말투",
        Tone.ANXIOUS: "걱정이 담긴 말투",
        Tone.ANALYTICAL: "따져 보는 말투",
        Tone.CALM: "차분한 말투",
        Tone.CURIOUS: "궁금해하는 말투",
        Tone.URGENT: "시간에 쫓기는 말투",
        Tone.CONFUSED: "갈피를 잡기 어려운 말투",
        Tone.COLLABORATIVE: "함께 하려는 말투",
    },
    "en": {
        Tone.FRUSTRATED: "a fed-up tone",
        Tone.PLAYFUL: "a playful tone",
        Tone.ANXIOUS: "a worried tone",
        Tone.ANALYTICAL: "an analytical tone",
        Tone.CALM: "an even tone",
        Tone.CURIOUS: "a curious tone",
        Tone.URGENT: "an urgent tone",
        Tone.CONFUSED: "a puzzled tone",
        Tone.COLLABORATIVE: "a let's-do-it-together tone",
    },
}

_PACES: Mapping[Language, Mapping[StrEnum, str]] = {
    "ko": {
        Pace.BURST: "짧게 끊어지는 문장",
        Pace.FLOWING: "이어지는 문장",
        Pace.CONTEMPLATIVE: "길게 생각을 잇는 문장",
        Pace.MEDIUM: "평이한 문장",
    },
    "en": {
        Pace.BURST: "short bursts",
        Pace.FLOWING: "flowing sentences",
        Pace.CONTEMPLATIVE: "long, unhurried sentences",
        Pace.MEDIUM: "plain sentences",
    },
}

_INTENTS: Mapping[Language, Mapping[StrEnum, str]] = {
    "ko": {
        Intent.SEEK_ADVICE: "조언을 구하는 글",
        Intent.PROBLEM_SOLVING: "문제를 풀려는 글",
        Intent.LEARNING: "배우려는 글",
        Intent.VALIDATION: "확인을 받으려는 글",
        Intent.PLANNING: "계획을 세우려는 글",
        Intent.REFLECTION: "돌아보는 글",
    },
    "en": {
        Intent.SEEK_ADVICE: "a request for advice",
        Intent.PROBLEM_SOLVING: "a problem to be solved",
        Intent.LEARNING: "a wish to understand",
        Intent.VALIDATION: "a request for a check",
        Intent.PLANNING: "a plan in the making",
        Intent.REFLECTION: "a look back",
    },
}

# Every tone, pace and intent has a name of its own, so one table a language holds them all.
WORDS: Mapping[Language, Mapping[StrEnum, str]] = {
    language: {**_TONES[language], **_PACES[language], **_INTENTS[language]} for language in LANGUAGES
}
