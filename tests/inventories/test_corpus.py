"""Each file of the corpus gives what the table says: so many rows and euros, or one clear refusal."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import InputError
from analysis.inventories import ingest
from corpus import BUILDERS

TABLE = Path(__file__).parents[1] / "fixtures" / "inventories" / "expected.csv"
EXPECTED = list(csv.DictReader(TABLE.open(encoding="utf-8")))


def test_every_file_has_its_expected_outcome():
    assert [row["file"] for row in EXPECTED] == list(BUILDERS)
    assert sum(row["outcome"] == "refused" for row in EXPECTED) >= 25


@pytest.mark.parametrize(
    "row", [r for r in EXPECTED if r["outcome"] == "read"], ids=lambda r: r["file"]
)
def test_sound_files_are_accounted_for(corpus, row):
    result = ingest([corpus(row["file"])], "fictive")
    totals = result.ledger["totals"]
    found = [totals[f"rows_{key}"] for key in ("read", "kept", "quarantined", "ignored")]
    assert found == [int(row[key]) for key in ("read", "kept", "quarantined", "ignored")]
    assert found[0] == sum(found[1:])
    assert Decimal(str(totals["amount_kept_eur"])) == Decimal(row["amount_eur"])
    assert len(result.awards) == found[1]
    assert len(result.quarantine) == found[2]
    assert len(result.ignored) == found[3]
    said = " ".join(decision for entry in result.ledger["files"] for decision in entry["decisions"])
    assert row["words"] in said


@pytest.mark.parametrize(
    "row", [r for r in EXPECTED if r["outcome"] == "refused"], ids=lambda r: r["file"]
)
def test_unusable_files_are_refused(corpus, row):
    path = corpus(row["file"])
    start = time.monotonic()
    with pytest.raises(InputError) as caught:
        ingest([path], "fictive")
    assert row["words"] in str(caught.value)
    assert row["file"] in str(caught.value)
    assert caught.value.exit_code == 2
    assert time.monotonic() - start < 10


@pytest.mark.skipif(sys.platform != "linux", reason="memory limits are set the Linux way")
@pytest.mark.parametrize("name", ["lying-bomb.xlsx", "far-cell.xlsx", "repeat-bomb.ods"])
def test_hostile_workbooks_stay_small(corpus, tmp_path, name):
    code = (
        "import sys; from analysis.errors import InputError; from analysis.inventories import ingest\n"
        "import resource\n"
        "try: ingest([sys.argv[1]], 'fictive')\n"
        "except InputError as error: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(2)"
    )
    src = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus(name))],
        capture_output=True,
        text=True,
        timeout=30,
        env={"PYTHONPATH": src, "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 2, done.stderr
    assert int(done.stdout) < 1_000_000  # kB
