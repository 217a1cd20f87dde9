"""Any published subsidy inventory in, one clean, checked and documented award table out."""

from analysis.inventories.intake import Ingested, ingest

__all__ = ["Ingested", "ingest"]
