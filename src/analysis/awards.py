"""Awards of the evidence base: what counts as one, and what does not."""

from __future__ import annotations

import pandas as pd

from analysis.notes import reader_notes


def clean_awards(raw: pd.DataFrame) -> pd.DataFrame:
    """Mark the awards that count once, and give readers their note.

    A topic without name or beneficiary is no award; of rows that say the same (``same_as``) the
    first counts. All rows stay in the table.

    Args:
        raw: Corrected text frame of ``awards``.

    Returns:
        Text frame with counted (yes/no) and not_counted_because added; one row for each raw row.
    """
    frame = raw.copy()
    frame["not_counted_because"] = ""
    repeated = frame["same_as"].ne("") & frame.duplicated("same_as")
    frame.loc[repeated, "not_counted_because"] = "same_as_other_row"
    frame.loc[frame["row_kind"] == "topic_only", "not_counted_because"] = "topic_only"
    frame["counted"] = (
        frame["not_counted_because"].eq("").map({True: "yes", False: "no"}).astype("str")
    )
    frame["note"] = reader_notes(raw["note"])
    return frame
