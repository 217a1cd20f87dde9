"""The rule files of the classifier: what a researcher edits, checked when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Fault, InputError
from analysis.project import RULES

if TYPE_CHECKING:
    import pandas as pd

FOLDER = RULES / "domains"
UNKNOWN = "unknown"
OTHER = "other"
SIGNALS = ("clear", "possible", "none")

_COLUMNS = {
    "domains": ("domain", "social_need", "stated_object", "label_nl", "label_fr", "label_en"),
    "functional_codes": (
        "code",
        "scope",
        "label_fr",
        "label_nl",
        "domain",
        "weight",
        "label_basis",
        "source",
    ),
    "programmes": ("programme", "domain", "weight", "si_signal", "language", "term", "note"),
    "organisations": ("domain", "name", "weight", "note"),
    "terms": ("domain", "language", "where", "term", "weight"),
    "signals": ("signal", "language", "term", "note"),
    "settings": ("setting", "value", "meaning"),
}
_CLOSED = {
    ("domains", "social_need"): {"yes", "no"},
    ("domains", "stated_object"): {"possible", "none"},
    ("functional_codes", "label_basis"): {"field_knowledge", "observed_use"},
    ("programmes", "si_signal"): {*SIGNALS, "open"},
    ("programmes", "language"): {"fr", "nl", "any"},
    ("terms", "language"): {"fr", "nl", "any"},
    ("terms", "where"): {"object", "name", "both"},
    ("signals", "signal"): {
        "clear",
        "named_project",
        "project",
        "operating",
        "investment",
        "event",
        "public",
    },
    ("signals", "language"): {"fr", "nl", "any"},
}
_KEYS = {
    "domains": ["domain"],
    "functional_codes": ["code"],
    "programmes": ["term"],
    "organisations": ["name"],
    "terms": ["domain", "language", "where", "term"],
    "signals": ["signal", "term"],
    "settings": ["setting"],
}


@dataclass(frozen=True)
class DomainRules:
    """All rule tables, one frame a file; see ``docs/domains.md`` for what each column means."""

    domains: pd.DataFrame
    functional_codes: pd.DataFrame
    programmes: pd.DataFrame
    organisations: pd.DataFrame
    terms: pd.DataFrame
    signals: pd.DataFrame
    settings: dict[str, float]

    @property
    def needs(self) -> frozenset[str]:
        """Domains that serve a social need (codebook: the signal can be more than none)."""
        return frozenset(self.domains.loc[self.domains["social_need"] == "yes", "domain"])

    @property
    def choices(self) -> tuple[str, ...]:
        """The domains in the order of the file, without ``unknown``."""
        return tuple(d for d in self.domains["domain"] if d != UNKNOWN)


def _read(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd

    path = folder / f"{name}.csv"
    if not path.is_file():
        raise InputError(f"The rule file {path.name} is missing in {folder}.")
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    if missing := [column for column in _COLUMNS[name] if column not in frame.columns]:
        raise InputError(
            f"The rule file {path.name} lacks the column(s) {', '.join(missing)}; "
            f"it needs {', '.join(_COLUMNS[name])}."
        )
    return frame


def _check(name: str, frame: pd.DataFrame, domains: set[str]) -> list[Fault]:
    """Return what is wrong in one rule table."""
    import pandas as pd

    file = f"{name}.csv"
    faults: list[Fault] = []

    def blame(rows: pd.Series, column: str, advice: str) -> None:
        lines = rows.to_numpy().nonzero()[0]
        values = frame[column].to_numpy()[lines]
        faults.extend(
            Fault(file, advice, str(int(line) + 2), column, str(value))
            for line, value in zip(lines, values, strict=True)
        )

    if "domain" in frame.columns and name != "domains":
        blame(~frame["domain"].isin(domains), "domain", "use a domain of domains.csv")
    for column in ("weight", "value"):
        if column in frame.columns:
            blame(pd.to_numeric(frame[column], errors="coerce").isna(), column, "write a number")
    for (table, column), allowed in _CLOSED.items():
        if table == name:
            blame(~frame[column].isin(allowed), column, "use one of " + ", ".join(sorted(allowed)))
    for column in ("term", "name"):
        if column in frame.columns:
            blame(frame[column].str.strip("* ") == "", column, "write a term or remove the row")
    blame(frame.duplicated(_KEYS[name]), _KEYS[name][-1], "keep one of the equal rows")
    return faults


@cache
def load_rules(folder: Path = FOLDER) -> DomainRules:
    """Read and check the rule files.

    Args:
        folder: Where the CSV files are; another folder serves to try other rules.

    Raises:
        InputError: A file or column is missing, or a cell holds what it may not.
    """
    import pandas as pd

    tables = {name: _read(folder, name) for name in _COLUMNS}
    domains = set(tables["domains"]["domain"])
    if faults := [
        fault for name, frame in tables.items() for fault in _check(name, frame, domains)
    ]:
        raise InputError("The rule files of the domains cannot be used:", faults)
    for frame in tables.values():
        for column in ("weight", "value"):
            if column in frame.columns:
                frame[column] = pd.to_numeric(frame[column]).astype("float64")
    settings = tables.pop("settings")
    return DomainRules(
        **tables, settings=dict(zip(settings["setting"], settings["value"], strict=True))
    )
