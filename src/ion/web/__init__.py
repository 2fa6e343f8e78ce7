"""HTML for people: the pages at `/`, in Korean and English, whole without JavaScript."""

from ion.web.errors import error_response
from ion.web.site import create_web

__all__ = ["create_web", "error_response"]
