"""Measure the register at full size and compare the matching with Splink and with rapidfuzz.

Everything is synthetic (see synthetic_kbo.py). Each stage runs in a process of its own, so that peak
memory is its own. Figures go to docs/accuracy/register_benchmarks.json.

    python benchmarks/bench_register.py WORKFOLDER [--scale 1.0] [--compare-scale 0.1]

The comparison gives the three the same register and the same names in one run. Splink and rapidfuzz
get the names already normalised by this package, and the cut-off that serves them best (the most
found at a precision of at least 99 %), which nobody could know beforehand: both favour them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "accuracy" / "register_benchmarks.json"
SEED = 20261123


def peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def build(source: Path, store: Path) -> dict:
    from analysis.organisations.register import build_register

    start = time.perf_counter()
    built = build_register(source, store, lambda step: print("   ", step, file=sys.stderr))
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mb": peak_mb(),
        "store_mb": round(store.stat().st_size / 1e6, 0),
        "organisations": built.organisations,
        "names": built.names,
    }


def look_up(store: Path) -> dict:
    """Open the store and look one number up, fifty times, a fresh connection each."""
    import numpy as np

    from analysis.organisations.register import look_up
    from analysis.organisations.store import opened

    with opened(store) as register:
        numbers = register.execute(
            f"SELECT number FROM enterprise USING SAMPLE 50 ROWS (reservoir, {SEED})"
        ).fetchall()
    times = []
    for (number,) in numbers:
        start = time.perf_counter()
        with opened(store) as register:
            assert not look_up(register, f"{number:010d}").empty
        times.append(1000 * (time.perf_counter() - start))
    return {
        "times": len(times),
        "median_ms": round(float(np.median(times)), 1),
        "p95_ms": round(float(np.percentile(times, 95)), 1),
    }


def questions(store: Path, count: int):
    """Names of the register, disturbed, and names that are not in it; the right answers beside."""
    import numpy as np
    import pandas as pd

    from analysis.organisations.numbers import ids_of_integers
    from analysis.organisations.store import opened

    with opened(store) as register:
        sample = register.execute(
            f"""SELECT name, number FROM denomination
            USING SAMPLE {count * 2} ROWS (reservoir, {SEED})"""
        ).df()
        # A name that several organisations share has no right answer.
        register.register("sample", sample)
        shared = register.execute(
            """SELECT DISTINCT sample.name FROM sample JOIN denomination USING (name)
            JOIN reading USING (name_id) JOIN reading AS twin USING (key_id)
            JOIN denomination AS other ON other.name_id = twin.name_id
            WHERE other.number <> denomination.number"""
        ).df()
    sample = sample.loc[~sample["name"].isin(shared["name"])].head(count).reset_index(drop=True)
    random = np.random.default_rng(SEED)
    kinds = random.choice(
        ["same", "misspelled", "other order", "form added", "absent"],
        len(sample),
        p=[0.2, 0.4, 0.15, 0.1, 0.15],
    )

    def disturb(name: str, kind: str, other: str) -> str:
        words = name.split()
        if kind == "misspelled":
            place = int(random.integers(1, max(2, len(name) - 1)))
            if random.random() < 0.5:
                return name[:place] + name[place + 1 :]
            return name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
        if kind == "other order":
            return " ".join(reversed(words))
        if kind == "form added":
            return f"{name} ASBL"
        if kind == "absent":
            # Half of one name and half of another: words of the register, a name that is not.
            return " ".join([words[0], *other.split()[-1:], words[-1][::-1]])
        return name

    others = sample["name"].sample(frac=1, random_state=SEED).tolist()
    names = [disturb(n, k, o) for n, k, o in zip(sample["name"], kinds, others, strict=True)]
    right = ids_of_integers(sample["number"]).mask(pd.Series(kinds) == "absent", "")
    return pd.DataFrame({"name": names, "kind": kinds, "right": right})


def score(asked, matched_id) -> dict:
    """Found of those in the register, precision of the answers, answers to the absent ones."""
    answered = matched_id != ""
    inside = asked["right"] != ""
    right = answered & (matched_id == asked["right"])
    return {
        "found": round(float(right[inside].mean()), 4),
        "precision": round(float(right.sum() / max(answered.sum(), 1)), 4),
        "false_matches_of_absent": round(float(answered[~inside].mean()), 4),
    }


def match(store: Path, count: int) -> dict:
    from analysis.organisations.match import match_names
    from analysis.organisations.store import opened

    asked = questions(store, count)
    start = time.perf_counter()
    with opened(store) as register:
        found = match_names(register, asked["name"])
    seconds = time.perf_counter() - start
    certain = found["matched_id"].where(found["decision"] == "match", "")
    by_kind = (certain == asked["right"]).groupby(asked["kind"]).mean().round(4).to_dict()
    return {
        "names": len(asked),
        "seconds": round(seconds, 1),
        "peak_mb": peak_mb(),
        **score(asked, certain),
        "review": round(float((found["decision"] == "review").mean()), 4),
        "right_by_kind": by_kind,
    }


def normalised(store: Path, asked):
    """Return register and questions as the rivals get them: our words, one row a whole name."""
    from analysis.organisations.names import readings
    from analysis.organisations.store import opened

    with opened(store) as register:
        known = register.execute(
            """SELECT name_id, any_value(number) AS number, any_value(words) AS words
            FROM reading JOIN name_key USING (key_id) JOIN denomination USING (name_id)
            WHERE reading.kind = 'whole' GROUP BY name_id ORDER BY name_id"""
        ).df()
    whole = readings(asked["name"])
    whole = whole.loc[whole["kind"] == "whole"].drop_duplicates("position").set_index("position")
    return known, asked["name"].index.to_series().map(whole["words"]).fillna("")


def best_cut(asked, answer, points) -> dict:
    """Score at the cut-off that finds most at a precision of at least 99 %."""
    import numpy as np

    options = []
    for cut in np.unique(np.quantile(points.dropna(), np.linspace(0, 1, 101))):
        measured = score(asked, answer.where(points >= cut, ""))
        options.append((measured["precision"] >= 0.99, measured["found"], float(cut), measured))
    precise, _, cut, measured = max(
        options, key=lambda o: (o[0], o[1] if o[0] else o[3]["precision"])
    )
    return {**measured, "cut_off_chosen_afterwards": round(cut, 3), "reaches_99": bool(precise)}


def brute(store: Path, count: int, names: int, scorer: str) -> dict:
    """rapidfuzz against every name; ``names`` of the questions, the time carried to all."""
    import pandas as pd
    from rapidfuzz import fuzz, process

    from analysis.organisations.numbers import ids_of_integers

    asked = questions(store, count)
    known, words = normalised(store, asked)
    asked, words = asked.head(names).reset_index(drop=True), words.head(names)
    choices = known["words"].tolist()
    start = time.perf_counter()
    best = [process.extractOne(w, choices, scorer=getattr(fuzz, scorer)) for w in words]
    seconds = time.perf_counter() - start
    answer = ids_of_integers(known["number"].iloc[[b[2] for b in best]]).reset_index(drop=True)
    points = pd.Series([b[1] for b in best], dtype="float64")
    return {
        "names_compared": names,
        "seconds": round(seconds, 1),
        "seconds_for_all_names": round(seconds * count / names, 1),
        "peak_mb": peak_mb(),
        "at_90": score(asked, answer.where(points >= 90, "")),
        **best_cut(asked, answer, points),
    }


def splink_answers(known, words):
    """Link words with Splink; per question the answer ("" when none or a tie) and its weight."""
    import logging
    import warnings

    import pandas as pd
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    from analysis.organisations.numbers import ids_of_integers

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    rarity = pd.Series(" ".join(known["words"]).split()).value_counts()

    def prepared(text: pd.Series) -> pd.DataFrame:
        tokens = text.str.split(" ")
        ordered = [sorted(set(t), key=lambda w: (rarity.get(w, 0), w)) for t in tokens]
        return pd.DataFrame(
            {
                "unique_id": range(len(text)),
                "sorted_words": [" ".join(sorted(t)) for t in tokens],
                "key": text.str.replace(" ", "").to_numpy(),
                "tokens": tokens.to_numpy(),
                "rare_one": [o[0] for o in ordered],
                "rare_two": [o[1] if len(o) > 1 else None for o in ordered],
            }
        )

    database = DuckDBAPI()
    linker = Linker(
        [
            database.register(prepared(words), dataset_display_name="asked"),
            database.register(prepared(known["words"]), dataset_display_name="known"),
        ],
        SettingsCreator(
            link_type="link_only",
            comparisons=[
                compare.JaroWinklerAtThresholds("sorted_words", [0.98, 0.95, 0.9, 0.8]),
                compare.ArrayIntersectAtSizes("tokens", [4, 3, 2, 1]),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("key"),
                block_on("substr(key, 1, 7)"),
                block_on("rare_one"),
                block_on("rare_two"),
            ],
            probability_two_random_records_match=1 / len(known),
        ),
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("rare_one"))
    pairs = linker.inference.predict().as_pandas_dataframe()
    assert set(pairs["source_dataset_l"]) == {"asked"}
    assert set(pairs["source_dataset_r"]) == {"known"}
    pairs["answer"] = ids_of_integers(known["number"].iloc[pairs["unique_id_r"]]).to_numpy()
    pairs = pairs.sort_values(["unique_id_l", "match_weight"], ascending=[True, False])
    best = pairs.drop_duplicates("unique_id_l").set_index("unique_id_l")
    top = pairs["match_weight"] == pairs["unique_id_l"].map(best["match_weight"])
    # Two organisations with the same weight are no answer, as with us.
    single = pairs.loc[top].groupby("unique_id_l")["answer"].nunique().eq(1)
    best = best.loc[single.reindex(best.index)]
    answer = best["answer"].reindex(range(len(words))).fillna("")
    return answer, best["match_weight"].reindex(range(len(words)))


def splink(store: Path, count: int) -> dict:
    asked = questions(store, count)
    known, words = normalised(store, asked)
    start = time.perf_counter()
    answer, points = splink_answers(known, words)
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 1), "peak_mb": peak_mb(), **best_cut(asked, answer, points)}


def splink_city() -> dict:
    """Splink on the split of the City files that the targets are set for, at its best cut-off."""
    import numpy as np
    import pandas as pd

    from analysis.organisations.accuracy import SPLITS, measure, read_city_names
    from analysis.organisations.names import readings
    from analysis.project import mirror_folder

    years, year = SPLITS[0]
    awards = read_city_names(mirror_folder() / "city-of-brussels", [*years, year])

    def words(names: pd.Series) -> pd.Series:
        whole = readings(names)
        whole = whole.loc[whole["kind"] == "whole"].drop_duplicates("position")
        return names.index.to_series().map(whole.set_index("position")["words"]).fillna("")

    answers: list = []

    def matcher(cut: float):
        def run(register: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
            if not answers:
                known = register.loc[register["beneficiary_id"] != ""].drop_duplicates(
                    ["beneficiary_id", "beneficiary_name"], ignore_index=True
                )
                known["number"] = known["beneficiary_id"].str[-10:].astype("int64")
                known["words"] = words(known["beneficiary_name"])
                answers.extend(splink_answers(known, words(names)))
            answer, points = answers
            decision = np.where((answer != "") & (points >= cut), "match", "none")
            return pd.DataFrame({"matched_id": answer, "decision": decision})

        return run

    first = measure(awards, years, year, matcher(-1e9))
    cuts = np.unique(np.quantile(answers[1].dropna(), np.linspace(0, 0.6, 13)))
    options = [first, *(measure(awards, years, year, matcher(float(cut))) for cut in cuts)]
    precise = [o for o in options if o["precision"]["share"] >= 0.99]
    if precise:
        return max(precise, key=lambda o: o["found"]["share"])
    return max(options, key=lambda o: o["precision"]["share"])


STAGES = {
    "build": lambda o: build(o.folder / "extract.zip", o.folder / "register.duckdb"),
    "build-small": lambda o: build(o.folder / "small", o.folder / "small.duckdb"),
    "look-up": lambda o: look_up(o.folder / "register.duckdb"),
    "match": lambda o: match(o.folder / "register.duckdb", o.names),
    "ours": lambda o: match(o.folder / "small.duckdb", o.compare_names),
    "splink": lambda o: splink(o.folder / "small.duckdb", o.compare_names),
    "splink on the City files": lambda o: splink_city(),
    "WRatio": lambda o: brute(o.folder / "small.duckdb", o.compare_names, o.brute_names, "WRatio"),
    "token_sort_ratio": lambda o: brute(
        o.folder / "small.duckdb", o.compare_names, o.brute_names, "token_sort_ratio"
    ),
}


def run_stage(stage: str) -> dict:
    """Run one stage in a process of its own."""
    print(stage, "...", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--stage", stage],
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--compare-scale", type=float, default=0.1)
    parser.add_argument("--compare-names", type=int, default=2_000)
    parser.add_argument("--brute-names", type=int, default=200)
    parser.add_argument(
        "--only", nargs="*", choices=["size", "compare"], default=["size", "compare"]
    )
    parser.add_argument("--stage", choices=STAGES)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(STAGES[options.stage](options)))
        return
    from synthetic_kbo import write, write_zip

    from analysis.files import write_json

    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["machine"] = {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 1),
    }
    if "size" in options.only:
        if not (options.folder / "extract.zip").exists():
            write(options.folder / "extract", options.scale)
            write_zip(options.folder / "extract")
        results["full_size"] = {"scale": options.scale} | {
            stage: run_stage(stage) for stage in ("build", "look-up", "match")
        }
        write_json(RESULTS, results)
    if "compare" in options.only:
        if not (options.folder / "small").exists():
            write(options.folder / "small", options.compare_scale)
        results["comparison"] = {
            "scale": options.compare_scale,
            "names": options.compare_names,
            "register": run_stage("build-small"),
        } | {stage: run_stage(stage) for stage in ("ours", "splink", "WRatio", "token_sort_ratio")}
        from analysis.project import mirror_folder

        if (mirror_folder() / "city-of-brussels").is_dir():
            results["comparison"]["splink on the City files"] = run_stage(
                "splink on the City files"
            )
        write_json(RESULTS, results)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
