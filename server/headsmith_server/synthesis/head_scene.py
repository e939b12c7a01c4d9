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

from headsmith_server.heads.protocol import HeadModel
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
from headsmith_server.synthesis.head_maps import MATERIALS, head_textures, paint_head
from headsmith_server.synthesis.lights import Illumination
from headsmith_server.synthesis.occlusion import OPAQUE, Occlusion, occlusion
from headsmith_server.synthesis.people import Person
from headsmith_server.synthesis.personal import PersonalHead
from headsmith_server.synthesis.portrait_shading import (
    LightField,
    Surface,
    light_field,
    shade_surface,
    tear_film,
)
from headsmith_server.synthesis.shadows import lit_share
from headsmith_server.synthesis.torso import build_torso
from headsmith_shared.arkit import ARKIT_INDEX

CORNEAS: Final = ("cornea_l", "cornea_r")
EYES: Final = ("eye_l", "eye_r")
LID_SHADE_M: Final = (0.0030, 0.0016)
"""How far the upper and the lower lid darken the eyeball."""


@dataclass(frozen=True)
class HeadTriangles:
    """What all heads of a model share: the opaque parts, the clear shells before the eyes, and numbers of vertices."""

    opaque: Mesh
    corneas: Int[Tensor, "t 3"]
    eyes: Int[Tensor, " n"]
    upper_lids: Int[Tensor, "2 u"]
    lower_lids: Int[Tensor, "2 u"]
    occlusion: Occlusion


@lru_cache(maxsize=2)
def head_triangles(model: HeadModel, device: torch.device) -> HeadTriangles:
    """The shared part of a model on a device, kept for the next call."""
    topology = model.topology
    mesh = head_mesh(topology, OPAQUE)
    names = [MATERIALS.index(part.material) if part.material in MATERIALS else 0 for part in topology.parts]
    material = torch.tensor(names)[mesh.part]
    opaque = Mesh(mesh.vertex_count, mesh.triangles, mesh.uvs, mesh.uv_triangles, material, mesh.part)
    eyes = np.concatenate([np.asarray(topology.part(name).vertices) for name in EYES])
    uppers, lowers = [], []
    with torch.no_grad():
        mean = model.vertices(torch.zeros(1, model.identity_size))[0].cpu().numpy()
    for side in ("l", "r"):
        loop = topology.loops[f"lid_margin_{side}"]
        points = mean[loop]
        left, right = points[points[:, 0].argmin()], points[points[:, 0].argmax()]
        level = left[1] + (right[1] - left[1]) * (points[:, 0] - left[0]) / (right[0] - left[0])
        order = np.argsort(points[:, 1] - level)
        lowers.append(loop[order[: len(loop) // 3]])
        uppers.append(loop[order[-(len(loop) // 3) :]])

    def tensor(array: NDArray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array).astype(np.int64)).to(device)

    return HeadTriangles(
        opaque=opaque.to(device),
        corneas=head_mesh(topology, CORNEAS).triangles.to(device),
        eyes=tensor(eyes),
        upper_lids=tensor(np.stack(uppers)),
        lower_lids=tensor(np.stack(lowers)),
        occlusion=occlusion(model),
    )


@dataclass(frozen=True)
class Layers:
    """One view of a person, S x S pixels: colour and albedo linear [S, S, 3] premultiplied by alpha [S, S]; normal
    [S, S, 3] in camera space, depth [S, S] metres (inf where nothing is), material [S, S] (-1 where nothing is), all of
    head and torso alone; hair [S, S]: coverage by strands."""

    colour: Float[Tensor, "s s 3"]
    alpha: Float[Tensor, "s s"]
    albedo: Float[Tensor, "s s 3"]
    normal: Float[Tensor, "s s 3"]
    depth: Float[Tensor, "s s"]
    material: Int[Tensor, "s s"]
    hair: Float[Tensor, "s s"]


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
        self.fibres = PersonFibres(model, neutral, person, strands, self.device)
        self._torso = torch.from_numpy(torso.vertices).to(self.device)
        self.mesh = _joined(self.shared.opaque, torso.triangles, torso.uvs, torso.uv_triangles, len(torso.vertices))
        throwing = (self.mesh.material == 0) | (self.mesh.material == MATERIALS.index("torso"))
        self._throwing = self.mesh.triangles[throwing]
        self._orientation = _tangent_frame(self.mesh)

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
    ) -> Layers:
        """What one camera sees of the posed person (a row of `vertices`) at size x size pixels."""
        field = light_field(light, self.device)
        normals = vertex_normals(vertices[None], self.mesh)[0]
        reach = self._reach(vertices, normals, weights, field)
        clip = camera.to_clip(vertices[None])
        seen = rasterise(clip, self.mesh.triangles, (size, size))
        table = torch.cat([vertices, normals, reach], dim=1)
        values = weighted_rows(table, self.mesh.triangles.index_select(0, seen.numbers), seen.weights)
        surface, place = self._surface(vertices, values, seen, camera)
        radiance = shade_surface(surface, field)
        radiance = self._wet(vertices, normals, clip, seen, radiance, values[:, 6], camera, field, size)
        depth = seen.scatter(-(place @ camera.view[0, 2, :3] + camera.view[0, 2, 3]), torch.inf)[0]
        colour = seen.scatter(radiance, 0.0)[0]
        albedo = seen.scatter(surface.albedo, 0.0)[0]
        normal = seen.scatter(functional.normalize(surface.normal, dim=-1) @ camera.view[0, :3, :3].T, 0.0)[0]
        material = seen.scatter(self.mesh.material.index_select(0, seen.numbers), -1)[0]
        alpha = (material >= 0).to(colour.dtype)
        strands = self._strands(vertices, camera, light, field, depth)
        hair = strands[..., 3]
        over = 1.0 - hair[..., None]
        hue = strands[..., 4:]
        return Layers(
            colour=strands[..., :3] + over * colour,
            alpha=hair + (1.0 - hair) * alpha,
            albedo=hue + over * albedo,
            normal=normal,
            depth=depth,
            material=material,
            hair=hair,
        )

    def _reach(
        self, vertices: Float[Tensor, "v 3"], normals: Float[Tensor, "v 3"], weights: Tensor, field: LightField
    ) -> Float[Tensor, "v l1"]:
        """What reaches each vertex: of ambient light, and of each directional light."""
        opening = (weights[ARKIT_INDEX["jawOpen"]] - weights[ARKIT_INDEX["mouthClose"]]) / 0.6
        ambient = self.shared.occlusion.at(opening[None])[0].clone()
        ambient[self.shared.eyes] = self._between_lids(vertices)
        shares = [torch.ones_like(ambient)] * len(field.directions)
        if len(shares):
            lit = lit_share(vertices, normals, self._throwing, field.directions[0], field.softness[0])
            shares = [lit, *shares[1:]]
            # further lights throw no shadows but those of the head's own roundness
            shares = [
                share if number == 0 else (0.3 + 0.7 * ambient) * (ambient > 0.02)
                for number, share in enumerate(shares)
            ]
        points, radii = self.fibres.scalp()
        if len(points):
            volume = StrandVolume(points, radii, None)
            away = vertices + 0.003 * normals
            for number, way in enumerate(field.directions):
                shares[number] = shares[number] * torch.exp(-volume.towards(way).at(away)[:, 0])
            through = torch.exp(-0.8 * volume.around().at(away))
            facing = torch.stack([normals, -normals], dim=-1).clamp_min(0.0).flatten(1)  # +x, -x, +y, ...
            ambient = ambient * (through * facing).sum(1) / facing.sum(1).clamp_min(1e-6)
        return torch.stack([ambient, *shares], dim=1)

    def _between_lids(self, vertices: Float[Tensor, "v 3"]) -> Float[Tensor, " e"]:
        """What the lids leave of ambient light on the eyeballs."""
        shares = []
        for eye, upper, lower in zip(
            self.shared.eyes.view(2, -1), self.shared.upper_lids, self.shared.lower_lids, strict=True
        ):
            ball = vertices[eye]
            above = torch.cdist(ball, vertices[upper], compute_mode="donot_use_mm_for_euclid_dist").amin(1)
            below = torch.cdist(ball, vertices[lower], compute_mode="donot_use_mm_for_euclid_dist").amin(1)
            dark = 0.70 * torch.exp(-((above / LID_SHADE_M[0]) ** 2)) + 0.35 * torch.exp(
                -((below / LID_SHADE_M[1]) ** 2)
            )
            shares.append(0.74 * (1.0 - dark.clamp(max=0.85)))
        return torch.cat(shares)

    def _surface(
        self, vertices: Float[Tensor, "v 3"], values: Float[Tensor, "n c"], seen: Fragments, camera: Camera
    ) -> tuple[Surface, Float[Tensor, "n 3"]]:
        """The seen points with their maps, and where they lie."""
        place = values[:, :3]
        normal = functional.normalize(values[:, 3:6], dim=-1)
        uv = weighted_rows(self.mesh.uvs, self.mesh.uv_triangles.index_select(0, seen.numbers), seen.weights)
        material = self.mesh.material.index_select(0, seen.numbers)
        maps = self.textures.sample(uv, texture=material)
        tangents = _tangents(vertices, self.mesh, self._orientation).index_select(0, seen.numbers)
        tangent = functional.normalize(
            tangents[:, :3] - (tangents[:, :3] * normal).sum(-1, keepdim=True) * normal, dim=-1
        )
        bitangent = torch.linalg.cross(normal, tangent) * tangents[:, 3:]
        relief = functional.normalize(
            maps[:, 3:4] * tangent + maps[:, 4:5] * bitangent + maps[:, 5:6].clamp_min(0.2) * normal, dim=-1
        )
        to_eye = functional.normalize(camera.position[0] - place, dim=-1)
        # Relief that looks away from the eye would show black specks at the rim.
        away = (relief * to_eye).sum(-1, keepdim=True)
        relief = torch.where(away < 0.02, functional.normalize(relief + (0.02 - away) * to_eye, dim=-1), relief)
        return Surface(
            normal=normal,
            relief=relief,
            to_eye=to_eye,
            albedo=maps[:, :3],
            roughness=maps[:, 6],
            specular=maps[:, 7],
            subsurface=maps[:, 8],
            ambient=values[:, 6],
            lit=values[:, 7:],
        ), place

    def _wet(
        self, vertices: Tensor, normals: Tensor, clip: Tensor, seen: Fragments, radiance: Tensor, ambient: Tensor,
        camera: Camera, field: LightField, size: int,
    ) -> Tensor:  # fmt: skip
        """The radiance with what the clear shells before the eyes mirror."""
        shells = rasterise(clip, self.shared.corneas, (size, size))
        if not len(shells) or not len(seen):
            return radiance
        behind = seen.scatter(torch.arange(len(seen), device=self.device), -1).view(-1).index_select(0, shells.pixels)
        eye = self.mesh.material.index_select(0, seen.numbers.index_select(0, behind.clamp_min(0))) == 1
        open_ = (behind >= 0) & eye & (shells.depths <= seen.depths.index_select(0, behind.clamp_min(0)) + 2e-4)
        kept = open_.nonzero()[:, 0]
        if not len(kept):
            return radiance
        numbers, weights = shells.numbers.index_select(0, kept), shells.weights.index_select(0, kept)
        corners = self.shared.corneas.index_select(0, numbers)
        shell = _shell_normals(vertices, self.shared.corneas)
        values = weighted_rows(torch.cat([vertices, shell], dim=1), corners, weights)
        normal = functional.normalize(values[:, 3:], dim=-1)
        to_eye = functional.normalize(camera.position[0] - values[:, :3], dim=-1)
        target = behind.index_select(0, kept)
        clear = (ambient.index_select(0, target) / 0.7).clamp(0.0, 1.0) ** 1.5
        return radiance.index_add(0, target, tear_film(normal, to_eye, clear, field))

    def _strands(
        self, vertices: Tensor, camera: Camera, light: Illumination, field: LightField, depth: Float[Tensor, "s s"]
    ) -> Float[Tensor, "s s 7"]:
        """Radiance and coverage of all strands, premultiplied, and their albedo."""
        fibres = self.fibres.posed(vertices[: -len(self._torso)].cpu().numpy())
        lights = Lights(
            DirectionalLights(field.directions[None], field.irradiance[None]),
            harmonics=torch.from_numpy(light.harmonics).to(self.device)[None],
        )
        head = vertices[: len(self.model.topology.part("skin").vertices)]
        image = render_strands(fibres.points, fibres.radii, fibres.colours, camera, lights, depth[None], head)
        rgba = image.rgba[0]
        hue = fibres.colours.mean(0) if len(fibres.colours) else rgba.new_zeros(3)
        return torch.cat([rgba, rgba[..., 3:] * hue], dim=-1)


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
