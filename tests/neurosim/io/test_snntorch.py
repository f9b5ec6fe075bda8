"""Networks made from snnTorch modules spike as the modules do, in float64 and at every step."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
import torch

from neurosim.errors import NeurosimError, ParameterError, SpecError, UnsupportedError
from neurosim.io import nir
from neurosim.io import snntorch as front
from neurosim.io.nir import CONVENTIONS

from .frameworks import ours, spikes_in

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # snnTorch's own imports warn
    import snntorch as snn

RESETS = list(itertools.product(("subtract", "zero", "none"), (True, False)))
every_reset = pytest.mark.parametrize(("reset", "delay"), RESETS)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(7)


def sequence(*layers: Any, gain: float = 3.0) -> Any:
    """The layers in float64, with weights that make neurons spike."""
    net = torch.nn.Sequential(*layers).double().eval()
    with torch.no_grad():
        for layer in net:
            if hasattr(layer, "weight"):
                layer.weight *= gain
            if getattr(layer, "bias", None) is not None:
                layer.bias += 0.2
    return net


def theirs(net: Any, x: Any) -> list[Any]:
    """Spikes of every spiking layer: (samples, steps, size) each."""
    steps = x.shape[1]
    signal = torch.tensor(x, dtype=torch.float64)
    found: dict[int, list[Any]] = {}
    states: dict[int, Any] = {}
    with torch.no_grad():
        for k in range(steps):
            s = signal[:, k]
            for i, layer in enumerate(net):
                if isinstance(layer, snn.SpikingNeuron):
                    out = [o.double() for o in layer(s, *states.get(i, ()))]  # spikes are float32
                    s, states[i] = out[0], out if type(layer).__name__[0] == "R" else out[1:]
                    found.setdefault(i, []).append(s.reshape(len(s), -1).numpy() > 0.0)
                else:
                    s = layer(s)
    return [np.stack(found[i], axis=1) for i in sorted(found)]


def agree(net: Any, shape: tuple[int, ...], least: int = 30) -> Any:
    """Compare the spikes of all spiking layers."""
    x = spikes_in(shape)
    network = front.from_module(net, shape, dt=1.0)
    names = [str(i) for i, layer in enumerate(net) if isinstance(layer, snn.SpikingNeuron)]
    for name in names[:-1]:
        network.record(name, "spikes")
    for name, expected in zip(names, theirs(net, x), strict=True):
        found = np.stack(ours(network, x, 1.0, name))
        assert np.array_equal(found, expected), name
        assert expected.sum() > least
        assert not expected.all()
    return network


@every_reset
def test_leaky(reset: str, delay: bool) -> None:
    net = sequence(
        torch.nn.Linear(6, 9),
        snn.Leaky(beta=0.9, threshold=0.8, reset_mechanism=reset, reset_delay=delay),
        torch.nn.Linear(9, 5, bias=False),
        snn.Leaky(
            beta=torch.rand(5), threshold=0.5 + torch.rand(5), reset_mechanism=reset,
            reset_delay=delay,
        ),
    )  # fmt: skip
    network = agree(net, (6,))
    assert nir.latency(network, "1") == 0
    assert nir.latency(network, "3") == 1


@every_reset
def test_synaptic(reset: str, delay: bool) -> None:
    net = sequence(
        torch.nn.Linear(6, 9),
        snn.Synaptic(alpha=0.7, beta=0.8, reset_mechanism=reset, reset_delay=delay),
        torch.nn.Linear(9, 5),
        snn.Synaptic(
            alpha=0.9 * torch.rand(5), beta=0.6, threshold=0.7, reset_mechanism=reset,
            reset_delay=delay,
        ),
        gain=1.0,
    )  # fmt: skip
    agree(net, (6,))


@every_reset
@pytest.mark.parametrize("all_to_all", [True, False])
def test_recurrent_leaky(reset: str, delay: bool, all_to_all: bool) -> None:
    more: dict[str, Any] = (
        {"linear_features": 8} if all_to_all else {"V": torch.rand(8), "all_to_all": False}
    )
    net = sequence(
        torch.nn.Linear(6, 8),
        snn.RLeaky(beta=0.8, reset_mechanism=reset, reset_delay=delay, **more),
        torch.nn.Linear(8, 8),
        snn.RLeaky(beta=0.5, reset_mechanism=reset, reset_delay=delay, **more),
    )
    agree(net, (6,))


@pytest.mark.parametrize("reset", ["subtract", "zero", "none"])
def test_recurrent_synaptic(reset: str) -> None:
    net = sequence(
        torch.nn.Linear(6, 8),
        snn.RSynaptic(alpha=0.5, beta=0.8, linear_features=8, reset_mechanism=reset),
        gain=1.0,
    )
    agree(net, (6,))


def test_integrators_without_leak_and_without_memory() -> None:
    net = sequence(
        torch.nn.Linear(6, 9), snn.Leaky(beta=1.0), torch.nn.Linear(9, 5), snn.Leaky(beta=0.0)
    )
    network = agree(net, (6,))
    assert network["1"].kind.node == "IF"  # type: ignore[union-attr]


def test_threshold_that_is_reached() -> None:
    """Weights and thresholds of whole numbers: ties at every step."""

    def reached(x: Any) -> Any:
        return (x >= 0.0).to(x.dtype)

    for spike_grad, form in ((None, "above"), (reached, "reached")):
        net = sequence(torch.nn.Linear(6, 9, bias=False), snn.Leaky(0.5, 2.0, spike_grad), gain=1)
        with torch.no_grad():
            net[0].weight[:] = torch.randint(-2, 4, (9, 6))
        network = agree(net, (6,))
        assert network["1"].kind.threshold == form  # type: ignore[union-attr]


def test_convolution_pooling_and_flatten() -> None:
    net = sequence(
        torch.nn.Conv2d(2, 4, 3, padding=1, stride=(1, 2)),
        snn.Leaky(0.7),
        torch.nn.AvgPool2d(2),
        torch.nn.Conv2d(4, 4, (1, 2), groups=2, bias=False),
        torch.nn.LPPool2d(1, (2, 1)),
        snn.Leaky(0.7, threshold=0.3),
        torch.nn.Dropout(0.5),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * 2 * 1, 5),
        snn.Leaky(0.7, reset_mechanism="zero"),
    )
    agree(net, (2, 8, 8))


def test_convolution_in_one_dimension_and_recurrent_convolution() -> None:
    line = sequence(torch.nn.Conv1d(2, 3, 3, dilation=2, padding="same"), snn.Leaky(0.7))
    agree(line, (2, 9))
    image = sequence(
        torch.nn.Conv2d(1, 2, 3, padding="valid"),
        snn.RLeaky(0.6, conv2d_channels=2, kernel_size=3),
        torch.nn.Flatten(start_dim=-3),
        torch.nn.Linear(2 * 4 * 4, 6),
        snn.Leaky(0.9, threshold=0.3),
        gain=4.0,
    )
    agree(image, (1, 6, 6))


def test_single_precision_counts_agree() -> None:
    net = sequence(torch.nn.Linear(6, 9), snn.Leaky(0.9), torch.nn.Linear(9, 5), snn.Leaky(0.8))
    agree(net.float().double(), (6,))  # weights of float32, sums of float64
    assert front.from_module(net.float(), dt=1.0) == front.from_module(net.double(), dt=1.0)


def test_membrane_of_the_last_layer() -> None:
    net = sequence(torch.nn.Linear(6, 4), snn.Leaky(0.9, reset_mechanism="none"))
    x = spikes_in((6,))
    network = front.from_module(net, dt=2.0)
    network.record("1", "v")
    mem, expected = torch.zeros(3, 4, dtype=torch.float64), []
    with torch.no_grad():
        for k in range(x.shape[1]):
            _, mem = net[1](net[0](torch.tensor(x[:, k], dtype=torch.float64)), mem)
            expected.append(mem.numpy().copy())
    found = np.stack(ours(network, x, 2.0, "1", "v"))
    assert np.abs(found - np.stack(expected, axis=1)).max() < 1e-12


def test_layers_as_a_list_and_nested_sequences() -> None:
    net = sequence(torch.nn.Linear(6, 9), snn.Leaky(0.9), torch.nn.Linear(9, 5), snn.Leaky(0.8))
    nested = torch.nn.Sequential(torch.nn.Sequential(net[0], net[1]), net[2], net[3]).eval()
    flat = front.from_module(net, dt=1.0)
    assert front.from_module(list(net), dt=1.0) == flat
    assert list(front.from_module(nested, dt=1.0).populations) == ["input", "0.1", "2"]


def test_a_graph_keeps_its_conventions_in_a_file(tmp_path: Any) -> None:
    import nir as package

    net = sequence(
        torch.nn.Linear(6, 8),
        snn.RLeaky(0.8, linear_features=8, reset_mechanism="zero"),
        torch.nn.Linear(8, 5),
        snn.Leaky(0.7, reset_delay=False),
    )
    graph = front.to_graph(net, dt=1.0)
    package.write(tmp_path / "net.nir", graph)
    assert nir.read_nir(tmp_path / "net.nir", 1.0) == front.from_module(net, dt=1.0)
    assert graph.metadata == {"neurosim": "snntorch"}
    checked = package.read(tmp_path / "net.nir")
    assert checked.check_types()
    assert CONVENTIONS["snntorch"].reset == "subtract"


# bad input


def leaky(**changes: Any) -> Any:
    return sequence(torch.nn.Linear(6, 9), snn.Leaky(0.9, **changes))


def refused(error: type[NeurosimError], match: str, net: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(error, match=match):
        front.to_graph(net, *args, **named)


def test_training_mode_is_refused() -> None:
    refused(SpecError, r"training mode.*Call module.eval", leaky().train())
    net = leaky()
    net[0].train()
    refused(SpecError, "training mode", net)
    refused(SpecError, "training mode", list(net))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_other_dtypes_are_refused(dtype: str) -> None:
    net = leaky().to(getattr(torch, dtype))
    refused(SpecError, f"must be float32 or float64, got {dtype}", net)


def test_weights_that_are_no_numbers_are_refused() -> None:
    net = leaky()
    with torch.no_grad():
        net[0].weight[0, 0] = float("nan")
    refused(SpecError, "layer '0': weight must be finite", net)


def test_unknown_layers_are_refused_by_name() -> None:
    for layer in (
        torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.BatchNorm1d(9), snn.Alpha(0.9, 0.8)
    ):  # fmt: skip
        net = sequence(torch.nn.Linear(6, 9), layer)
        refused(UnsupportedError, f"layer '1': .* got {type(layer).__name__}", net)


def test_shapes_that_are_missing_or_do_not_fit_are_refused() -> None:
    image = sequence(torch.nn.Conv2d(1, 2, 3), snn.Leaky(0.9))
    refused(SpecError, "input_shape: must be given", image)
    refused(SpecError, "must have 1 channels", image, (2, 8, 8))
    refused(SpecError, "kernel must fit", image, (1, 2, 8))
    refused(ParameterError, "input_shape", image, (1, 0, 8))
    refused(ParameterError, "input_shape", image, "8")
    refused(ParameterError, "input_shape", image, (1, 2.5, 8))
    four = sequence(torch.nn.Linear(6, 9), snn.Leaky(torch.rand(4)))
    refused(SpecError, "beta must have one value", four)
    refused(SpecError, "Flatten", sequence(torch.nn.Flatten(0), snn.Leaky(0.9)), (2, 2))
    refused(SpecError, "channels and two", sequence(torch.nn.AvgPool2d(2)), (8,))
    with pytest.raises(SpecError, match="shape"):
        front.from_module(sequence(torch.nn.Linear(5, 9), snn.Leaky(0.9)), (6,))


def test_what_is_no_module_is_refused() -> None:
    for module in (None, 3, snn.Leaky(0.9), [torch.nn.Linear(2, 2).eval(), "x"]):
        refused(ParameterError, "module", module)
    refused(SpecError, "empty", [])
    for dt in (0.0, -1.0, float("nan"), "x", None):
        refused(ParameterError, "dt", leaky(), dt=dt)


def test_options_that_nir_cannot_express_are_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # inhibition says that it is unstable
        refused(UnsupportedError, "inhibition", leaky(inhibition=True))
    refused(UnsupportedError, "state_quant", leaky(state_quant=lambda x: x))
    refused(UnsupportedError, "graded_spikes_factor", leaky(graded_spikes_factor=2.0))
    refused(UnsupportedError, "threshold must be > 0", leaky(threshold=0.0))
    refused(UnsupportedError, "spike_grad", leaky(spike_grad=torch.sigmoid))
    broken = sequence(
        torch.nn.Linear(6, 8), snn.RSynaptic(0.5, 0.5, linear_features=8, reset_delay=False)
    )
    refused(UnsupportedError, "reset_delay", broken)
    mixed = sequence(torch.nn.Linear(6, 2), snn.Leaky(torch.tensor([0.5, 1.0])))
    refused(UnsupportedError, "beta below 1 or 1 for all", mixed)
    refused(UnsupportedError, "alpha must be < 1", sequence(snn.Synaptic(1.0, 0.5)), (3,))
    changed = leaky()
    changed[1].reset_mechanism = "zero"
    refused(SpecError, "reset_mechanism", changed)
    for layer in (
        torch.nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"),
        torch.nn.AvgPool2d(2, ceil_mode=True),
        torch.nn.AvgPool2d(2, padding=1, count_include_pad=False),
        torch.nn.LPPool2d(2, 2),
    ):
        refused(UnsupportedError, "not at its default", sequence(layer), (1, 8, 8))


@pytest.mark.filterwarnings("ignore:nirtorch.extract_nir_graph:DeprecationWarning")
def test_graphs_of_snntorchs_own_exporter_are_read() -> None:
    """Those that it can make: one value per neuron, no batch; it assumes steps of 0.1 ms."""
    from snntorch.export_nir import export_to_nir

    net = sequence(
        torch.nn.Linear(6, 8),
        snn.RLeaky(
            0.8 * torch.ones(8), threshold=torch.ones(8), linear_features=8, init_hidden=True
        ),
        torch.nn.Linear(8, 5),
        snn.Leaky(torch.full((5,), 0.7), threshold=torch.ones(5), init_hidden=True),
    )  # fmt: skip
    graph = export_to_nir(net.float(), torch.rand(6))
    network = nir.from_graph(graph, 0.1, "snntorch")
    assert set(network.populations) == {"input", "1.lif", "3"}
    x = spikes_in((6,))
    found = np.stack(ours(network, x, 0.1, "3"))
    own = np.stack(ours(front.from_module(net, dt=0.1), x, 0.1, "3"))
    assert np.array_equal(found, own)
    assert own.sum() > 30
