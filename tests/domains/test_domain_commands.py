import sys

import pandas as pd
import pytest

from analysis.cli import main


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["analysis", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_classify_writes_all_rows_and_counts_them(tmp_path, monkeypatch, capsys):
    source = tmp_path / "awards.csv"
    source.write_text(
        "award_id,beneficiary_name,object,amount_eur,flags\n"
        'x1,Synthetic vzw,"École de devoirs, alphabétisation",1000.10,\n'
        "x2,Plugh,,,00\n",
        "utf-8",
    )
    code, out, _ = run(monkeypatch, capsys, "classify", source, "--out", tmp_path / "out.csv")
    assert code == 0
    assert "2 rows: 1 with a domain, 1 unknown" in out
    assert "1000.10 EUR: 1000.10 with a domain, 0.00 unknown; 1 rows without" in out
    result = pd.read_csv(tmp_path / "out.csv", dtype="str", keep_default_na=False)
    before = pd.read_csv(source, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(result[before.columns], before)
    assert result["domain"].tolist() == ["education", "unknown"]
    first = (tmp_path / "out.csv").read_bytes()
    run(monkeypatch, capsys, "classify", source, "--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"amount_eur\n1\n", "beneficiary_name or object"),
        (b"", "not a CSV"),
        (b"object\n\xff\xfe\x00\n", "not a CSV"),
        (b"object,object\na,b\n", "same name"),
        (b"object,domain\na,b\n", "already has"),
        (b'object\n"open\n', "not a CSV"),
        (b"object\na,b,c\nd,e\n", "not a CSV"),
    ],
)
def test_unusable_file_is_one_clear_line(tmp_path, monkeypatch, capsys, content, said):
    source = tmp_path / "awards.csv"
    source.write_bytes(content)
    out = tmp_path / "out.csv"
    code, _, error = run(monkeypatch, capsys, "classify", source, "--out", out)
    assert code == 2
    assert said in error
    assert "Traceback" not in error
    assert not out.exists()


def test_missing_file_and_missing_rules(tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.csv"
    code, _, error = run(monkeypatch, capsys, "classify", tmp_path / "no.csv", "--out", out)
    assert (code, "no such file" in error) == (2, True)
    source = tmp_path / "awards.csv"
    source.write_text("object\nx\n")
    code, _, error = run(monkeypatch, capsys, "classify", source, "--out", out, "--rules", tmp_path)
    assert (code, "is missing" in error) == (2, True)


def test_accuracy_without_published_files(tmp_path, monkeypatch, capsys):
    code, _, error = run(monkeypatch, capsys, "accuracy", "domains", "--mirror", tmp_path)
    assert code == 2
    assert "ANALYSIS_MIRROR" in error
