from __future__ import annotations
import pandas as pd
def compare_years(result): return pd.DataFrame()
def check(result, a, b): return pd.DataFrame()
