"""Measurements of the running house, each beside something it is compared with. Nothing of the product imports this.

Each module with a `main` prints, as its last line, one JSON object with its figures. docs/benchmarks.md says what they
mean.
"""
