"""How a reply is followed to its end, whatever breaks on the way."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from ion.client.call import EVENT_STREAM, Call, Watch
from ion.client.errors import ReplyFailed, UnexpectedAnswer
from ion.client.events import Degraded, Delta, Done, Event, Failure, Piece, Started, StepDown
from ion.client.outcomes import Answer, Broken, Outcome, parsed
from ion.client.steps import Manner, Pause, Send, failure, renewed
from ion.client.values import Turn


@dataclass(frozen=True, slots=True)
class Open:
    """Send this call, and say how the answer begins; a refusal is said whole."""

    call: Call[object]


@dataclass(frozen=True, slots=True)
class Listen:
    """Say what is told next: an event, or that the line broke or ended."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Pass this on to whoever reads the reply."""

    event: Event


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it came."""

    name: str
    data: str
    id: str


Step = Open | Listen | Send | Pause | Tell


@dataclass
class Hearing:
    """What has been heard of a reply.

    Who comes back after the end is told the reply from its beginning, and so is everyone after a restart of the server.
    As long as it begins with the text that is known, it is the same reply, and only what follows is passed on.
    """

    last: str | None = None
    turn: Turn | None = None
    text: str = ""
    is_over: bool = False
    request_id: str = ""
    _begun_anew: Started | None = None
    _heard_anew: str = ""

    def take(self, told: Told) -> Iterator[Event]:
        """Yield what is news in an event.

        Raises:
            ReplyFailed: the reply could not be written to its end.
            UnexpectedAnswer: the event is none of ION's.
        """
        match told.name:
            case "started":
                yield from self._start(Started(told.id, parsed(Turn, told.data), anew=self.last is not None))
            case "delta":
                yield from self._add(Delta(told.id, parsed(Piece, told.data).text))
            case "degraded":
                yield from self._are_different()
                yield Degraded(told.id, parsed(StepDown, told.data).reason)
            case "done":
                yield from self._end(Done(told.id, parsed(Turn, told.data)))
            case "error":
                raised = parsed(Failure, told.data)
                raise ReplyFailed(raised.code, raised.message, status=200, request_id=self.request_id)
        self.last = told.id or self.last

    def _start(self, started: Started) -> Iterator[Event]:
        is_known, self.turn = self.turn is not None, started.turn
        if started.id == self.last:
            return
        if is_known:
            self._begun_anew, self._heard_anew = started, ""
        else:
            yield started

    def _add(self, delta: Delta) -> Iterator[Event]:
        if self._begun_anew is None:
            self.text += delta.text
            yield delta
            return
        self._heard_anew += delta.text
        # A reply is kept without the white space around it.
        known, heard = self.text.lstrip(), self._heard_anew.lstrip()
        if heard.startswith(known):
            self._begun_anew = None
            if further := heard[len(known) :]:
                self.text += further
                yield Delta(delta.id, further)
        elif not known.startswith(heard):
            yield from self._are_different()

    def _end(self, done: Done) -> Iterator[Event]:
        if self._heard_anew.strip() != self.text.strip():
            yield from self._are_different()
        self.turn, self.is_over = done.turn, True
        yield done

    def _are_different(self) -> Iterator[Event]:
        started = self._begun_anew
        if started is None:
            return
        self._begun_anew, self.text = None, self._heard_anew
        yield started
        if self.text:
            yield Delta(started.id, self.text)


@dataclass
class Following:
    """One reader of a reply."""

    watch: Watch
    manner: Manner
    hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        self.hearing = Hearing(last=self.watch.after)

    def steps(self) -> Generator[Step, Outcome | Told | None, None]:
        """Yield the steps of following a reply to its end, and be sent their outcomes.

        Raises:
            ClientError: ION refused, cannot be reached, or could not write the reply.
        """
        begin, failures = self.watch.first.ready(self.manner.new_key), 0
        call = begin
        while True:
            outcome = yield from self._opened(call)
            if isinstance(outcome, Answer) and outcome.status in call.fine:
                known = len(self.hearing.text)
                outcome = yield from self._listened(outcome)
                if self.hearing.is_over:
                    return
                # A server that falls over again and again tells nothing new.
                failures = 0 if len(self.hearing.text) > known else failures
            failures += 1
            call = self._way_back(begin)
            pause = self.manner.retries.pause(outcome, failures, repeatable=call.repeatable, rng=self.manner.rng)
            if pause is None:
                raise failure(outcome)
            yield Pause(pause)

    def _opened(self, call: Call[object]) -> Generator[Step, Outcome | Told | None, Outcome]:
        """Open a stream, and once more with new tokens where those that were shown have expired."""
        shown = self.manner.signed_in.tokens
        outcome = yield Open(call)
        assert isinstance(outcome, Answer | Broken)
        if self.manner.signed_in.have_expired(outcome):
            yield from renewed(shown, self.manner)
            outcome = yield Open(call)
            assert isinstance(outcome, Answer | Broken)
        return outcome

    def _listened(self, answer: Answer) -> Generator[Step, Outcome | Told | None, Outcome]:
        """Pass on what is told until the line breaks or all is told; return what ended it."""
        if not answer.is_of(EVENT_STREAM):
            message = "The answer is no stream of events."
            raise UnexpectedAnswer(message)
        self.hearing.request_id = answer.headers.get("x-request-id", "")
        while isinstance(told := (yield Listen()), Told):
            for event in self.hearing.take(told):
                yield Tell(event)
            if self.hearing.is_over:
                return answer
        assert isinstance(told, Broken)
        return told

    def _way_back(self, begin: Call[object]) -> Call[object]:
        """Return the call with which to go on: where a reply is known to be written, it is followed."""
        turn_id = self.watch.turn_id if self.hearing.turn is None else self.hearing.turn.id
        return begin if turn_id is None else self.watch.resumed(turn_id, self.hearing.last)
