import pytest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pyNN")


@pytest.fixture
def sim():
    """The front end, set up anew with a step of 0.1 ms."""
    import neurosim.pynn as module

    module.setup(timestep=0.1, seed=3)
    return module
