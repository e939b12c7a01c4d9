"""`headsmith bench render`: rasterising and shading a head of about 28k triangles at 512x512, and its derivatives.

The scene is the pocket head's skin and eyes (29,618 triangles), textured at 512, filling 37 % of the image. Rasterising
culls what faces away and gives triangle numbers, barycentrics and depth; the baselines do the same work on the same
scene in the same run. Shading is everything else of `render` with the triangle numbers fixed: barycentrics, normals,
tangents, three mip-mapped maps, one directional light and harmonics with GGX, subsurface, outlines; its time is forward
and backward, down to vertices, maps and lights. Medians; the least of the times is given beside each. Derivatives are
those of the head's outer skin, without eyes (evaluation/gradients.py).
"""

from __future__ import annotations

import importlib
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from torch import Tensor

from headsmith_server.checkpoints.registry import checkpoints
from headsmith_server.evaluation.gradients import SMOOTH, SPANS, Setting, agreements, head_setting
from headsmith_server.figures import Figure, Figures
from headsmith_server.heads.pocket import load_pocket_head
from headsmith_server.render import Camera, Fragments, Scene, arc, camera, perspective, rasterise
from headsmith_server.render.backends import nvdiffrast
from headsmith_server.render.render import shade_fragments

SIZE: Final = 512
THREADS: Final = 2
_GOALS: Final = {"rasterise_ms": 12.0, "shade_forward_backward_ms": 70.0, "gradient_error": 0.01}


def run(*, quick: bool = False) -> Figures:
    """Times of the median run and the worst relative error of derivatives; quick: fewer runs and parameters."""
    started = time.monotonic()
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        model = load_pocket_head()
        setting = _framed(head_setting(model, SIZE))
        times, baselines, left_out = _rasterising(setting, 10 if quick else 60)
        shading = _shading(setting, 4 if quick else 20)
        names = ("scale", "vertex", "albedo_map") if quick else tuple(SPANS)
        errors = {name: agreements(model, 256, _places(name, quick), (name,))[name].error for name in names}
    finally:
        torch.set_num_threads(threads)
    worst = max(errors, key=lambda name: errors[name])
    figures = (
        Figure(
            "rasterise_ms",
            statistics.median(times),
            "ms",
            _GOALS["rasterise_ms"],
            "lower",
            len(times),
            {"least of the runs": min(times), **baselines},
        ),
        Figure(
            "shade_forward_backward_ms",
            statistics.median(shading),
            "ms",
            _GOALS["shade_forward_backward_ms"],
            "lower",
            len(shading),
            {"least of the runs": min(shading)},
        ),
        Figure("gradient_error", errors[worst], "relative", _GOALS["gradient_error"], "lower", len(errors), errors),
    )
    return Figures(
        name="render",
        device=f"cpu, {THREADS} threads of {os.cpu_count()} cores",
        seconds=time.monotonic() - started,
        figures=figures,
        checkpoints={name: checkpoint.sha256 for name, checkpoint in checkpoints().items()},
        left_out=tuple(left_out),
    )


def _places(name: str, quick: bool) -> int:
    """How many derivatives are averaged: few for what the image is smooth in."""
    if name in SMOOTH:
        return 8
    return 16 if quick else 128


def _framed(setting: Setting) -> Setting:
    """The scene so near that it fills 37 % of the image."""
    centre = (setting.vertices.amin(0) + setting.vertices.amax(0)) / 2.0
    return replace(setting, view=camera(arc(20.0, 0.0, 0.715, centre), perspective(25.0, 1.0, 0.1, 10.0)))


def _milliseconds(work: Callable[[], object], runs: int) -> list[float]:
    for _ in range(3):
        work()
    times: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(1000.0 * (time.perf_counter() - started))
    return times


def _rasterising(setting: Setting, runs: int) -> tuple[list[float], dict[str, float], list[str]]:
    clip = setting.view.to_clip(setting.vertices[None])
    triangles = setting.mesh.triangles
    size = (SIZE, SIZE)
    with torch.no_grad():
        times = _milliseconds(lambda: rasterise(clip, triangles, size), runs)
        fragments = rasterise(clip, triangles, size)
    baselines: dict[str, float] = {}
    left_out: list[str] = []
    try:
        trace = _embree(setting, fragments)
    except ImportError:
        left_out.append("the baseline embreex: not installed")
    else:
        baselines["embreex, built and traced"] = statistics.median(_milliseconds(trace, max(3, runs // 6)))
    reason = nvdiffrast.missing()
    if reason is None:
        device = torch.device("cuda")
        there = clip.to(device), triangles.to(device)

        def on_gpu() -> None:
            nvdiffrast.rasterise(*there, size)
            torch.cuda.synchronize()

        def ours_on_gpu() -> None:
            rasterise(*there, size)
            torch.cuda.synchronize()

        baselines["nvdiffrast, CUDA"] = statistics.median(_milliseconds(on_gpu, runs))
        baselines["ours, CUDA"] = statistics.median(_milliseconds(ours_on_gpu, runs))
    else:
        left_out.append(f"the baseline nvdiffrast: {reason}")
    return times, baselines, left_out


def _embree(setting: Setting, fragments: Fragments) -> Callable[[], object]:
    """Builds the scene and traces a ray a pixel; embreex keeps no back faces out, rays meet the nearest anyway."""
    scenes, meshes = (importlib.import_module(f"embreex.{name}") for name in ("rtcore_scene", "mesh_construction"))
    origins, ways = rays(setting.view, SIZE)
    vertices = setting.vertices.numpy().astype(np.float32)
    triangles = setting.mesh.triangles.numpy().astype(np.int32)

    def trace() -> object:
        scene = scenes.EmbreeScene()
        meshes.TriangleMesh(scene, vertices, triangles)
        return scene.run(origins, ways, query="INTERSECT", output=True)

    return trace


def rays(view: Camera, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Origins and directions float32 [size * size, 3] of the rays through the pixel centres of a perspective camera."""
    place = (torch.arange(size, dtype=torch.float64) + 0.5) / size * 2.0 - 1.0
    y, x = torch.meshgrid(-place, place, indexing="ij")
    projection = view.projection[0].double()
    ways = torch.stack([x / projection[0, 0], y / projection[1, 1], -torch.ones_like(x)], -1).view(-1, 3)
    ways = torch.nn.functional.normalize(ways @ view.view[0, :3, :3].double(), dim=-1)
    origin = view.position[0].double().expand_as(ways)
    return origin.numpy().astype(np.float32), ways.numpy().astype(np.float32)


def _shading(setting: Setting, runs: int) -> list[float]:
    size = (SIZE, SIZE)
    vertices = setting.vertices[None].clone().requires_grad_()
    leaves: list[Tensor] = [vertices]

    def learnt(values: Tensor | None) -> Tensor | None:
        if values is None:
            return None
        leaves.append(values.detach().clone().requires_grad_())
        return leaves[-1]

    first = setting.materials[0]
    skin = replace(first, albedo=learnt(first.albedo), normal=learnt(first.normal), roughness=learnt(first.roughness))
    harmonics = learnt(setting.lights.harmonics)
    lights = replace(setting.lights, harmonics=harmonics)
    materials = (skin, *setting.materials[1:])
    with torch.no_grad():
        fragments = rasterise(setting.view.to_clip(vertices), setting.mesh.triangles, size)
    target = torch.rand(1, *size, 3, generator=torch.Generator().manual_seed(0))

    def step() -> None:
        for leaf in leaves:
            leaf.grad = None
        scene = Scene(vertices, setting.mesh, materials)
        image = shade_fragments(scene, setting.view, lights, fragments).colour
        (image - target).square().mean().backward()

    return _milliseconds(step, runs)
