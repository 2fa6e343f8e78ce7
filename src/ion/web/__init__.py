"""HTML for people: the pages at `/`, in Korean and English, whole without JavaScript."""

from ion.web.errors import error_response
from ion.web.site import create_web
from ion.web.texts import load_texts

__all__ = ["create_web", "error_response", "load_texts"]
