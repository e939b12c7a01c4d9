"""portraits: pictures of one person of the population, with everything that is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from headsmith_server.heads.facemesh import camera_yaw, facemesh_landmarks
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.render.colour import srgb_from_linear
from headsmith_server.synthesis.backgrounds import draw_background
from headsmith_server.synthesis.cameras import Shot, camera_of, draw_shot
from headsmith_server.synthesis.darkroom import develop
from headsmith_server.synthesis.expressions import draw_expression
from headsmith_server.synthesis.head_maps import MATERIALS
from headsmith_server.synthesis.head_scene import HeadScene
from headsmith_server.synthesis.lights import Illumination, draw_light
from headsmith_server.synthesis.people import Person, person
from headsmith_server.synthesis.personal import PersonalHead, personal_shapes
from headsmith_server.synthesis.sample import PARTS, PortraitSample
from headsmith_server.synthesis.streams import stream
from headsmith_server.synthesis.threads import one_thread

SUPERSAMPLING: Final = 2
_PART_OF: Final = np.array(
    [0, *(PARTS.index("eyes" if name in ("eye_l", "eye_r") else name) for name in MATERIALS)], np.uint8
)
"""Part ids of the materials, after that of nothing."""
CLEAR_M: Final = 0.006
"""A landmark this far behind what its pixel shows still counts as seen."""


@one_thread()
def portraits(
    seed: int,
    index: int,
    model: HeadModel,
    views: int = 8,
    size: int = 256,
    device: torch.device | None = None,
    texture_size: int = 512,
    strands: int = 3000,
) -> list[PortraitSample]:
    """`views` pictures of person `index`, each with its own expression, camera, light and backdrop.

    A pure function of (seed, index) and the sizes: the same bytes on one class of device, in any order, on any number
    of threads. device: where geometry, shading and hair are computed; the maps are painted on the CPU.
    """
    who = person(seed, index, model)
    scene = head_scene(seed, index, who, model, device, texture_size, strands)
    expressions = [draw_expression(stream(seed, index, f"expression {number}")) for number in range(views)]
    weights = torch.from_numpy(np.stack([expression.weights for expression in expressions])).to(scene.device)
    vertices = scene.vertices(weights)
    frame = face_frame(model, scene.head.neutral.cpu().numpy())
    samples = []
    for number, expression in enumerate(expressions):
        shot = draw_shot(stream(seed, index, f"camera {number}"))
        light = draw_light(stream(seed, index, f"light {number}"), 0.5 * shot.yaw)
        backdrop = draw_background(stream(seed, index, f"backdrop {number}"), light, size)
        take = Take(seed, index, number, who, expression.name, expression.weights, shot, light, backdrop)
        draws = stream(seed, index, f"darkroom {number}")
        samples.append(photograph(scene, take, vertices[number], frame, size, draws))
    return samples


@dataclass(frozen=True)
class Take:
    """What is decided before a picture is taken; backdrop: linear [size, size, 3]."""

    seed: int
    index: int
    number: int
    who: Person
    expression: str
    weights: NDArray[np.float32]
    shot: Shot
    light: Illumination
    backdrop: NDArray[np.float32]


def head_scene(
    seed: int,
    index: int,
    who: Person,
    model: HeadModel,
    device: torch.device | None = None,
    texture_size: int = 512,
    strands: int = 3000,
) -> HeadScene:
    """The person ready to be seen, as `portraits` and `clips` show them."""
    head = PersonalHead(model, torch.from_numpy(who.identity), personal_shapes(seed, index))
    return HeadScene(model, who, head, stream(seed, index, "torso"), texture_size, strands, device)


def face_frame(model: HeadModel, neutral: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The middle of the head between crown and chin, before the ears, and the distance of crown and chin, metres."""
    skin = neutral[: len(model.topology.part("skin").vertices)]
    points = model.topology.landmarks["multi_pie_68"].positions(neutral)
    top, chin = float(skin[:, 1].max()), float(points[8, 1])
    middle = np.array([0.0, 0.5 * (top + chin), 0.5 * float(points[27:36, 2].mean())], np.float32)
    return middle, top - chin


def photograph(
    scene: HeadScene,
    take: Take,
    vertices: torch.Tensor,
    frame: tuple[NDArray[np.float32], float],
    size: int,
    draws: np.random.Generator,
) -> PortraitSample:
    """One picture and its truth. vertices: the posed person [V, 3] (HeadScene.vertices); frame: face_frame's; draws:
    for what lens and sensor do."""
    camera = camera_of(take.shot, *frame).to(scene.device)
    weights = torch.from_numpy(take.weights).to(scene.device)
    layers = scene.view(vertices, weights, camera, take.light, size, SUPERSAMPLING)
    hair = layers.hair[3]
    over = 1.0 - hair
    alpha = _resolved(layers.alpha[None])[0]
    colour = layers.hair[:3] + over * _resolved(layers.colour.clamp_max(6.0))
    covered = hair + over * alpha
    linear = _last(colour) + _last((1.0 - covered)[None]) * take.backdrop
    image = develop(linear, draws)
    albedo = layers.hue[:, None, None] * hair + over * _resolved(layers.albedo)
    albedo = srgb_from_linear(albedo / covered.clamp_min(1e-3))
    normal = _last(_resolved(layers.normal))
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    depth = -functional.max_pool2d(-layers.depth.clamp_max(1e6)[None], SUPERSAMPLING)[0]
    depth = torch.where(depth < 1e5, depth, 0.0).cpu().numpy()
    hair = hair.cpu().numpy()
    material = functional.max_pool2d(layers.material[None].float(), SUPERSAMPLING)[0].cpu().numpy()
    parts = np.where(hair > 0.5, PARTS.index("hair"), _PART_OF[material.astype(np.int64) + 1]).astype(np.uint8)
    marks = {}
    head = vertices.cpu().numpy()
    view = camera.view[0].cpu().numpy()
    places = {
        "multi_pie_68": scene.model.topology.landmarks["multi_pie_68"].positions(head),
        "mediapipe_478": facemesh_landmarks(scene.model.sha256).positions(head, camera_yaw(view)),
    }
    for name, points in places.items():
        placed = torch.from_numpy(points)
        pixels = camera.to_pixels(placed[None].to(camera.view.device), (size, size))[0].cpu().numpy()
        marks[name] = (pixels.astype(np.float32), _visible(pixels, depth, hair, size))
    return PortraitSample(
        image=image,
        normal=np.where(length > 1e-3, normal / np.maximum(length, 1e-6), 0.0).astype(np.float32),
        albedo=(_last(albedo) * 255.0 + 0.5).astype(np.uint8),
        depth=depth,
        mask=(covered.clamp(0.0, 1.0) * 255.0 + 0.5).to(torch.uint8).cpu().numpy(),
        parts=parts,
        landmarks_68=marks["multi_pie_68"][0],
        visible_68=marks["multi_pie_68"][1],
        landmarks_478=marks["mediapipe_478"][0],
        visible_478=marks["mediapipe_478"][1],
        view=view,
        projection=camera.projection[0].cpu().numpy(),
        shot=take.shot,
        light=take.light,
        weights=take.weights,
        expression=take.expression,
        person=take.who,
        seed=take.seed,
        index=take.index,
        number=take.number,
    )


def _resolved(image: torch.Tensor) -> torch.Tensor:
    """[C, S, S] supersampled to [C, S / 2, S / 2] by averages."""
    return functional.avg_pool2d(image[None], SUPERSAMPLING)[0]


def _last(image: torch.Tensor) -> NDArray[np.float32]:
    """[C, H, W] as [H, W, C] on the CPU."""
    return np.ascontiguousarray(image.permute(1, 2, 0).cpu().numpy())


def _visible(
    pixels: NDArray[np.float32], depth: NDArray[np.float32], hair: NDArray[np.float32], size: int
) -> NDArray[np.bool_]:
    inside = (pixels[:, :2] >= 0).all(1) & (pixels[:, :2] < size).all(1)
    column, row = pixels[:, :2].astype(np.int64).clip(0, size - 1).T
    here = depth[row, column]
    around = cv2.dilate(depth, np.ones((3, 3), np.uint8))[row, column]  # the furthest of the pixels about it
    before = (pixels[:, 2] <= around + CLEAR_M) & (pixels[:, 2] <= here + 2.0 * CLEAR_M)
    return inside & (here > 0) & before & (hair[row, column] < 0.6)
