"""PEFT's LoRA layers, computed in one step each: no copies to float32, no scaling or dropout that does nothing."""

from __future__ import annotations

from typing import Any

import torch


class LowRank(torch.autograd.Function):
    """x [… x in], frozen W [out x in], A [r x in], B [out x r] in; x Wᵀ + s · (x Aᵀ) Bᵀ out, in the type of x.

    A and B stay float32, where the optimiser changes them; a copy in the type of x multiplies.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor, a: torch.Tensor, b: torch.Tensor, s: float) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1])
        down, up = a.to(x.dtype), (b * s).to(x.dtype)
        narrow = rows @ down.t()
        out = (rows @ w.t()).addmm_(narrow, up.t())
        ctx.save_for_backward(rows, w, down, up, narrow)
        ctx.scale = s
        return out.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[Any, ...]:
        rows, w, down, up, narrow = ctx.saved_tensors
        out = grad.reshape(-1, grad.shape[-1])
        of_narrow = out @ up
        of_x = None
        if ctx.needs_input_grad[0]:
            of_x = (out @ w).addmm_(of_narrow, down).view(*grad.shape[:-1], -1)
        of_a = (of_narrow.t() @ rows).float()
        of_b = (out.t() @ narrow).float() * ctx.scale
        return of_x, None, of_a, of_b, None


def quicken(model: Any) -> int:
    """A PEFT model in; every plain LoRA layer of it computes by `LowRank` from now on. How many do, out.

    Left as they are: layers with dropout, bias, several adapters, or weights packed in four bits.
    """
    from peft.tuners.lora.layer import Linear

    layers = [one for one in model.modules() if type(one) is Linear and _plain(one)]
    for layer in layers:
        layer.forward = _Quick(layer)
    return len(layers)


class _Quick:
    """The forward pass of one layer; holds the layer, so that what is saved and loaded stays PEFT's own."""

    def __init__(self, layer: Any) -> None:
        (name,) = layer.active_adapters
        self.weight = layer.base_layer.weight
        self.down, self.up = layer.lora_A[name], layer.lora_B[name]
        self.scale = layer.scaling[name]

    def __call__(self, x: torch.Tensor) -> Any:
        low, high = self.down.weight, self.up.weight
        return LowRank.apply(x, self.weight, low, high, self.scale)  # type: ignore[no-untyped-call]


def _plain(layer: Any) -> bool:
    if len(layer.active_adapters) != 1 or type(layer.base_layer) is not torch.nn.Linear:
        return False
    (name,) = layer.active_adapters
    no_dropout = isinstance(layer.lora_dropout[name], torch.nn.Identity)
    biased = layer.base_layer.bias is not None or layer.lora_bias[name]
    return no_dropout and not biased and not layer.use_dora.get(name, False)
