"""The web dossier: static pages that work from a file share, without a server or the network."""

from analysis.dossier.web.pages import pages, shared_files

__all__ = ["pages", "shared_files"]
