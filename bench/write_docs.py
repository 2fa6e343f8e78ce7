"""Write the parts of docs/ that are made from the code: `make docs`."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.check_corpus import CORPUS, read_corpus, tables
from bench.licences import licences_table
from ion.accounts import KEY_SCOPES, MEANINGS, ROLES, Role
from ion.app import create_app
from ion.audit import MEANINGS as ACTIONS
from ion.playbooks import load_topics
from ion.settings import Settings, setting_defaults
from ion.statuses import error_codes
from ion.web import Operation, Value, load_texts, reference_of

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


def reference_text() -> str:
    """Return every route and every schema of the APIs."""
    reference = reference_of(create_app(Settings()).openapi())
    parts = []
    for tag, operations in reference.operations.items():
        parts += [f"## {tag}", *(part for operation in operations for part in _operation(operation))]
    parts.append("## Schemas")
    for shape in reference.shapes:
        parts += [f"### {shape.name}", *([shape.about] if shape.about else []), _values(shape.fields)]
    return "\n\n".join(parts)


def _operation(operation: Operation) -> Iterator[str]:
    yield f"### {operation.summary}"
    yield f"`{operation.method} {operation.path}`"
    if operation.about:
        yield operation.about
    yield {None: "Open to everybody.", "": "For everybody who is signed in."}.get(
        operation.takes, f"Takes the permission `{operation.takes}`."
    )
    if operation.parameters:
        yield _values(operation.parameters)
    if operation.body:
        yield f"Body: `{operation.body.kind}`"
        yield from (f"```json\n{example.body}\n```" for example in operation.examples)
    answers = [
        f"- {each.status}: {each.about}" + (f" (`{each.kind}`)" if each.kind else "") for each in operation.answers
    ]
    problems = f"- [problems](errors.md): {', '.join(map(str, operation.problems))}"
    yield "\n".join([*answers, problems])


def _values(values: Sequence[Value]) -> str:
    rows = [["name", "type", "", "what"], ["---"] * 4]
    for value in values:
        name = f"`{value.name}`" if value.name else ""
        where = ", ".join(filter(None, [value.place, "required" if value.required else ""]))
        rows.append([name, f"`{value.kind}`", where, value.about])
    # What stands between two alternatives would else end the cell.
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)


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
    "reference.md": ("routes", reference_text),
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
