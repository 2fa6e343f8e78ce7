"""Measurements, each behind a make target."""
