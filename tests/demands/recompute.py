"""The indicators of the demands a second time: plain csv and loops, nothing of the package."""

from __future__ import annotations

import csv
import math
from pathlib import Path

DAY = {"start": "2019-12-31", "plea": "2023-12-05"}
ENDED = {"closed", "suspended", "replaced"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


class Evidence:
    def __init__(self, processed: Path, readings: Path) -> None:
        self.day = {**DAY, "today": rows(processed / "edition.csv")[0]["as_of"]}
        self.programmes = {
            r["programme_id"]: r
            for r in rows(processed / "programmes.csv")
            if r["kind"] not in ("law", "strategy")
        }
        self.stage = {
            (r["programme_id"], r["stage"]): r["supports"]
            for r in rows(processed / "programme_stages.csv")
        }
        self.wages = {k for k, row in self.programmes.items() if row["wage_scheme"] == "yes"}
        self.told = {key: self.stage[key, "working_time"] for key in self.wages}
        self.strictly()
        self.form = {
            (r["programme_id"], r["legal_form"]): r["open_to"]
            for r in rows(processed / "programme_legal_forms.csv")
        }
        self.status = rows(processed / "programme_status.csv")
        self.awards = rows(processed / "awards.csv")
        self.facts = {r["fact_id"]: r for r in rows(processed / "funding_facts.csv")}
        self.calls = rows(processed / "calls.csv")
        self.answer = {(r["row_id"], r["question"]): r["answer"] for r in rows(readings)}

    def strictly(self) -> None:
        for key in self.wages:
            self.stage[key, "working_time"] = "no"

    def state(self, programme: str, day: str) -> str:
        when = self.day[day]
        for row in self.status:
            last = row["end"] or "9999-12-31"
            if row["programme_id"] == programme and row["start"] <= when <= last:
                return row["state"]
        return "unknown"

    def placed(self, day, stages=(), forms=(), reading="", domains="", funders=()):
        opened, maybe, ended, members = set(), set(), set(), {}
        for key, row in self.programmes.items():
            if funders and row["funder_id"] not in funders:
                continue
            if stages and "yes" not in [self.stage[key, s] for s in stages]:
                continue
            codes = [self.form[key, f] for f in forms]
            if reading:
                said = self.answer.get((key, reading.strip("!")), "unknown")
                swap = {"yes": "no", "no": "yes", "unknown": "unknown"}
                codes.append(swap[said] if "!" in reading else said)
            if domains:
                domain = row["domain"]
                several = domain == "any" or len(domain.split(";")) > 1
                codes.append(("yes" if several else "no") if domain else "unknown")
            if "no" in codes:
                continue
            state = self.state(key, day)
            family = row["family_id"]
            sure = "unknown" not in codes
            if sure and state == "open":
                opened.add(family)
            elif state in ("open", "unknown"):
                maybe.add(family)
            elif sure and state in ENDED:
                ended.add(family)
            else:
                continue
            members.setdefault(family, set()).add(key)
        return opened, maybe - opened, ended, members

    # One method an indicator: value, low, high.
    def families_open(self, **arguments):
        opened, maybe, *_ = self.placed(**arguments)
        return len(opened), len(opened), len(opened) + len(maybe)

    def families_new(self, since, day, **arguments):
        before, may, *_ = self.placed(since, **arguments)
        after, *_ = self.placed(day, **arguments)
        new = after - before
        return len(new), len(new - may), len(new)

    def kinds_with_at_most(self, day, kinds, forms, at_most, wide=False):
        if wide:
            self.stage |= {(key, "working_time"): code for key, code in self.told.items()}
        counts = [self.families_open(day=day, stages=[k], forms=forms) for k in kinds]
        self.strictly()
        few = len([1 for value, _, _ in counts if value <= at_most])
        return few, len([1 for _, _, high in counts if high <= at_most]), few

    def authorities_without(self, day, authorities, reading, forms):
        counts = [
            self.families_open(day=day, forms=forms, reading=reading, funders=funders)
            for funders in authorities.values()
        ]
        none = len([1 for value, _, _ in counts if not value])
        return none, len([1 for _, _, high in counts if not high]), none

    def _yes(self, question):
        return [
            key
            for (key, q), a in self.answer.items()
            if q == question and a == "yes" and key in self.programmes
        ]

    @staticmethod
    def _share(codes):
        yes, unknown = codes.count("yes"), codes.count("unknown")
        if not codes:
            return None, None, None
        value = yes / len(codes) if unknown < len(codes) else None
        return value, yes / len(codes), (yes + unknown) / len(codes)

    def share_admitting(self, among, form, states=(), day="today"):
        return self._share(
            [
                self.form[key, form]
                for key in self._yes(among)
                if not states or self.state(key, day) in states
            ]
        )

    def programmes_answering(self, question, answer="yes", alive=""):
        value = low = unknown = 0
        for (key, asked), said in self.answer.items():
            if asked != question or key not in self.programmes:
                continue
            state = self.state(key, alive) if alive else "open"
            if state not in ("open", "unknown"):
                continue
            value += said == answer
            low += said == answer and state == "open"
            unknown += said == "unknown"
        return value, low, value + unknown

    def awards_led_by(self, programme, forms):
        leaders = [
            r["legal_form"]
            for r in self.awards
            if r["programme_id"] == programme and r["counted"] == "yes"
        ]
        led = sum(leaders.count(form) for form in forms)
        unknown = leaders.count("unknown")
        total = len(leaders)
        return led / (total - unknown), led / total, (led + unknown) / total

    def awards_naming(self, words):
        found = 0
        for r in self.awards:
            text = (r["project"] + " " + r["beneficiary"] + " " + r["partners"]).lower()
            found += r["counted"] == "yes" and any(w.lower() in text for w in words)
        return found, found, None

    @staticmethod
    def _wilson(k, n):
        # As the roots of the quadratic that defines the interval.
        z2 = 1.959963984540054**2
        p = k / n
        a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
        root = math.sqrt(b * b - 4 * a * c)
        return (-b - root) / (2 * a), (-b + root) / (2 * a)

    def amounts_public(self):
        counted = [r for r in self.awards if r["counted"] == "yes"]
        stated = len([r for r in counted if r["amount_eur"] != ""])
        return stated / len(counted), *self._wilson(stated, len(counted))

    def success_rate(self, programmes):
        both = [
            (float(r["submitted"]), float(r["selected"]))
            for r in self.calls
            if r["programme_id"] in programmes and r["submitted"] and r["selected"]
        ]
        submitted, selected = (sum(column) for column in zip(*both, strict=True))
        return selected / submitted, *self._wilson(selected, submitted)

    def fact(self, fact_id):
        row = self.facts[fact_id]
        return float(row["value"]), float(row["low"]), float(row["high"])

    def facts_ratio(self, part, whole, counts=False):
        top, bottom = self.fact(part), self.fact(whole)
        ends = (
            self._wilson(top[0], bottom[0]) if counts else (top[1] / bottom[2], top[2] / bottom[1])
        )
        return top[0] / bottom[0], *ends

    def authorities_publishing(self, programme, facts):
        found = {
            r["funder_id"]
            for k, r in self.facts.items()
            if k in facts and r["programme_id"] == programme
        }
        return len(found), len(found), None

    def facts_about(self, words):
        found = len(
            [
                1
                for r in self.facts.values()
                if r["unit"] == "EUR" and any(w.lower() in r["programme"].lower() for w in words)
            ]
        )
        return found, found, None
