"""Readers as ION has them, for tests that must not depend on how fast a machine loads."""

from ion.resonance import Embedder, LinearModel, Loading, Reader


def full_reader(model: LinearModel) -> Reader:
    return Reader(model, Loading(Embedder), patience=60)
