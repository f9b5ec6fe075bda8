"""Population tables and rows in memory images."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import ToolchainError
from neurosim.hardware.spinnaker.images import (
    MATRICES,
    TABLE,
    Matrix,
    population_table,
    regions,
    static_words,
)
from tests.hardware.spinnaker.memory import database, matrix, table


def test_regions_are_found_by_label(tmp_path):
    path = database(
        tmp_path / "ds.sqlite3",
        {
            (TABLE, 0, 0, 3): b"abc", (TABLE, 0, 1, 4): b"de", (MATRICES, 0, 0, 3): b"f",
            (TABLE, 0, 0, 5): None,
        },
    )  # fmt: skip
    assert regions(path, TABLE) == {(0, 0, 3): b"abc", (0, 1, 4): b"de"}
    assert regions(path, "Nothing") == {}


def test_a_file_that_is_no_data_base_is_refused(tmp_path):
    (tmp_path / "text").write_text("no data base, but long enough to have a header " * 10)
    for name in ("text", "missing"):
        with pytest.raises(ToolchainError, match="must be sPyNNaker's data base"):
            regions(tmp_path / name, TABLE)
    assert not (tmp_path / "missing").exists()


def test_entries_of_a_population_table():
    content = table(
        (0x200, 0xFFFFFF00, 10, [(0, 1), (256, 255), None]), (0x400, 0xFFFFFC00, 40, [(64, 256)])
    )
    found = population_table(content)
    assert set(found) == {0x200, 0x400}
    first = found[0x200]
    assert (first.key, first.mask, first.neurons) == (0x200, 0xFFFFFF00, 10)
    assert first.matrices == (Matrix(0, 1), Matrix(256, 255))
    assert found[0x400].matrices == (Matrix(64, 256),)
    assert population_table(table()) == {}


def test_words_of_rows():
    content = b"\0" * 16 + matrix([[7, 8], [], [9]], 2)
    rows, words = static_words(content, Matrix(16, 2), 3)
    assert rows.tolist() == [0, 0, 2]
    assert words.tolist() == [7, 8, 9]


def test_plastic_rows_have_no_static_words():
    plastic = np.array([2, 5, 6, 0, 1, 9, 0, 0], dtype="<u4").tobytes()
    rows, words = static_words(plastic, Matrix(0, 5), 1)
    assert len(rows) == len(words) == 0


def test_a_matrix_beyond_its_region_is_an_error():
    with pytest.raises(ToolchainError, match="3 rows at 16 must lie in a region of 48 bytes"):
        static_words(matrix([[7, 8], []], 2), Matrix(16, 2), 3)
