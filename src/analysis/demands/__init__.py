"""The fourteen demands: testable statements, indicators, sensitivity, verdicts.

What is asked, tested and said stands in ``rules/demands``; the rule that turns indicators into a
verdict in :mod:`analysis.demands.verdicts` and ``docs/demands.md``.
"""
