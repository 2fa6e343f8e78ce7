"""ION fetches nothing that a request names: no field of any request is an address."""

import re
from collections.abc import Iterator
from typing import Any

from ion.app import create_app
from ion.settings import Settings

ADDRESS = re.compile(r"ur[il]$|^(callback|webhook|host|address|endpoint)", re.IGNORECASE)


def fields(schema: Any, components: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field that a request body of this schema may hold."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields(each, components)
    elif isinstance(schema, dict):
        if (name := schema.get("$ref", "").rpartition("/")[2]) and (referred := components.pop(name, None)):
            yield from fields(referred, components)
        for name, field in schema.get("properties", {}).items():
            yield name, field
        yield from fields([value for key, value in schema.items() if key != "examples"], components)


def test_no_field_of_any_request_is_an_address() -> None:
    document = create_app(Settings()).openapi()
    components = dict(document["components"]["schemas"])
    bodies = [
        operation["requestBody"]
        for path in document["paths"].values()
        for operation in path.values()
        if "requestBody" in operation
    ]
    found = [field for body in bodies for field in fields(body, components)]

    assert {"user_input", "title"} <= {name for name, _ in found}
    assert [name for name, field in found if ADDRESS.search(name) or field.get("format") == "uri"] == []
