"""How one description of a call becomes a method of both clients."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from ion.client.call import Call, Pages, Wait, Watch
from ion.client.lines import AsyncLine, Line
from ion.client.replies import AsyncReply, Reply

P = ParamSpec("P")
T = TypeVar("T")
L = TypeVar("L", bound=Line | AsyncLine)


class Resource(Generic[L]):
    """What can be asked of one part of ION, over either line.

    Its methods say what is asked; the decorator on each has it done by the line.
    """

    def __init__(self, line: L) -> None:
        self._line = line

    @property
    def line(self) -> L:
        """Who takes the steps of its calls."""
        return self._line


class _Described(Generic[P, T]):
    def __init__(self, describe: Callable[Concatenate[Any, P], T]) -> None:
        self.describe = describe
        self.__doc__ = describe.__doc__

    def _by(self, perform: Callable[[T], object], resource: Resource[Any]) -> Callable[P, Any]:
        @wraps(self.describe)
        def method(*args: P.args, **kwargs: P.kwargs) -> object:
            return perform(self.describe(resource, *args, **kwargs))

        return method


class verb(_Described[P, Call[T]]):
    """A call that is made when its method is called; awaited with AsyncIon."""

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[Line], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[AsyncLine], owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self._by(resource.line.perform, resource)


class paged(_Described[P, Pages[T]]):
    """A list that is read page by page as it is gone through."""

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[Line], owner: type) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncLine], owner: type) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self._by(resource.line.pages, resource)


class waited(_Described[P, Wait[T]]):
    """Something that is waited for."""

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[Line], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[AsyncLine], owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self._by(resource.line.wait, resource)


class watched(_Described[P, Watch]):
    """A reply whose events are followed as it is written."""

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[Line], owner: type) -> Callable[P, Reply]: ...
    @overload
    def __get__(self, resource: Resource[AsyncLine], owner: type) -> Callable[P, AsyncReply]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self._by(resource.line.watch, resource)
