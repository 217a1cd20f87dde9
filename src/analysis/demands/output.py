"""Computed records of the demands: values, sensitivity, verdicts, texts in three languages."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import files
from analysis.errors import InputError
from analysis.language import LANGUAGES, Language, date, fill, text
from analysis.project import HANDING_OUT, PACKAGE, TEXTS, Project

if TYPE_CHECKING:
    import pandas as pd

    from analysis.demands.indicators import Indicator
    from analysis.demands.records import Asked, Demand
    from analysis.demands.setting import Setting, Variant
    from analysis.demands.verdicts import Examined
    from analysis.tables import Tables

FILE = "demands.json"
# Packages whose code decides the records: the demands and the measures beside them.
CODE = ("demands", ".")
TABLES_USED = (
    "awards",
    "calls",
    "edition",
    "funders",
    "funding_facts",
    "programme_legal_forms",
    "programme_stages",
    "programme_status",
    "programmes",
    "recoding",
    "sightings",
    "sources",
)


def demand_records(tables: Tables) -> list[dict[str, Any]]:
    """Compute all fourteen records.

    Args:
        tables: Checked tables.

    Returns:
        One JSON-ready mapping a demand, in the order of the paper. Tables that were judged
        before in this process are not judged again: several charts speak of the verdicts.
    """
    from analysis.demands.records import demands, readings

    for known, records in _JUDGED:
        if all(known[name] is tables[name] for name in TABLES_USED):
            return records
    records = evaluate(demands(), tables, readings())
    _JUDGED[:] = [({name: tables[name] for name in TABLES_USED}, records)]
    return records


# The last tables judged, with their records.
_JUDGED: list[tuple[dict[str, pd.DataFrame], list[dict[str, Any]]]] = []


def evaluate(
    asked: Iterable[Demand],
    tables: Tables,
    read: pd.DataFrame,
) -> list[dict[str, Any]]:
    """Compute the records of some demands on given tables and readings."""
    from analysis.demands.setting import Setting

    settings: dict[Variant, Setting] = {}

    def setting(variant: Variant) -> Setting:
        if variant not in settings:
            settings[variant] = Setting(tables, read, variant)
        return settings[variant]

    return [_record(demand, setting) for demand in asked]


def variants(funders: Sequence[str]) -> list[Variant]:
    """Return the readings of the evidence that every criterion is tried on."""
    from analysis.demands.setting import Variant

    return [
        Variant("exact_only", exact_only=True),
        Variant("stale_after_12_months", stale_after_months=12),
        Variant("stale_after_36_months", stale_after_months=36),
        Variant("wide_working_time", wide_working_time=True),
        Variant("recoded_sample", recoded=True),
        *(Variant(f"without_{funder}", without_funder=funder) for funder in funders),
    ]


def _record(demand: Demand, setting: Any) -> dict[str, Any]:
    from analysis.demands.indicators import compute
    from analysis.demands.setting import Variant
    from analysis.demands.verdicts import examine, judge

    base: Setting = setting(Variant())
    by_id = {one.id: one for one in demand.indicators}
    values = {key: compute(base, one.function, one.arguments) for key, one in by_id.items()}
    fillers = placeholders(demand.indicators, values, base)
    tested: list[tuple[Any, Examined]] = []
    sensitivity = []
    for told in demand.criteria:
        key = told.criterion.indicator
        funders = funders_of(base, values[key].row_ids)
        tried = {
            variant.name: compute(setting(variant), by_id[key].function, by_id[key].arguments)
            for variant in variants(funders)
        }
        result = examine(told.criterion, values[key], tried)
        tested.append((told, result))
        told_of = _sensitivity(result, values[key], tried)
        sensitivity.append({**told_of, "decides": told.decides})
    judgement = judge([result for told, result in tested if told.decides])
    sides: dict[str, list[dict[str, Any]]] = {"for": [], "against": [], "between": []}
    for told, result in tested:
        side = "between" if result.base == "unknown" else result.base
        sides[side].append(
            {
                "criterion": told.criterion.id,
                "indicator": told.criterion.indicator,
                "decides": told.decides,
                "outcome": result.base,
                "text": _in_all(told.sentence, fillers),
            }
        )
    request = dict(demand.data_request)
    years = {lang: {k: request[k] for k in ("first_year", "last_year")} for lang in LANGUAGES}
    request["text"] = _in_all(request["text"], years)
    rows = {row for one in values.values() for row in one.row_ids}
    return {
        "id": demand.id,
        "group": demand.group,
        "title": dict(demand.title),
        "asks": dict(demand.asks),
        "statement": dict(demand.statement),
        "verdict": judgement.verdict,
        "verdict_label": {
            lang: text("demands", f"verdict.{judgement.verdict}", lang) for lang in LANGUAGES
        },
        "strength": judgement.strength,
        "strength_steps": {
            "enough_rows": judgement.enough_rows,
            "holds_in_every_variant": judgement.holds,
            "holds_at_both_ends_of_what_is_unknown": judgement.firm,
        },
        "thresholds_set_on": demand.set_on,
        "main_indicator": demand.main,
        "main_text": _in_all(_main_sentence(demand), fillers),
        "indicators": [
            _indicator(one, values[one.id], base, demand.main) for one in demand.indicators
        ],
        "criteria": [_criterion(told, result) for told, result in tested],
        "evidence_for": sides["for"],
        "evidence_against": sides["against"],
        "evidence_undecided": sides["between"],
        "unknowns": [_in_all(one, fillers) for one in demand.unknowns],
        "sensitivity": sensitivity,
        "data_request": request,
        "charts": list(demand.charts),
        "sources": _sources(base, rows, demand.sources),
    }


def _main_sentence(demand: Demand) -> Mapping[Language, str]:
    for told in demand.criteria:
        if told.criterion.indicator == demand.main:
            return told.sentence
    # A main figure without a criterion of its own is told by the first deciding one.
    return next(told.sentence for told in demand.criteria if told.decides)


def _sensitivity(
    result: Examined, base: Indicator, tried: Mapping[str, Indicator]
) -> dict[str, Any]:
    return {
        "criterion": result.criterion.id,
        "indicator": result.criterion.indicator,
        "outcome": result.base,
        "holds_in_every_variant": result.holds,
        "holds_at_both_ends_of_what_is_unknown": result.firm,
        "bounds": [
            {"bound": name, "value": _number(end), "outcome": outcome}
            for name, end, outcome in zip(
                ("low", "high"), (base.low, base.high), result.bounds, strict=True
            )
        ],
        "variants": [
            {"variant": name, "value": _number(one.value), "outcome": result.variants[name]}
            for name, one in tried.items()
        ],
    }


def _criterion(told: Any, result: Examined) -> dict[str, Any]:
    rule = told.criterion
    return {
        "id": rule.id,
        "indicator": rule.indicator,
        "decides": told.decides,
        "supports": {"op": rule.supports.op, "value": rule.supports.value},
        "contradicts": {"op": rule.contradicts.op, "value": rule.contradicts.value},
        "min_base": rule.min_base,
        "outcome": result.base,
    }


def _indicator(one: Asked, value: Indicator, base: Setting, main: str) -> dict[str, Any]:
    day = one.arguments.get("day")
    period = base.day(day).isoformat() if day else value.period
    if one.function == "programmes_answering" and one.arguments.get("alive"):
        period = base.day(one.arguments["alive"]).isoformat()
    return {
        "id": one.id,
        "main": one.id == main,
        "function": one.function,
        "arguments": dict(one.arguments),
        "value": _number(value.value),
        "unit": one.unit,
        "period": period or base.day("today").isoformat(),
        "phase": one.phase or None,
        "price_basis": "nominal" if one.unit == "EUR" else None,
        "interval": {
            "kind": one.interval,
            "low": _number(value.low),
            "high": _number(value.high),
        },
        "base": value.base,
        "known": value.known_units,
        "known_share": _number(value.known_share),
        "names": list(value.names),
        "row_ids": list(value.row_ids),
    }


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    plain = round(float(value), 10)
    return int(plain) if plain.is_integer() else plain


class Missing(str):
    """Stands for a value that is not known: every way of writing it gives the word."""


def placeholders(
    asked: Iterable[Asked], values: Mapping[str, Indicator], base: Setting
) -> dict[Language, dict[str, object]]:
    """Return what sentences may name, per language.

    For an indicator ``x``: ``x``, ``x_low``, ``x_high``, ``x_extra`` (high minus value),
    ``x_base``, ``x_day``, ``x_period`` and ``x_names``; and ``start_day``, ``plea_day``, ``today_day``.
    """
    shared: dict[str, object] = {f"{day}_day": base.day(day) for day in ("start", "plea", "today")}
    found: dict[Language, dict[str, object]] = {lang: dict(shared) for lang in LANGUAGES}
    for one in asked:
        value = values[one.id]
        extra = None if None in (value.high, value.value) else value.high - value.value  # type: ignore[operator]
        for lang in LANGUAGES:
            word = Missing(text("demands", "not_known", lang))
            numbers = {
                "": value.value,
                "_low": value.low,
                "_high": value.high,
                "_extra": extra,
                "_base": value.base,
            }
            for suffix, number in numbers.items():
                found[lang][one.id + suffix] = word if number is None else number
            found[lang][f"{one.id}_period"] = written_period(value.period, lang) or word
            named = [text("demands", f"name.{name}", lang) for name in value.names]
            found[lang][f"{one.id}_names"] = ", ".join(named) or text("demands", "none", lang)
            if day := one.arguments.get("day"):
                found[lang][f"{one.id}_day"] = base.day(day)
    return found


def written_period(period: str, lang: Language) -> str:
    """Write ``2015/2025`` or ``2015-11-06`` as a reader expects it."""

    def one(part: str) -> str:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", part):
            return date(dt.date.fromisoformat(part), lang)
        if re.fullmatch(r"\d{4}-\d{2}", part):
            return date(dt.date.fromisoformat(f"{part}-01"), lang).split(" ", 1)[1]
        return part

    return "–".join(dict.fromkeys(one(part) for part in period.split("/"))) if period else ""


def fill_known(template: str, lang: Language, values: Mapping[str, object]) -> str:
    """Fill a sentence; values that are not known become the word for it, however written."""

    def plain(match: re.Match[str]) -> str:
        return f"{{{match[1]}}}" if isinstance(values.get(match[1]), Missing) else match[0]

    return fill(re.sub(r"\{(\w+):[^}]+\}", plain, template), lang, values)


def _in_all(
    sentence: Mapping[Language, str], values: Mapping[Language, Mapping[str, object]]
) -> dict[str, str]:
    return {lang: fill_known(sentence[lang], lang, values[lang]) for lang in LANGUAGES}


def funders_of(base: Setting, rows: Sequence[str]) -> list[str]:
    """Return the funders of some rows, sorted: leaving others out cannot change the value."""
    found: set[str] = set()
    for name, key in (
        ("programmes", "programme_id"),
        ("awards", "award_id"),
        ("funding_facts", "fact_id"),
    ):
        frame = base.tables[name]
        found |= set(frame.loc[frame[key].isin(rows), "funder_id"])
    return sorted(found - {""})


def _sources(base: Setting, rows: set[str], declared: Sequence[str]) -> list[dict[str, str]]:
    ids = set(declared)
    for name, key in (
        ("programmes", "programme_id"),
        ("awards", "award_id"),
        ("funding_facts", "fact_id"),
    ):
        frame = base.tables[name]
        ids |= set(frame.loc[frame[key].isin(rows), "source_id"])
    sources = base.tables["sources"]
    return [
        {"source_id": str(row.source_id), "publisher": str(row.publisher), "url": str(row.url)}
        for row in sources[sources["source_id"].isin(ids)]
        .sort_values("source_id")
        .itertuples(index=False)
    ]


def fingerprint(project: Project) -> str:
    """Return the SHA-256 over the tables, rules, texts and code that the records rest on."""
    from analysis.demands.records import FOLDER

    whole = hashlib.sha256()
    paths = [project.processed / f"{name}.csv" for name in TABLES_USED]
    paths += [*sorted(FOLDER.iterdir()), TEXTS / "demands.yaml"]
    code = [path for folder in CODE for path in sorted((PACKAGE / folder).glob("*.py"))]
    paths += [path for path in code if path.name not in HANDING_OUT]
    for path in paths:
        whole.update(path.name.encode())
        # Line ends differ between checkouts of one commit.
        whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()


def demand_pages(project: Project, tables: Tables, stored: bool = False) -> dict[Path, str]:
    """Return ``reports/demands.json`` and the pages with objections, by path.

    Args:
        project: The checkout.
        tables: Checked tables.
        stored: Take the records that are stored when they rest on the present inputs.
    """
    from analysis.demands.objections import pages

    mark = fingerprint(project)
    records = _stored(project, mark) if stored else []
    if not records:
        records = [{**record, "inputs_sha256": mark} for record in demand_records(tables)]
    return {
        project.reports / FILE: files.json_text(records),
        **{project.reports / lang / "objections.md": page for lang, page in pages(records).items()},
    }


def _stored(project: Project, mark: str) -> list[dict[str, Any]]:
    path = project.reports / FILE
    if not path.is_file():
        return []
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return records if records and records[0].get("inputs_sha256") == mark else []


def stored_or_computed(project: Project) -> list[dict[str, Any]]:
    """Return the stored records when they rest on the present inputs, else compute them."""
    from analysis.tables import load

    return _stored(project, fingerprint(project)) or demand_records(load(project.processed))


def summary(record: Mapping[str, Any], lang: Language = "en") -> list[str]:
    """Return a record as lines to read: verdict, evidence on each side, unknowns, data request."""
    strength = text("demands", "command.strength", lang, steps=record["strength"], most=3)
    told = [
        f"{record['id']}  {record['title'][lang]}",
        f"{record['verdict_label'][lang]} ({strength})",
        record["statement"][lang],
    ]
    for side in ("evidence_for", "evidence_against", "evidence_undecided"):
        told += [f"{text('dossier', f'part.{side}', lang)}:"] if record[side] else []
        told += [f"  - {one['text'][lang]}" for one in record[side]]
    told += [f"{text('dossier', 'part.unknowns', lang)}:"]
    told += [f"  - {one[lang]}" for one in record["unknowns"]]
    request = text("dossier", "part.data_request", lang)
    return [*told, f"{request}: {record['data_request']['text'][lang]}"]


def lines(project: Project, lang: str, ids: Sequence[str] = ()) -> list[str]:
    """Return what ``analysis demands`` prints.

    Raises:
        InputError: There is no such demand.
    """
    from typing import cast

    chosen = cast(Language, lang)
    records = {record["id"]: record for record in stored_or_computed(project)}
    wanted = [one.upper() for one in ids] or list(records)
    if lost := [one for one in wanted if one not in records]:
        raise InputError(f"No demand called {', '.join(lost)}; there are: {', '.join(records)}.")
    printed = []
    for record in (records[one] for one in wanted):
        strength = text("demands", "command.strength", chosen, steps=record["strength"], most=3)
        printed += [
            f"{record['id']}  {record['title'][lang]}",
            f"    {record['verdict_label'][lang]} ({strength})",
            f"    {record['main_text'][lang]}",
        ]
    return [*printed, "", text("demands", "command.end", chosen)]
