"""Benchmarks: tables with ratios against a named peer on the same work in one run. They are not tests."""
