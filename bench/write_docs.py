"""Write the parts of docs/ that are made from the code: `make docs`."""

import re
from pathlib import Path

import ion.app  # noqa: F401  # defines every error
from bench.check_corpus import CORPUS, read_corpus, tables
from bench.licences import licences_table
from ion.accounts import KEY_SCOPES, MEANINGS, ROLES, Role
from ion.audit import MEANINGS as ACTIONS
from ion.playbooks import load_topics
from ion.settings import setting_defaults
from ion.statuses import error_codes
from ion.web import load_texts

DOCS = Path(__file__).parent.parent / "docs"


def settings_table() -> str:
    """Return every setting, its default and its meaning, as a table."""
    rows = [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in setting_defaults()]
    return "\n".join(["| setting | default | what |", "|---|---|---|", *rows])


def topics_table() -> str:
    """Return every topic in both languages, as a table."""
    library = load_topics()
    rows = [f"| {slug} | {topic.applies} | {library['ko'][slug].title} |" for slug, topic in library["en"].items()]
    return "\n".join(["| topic | when it applies | in Korean |", "|---|---|---|", *rows])


def permissions_table() -> str:
    """Return who may do what, as a table."""
    rows = [f"| permission | {' | '.join(Role)} | API key |", f"|---|{'---|' * len(Role)}---|"]
    for permission, meaning in MEANINGS.items():
        held = ["yes" if permission in ROLES[role] else "" for role in Role]
        by_key = "" if permission in KEY_SCOPES else "never"
        rows.append(f"| `{permission}`: {meaning} | {' | '.join(held)} | {by_key} |")
    return "\n".join(rows)


def actions_table() -> str:
    """Return what the audit log records, as a table."""
    rows = [f"| `{action}` | {meaning} |" for action, meaning in ACTIONS.items()]
    return "\n".join(["| action | what happened |", "|---|---|", *rows])


def errors_table() -> str:
    """Return every error code with what comes with it, as a table."""
    said = load_texts()["en"]
    rows = []
    for each in error_codes():
        told = f"{said(f'means.{each.code}')} {said(f'way_out.{each.code}')}"
        rows.append(f"| `{each.code}` | {each.status or '4xx'} | {told} | {each.exit or ''} |")
    return "\n".join(["| code | HTTP | what, and the way out | exit |", "|---|---|---|---|", *rows])


def corpus_figures() -> str:
    """Return how varied and how even the corpus is, as tables."""
    return tables(read_corpus(CORPUS))


SECTIONS = {
    "audit.md": ("actions", actions_table),
    "data.md": ("figures", corpus_figures),
    "licences.md": ("packages", licences_table),
    "errors.md": ("codes", errors_table),
    "operations.md": ("settings", settings_table),
    "playbooks.md": ("topics", topics_table),
    "security.md": ("permissions", permissions_table),
}


def written(page: str, text: str) -> str:
    """Return the page's text with its made part made anew."""
    name, make = SECTIONS[page]
    part = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
    return re.sub(rf"<!-- {name} -->.*<!-- /{name} -->", lambda _: part, text, flags=re.DOTALL)


def main() -> None:
    """Write every page that has a made part."""
    for page in SECTIONS:
        file = DOCS / page
        file.write_text(written(page, file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
