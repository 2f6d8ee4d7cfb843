"""A network as the graph of its steps: what runs after what, batch norm folded in."""

import torch
from torch import Tensor, fx, nn

from tallypost_training.network import LEAVES, Detector, Unit


class StepTracer(fx.Tracer):
    """Follows a picture through a network, and looks into none of its steps."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return whether a module is one step."""
        del module_qualified_name
        return isinstance(m, LEAVES)


def units_in_order(network: Detector) -> list[tuple[str, Unit]]:
    """Return a network's convolutions in the order in which they run."""
    modules = dict(network.named_modules())
    names = [
        str(node.target)
        for node in StepTracer().trace(network).nodes
        if node.op == "call_module"
    ]
    return [(x, m) for x in names if isinstance(m := modules[x], Unit)]


def folded(unit: Unit) -> tuple[Tensor, Tensor]:
    """Return a unit's weights and bias with its batch norm in them."""
    weight = unit.conv.weight.detach().float()
    norm = unit.norm
    if not isinstance(norm, nn.BatchNorm2d):
        assert unit.conv.bias is not None
        return weight.clone(), unit.conv.bias.detach().float().clone()
    assert norm.running_var is not None
    assert norm.running_mean is not None
    gain = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
    return (
        weight * gain.reshape(-1, 1, 1, 1),
        norm.bias.detach() - norm.running_mean * gain,
    )
