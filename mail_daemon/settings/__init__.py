"""Typed, frozen settings, and the loader that says file and line."""
