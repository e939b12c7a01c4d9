"""All maps of one person as one table of textures for the portrait renderer."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.hair.hairline import hair_density
from headsmith_server.heads.protocol import HeadModel
from headsmith_server.render.colour import albedo_from_bytes, normals_from_bytes
from headsmith_server.render.texture import Pyramid, pyramid
from headsmith_server.synthesis.clothes import TorsoMaps, paint_torso
from headsmith_server.synthesis.people import Person
from headsmith_server.synthesis.torso import Torso
from headsmith_server.texture.eyes import EyeMaps, Side, paint_eye_maps
from headsmith_server.texture.mouth import paint_mouth_maps
from headsmith_server.texture.skin import SkinMaps, paint_maps
from headsmith_server.texture.surface import mean_vertices, skin_surface

Float32 = NDArray[np.float32]

CHANNELS: Final = 9
"""Linear albedo 3, tangent normal 3, roughness, specular (reflectance head-on / 0.08), subsurface (1 skin)."""
MATERIALS: Final = ("skin", "eye_l", "eye_r", "teeth", "gums", "tongue", "torso")
EYE_SIZE: Final = 256
SIDES: Final[tuple[Side, ...]] = ("left", "right")
MOUTH_SIZE: Final = 128


def paint_head(model: HeadModel, neutral: Float32, person: Person, size: int) -> SkinMaps:
    """The person's skin at size x size texels; the scalp is painted where hair grows."""
    description = person.description
    bald = person.hair.style == "bald"
    skin = replace(description.skin, cropped_hair=0.15 * description.skin.cropped_hair)  # seen on bald heads only
    roots = None if bald else hair_density(model, person.hair)
    return paint_maps(skin_surface(model, size), neutral, skin, person.paint_seed, hair_density=roots)


def head_textures(
    model: HeadModel, person: Person, skin: SkinMaps, torso: Torso, draws: np.random.Generator, device: torch.device
) -> Pyramid:
    """One texture for each of MATERIALS, of CHANNELS channels."""
    description = person.description
    mouth = paint_mouth_maps(description.teeth, description.skin, MOUTH_SIZE, person.paint_seed)
    cloth = paint_torso(torso, collar_colour(model, skin), draws)
    face = _packed(skin.albedo, skin.normal, _unit(skin.roughness), _unit(skin.specular), 1.0)
    images = [
        face,
        *(_eye_packed(paint_eye_maps(description.eyes, side, EYE_SIZE, person.paint_seed)) for side in SIDES),
        _packed(mouth["teeth", "albedo"], None, _unit(mouth["teeth", "roughness"]), 0.5, 0.3),
        _packed(mouth["gums", "albedo"], mouth["gums", "normal"], _unit(mouth["gums", "roughness"]), 0.5, 0.8),
        _packed(mouth["tongue", "albedo"], mouth["tongue", "normal"], _unit(mouth["tongue", "roughness"]), 0.5, 0.8),
        _torso_packed(cloth),
    ]
    return pyramid([image.to(device) for image in images], mips=False)


def collar_colour(model: HeadModel, skin: SkinMaps) -> Float32:
    """Linear colour [columns, 3] of the skin along the collar, by angle from the back."""
    part = model.topology.part("skin")
    uv_of = np.zeros((len(part.vertices), 2), np.float32)
    uv_of[part.faces.ravel()] = part.uvs[part.uv_faces.ravel()]
    ring = model.topology.loops["collar"]
    mean = mean_vertices(model)[ring]
    centre = mean.mean(0)
    ring = ring[np.argsort(np.arctan2(mean[:, 0] - centre[0], mean[:, 2] - centre[2]), kind="stable")]
    size = skin.albedo.shape[0]
    soft = np.asarray(cv2.blur(skin.albedo, (5, 5)), np.uint8)
    texel = np.stack([(1.0 - uv_of[ring, 1]) * size, uv_of[ring, 0] * size], axis=1).astype(np.int64).clip(0, size - 1)
    return albedo_from_bytes(soft[texel[:, 0], texel[:, 1]][None])[0].numpy()


def _eye_packed(maps: EyeMaps) -> torch.Tensor:
    return _packed(maps.albedo, maps.normal, _unit(maps.roughness), _unit(maps.specular), 0.35)


def _unit(image: NDArray[np.uint8]) -> Float32:
    return image.astype(np.float32) * np.float32(1.0 / 255.0)


def _packed(
    albedo: NDArray[np.uint8],
    normal: NDArray[np.uint8] | None,
    roughness: Float32,
    specular: Float32 | float,
    subsurface: float,
) -> torch.Tensor:
    size = albedo.shape[0]
    out = torch.empty(size, size, CHANNELS)
    out[..., :3] = albedo_from_bytes(albedo)
    if normal is None:
        out[..., 3:6] = torch.tensor([0.0, 0.0, 1.0])
    else:
        out[..., 3:6] = normals_from_bytes(normal)
    out[..., 6] = torch.from_numpy(roughness)
    out[..., 7] = torch.from_numpy(specular) if isinstance(specular, np.ndarray) else specular
    out[..., 8] = subsurface
    return out


def _torso_packed(cloth: TorsoMaps) -> torch.Tensor:
    parts = [cloth.albedo, cloth.normal, *(m[..., None] for m in (cloth.roughness, cloth.specular, cloth.skin))]
    return torch.from_numpy(np.concatenate(parts, axis=-1).astype(np.float32))
