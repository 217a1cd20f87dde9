"""Put the measured figures into the documentation, and notice when one has fallen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.errors import Fault, InputError

START = "<!-- figures: written by analysis accuracy domains -->"
END = "<!-- end of figures -->"
_PARTS = {
    "development": "read while the rules were written",
    "second_look": "scored once unread (see below), then read",
    "unseen": "never read, only scored",
}
_SECOND = {
    "first": "second annotator, first sample: its mistakes were mended",
    "second": "second annotator, second sample: scored once unread (see below), then mended",
}
_ORDERS = {
    "object_first": "object first, then name and code (used)",
    "code_first": "functional code first",
    "text_only": "object and name, no code",
    "code_only": "code alone",
}


def _percent(figure: Mapping[str, Any]) -> str:
    if figure.get("value") is None:
        return "-"
    return f"{figure['value']:.1%} ({figure['low']:.1%} to {figure['high']:.1%})"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _head_row(name: str, short: Mapping[str, Any]) -> str:
    return _row(
        name,
        short["rows"],
        _percent(short["accuracy"]),
        _percent(short.get("macro_f1", {})),
        _percent(short["si_signal_f1"]),
    )


def figures(report: Mapping[str, Any]) -> str:
    """Write the report of :func:`analysis.domains.evaluate.accuracy_report` as Markdown tables."""
    columns = ["Rows", "Accuracy", "Macro-F1", "Signal F1"]
    headline = {
        **report["all"]["domain"],
        "si_signal_f1": report["all"]["si_signal"]["f1"],
    }
    signal = report["all"]["si_signal"]
    lines = [
        f"Labelled rows: {report['labelled_rows']}; without a domain that both annotators gave: "
        f"{report['without_agreed_domain']}; without such a signal: "
        f"{report['without_agreed_signal']} (not scored). Annotators: {report['annotators']}. "
        "In brackets 95 % intervals: Wilson for shares, bootstrap for F1. Macro-F1 is over the "
        "domains with at least 5 labelled rows in that part.",
        "",
        _row("Part", *columns),
        _row("---", *["---:"] * 4),
        _head_row("held-out half (second_look and unseen)", report["held_out_half"]),
        *(
            _head_row(f"**{name}**: {_PARTS[name]}", short)
            for name, short in report["by_part"].items()
        ),
        _head_row("all together (flattered by development)", headline),
        *(_head_row(f"year {year}", short) for year, short in report["by_year"].items()),
        *(
            _head_row(_SECOND.get(name, name), short)
            for name, short in report.get("second_annotator", {}).items()
        ),
        "",
        f"Signal, clear or possible against none, all rows: precision "
        f"{_percent(signal['precision'])}, recall {_percent(signal['recall'])}; all three classes "
        f"right {_percent(signal['exact'])}.",
        "",
        "Which evidence stands first (all rows; rows of years that publish a budget article):",
        "",
        _row("Order", "Accuracy, all", "Accuracy, with code", "Signal F1, all"),
        _row("---", "---:", "---:", "---:"),
        *(
            _row(
                _ORDERS[name],
                _percent(order["all"]["accuracy"]),
                _percent(order["with_code"]["accuracy"]),
                _percent(order["all"]["si_signal_f1"]),
            )
            for name, order in report["orders"].items()
        ),
        "",
        "Per domain (all rows):",
        "",
        _row("Domain", "Labelled", "Predicted", "Recall", "Precision", "F1"),
        _row("---", "---:", "---:", "---:", "---:", "---:"),
        *(
            _row(
                name,
                row["rows"],
                row["predicted"],
                _percent(row["recall"]),
                _percent(row["precision"]),
                f"{row['f1']:.2f}",
            )
            for name, row in report["all"]["domain"]["per_domain"].items()
        ),
        "",
        "Right by stated confidence (all rows):",
        "",
        _row("domain_confidence", "Rows", "Right"),
        _row("---", "---:", "---:"),
        *(
            _row(f"{step['from']:.1f} to {min(step['below'], 1):.1f}", step["rows"], _percent(step))
            for step in report["by_confidence"]
        ),
        "",
        "Confusions (all rows):",
        "",
        _row("Labelled as", "Predicted as", "Rows"),
        _row("---", "---", "---:"),
        *(
            _row(cell["truth"], cell["predicted"], cell["rows"])
            for cell in sorted(
                report["all"]["domain"]["confusion"],
                key=lambda cell: (-cell["rows"], cell["truth"], cell["predicted"]),
            )
            if cell["truth"] != cell["predicted"]
        ),
    ]
    return "\n".join(lines)


def fill_page(page: str, report: Mapping[str, Any]) -> str:
    """Replace the text between the two markers of the page by the measured figures.

    Raises:
        InputError: The page lost a marker.
    """
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise InputError(f"docs/domains.md must keep the lines {START} and {END}.")
    return f"{before}{START}\n\n{figures(report)}\n\n{END}{after}"


def _watched(report: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures that must not fall."""
    values = {
        "all: accuracy": report["all"]["domain"]["accuracy"]["value"],
        "all: macro-F1": report["all"]["domain"]["macro_f1"]["value"],
        "all: signal F1": report["all"]["si_signal"]["f1"]["value"],
    }
    parts = {
        "held_out_half": report["held_out_half"],
        **report["by_part"],
        **{f"second annotator, {k}": v for k, v in report.get("second_annotator", {}).items()},
    }
    for name, short in parts.items():
        values[f"{name}: accuracy"] = short["accuracy"]["value"]
        values[f"{name}: signal F1"] = short["si_signal_f1"]["value"]
    for name, row in report["all"]["domain"]["per_domain"].items():
        if row["rows"]:
            values[f"{name}: recall"] = row["recall"]["value"]
    return values


def drops(stored: Mapping[str, Any], measured: Mapping[str, Any]) -> list[Fault]:
    """Compare two reports and name every watched figure that is lower than stored."""
    now = _watched(measured)
    return [
        Fault(
            "docs/accuracy/domains.json",
            f"{name} was {value:.4f}; mend the rules, or say why and store the new figure "
            "(analysis accuracy domains)",
            value=f"{now.get(name, 0.0):.4f}",
        )
        for name, value in _watched(stored).items()
        if now.get(name, 0.0) < value
    ]
