"""`pathwarden report`: a page from a result file or a scan, and what it says of bad input."""

import pytest


@pytest.fixture
def result_file(run, estate, tmp_path):
    file = tmp_path / "result.json"
    run("scan", estate, "--format", "json", "-o", file)
    return file


def test_a_result_file_gives_the_page_that_a_scan_gives(run, estate, result_file, tmp_path):
    page = tmp_path / "report.html"
    assert run("report", "--on", estate, "-o", page).code == 0
    saved = run("report", "--from", result_file)
    assert (saved.code, saved.err) == (0, "")
    assert saved.out == page.read_text()
    assert saved.out.startswith("<!DOCTYPE html>")


def test_a_result_of_another_version(run, result_file):
    result_file.write_text(result_file.read_text().replace("result-1.json", "result-9.json"))
    done = run("report", "--from", result_file)
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
    assert "not a result file of this version" in done.err


def test_an_output_that_cannot_be_written(run, result_file, tmp_path):
    done = run("report", "--from", result_file, "-o", tmp_path / "none" / "report.html")
    assert (done.code, len(done.lines)) == (2, 1)
    assert "cannot be written" in done.err
    assert not (tmp_path / "none").exists()


def test_a_directory_that_is_none(run, tmp_path):
    done = run("report", "--on", tmp_path / "none")
    assert (done.code, done.out, len(done.lines)) == (2, "", 1)
