"""What a benchmark calls CPU and memory is checked against programs whose needs are known."""

from __future__ import annotations

import sys

import pytest

from tests.bench.measured import Failed, measure

pytestmark = pytest.mark.integration
BURN = "import time\nwhile time.process_time() < {}: pass"
ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {!r}])"


def test_counts_the_cpu_of_an_orphan_that_nobody_waited_for() -> None:
    usage = measure([sys.executable, "-c", ORPHAN.format(BURN.format(0.8))])
    assert 0.8 <= usage.cpu < 2.5
    assert usage.wall < 0.8  # the command itself was gone long before


def test_sees_the_peak_memory_of_a_child() -> None:
    hold = "import time; held = bytearray(60_000_000); time.sleep(0.3)"
    run = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    usage = measure([sys.executable, "-c", run], memory=True)
    assert 60 < usage.pss <= usage.rss < 120


def test_a_command_that_fails_fails_the_measurement_with_its_words() -> None:
    with pytest.raises(Failed, match="no such thing"):
        measure([sys.executable, "-c", "import sys; sys.exit('no such thing')"])
