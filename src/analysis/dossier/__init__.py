"""The dossier: what an advocate opens, in three languages and the formats they use.

:mod:`~analysis.dossier.content` gathers charts, demands and tables; one module a format
(``web``, ``word``, ``slides``, ``workbook``, ``print_pdf``) writes them;
:mod:`~analysis.dossier.publish` decides what must be written again.
"""
