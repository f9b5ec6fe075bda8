import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pyNN")


@pytest.fixture
def sim():
    """The front end, set up anew with a step of 0.1 ms."""
    import neurosim.pynn as module

    module.setup(timestep=0.1, seed=3)
    return module


@pytest.fixture
def board():
    """The front end with the personality of SpiNNaker boards, a tick of 1 ms."""
    import neurosim.pynn as module

    module.setup(timestep=1.0, seed=3, backend="spinnaker-emulator")
    yield module
    module.setup()
