"""An export for people: one HTML page without scripts, in their language."""

from collections.abc import Mapping
from html import escape
from typing import Any

from ion.language import Language

_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "ko": {
        "title": "ION에 남아 있는 내 정보",
        "made": "만든 때: {at}",
        "ai": "멘토의 답은 사람이 아니라 AI가 쓴 글이에요. 답마다 표시해 두었어요.",
        "account": "계정",
        "you": "나",
        "written": "AI가 씀",
        "untitled": "제목 없는 대화",
        "unfinished": "아직 답이 없어요.",
        "help": "도움받을 곳을 알려 드렸어요.",
        "goals": "목표",
        "earlier": "고치기 전",
        "feedback": "내 의견",
        "whole": "컴퓨터가 읽을 수 있는 전체 내용은 export.json에 있어요.",
    },
    "en": {
        "title": "What ION keeps of you",
        "made": "Made: {at}",
        "ai": "The mentors' replies were written by AI, not by people. Each one says so.",
        "account": "Account",
        "you": "You",
        "written": "written by AI",
        "untitled": "A conversation without a title",
        "unfinished": "There is no reply yet.",
        "help": "You were shown where to find help.",
        "goals": "Goals",
        "earlier": "Before it was changed",
        "feedback": "What you said of it",
        "whole": "All of it, for computers to read, is in export.json.",
    },
}
_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#222;background:#fff}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere}dt{font-weight:600}article{border-top:1px solid #767676}"
    "small{color:#595959}section>p{margin-left:1rem}"
)


def page_head(person: Mapping[str, Any], made_at: str, language: Language) -> str:
    """Return the page up to the first conversation."""
    says = _TEXTS[language]
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"
        for name, value in person.items()
        if not isinstance(value, list) and value is not None
    )
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><meta name="generator" content="ION Mentoring">'
        f"<title>{says['title']}</title><style>{_STYLE}</style><h1>{says['title']}</h1>"
        f"<p>{says['made'].format(at=escape(made_at))}</p><p>{says['ai']} {says['whole']}</p>"
        f"<h2>{says['account']}</h2><dl>{facts}</dl>"
    )


def page_conversation(head: Mapping[str, Any], language: Language) -> str:
    """Return what stands above a conversation's turns."""
    says = _TEXTS[language]
    goals = "".join(f"<li>{escape(goal)}</li>" for goal in head["goals"])
    return (
        f'<h2 lang="{head["language"]}">{escape(head["title"] or says["untitled"])}</h2>'
        f"<small>{escape(head['created_at'])}</small>" + (f"<h3>{says['goals']}</h3><ul>{goals}</ul>" if goals else "")
    )


def page_turn(turn: Mapping[str, Any], language: Language) -> str:
    """Return a turn."""
    says = _TEXTS[language]
    earlier = "".join(
        f"<details><summary>{says['earlier']}</summary>{_said(draft, language)}</details>" for draft in turn["earlier"]
    )
    feedback = turn["feedback"]
    thought = "" if feedback is None or feedback["text"] is None else _own(says["feedback"], feedback["text"])
    return f"<article>{_said(turn, language)}{thought}{earlier}</article>"


def _said(turn: Mapping[str, Any], language: Language) -> str:
    says, reply = _TEXTS[language], turn["reply"]
    own = _own(says["you"], turn["message"])
    if reply is None:
        return f"{own}<p><small>{says['unfinished']}</small></p>"
    by = ", ".join(escape(str(part)) for part in (reply["mentor"], reply["engine"], reply["model"]) if part)
    text = escape(reply["text"]) or says["help"]
    return (
        f'{own}<section data-ai-generated="true" data-digital-source-type="{reply["digital_source_type"]}">'
        f"<strong>{by}</strong> <small>{says['written']}</small><p>{text}</p></section>"
    )


def _own(who: str, text: str) -> str:
    return f"<section><strong>{who}</strong><p>{escape(text)}</p></section>"
