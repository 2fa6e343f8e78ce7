"""The API's own description (OpenAPI 3.1) as people read it: for `/reference` and docs/reference.md."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_Schema = Mapping[str, Any]
_REF = "#/components/schemas/"
# What FastAPI adds for requests it refuses itself; ION answers those with a problem document.
_LEFT_OUT = {"HTTPValidationError", "ValidationError"}
_RANGES = (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum"))
# Problem documents are the same everywhere, so that they are described once.
_PROBLEM = 400


@dataclass(frozen=True, slots=True)
class Value:
    """A field, or a parameter with its `place`. `kind` is in OpenAPI's words, `names` are the schemas in it."""

    name: str
    kind: str
    names: Sequence[str]
    required: bool
    about: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A request's body as it might really come; `language` is that of its texts."""

    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, what it means, and the schema or media type of what comes with it."""

    status: int
    about: str
    kind: str
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """A route. `takes` is a permission, empty where it is enough to be signed in, None where everybody may ask."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    takes: str | None
    parameters: Sequence[Value]
    body: Value | None
    examples: Sequence[Example]
    answers: Sequence[Answer]
    problems: Sequence[int]


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema that several values may be of."""

    name: str
    about: str
    fields: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Reference:
    """All there is to say of the API, in the order of its description."""

    operations: Mapping[str, Sequence[Operation]]
    shapes: Sequence[Shape]


def reference_of(document: Mapping[str, Any]) -> Reference:
    """Return the description as people read it; operations by their first tag, schemas by name."""
    operations: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = next(iter(operation.get("tags", [])), "other")
            operations.setdefault(tag, []).append(_operation(method.upper(), path, operation))
    schemas = document.get("components", {}).get("schemas", {})
    shapes = [_shape(name, schema) for name, schema in sorted(schemas.items()) if name not in _LEFT_OUT]
    return Reference(operations, shapes)


def _operation(method: str, path: str, said: Mapping[str, Any]) -> Operation:
    body = said.get("requestBody", {}).get("content", {}).get("application/json")
    answers = {int(status): answer for status, answer in said["responses"].items()}
    return Operation(
        anchor=f"{method}{path}".lower().replace("/", "-").replace("{", "").replace("}", ""),
        method=method,
        path=path,
        summary=said.get("summary", ""),
        about=said.get("description", ""),
        takes=_taken(said.get("security")),
        parameters=[_parameter(each) for each in said.get("parameters", [])],
        body=None if body is None else _value("", body["schema"], required=True),
        examples=[] if body is None else list(_examples(body.get("examples", {}))),
        answers=[_answer(status, answer) for status, answer in sorted(answers.items()) if status < _PROBLEM],
        problems=sorted(status for status in answers if status >= _PROBLEM),
    )


def _taken(security: Sequence[Mapping[str, Sequence[str]]] | None) -> str | None:
    if not security:
        return None
    return next((scope for scheme in security for scopes in scheme.values() for scope in scopes), "")


def _parameter(said: Mapping[str, Any]) -> Value:
    about = said.get("description", "")
    return _value(said["name"], said["schema"], required=said.get("required", False), place=said["in"], about=about)


def _examples(said: Mapping[str, Any]) -> Iterator[Example]:
    for language, example in said.items():
        yield Example(language, json.dumps(example["value"], ensure_ascii=False, indent=2))


def _answer(status: int, said: Mapping[str, Any]) -> Answer:
    kinds: list[str] = []
    names: list[str] = []
    for media_type, content in said.get("content", {}).items():
        schema = content.get("schema", {})
        is_json = media_type == "application/json" and schema
        kinds.append(kind_of(schema) if is_json else media_type)
        names += _names_in(schema)
    return Answer(status, said.get("description", ""), " | ".join(kinds), names)


def _shape(name: str, schema: _Schema) -> Shape:
    required = schema.get("required", [])
    fields = [_value(field, said, required=field in required) for field, said in schema.get("properties", {}).items()]
    return Shape(name, schema.get("description", ""), fields or [_value("", schema, required=True)])


def _value(name: str, schema: _Schema, *, required: bool, place: str = "", about: str = "") -> Value:
    said = about or (schema.get("description", "") if name else "")
    return Value(name, kind_of(schema), _names_in(schema), required, said, place)


def kind_of(schema: _Schema) -> str:
    """Return what a value may be: its type, its range, what it is when it is left out."""
    kind = _bare_kind(schema)
    if "default" in schema and schema["default"] is not None:
        kind += f" = {json.dumps(schema['default'], ensure_ascii=False)}"
    return kind


def _bare_kind(schema: _Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REF)
    if choices := schema.get("anyOf"):
        return " | ".join(_bare_kind(each) for each in choices)
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    return _container(schema) + "".join(_range(schema, *bounds) for bounds in _RANGES)


def _container(schema: _Schema) -> str:
    kind = str(schema.get("format") or schema.get("type") or "any")
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, Mapping):
        return f"object of {_bare_kind(values)}"
    return f"array of {_bare_kind(schema.get('items', {}))}" if kind == "array" else kind


def _range(schema: _Schema, least: str, most: str) -> str:
    if least not in schema and most not in schema:
        return ""
    return f" {schema.get(least, '')}..{schema.get(most, '')}"


def _names_in(schema: object) -> list[str]:
    if isinstance(schema, Mapping):
        own = [str(schema["$ref"]).removeprefix(_REF)] if "$ref" in schema else []
        return own + [name for inner in schema.values() for name in _names_in(inner)]
    return [name for inner in schema for name in _names_in(inner)] if isinstance(schema, list) else []
