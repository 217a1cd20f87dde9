"""Who funds social innovation in Brussels, and what the public record proves about it.

The way of a number: ``data/raw`` (as transcribed or published) → declared correction →
checked table in ``data/processed`` → measure → chart record → export in ``reports``.
Each step is one module of this package; the command line (``python -m analysis``) runs them.
"""

__version__ = "0.2.0"
