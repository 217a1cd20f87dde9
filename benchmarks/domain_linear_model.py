"""Would a linear model earn its place beside the rules? Measured, and left out.

Trains TF-IDF (words of object and of beneficiary) and logistic regression on unlabelled rows of the
City of Brussels, once with the domain of a reliable functional code as target, once with the rules'
own judgement, and scores both on the labelled rows. Rows that read like a labelled row are left out
of training. Needs scikit-learn (extra "benchmarks") and the publishers' files
(ANALYSIS_MIRROR). Writes docs/accuracy/domain_linear_model.json.

    python benchmarks/domain_linear_model.py
"""

from __future__ import annotations

import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from analysis.domains.classify import classify, functional_code
from analysis.domains.evaluate import wilson
from analysis.domains.gold import city_rows, read_labels
from analysis.domains.matching import normalise
from analysis.domains.rules import UNKNOWN, load_rules
from analysis.files import write_json
from analysis.project import find_project, mirror_folder

# Functions whose rows serve several fields in practice: no fair teacher.
MIXED = {"104", "124", "137", "138", "140", "300", "561", "878", "930"}


def features(rows: pd.DataFrame, train: pd.Series) -> csr_matrix:
    parts = []
    for column, grams in (("object", (1, 2)), ("beneficiary_name", (1, 1))):
        texts = normalise(rows[column])
        vectoriser = TfidfVectorizer(min_df=3, sublinear_tf=True, ngram_range=grams)
        vectoriser.fit(texts[train])
        parts.append(vectoriser.transform(texts))
    return hstack(parts).tocsr()


def main() -> None:
    project = find_project()
    labels = read_labels(project.raw / "labels" / "city_subsidies_gold.csv")
    rows = city_rows(mirror_folder(project), sorted(labels["year"].unique().tolist()))
    rules = load_rules()
    judged = classify(rows, rules=rules)
    codes = functional_code(rows, rules)
    by_code = codes.map(rules.functional_codes.set_index("code")["domain"])
    by_code = by_code.mask(codes.str[:3].isin(MIXED) | codes.isin(["76201", "77210"]))
    by_rules = judged["domain"].mask(
        (judged["domain"] == UNKNOWN) | (judged["domain_confidence"] < 0.5)
    )
    rows = rows.merge(labels, on=["year", "row_index"], how="left")
    texts = normalise(rows["object"]) + "|" + normalise(rows["beneficiary_name"])
    labelled = rows["domain_gold"].notna()
    apart = ~texts.isin(set(texts[labelled]))
    report = {"rules": {}, "linear_model_on_codes": {}, "linear_model_on_rules": {}}
    answers = {"rules": judged["domain"]}
    for name, target in (
        ("linear_model_on_codes", by_code),
        ("linear_model_on_rules", by_rules),
    ):
        train = apart & target.notna()
        matrix = features(rows, train)
        model = LogisticRegression(C=5, max_iter=400, class_weight="balanced")
        model.fit(matrix[train.to_numpy()], target[train])
        answers[name] = pd.Series(model.predict(matrix), index=rows.index)
        report[name]["trained_on_rows"] = int(train.sum())
    scored = rows["domain_gold"].notna() & (rows["domain_gold"] != "")
    for name, answer in answers.items():
        for part in ("development", "second_look", "unseen"):
            mine = scored & (rows["part"] == part)
            hits = int((answer[mine] == rows.loc[mine, "domain_gold"]).sum())
            low, high = wilson(hits, int(mine.sum()))
            report[name][part] = {
                "accuracy": round(hits / int(mine.sum()), 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "rows": int(mine.sum()),
            }
    write_json(project.root / "docs" / "accuracy" / "domain_linear_model.json", report)
    for name, figures in report.items():
        print(name, {p: f["accuracy"] for p, f in figures.items() if isinstance(f, dict)})


if __name__ == "__main__":
    main()
