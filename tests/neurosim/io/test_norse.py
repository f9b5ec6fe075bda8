"""Networks made from Norse modules spike as the modules do, at every step."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

from neurosim.errors import NeurosimError, ParameterError, SpecError, UnsupportedError
from neurosim.io import nir
from neurosim.io import norse as front
from neurosim.io.nir import NIRCurrent, NIRMembrane

from .frameworks import ours, spikes_in

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Norse uses what newer versions of torch warn of
    import norse.torch as norse
    from norse.torch.functional.reset import reset_subtract

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
STEPS = 40
NEURONS = ("LIFBoxCell", "LIFCell", "LIFRecurrentCell", "LIBoxCell", "LICell", "LILinearCell",
           "IAFCell")  # fmt: skip


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(3)


def value(x: float) -> Any:
    return torch.tensor(x, dtype=torch.float64)


def box(dt: float = 0.001, **changes: Any) -> Any:
    p = {"tau_mem_inv": value(150.0), "v_leak": value(0.1), "v_th": value(0.6)} | changes
    return norse.LIFBoxCell(norse.LIFBoxParameters(**p), dt=dt)


def current(dt: float = 0.001, **changes: Any) -> Any:
    p = {"tau_mem_inv": value(150.0), "tau_syn_inv": value(220.0), "v_leak": value(0.05)}
    return norse.LIFCell(norse.LIFParameters(**(p | {"v_th": value(0.7)} | changes)), dt=dt)


def leaking(**changes: Any) -> Any:
    """Parameters of a read-out; Norse's defaults are float32, in which decays are rounded."""
    p = {"tau_mem_inv": value(80.0), "tau_syn_inv": value(200.0), "v_leak": value(0.2)}
    return norse.LIParameters(**(p | changes))


def sequence(*layers: Any, gain: float = 3.0) -> Any:
    net = norse.SequentialState(*layers).double().eval()
    with torch.no_grad():
        for layer in net:
            if hasattr(layer, "weight"):
                layer.weight *= gain
            if getattr(layer, "bias", None) is not None:
                layer.bias += 0.6
    return net


def theirs(net: Any, x: Any) -> list[Any]:
    """What every neuron layer gives, stepwise: (samples, steps, size) each."""
    found: dict[int, list[Any]] = {}
    states: dict[int, Any] = {}
    with torch.no_grad():
        for k in range(x.shape[1]):
            s = torch.tensor(x[:, k], dtype=torch.float64)
            for i, layer in enumerate(net):
                if type(layer).__name__ in NEURONS:
                    s, states[i] = layer(s, states.get(i))
                    found.setdefault(i, []).append(s.reshape(len(s), -1).numpy().copy())
                else:
                    s = layer(s)
    return [np.stack(found[i], axis=1) for i in sorted(found)]


def agree(net: Any, shape: tuple[int, ...], least: int = 30) -> Any:
    x = spikes_in(shape, STEPS)
    dt = front.time_step(net)
    network = front.from_module(net, shape)
    layers = [(str(i), layer) for i, layer in enumerate(net) if type(layer).__name__ in NEURONS]
    for name, _ in layers[:-1]:
        network.record(name, "spikes")
    for (name, layer), expected in zip(layers, theirs(net, x), strict=True):
        found = np.stack(ours(network, x, dt, name))
        if "LIF" in type(layer).__name__ or "IAF" in type(layer).__name__:
            assert np.array_equal(found, expected > 0.0), name
            assert expected.sum() > least
            assert not expected.all()
        else:  # potentials of about 1; sums in another order differ in their last bits
            assert np.abs(found - expected).max() < 1e-12, name
            assert np.abs(expected).max() > 0.1
    return network


@pytest.mark.parametrize("subtract", [False, True])
def test_box_neurons(subtract: bool) -> None:
    more = {"reset_method": reset_subtract} if subtract else {"v_reset": value(-0.2)}
    net = sequence(torch.nn.Linear(6, 9), box(**more), torch.nn.Linear(9, 5), box(**more), gain=5)
    network = agree(net, (6,))
    assert network["1"].kind.reset == ("subtract" if subtract else "value")  # type: ignore[union-attr]


def test_parameters_of_single_neurons() -> None:
    more = {"v_th": 0.4 + torch.rand(9).double(), "tau_mem_inv": 200.0 * torch.rand(9).double()}
    agree(sequence(torch.nn.Linear(6, 9), box(**more), gain=6), (6,))


def test_current_based_neurons_and_both_readouts() -> None:
    net = sequence(
        torch.nn.Linear(6, 9), current(v_reset=value(-0.1)), torch.nn.Linear(9, 4),
        norse.LICell(leaking()),
    )  # fmt: skip
    network = agree(net, (6,))
    assert isinstance(network["3"].kind, NIRCurrent)
    net = sequence(torch.nn.Linear(6, 9), current(), norse.LILinearCell(9, 4, leaking()))
    agree(net, (6,))
    p = norse.LIBoxParameters(tau_mem_inv=value(90.0), v_leak=value(0.1))
    last = norse.LIBoxCell(p)
    net = sequence(torch.nn.Linear(6, 9), current(), torch.nn.Linear(9, 4), last)
    network = agree(net, (6,))
    assert isinstance(network["3"].kind, NIRMembrane)


def test_recurrent_neurons() -> None:
    p = norse.LIFParameters(v_th=value(0.5), tau_syn_inv=value(300.0))
    net = sequence(
        norse.LIFRecurrentCell(6, 10, p=p), torch.nn.Linear(10, 5), current(),
        gain=2.0,
    )  # fmt: skip
    assert not net[0].recurrent_weights.diagonal().any()
    agree(net, (6,))


def test_integrators() -> None:
    p = norse.IAFParameters(v_th=value(0.8), v_reset=value(0.1))
    agree(sequence(torch.nn.Linear(6, 9), norse.IAFCell(p)), (6,))


def test_convolution_pooling_flatten_and_another_time_step() -> None:
    net = sequence(
        torch.nn.Conv2d(1, 4, 3),
        box(dt=0.0005),
        torch.nn.AvgPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(36, 5),
        current(dt=0.0005),
        norse.LILinearCell(5, 3, leaking(), dt=0.0005),
        gain=6.0,
    )
    network = agree(net, (1, 8, 8))
    assert front.time_step(net) == 0.5
    assert [nir.latency(network, n) for n in ("1", "5", "6")] == [0, 1, 2]


def test_layers_with_time() -> None:
    """Norse's LIF and LI work on whole sequences; ``Lift`` brings other layers to them."""
    net = norse.SequentialState(
        norse.Lift(torch.nn.Conv2d(1, 3, 3)),
        norse.LIF(norse.LIFParameters(v_th=torch.tensor(0.3))),
        torch.nn.Flatten(2), torch.nn.Linear(48, 6),
        norse.LIFRecurrent(6, 7), torch.nn.Linear(7, 2), norse.LI(),
    ).eval()  # fmt: skip
    with torch.no_grad():
        for parameter in net.parameters():
            parameter *= 2.0
    x = spikes_in((1, 6, 6), STEPS)
    with torch.no_grad():
        expected, _ = net(torch.tensor(np.swapaxes(x, 0, 1), dtype=torch.float32))
    network = front.from_module(net, (1, 6, 6))
    found = np.stack(ours(network, x, 1.0, "6"), axis=1)
    assert np.abs(found - expected.numpy()).max() < 1e-5  # it computes in float32
    assert np.abs(expected.numpy()).max() > 0.1


def test_a_file_gives_the_same_network(tmp_path: Any) -> None:
    import nir as package

    net = sequence(
        torch.nn.Linear(6, 9), box(reset_method=reset_subtract), norse.LILinearCell(9, 3)
    )
    package.write(tmp_path / "net.nir", front.to_graph(net))
    assert nir.read_nir(tmp_path / "net.nir", 1.0) == front.from_module(net)


# bad input


def refused(error: type[NeurosimError], match: str, net: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(error, match=match):
        front.to_graph(net, *args, **named)


def test_training_mode_and_dtypes_are_refused() -> None:
    net = sequence(torch.nn.Linear(6, 9), box())
    refused(SpecError, "training mode", net.train())
    refused(SpecError, "float16", net.eval().half())


def test_unknown_layers_and_options_are_refused() -> None:
    net = sequence(torch.nn.Linear(6, 9), norse.LIFAdExCell())
    refused(UnsupportedError, "got LIFAdExCell", net, dt=1.0)
    refused(UnsupportedError, "reset_method", sequence(box(reset_method=lambda *a: a[1])), (3,))
    refused(UnsupportedError, "method", sequence(box(method="nonsense")), (3,))
    refused(UnsupportedError, "v_th must be above", sequence(box(v_reset=value(0.6))), (3,))
    refused(
        UnsupportedError, "tau_mem_inv must be > 0", sequence(box(tau_mem_inv=value(0.0))), (3,)
    )


def test_missing_shapes_are_refused() -> None:
    refused(SpecError, "input_shape: must be given", sequence(box()))
    refused(SpecError, "must have one value", sequence(box(v_th=torch.rand(4))), (3,))
    with pytest.raises(SpecError, match="shape"):
        front.from_module(sequence(norse.LIFRecurrentCell(6, 4)), (5,))
    refused(SpecError, r"Flatten\(1\)", sequence(torch.nn.Flatten(0), box()), (2, 3))


def test_time_steps_must_be_one() -> None:
    mixed = sequence(torch.nn.Linear(6, 9), box(), torch.nn.Linear(9, 9), box(dt=0.002))
    refused(ParameterError, "dt: must be one for all layers", mixed)
    single = sequence(torch.nn.Linear(6, 9), box())
    refused(ParameterError, "dt: must be one for all layers, 2 ms here", single, dt=2.0)
    assert front.to_graph(single, dt=1.0).nodes
    refused(ParameterError, "tells the time step", sequence(torch.nn.Linear(6, 9)))
    for dt in (0.0, -1.0, "x"):
        refused(ParameterError, "dt", single, dt=dt)


def test_what_is_no_module_is_refused() -> None:
    for module in (None, 3, [3]):
        refused(ParameterError, "module", module)
