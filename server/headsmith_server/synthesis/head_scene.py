"""A person before the camera: mesh, textures, strands, and what is seen through each pixel, ready to be lit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from headsmith_server.heads.protocol import HeadModel, PartTopology
from headsmith_server.render.cameras import Camera
from headsmith_server.render.fragments import Fragments
from headsmith_server.render.gather import weighted_rows
from headsmith_server.render.lights import DirectionalLights, Lights
from headsmith_server.render.mesh import Mesh, head_mesh, vertex_normals
from headsmith_server.render.rasterise import rasterise
from headsmith_server.render.strand_lighting import StrandVolume
from headsmith_server.render.strands import render_strands
from headsmith_server.render.texture import Pyramid
from headsmith_server.synthesis.fibres import PersonFibres
from headsmith_server.synthesis.folds import person_folds, sample_folds
from headsmith_server.synthesis.head_maps import MATERIALS, head_textures, paint_head
from headsmith_server.synthesis.lights import Illumination
from headsmith_server.synthesis.occlusion import OPAQUE, Occlusion, occlusion
from headsmith_server.synthesis.people import Person
from headsmith_server.synthesis.personal import PersonalHead
from headsmith_server.synthesis.portrait_shading import (
    LightField,
    Surface,
    cross,
    dot,
    light_field,
    shade_surface,
    tear_film,
    unit,
)
from headsmith_server.synthesis.shadows import lit_share
from headsmith_server.synthesis.torso import build_torso
from headsmith_server.texture.surface import mean_vertices
from headsmith_shared.arkit import ARKIT_INDEX, ARKIT_NAMES

CORNEAS: Final = ("cornea_l", "cornea_r")
EYES: Final = ("eye_l", "eye_r")
EYE_OPEN: Final = 0.74
"""Share of ambient light that brow and socket leave to an open eye."""
LID_SHADE_M: Final = (0.0030, 0.0016)
"""How far the upper and the lower lid darken the eyeball."""


@dataclass(frozen=True)
class HeadTriangles:
    """What all heads of a model share. solid: the model's vertices that are surfaces, all but brows and lashes, by
    which everything here is numbered; opaque: the opaque parts; corneas: the clear shells before the eyes; eyes,
    upper_lids, lower_lids: vertices, the two sides apart; veiled: those that hair can shade (skin and eyes);
    occlusion: of the solid vertices and a torso's after them."""

    solid: Int[Tensor, " s"]
    opaque: Mesh
    corneas: Int[Tensor, "t 3"]
    eyes: Int[Tensor, "2 e"]
    upper_lids: Int[Tensor, "2 u"]
    lower_lids: Int[Tensor, "2 u"]
    veiled: Int[Tensor, " w"]
    occlusion: Occlusion


@lru_cache(maxsize=2)
def head_triangles(model: HeadModel, device: torch.device) -> HeadTriangles:
    """The shared part of a model on a device, kept for the next call."""
    topology = model.topology
    mesh = head_mesh(topology, OPAQUE)
    ranges = {part.name: np.asarray(part.vertices) for part in topology.parts}
    solid = np.concatenate([ranges[name] for name in (*OPAQUE, *CORNEAS)])
    number = np.full(mesh.vertex_count, -1, np.int64)
    number[solid] = np.arange(len(solid))
    names = [material_number(part) for part in topology.parts]
    renumbered = torch.from_numpy(number)
    opaque = Mesh(
        len(solid), renumbered[mesh.triangles], mesh.uvs, mesh.uv_triangles, torch.tensor(names)[mesh.part], mesh.part
    )
    uppers, lowers = [], []
    mean = mean_vertices(model)
    for side in ("l", "r"):
        loop = topology.loops[f"lid_margin_{side}"]
        points = mean[loop]
        left, right = points[points[:, 0].argmin()], points[points[:, 0].argmax()]
        level = left[1] + (right[1] - left[1]) * (points[:, 0] - left[0]) / (right[0] - left[0])
        order = np.argsort(points[:, 1] - level)
        lowers.append(loop[order[: len(loop) // 3]])
        uppers.append(loop[order[-(len(loop) // 3) :]])

    def tensor(array: NDArray) -> Tensor:
        return torch.from_numpy(number[array]).to(device)

    light = occlusion(model)
    kept = torch.cat([torch.from_numpy(solid), torch.arange(len(number), len(light.closed))]).to(light.closed.device)
    return HeadTriangles(
        solid=torch.from_numpy(solid).to(device),
        opaque=opaque.to(device),
        corneas=renumbered[head_mesh(topology, CORNEAS).triangles].to(device),
        eyes=tensor(np.stack([ranges[name] for name in EYES])),
        upper_lids=tensor(np.stack(uppers)),
        lower_lids=tensor(np.stack(lowers)),
        veiled=tensor(np.concatenate([ranges[name] for name in ("skin", *EYES)])),
        occlusion=Occlusion(light.closed[kept].to(device), light.opened[kept].to(device)),
    )


@dataclass(frozen=True)
class Layers:
    """One view of a person. Of head and torso, S x S samples: colour and albedo linear [3, S, S], 0 where nothing is;
    alpha [S, S]; normal [3, S, S] in camera space; depth [S, S] metres (inf where nothing is); material [S, S] (-1
    where nothing is). Of hair, before it, H x H pixels: hair [4, H, H], linear and premultiplied; hue [3]: its mean
    colour."""

    colour: Float[Tensor, "3 s s"]
    alpha: Float[Tensor, "s s"]
    albedo: Float[Tensor, "3 s s"]
    normal: Float[Tensor, "3 s s"]
    depth: Float[Tensor, "s s"]
    material: Int[Tensor, "s s"]
    hair: Float[Tensor, "4 h h"]
    hue: Float[Tensor, 3]


class HeadScene:
    """One person with skin, eyes, mouth, hair and shoulders, to be posed and seen under any light."""

    def __init__(
        self,
        model: HeadModel,
        person: Person,
        head: PersonalHead,
        draws: np.random.Generator,
        texture_size: int = 512,
        strands: int = 3000,
        device: torch.device | None = None,
    ) -> None:
        self.device = device or torch.device("cpu")
        self.model = model
        self.person = person
        self.head = head
        neutral = head.neutral.cpu().numpy().astype(np.float32)
        self.shared = head_triangles(model, self.device)
        self.skin = paint_head(model, neutral, person, texture_size)
        description = person.description
        torso = build_torso(model.topology, neutral, draws, description.age_years, description.masculinity)
        self.textures: Pyramid = head_textures(model, person, self.skin, torso, draws, self.device)
        self.folds = person_folds(model, person, head.shapes.creasing, self.skin.normal)
        self.fibres = PersonFibres(model, neutral, person, strands, self.device)
        self._torso = torch.from_numpy(torso.vertices).to(self.device)
        self._head_count = len(neutral)
        solid = self.shared.solid
        number = torch.full((len(neutral) + len(self._torso),), -1, dtype=torch.long)
        number[solid.cpu()] = torch.arange(len(solid))
        number[len(neutral) :] = torch.arange(len(solid), len(solid) + len(self._torso))
        triangles = number[torch.from_numpy(torso.triangles)].numpy()
        self.mesh = _joined(self.shared.opaque, triangles, torso.uvs, torso.uv_triangles, len(self._torso))
        self._veiled = torch.cat([
            self.shared.veiled, torch.arange(len(solid), len(solid) + len(self._torso), device=self.device)
        ])  # fmt: skip
        throwing = (self.mesh.material == 0) | (self.mesh.material == MATERIALS.index("torso"))
        self._throwing = self.mesh.triangles[throwing]
        self._tangent_frame = _tangent_frame(self.mesh)

    def vertices(self, weights: Float[Tensor, "b 52"]) -> Float[Tensor, "b v 3"]:
        """The posed head with its torso behind it, metres."""
        posed = self.head.posed(weights).to(self.device)
        return torch.cat([posed, self._torso.expand(len(posed), -1, -1)], dim=1)

    @torch.no_grad()
    def view(
        self,
        vertices: Float[Tensor, "v 3"],
        weights: Float[Tensor, " 52"],
        camera: Camera,
        light: Illumination,
        size: int,
        samples: int = 2,
    ) -> Layers:
        """What one camera sees of the posed person (a row of `vertices`): head and torso at size * samples, hair, which
        needs no supersampling, at size."""
        field = light_field(light, self.device)
        head = vertices[: self._head_count]
        solid = torch.cat([head.index_select(0, self.shared.solid), vertices[self._head_count :]])
        normals = vertex_normals(solid[None], self.mesh)[0]
        reach = self._reach(solid, normals, weights, field)
        clip = camera.to_clip(solid[None])
        fine = size * samples
        seen = rasterise(clip, self.mesh.triangles, (fine, fine))
        corners = self.mesh.triangles.index_select(0, seen.numbers)
        values = weighted_rows(torch.cat([solid, normals, reach], dim=1), corners, seen.weights).T.contiguous()
        surface = self._surface(solid, values, seen, weights, camera)
        radiance = shade_surface(surface, field)
        self._add_tears(radiance, solid, clip, seen, surface.ambient, camera, field)
        place = values[:3]
        away = -(camera.view[0, 2, :3] @ place + camera.view[0, 2, 3])
        material = self.mesh.material.index_select(0, seen.numbers)
        depth = _image(away[None], seen.pixels, fine, torch.inf)[0]
        rgba, hue = self._strands(head, camera, light, field, depth, samples)
        return Layers(
            colour=_image(radiance, seen.pixels, fine, 0.0),
            alpha=_image(torch.ones_like(away)[None], seen.pixels, fine, 0.0)[0],
            albedo=_image(surface.albedo, seen.pixels, fine, 0.0),
            normal=_image(camera.view[0, :3, :3] @ unit(values[3:6]), seen.pixels, fine, 0.0),
            depth=depth,
            material=_image(material[None], seen.pixels, fine, -1)[0],
            hair=rgba,
            hue=hue,
        )

    def _reach(
        self, solid: Float[Tensor, "v 3"], normals: Float[Tensor, "v 3"], weights: Tensor, field: LightField
    ) -> Float[Tensor, "v l1"]:
        """What reaches each vertex: of ambient light, and of each directional light."""
        opening = (weights[ARKIT_INDEX["jawOpen"]] - weights[ARKIT_INDEX["mouthClose"]]) / 0.6
        ambient = self.shared.occlusion.at(opening[None])[0].clone()
        ambient[self.shared.eyes] = self._between_lids(solid)
        shares = []
        for number, way in enumerate(field.directions):
            if number == 0:
                shares.append(lit_share(solid, normals, self._throwing, way, field.softness[0]))
            else:  # further lights throw no shadows but those of hollows
                shares.append((0.3 + 0.7 * ambient) * (ambient > 0.02))
        points, radii = self.fibres.scalp()
        if len(points):
            volume = StrandVolume(points, radii, None)
            veiled = self._veiled
            outward = normals.index_select(0, veiled)
            away = solid.index_select(0, veiled) + 0.003 * outward
            for share, way in zip(shares, field.directions, strict=True):
                share[veiled] *= torch.exp(-volume.towards(way).at(away)[:, 0])
            through = torch.exp(-0.8 * volume.around().at(away))
            facing = torch.stack([outward, -outward], dim=-1).clamp_min(0.0).flatten(1)  # +x, -x, +y, ...
            ambient[veiled] *= (through * facing).sum(1) / facing.sum(1).clamp_min(1e-6)
        return torch.stack([ambient, *shares], dim=1)

    def _between_lids(self, solid: Float[Tensor, "v 3"]) -> Float[Tensor, "2 e"]:
        """What the lids leave of ambient light on the eyeballs."""
        shares = []
        for eye, upper, lower in zip(self.shared.eyes, self.shared.upper_lids, self.shared.lower_lids, strict=True):
            ball = solid[eye]
            above = torch.cdist(ball, solid[upper], compute_mode="donot_use_mm_for_euclid_dist").amin(1)
            below = torch.cdist(ball, solid[lower], compute_mode="donot_use_mm_for_euclid_dist").amin(1)
            dark = 0.70 * torch.exp(-((above / LID_SHADE_M[0]) ** 2))
            dark = dark + 0.35 * torch.exp(-((below / LID_SHADE_M[1]) ** 2))
            shares.append(EYE_OPEN * (1.0 - dark.clamp(max=0.85)))
        return torch.stack(shares)

    def _surface(
        self, solid: Float[Tensor, "v 3"], values: Float[Tensor, "c n"], seen: Fragments, weights: Tensor,
        camera: Camera,
    ) -> Surface:  # fmt: skip
        """The seen points with their maps; values: place, normal, ambient, lit."""
        normal = unit(values[3:6])
        uv = weighted_rows(self.mesh.uvs, self.mesh.uv_triangles.index_select(0, seen.numbers), seen.weights)
        material = self.mesh.material.index_select(0, seen.numbers)
        maps = self.textures.sample(uv, texture=material).T.contiguous()
        slope, smooth, lost = self._folded(uv, material, weights)
        tangents = _tangents(solid, self.mesh, self._tangent_frame).index_select(0, seen.numbers).T.contiguous()
        tangent = unit(tangents[:3] - dot(tangents[:3], normal) * normal)
        bitangent = cross(normal, tangent) * tangents[3]
        out = maps[5].clamp_min(0.2)
        relief = unit((maps[3] - slope[0] * out) * tangent + (maps[4] - slope[1] * out) * bitangent + out * normal)
        # folds are wider than light walks beneath the skin: diffuse light shows them too
        normal = unit(smooth[0] * tangent + smooth[1] * bitangent + normal)
        to_eye = unit(camera.position[0][:, None] - values[:3])
        # Relief that looks away from the eye would show black specks at the rim.
        relief = unit(relief + (0.02 - dot(relief, to_eye)).clamp_min(0.0) * to_eye)
        return Surface(
            normal=normal,
            relief=relief,
            to_eye=to_eye,
            albedo=maps[:3],
            roughness=maps[6],
            specular=maps[7],
            subsurface=maps[8],
            ambient=values[6] * (1.0 - lost),
            lit=values[7:] * (1.0 - 0.5 * lost),
        )

    def _folded(
        self, uv: Float[Tensor, "n 2"], material: Int[Tensor, " n"], weights: Tensor
    ) -> tuple[Float[Tensor, "2 n"], Float[Tensor, "2 n"], Float[Tensor, " n"]]:
        """At the seen points the slopes of the expression's wrinkles, how far all folds tilt the normal of diffuse
        light, along tangent and bitangent, and the share of light that is lost in wrinkles."""
        found = uv.new_zeros(5, len(uv))
        skin = (material == MATERIALS.index("skin")).nonzero()[:, 0]
        folds = self.folds.of(dict(zip(ARKIT_NAMES, weights.tolist(), strict=True)))
        found[:, skin] = sample_folds(folds, uv.index_select(0, skin))
        return found[:2], found[3:] - found[:2], found[2]

    def _add_tears(
        self, radiance: Float[Tensor, "3 n"], solid: Tensor, clip: Tensor, seen: Fragments, ambient: Tensor,
        camera: Camera, field: LightField,
    ) -> None:  # fmt: skip
        """Add to the radiance what the clear shells before the eyes mirror."""
        shells = rasterise(clip, self.shared.corneas, seen.size)
        if not len(shells) or not len(seen):
            return
        order = torch.full((seen.size[0] * seen.size[1],), -1, dtype=torch.long, device=self.device)
        order[seen.pixels] = torch.arange(len(seen), device=self.device)
        behind = order.index_select(0, shells.pixels)
        safe = behind.clamp_min(0)
        material = self.mesh.material.index_select(0, seen.numbers.index_select(0, safe))
        eye = (material == MATERIALS.index("eye_l")) | (material == MATERIALS.index("eye_r"))
        kept = ((behind >= 0) & eye & (shells.depths <= seen.depths.index_select(0, safe) + 2e-4)).nonzero()[:, 0]
        if not len(kept):
            return
        numbers, weights = shells.numbers.index_select(0, kept), shells.weights.index_select(0, kept)
        table = torch.cat([solid, _shell_normals(solid, self.shared.corneas)], dim=1)
        values = weighted_rows(table, self.shared.corneas.index_select(0, numbers), weights).T.contiguous()
        to_eye = unit(camera.position[0][:, None] - values[:3])
        target = behind.index_select(0, kept)
        clear = (ambient.index_select(0, target) / EYE_OPEN).clamp(0.0, 1.0) ** 1.5
        radiance.index_add_(1, target, tear_film(unit(values[3:]), to_eye, clear, field))

    def _strands(
        self, head: Tensor, camera: Camera, light: Illumination, field: LightField, depth: Tensor, samples: int
    ) -> tuple[Float[Tensor, "4 h h"], Float[Tensor, 3]]:
        """All strands, premultiplied, and their mean colour; depth: of the head, supersampled."""
        fibres = self.fibres.posed(head.cpu().numpy())
        lights = Lights(
            DirectionalLights(field.directions[None], field.irradiance[None]),
            harmonics=torch.from_numpy(light.harmonics).to(self.device)[None],
        )
        skin = head[: len(self.model.topology.part("skin").vertices)]
        # of the samples of a pixel the furthest: hair before the rim of the head is not cut off by it
        behind = functional.max_pool2d(depth.clamp_max(1e6)[None], samples)
        image = render_strands(fibres.points, fibres.radii, fibres.colours, camera, lights, behind, skin)
        return image.rgba[0].permute(2, 0, 1), fibres.colours.mean(0)


def material_number(part: PartTopology) -> int:
    """The number in MATERIALS of a part; skin's where it has none."""
    name = part.name if part.name in EYES else part.material
    return MATERIALS.index(name) if name in MATERIALS else 0


def _image(values: Tensor, pixels: Tensor, size: int, background: float) -> Tensor:
    """Values [C, N] at pixels as images [C, size, size]."""
    out = values.new_full((len(values), size * size), background)
    return out.index_copy_(1, pixels, values).view(len(values), size, size)


def _joined(
    head: Mesh, triangles: NDArray[np.int64], uvs: NDArray[np.float32], uv_triangles: NDArray[np.int64], count: int
) -> Mesh:
    """The head's mesh with a torso behind it."""
    device = head.triangles.device

    def tensor(array: NDArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(device)

    new = torch.full((len(triangles),), MATERIALS.index("torso"), device=device)
    return Mesh(
        head.vertex_count + count,
        torch.cat([head.triangles, tensor(triangles)]),
        torch.cat([head.uvs, tensor(uvs)]),
        torch.cat([head.uv_triangles, tensor(uv_triangles) + len(head.uvs)]),
        torch.cat([head.material, new]),
        torch.cat([head.part, new + 100]),
    )


def _tangent_frame(mesh: Mesh) -> Float[Tensor, "t 3"]:
    """Of each triangle: how its second and third edge make up the tangent along u, and the sign of its UV area."""
    a, b, c = mesh.uvs[mesh.uv_triangles].unbind(1)
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    sign = torch.where(area < 0, -1.0, 1.0)
    return torch.stack([sign * ac[:, 1], -sign * ab[:, 1], sign], dim=1)


def _tangents(vertices: Float[Tensor, "v 3"], mesh: Mesh, frame: Float[Tensor, "t 3"]) -> Float[Tensor, "t 4"]:
    """Tangents along u (not of unit length) and the side of the bitangent, one a triangle: the mesh is fine enough."""
    a, b, c = (vertices.index_select(0, corner) for corner in mesh.triangles.unbind(1))
    tangent = frame[:, :1] * (b - a) + frame[:, 1:2] * (c - a)
    return torch.cat([functional.normalize(tangent, dim=-1, eps=1e-12), frame[:, 2:]], dim=1)


def _shell_normals(vertices: Float[Tensor, "v 3"], triangles: Int[Tensor, "t 3"]) -> Float[Tensor, "v 3"]:
    """Unit normals of the vertices of a few triangles, zero elsewhere."""
    a, b, c = (vertices.index_select(0, corner) for corner in triangles.unbind(1))
    faces = torch.linalg.cross(b - a, c - a)
    out = torch.zeros_like(vertices)
    for corner in triangles.unbind(1):
        out.index_add_(0, corner, faces)
    return functional.normalize(out, dim=-1, eps=1e-20)
