import os
import signal
import threading

import pytest

from neurosim.backends.interrupt import noted


def press():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def handler():
    """Python's own handler, restored afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_is_noted_and_the_second_stops_at_once():
    with noted() as stopped:
        assert not stopped()
        press()
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_afterwards_python_handles_it_again():
    with noted() as stopped:
        press()
    assert stopped()
    with pytest.raises(KeyboardInterrupt):
        press()
    with noted() as stopped:
        assert not stopped()


def test_an_error_inside_restores_the_handler():
    with pytest.raises(ValueError, match="inside"), noted():
        raise ValueError("inside")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_someone_else_is_left_alone():
    seen = []
    signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    theirs = signal.getsignal(signal.SIGINT)
    with noted() as stopped:
        assert signal.getsignal(signal.SIGINT) is theirs
        press()
        assert not stopped()
    assert seen == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is theirs


def test_other_threads_leave_it_alone():
    found = []

    def work():
        with noted() as stopped:
            found.append((signal.getsignal(signal.SIGINT), stopped()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(signal.default_int_handler, False)]
