"""The evidence base as it came in: read, checked, corrected by declaration, renewed by import."""
