"""HTML for people: the pages at `/`, in Korean and English, whole without JavaScript."""

from ion.web.errors import error_response
from ion.web.reference import Operation, Value, reference_of
from ion.web.site import create_web
from ion.web.texts import load_texts

__all__ = ["Operation", "Value", "create_web", "error_response", "load_texts", "reference_of"]
