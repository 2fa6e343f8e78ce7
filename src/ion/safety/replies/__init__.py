"""What comes out of a language model: not its instructions, and no address that carries the conversation away."""

from ion.safety.replies.addresses import Told
from ion.safety.replies.guard import REMOVED, Guard, Removed
from ion.safety.replies.model import GuardedModel

__all__ = ["REMOVED", "Guard", "GuardedModel", "Removed", "Told"]
