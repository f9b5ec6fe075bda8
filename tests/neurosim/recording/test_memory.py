import pytest

from neurosim.recording.memory import available, size

MEMINFO = "MemTotal:       8000 kB\nMemFree:         100 kB\nMemAvailable:    4000 kB\n"


@pytest.fixture
def meminfo(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text(MEMINFO)
    return path


def group(folder, limit, current, inactive):
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{current}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {inactive}\n")
    return folder


def test_available_memory_is_what_the_system_says(meminfo, tmp_path):
    assert available(meminfo, tmp_path / "no group") == 4000 * 1024


def test_a_control_group_with_a_lower_limit_decides(meminfo, tmp_path):
    assert available(meminfo, group(tmp_path, 3000, 2500, 700)) == 1200


def test_a_control_group_without_a_limit_does_not_matter(meminfo, tmp_path):
    assert available(meminfo, group(tmp_path, "max", 2500, 700)) == 4000 * 1024


def test_nothing_is_known_where_there_are_no_such_files(tmp_path):
    assert available(tmp_path / "none", tmp_path / "none") is None


@pytest.mark.parametrize(
    ("n", "words"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (2**20 * 84.1, "84.1 MiB"),
     (2**40 * 5000, "5000 TiB")],
)  # fmt: skip
def test_sizes_in_words(n, words):
    assert size(n) == words
