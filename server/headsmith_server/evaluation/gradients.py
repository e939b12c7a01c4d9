"""How well the renderer's derivatives agree with differences of what it renders."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.render import (
    Camera,
    Lights,
    Material,
    Mesh,
    Scene,
    arc,
    camera,
    head_mesh,
    interpolate,
    material_names,
    perspective,
    rasterise,
    render,
    sun,
    uniform_harmonics,
)
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES

_MAP: Final = 512
PARTS: Final = ("skin", "eye_l", "eye_r")
_INNER: Final = ("mouth_cavity", "nostril_inside", "inner_lid", "ear_r")
"""Sets of skin vertices left out of the measured surface: what lies inside, and the far ear, seen through the eyes."""
SPANS: Final = {
    "translation_x": 0.006,
    "translation_y": 0.006,
    "translation_z": 0.02,
    "rotation_x": 0.03,
    "rotation_y": 0.03,
    "rotation_z": 0.03,
    "scale": 0.03,
    "vertex": 0.0015,
    "patch": 0.004,
    "albedo_map": 0.2,
    "normal_map": 0.2,
    "roughness_map": 0.2,
    "light": 0.2,
}
"""How far each parameter is moved: metres, radians, factors, and shares of the maps' own patterns."""
SMOOTH: Final = ("albedo_map", "normal_map", "roughness_map", "light")
"""Parameters that move no surface, so that the image is smooth in them and a few places suffice."""


@dataclass(frozen=True)
class Agreement:
    """mean: the derivative averaged over a span of one parameter; secant: the loss's difference over that span."""

    mean: float
    secant: float

    @property
    def error(self) -> float:
        """Relative to the secant."""
        return abs(self.mean - self.secant) / max(abs(self.secant), 1e-12)


@dataclass(frozen=True)
class Setting:
    """What is rendered: a head's vertices [V, 3], textured and bumped, before a camera, under lights."""

    vertices: Float[Tensor, "v 3"]
    mesh: Mesh
    materials: tuple[Material, ...]
    view: Camera
    lights: Lights
    size: int


def agreements(model: HeadModel, size: int = 256, steps: int = 48, names: tuple[str, ...] = ()) -> dict[str, Agreement]:
    """Each of SPANS (or only `names`): the mean derivative against the secant.

    The image of a mesh is only piecewise smooth in its position: pixels change hands between triangles and, where one
    part hides another, between surfaces. A difference quotient over a short step measures one such piece or jump, not
    the slope that an optimiser follows. So the derivative by autograd is averaged over `steps` places, one in the
    middle of each equal part of a span of about one to three pixels, and compared with the loss's difference between
    the span's ends: for an exact derivative of a continuous loss the two are equal up to the midpoint rule's error.
    The loss is the mean squared distance of the antialiased colours from a smooth target, so interior shading and
    outlines both count; rendering is in float32, the loss in float64.

    What is rendered is the head's outer skin (outer_skin), for where parts touch, as lids and eyes, or features are
    smaller than a pixel, as the rim of an iris, an image of point samples jumps and has no derivative.
    """
    setting = outer_skin(model, head_setting(model, size))
    return {name: _agreement(setting, name, steps) for name in names or SPANS}


def head_setting(model: HeadModel, size: int) -> Setting:
    """The mean head with smooth random maps, at three quarters, under a directional light and a gradient of sky.

    Highlights are no smaller than a pixel (the eyes are dull), or the span would need far more places to follow them;
    maps fade to a constant where the UV layout is cut and so do not jump there; lips are apart, for a part that passes
    through itself, as closed lips do, has no derivative along that line.
    """
    mesh = head_mesh(model.topology, PARTS)
    with torch.no_grad():
        pose = torch.zeros(1, len(ARKIT_NAMES))
        pose[0, ARKIT_INDEX["jawOpen"]] = 0.2
        vertices = model.vertices(torch.zeros(1, model.identity_size), pose)[0]
    place, inside = _layout(vertices, mesh)
    skin = Material(
        albedo=0.45 + inside * 0.5 * (_pattern(place, 1).sigmoid() - 0.5),
        normal=_unit_up(0.25 * inside * _pattern(place, 2)[..., :2]),
        roughness=0.6 + inside[..., 0] * 0.3 * (_pattern(place, 3)[..., 0].sigmoid() - 0.5),
        specular=0.5 + inside[..., 0] * 0.4 * (_pattern(place, 4)[..., 0].sigmoid() - 0.5),
        subsurface=1.0,
    )
    eyes = Material(albedo_factor=(0.7, 0.7, 0.7), roughness_factor=0.6, specular_factor=0.5)
    materials = tuple(skin if name == "skin" else eyes for name in material_names(model.topology))
    centre = (vertices.amin(0) + vertices.amax(0)) / 2.0
    view = camera(arc(25.0, 5.0, 0.7, centre), perspective(28.0, 1.0, 0.1, 3.0))
    harmonics = uniform_harmonics((0.4, 0.42, 0.45))
    harmonics[0, 1] += 0.15
    harmonics[0, 3] -= 0.1
    lights = Lights(directional=sun((0.4, 0.5, 0.8), (2.2, 2.1, 2.0)), harmonics=harmonics)
    return Setting(vertices, mesh, materials, view, lights, size)


def outer_skin(model: HeadModel, setting: Setting) -> Setting:
    """The setting with the head's outer skin alone, open at eyes, nostrils and mouth (about 20,000 triangles)."""
    inner = torch.zeros(setting.mesh.vertex_count, dtype=torch.bool)
    for name in _INNER:
        inner[torch.from_numpy(model.topology.sets[name]).long()] = True
    skin = setting.mesh.part == 0
    return replace(setting, mesh=setting.mesh.select(skin & ~inner[setting.mesh.triangles].all(1)))


def _agreement(setting: Setting, name: str, steps: int) -> Agreement:
    span = SPANS[name]
    loss = _loss(setting, name)
    slopes = []
    for step in range(steps):
        amount = torch.tensor(span * ((step + 0.5) / steps - 0.5), requires_grad=True)
        (slope,) = torch.autograd.grad(loss(amount), amount)
        slopes.append(float(slope))
    with torch.no_grad():
        ends = [float(loss(torch.tensor(end))) for end in (-0.5 * span, 0.5 * span)]
    return Agreement(math.fsum(slopes) / steps, (ends[1] - ends[0]) / span)


def _loss(setting: Setting, name: str) -> Callable[[Tensor], Tensor]:
    target = _target(setting.size)

    def loss(amount: Tensor) -> Tensor:
        vertices, materials, lights = _moved(setting, name, amount)
        scene = Scene(vertices[None], setting.mesh, materials)
        image = render(scene, setting.view, lights, (setting.size, setting.size), backend="torch").colour
        return (image.double() - target).square().mean() * 100.0

    return loss


def _moved(setting: Setting, name: str, amount: Tensor) -> tuple[Tensor, tuple[Material, ...], Lights]:
    vertices, materials, lights = setting.vertices, setting.materials, setting.lights
    centre = (vertices.amin(0) + vertices.amax(0)) / 2.0
    kind, _, axis = name.partition("_")
    if kind == "translation":
        vertices = vertices + amount * torch.eye(3)["xyz".index(axis)]
    elif kind == "rotation":
        turn = torch.linalg.matrix_exp(amount * _generator_of("xyz".index(axis)))
        vertices = (vertices - centre) @ turn.T + centre
    elif kind == "scale":
        vertices = (vertices - centre) * (1.0 + amount) + centre
    elif kind in ("vertex", "patch"):
        # The tip of the nose, alone or with all within three centimetres, and outwards and sideways at once.
        tip = vertices[: int(setting.mesh.triangles.max()) + 1, 2].argmax()
        away = (vertices - vertices[tip]).norm(dim=1)
        weight = (away == 0).float() if kind == "vertex" else torch.exp(-((away / 0.015) ** 2))
        vertices = vertices + amount * weight[:, None] * torch.tensor([0.6, 0.3, 0.74])
    elif kind == "light":
        assert lights.directional is not None
        assert lights.harmonics is not None
        brighter = replace(lights.directional, irradiance=lights.directional.irradiance * (1.0 + amount))
        lights = replace(lights, directional=brighter, harmonics=lights.harmonics * (1.0 - 0.5 * amount))
    else:
        materials = tuple(_changed(material, kind, amount) for material in materials)
    return vertices, materials, lights


def _changed(material: Material, kind: str, amount: Tensor) -> Material:
    if material.albedo is None or material.normal is None or material.roughness is None:
        return material
    if kind == "albedo":
        return replace(material, albedo=material.albedo * (1.0 + amount * material.albedo.flip(2)))
    if kind == "normal":
        tilt = material.normal[..., :2] / material.normal[..., 2:]
        return replace(material, normal=_unit_up(tilt + amount * tilt.flip(2)))
    return replace(material, roughness=material.roughness * (1.0 + amount * material.albedo[..., 0]))


def _layout(vertices: Float[Tensor, "v 3"], mesh: Mesh) -> tuple[Float[Tensor, "s s 3"], Float[Tensor, "s s 1"]]:
    """For each texel of the skin, the place in metres on the head, continued beyond the islands' borders, and how far
    inside an island it is, 0 at the border to 1."""
    size = (_MAP, _MAP)
    skin = mesh.select(mesh.part == 0)
    corners = torch.cat([skin.uvs * 2.0 - 1.0, torch.zeros_like(skin.uvs[:, :1]), torch.ones_like(skin.uvs[:, :1])], 1)
    seen = rasterise(corners[None], skin.uv_triangles, size, cull=False)
    flat = seen.scatter(interpolate(vertices[None], skin.triangles, seen), 0.0).permute(0, 3, 1, 2)
    covered = (seen.triangle >= 0).float()[:, None]
    filled, known = flat * covered, covered
    for _ in range(8):
        sums = [functional.avg_pool2d(values, 3, 1, 1) for values in (filled, known)]
        filled = torch.where(known > 0, filled, sums[0] / sums[1].clamp(min=1e-9))
        known = torch.where(known > 0, known, (sums[1] > 0).float())
    depth = functional.avg_pool2d(covered, 33, 1, 16)
    inside = ((depth - 0.5) * 2.0).clamp(0.0, 1.0).square() * covered
    return filled[0].permute(1, 2, 0), functional.avg_pool2d(inside, 9, 1, 4)[0].permute(1, 2, 0)


def _pattern(place: Float[Tensor, "s s 3"], seed: int) -> Float[Tensor, "s s 3"]:
    """Smooth values of about unit size in space, features of a centimetre or two."""
    generator = torch.Generator().manual_seed(seed)
    waves = 2.0 * math.pi / 0.035 * functional.normalize(torch.randn(3, 9, generator=generator), dim=0)
    phases = 2.0 * math.pi * torch.rand(9, generator=generator)
    return torch.sin(place @ waves + phases).view(*place.shape[:2], 3, 3).sum(-1) / 1.3


def _unit_up(tilt: Float[Tensor, "s s 2"]) -> Float[Tensor, "s s 3"]:
    return functional.normalize(torch.cat([tilt, torch.ones_like(tilt[..., :1])], -1), dim=-1)


def _generator_of(axis: int) -> Float[Tensor, "3 3"]:
    matrix = torch.zeros(3, 3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix[first, second], matrix[second, first] = -1.0, 1.0
    return matrix


def _target(size: int) -> Float[Tensor, "s s 3"]:
    """A smooth picture of no head: ramps and waves, different in each channel."""
    row, column = torch.meshgrid(
        torch.linspace(0, 1, size, dtype=torch.float64), torch.linspace(0, 1, size, dtype=torch.float64), indexing="ij"
    )
    red = 0.3 + 0.3 * torch.sin(7.0 * column + 2.0 * row)
    green = 0.25 + 0.25 * torch.cos(5.0 * row - 3.0 * column) + 0.2 * column
    blue = 0.4 * row + 0.1 * torch.sin(9.0 * row)
    return torch.stack([red, green, blue], -1)
