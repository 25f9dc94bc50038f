"""Speed and memory of the validator, measured beside frictionless and the bare limits: ``python -m benchmarks``."""
