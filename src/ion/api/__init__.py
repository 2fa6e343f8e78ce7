"""HTTP for programs: API v2, and a door for OpenAI's clients."""

from ion.api.authentication import Authenticate
from ion.api.errors import install_error_handlers, problem_of
from ion.api.json_limit import JsonLimit
from ion.api.jwks import router as jwks_router
from ion.api.middleware import FOR_PROGRAMS, BodyLimit, CountRequests, OriginGuard, RequestId
from ion.api.openai import router as openai_router
from ion.api.rate_limit import RateLimit
from ion.api.transport import Cors, Transport
from ion.api.v2 import router as v2_router
from ion.api.v2.batch_lines import read_lines
from ion.api.v2.batch_work import working_on_batches
from ion.api.v2.batches import batch_out
from ion.api.v2.multi import counsel_out
from ion.api.v2.process import Performance
from ion.api.v2.schemas import ReadingOut, RoutingOut, turn_out
from ion.api.watching import Watching

__all__ = [
    "FOR_PROGRAMS",
    "Authenticate",
    "BodyLimit",
    "Cors",
    "CountRequests",
    "JsonLimit",
    "OriginGuard",
    "Performance",
    "RateLimit",
    "ReadingOut",
    "RequestId",
    "RoutingOut",
    "Transport",
    "Watching",
    "batch_out",
    "counsel_out",
    "install_error_handlers",
    "jwks_router",
    "openai_router",
    "problem_of",
    "read_lines",
    "turn_out",
    "v2_router",
    "working_on_batches",
]
