"""Differentiable rendering: cameras, lights, rasterisation and shading; one function, two backends.

    mesh = head_mesh(model.topology)                       # once a model: triangles, UV layout, parts, materials
    scene = Scene(vertices, mesh, materials)               # vertices [B or 1, V, 3] metres; materials by material_names
    view = camera(arc(yaw=[-45.0, 0.0, 45.0], distance=0.9, target=centre), perspective(25.0, 1.0, 0.1, 10.0))
    lights = Lights(directional=sun((0.3, 0.5, 1.0)), harmonics=uniform_harmonics((0.3, 0.3, 0.3)))
    buffers = render(scene, view, lights, (256, 256))      # colour, alpha, mask, normal, albedo, depth, uv, part

Conventions: metres, right-handed, Y up; row 0 is the top and pixel centres are at +0.5; clip space as OpenGL's; colours
linear (colour.py turns them to and from sRGB); triangles counter-clockwise from outside. Wrap rendering in
torch.no_grad() where no gradient is wanted: it is several times as fast. Everything runs on the device of its inputs.

Singly: rasterise(clip [B, V, 4], triangles [T, 3], (H, W), cull) -> Fragments (triangle, barycentrics and depth
[B, H, W], and the same as a list of covered pixels), interpolate(attributes, triangles, fragments) -> [N, C] at that
list (fragments.scatter makes images of it), sample_texture, antialias, shade.
"""

from headsmith_server.render.cameras import (
    Camera,
    arc,
    camera,
    fov_of_focal_length,
    look_at,
    orthographic,
    perspective,
)
from headsmith_server.render.environment import Environment, environment
from headsmith_server.render.fragments import Fragments, interpolate
from headsmith_server.render.lights import (
    DirectionalLights,
    Lights,
    PointLights,
    sun,
    turn_about_y,
    uniform_harmonics,
)
from headsmith_server.render.mesh import Mesh, head_mesh, material_names, vertex_normals
from headsmith_server.render.occlusion import exposures, light_shares
from headsmith_server.render.rasterise import rasterise
from headsmith_server.render.render import Backend, Buffers, render
from headsmith_server.render.scene import Material, Scene
from headsmith_server.render.shading import shade
from headsmith_server.render.silhouette import antialias
from headsmith_server.render.texture import Pyramid, pyramid, sample_texture

__all__ = [
    "Backend",
    "Buffers",
    "Camera",
    "DirectionalLights",
    "Environment",
    "Fragments",
    "Lights",
    "Material",
    "Mesh",
    "PointLights",
    "Pyramid",
    "Scene",
    "antialias",
    "arc",
    "camera",
    "environment",
    "exposures",
    "fov_of_focal_length",
    "head_mesh",
    "interpolate",
    "light_shares",
    "look_at",
    "material_names",
    "orthographic",
    "perspective",
    "pyramid",
    "rasterise",
    "render",
    "sample_texture",
    "shade",
    "sun",
    "turn_about_y",
    "uniform_harmonics",
    "vertex_normals",
]
