"""Whoever the client speaks for, and their rights."""

from ion.client.call import Call, part
from ion.client.oneself import Consents, Erasure, ErasureReceipt, ExportProgress, Oneself
from ion.client.outcomes import Answer, as_a
from ion.client.verbs import L, Resource, verb


class Me(Resource[L]):
    """Whoever the client speaks for; an API key is not let in here, it takes a person."""

    @verb
    def read(self) -> Call[Oneself]:
        """Return what ION knows the caller by, and when they are erased, if they asked to be."""
        return Call("GET", "/me", as_a(Oneself), repeatable=True)

    @verb
    def export(self) -> Call[bytes | ExportProgress]:
        """Return everything that is kept of the caller as a ZIP archive, or how far it is prepared; then ask again."""
        headers = {"Accept": "application/zip, application/json"}
        return Call("GET", "/me/export", _archive, headers=headers, repeatable=True)

    @verb
    def erase(self) -> Call[Erasure]:
        """Have everything erased that is kept of the caller, once the grace period is over; keep the receipt."""
        return Call("DELETE", "/me", as_a(Erasure), repeatable=True)

    @verb
    def cancel_erasure(self) -> Call[None]:
        """Take an erasure back; possible until it is due."""
        return Call("DELETE", "/me/erasure", lambda _: None)

    @verb
    def consents(self) -> Call[Consents]:
        """Return what the caller acknowledged and agreed to."""
        return Call("GET", "/me/consents", as_a(Consents), repeatable=True)

    @verb
    def choose(self, purpose: str, *, version: int, given: bool, language: str) -> Call[Consents]:
        """Say yes or no to the version of a text that was shown, in this language."""
        choice = {"purpose": purpose, "version": version, "given": given}
        body = {"consents": [choice], "language": language}
        return Call("PUT", "/me/consents", as_a(Consents), body=body, repeatable=True)

    @verb
    def receipt(self, receipt: str) -> Call[ErasureReceipt]:
        """Return what was erased of whoever was given this receipt; takes nobody's sign-in."""
        return Call("GET", f"/erasures/{part(receipt)}", as_a(ErasureReceipt), repeatable=True)


def _archive(answer: Answer) -> bytes | ExportProgress:
    return answer.body if answer.is_of("application/zip") else as_a(ExportProgress)(answer)
