"""Render settings for portraits in each engine, and rendering to a PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import bpy

from headsmith_shared.errors import ErrorCode, HeadsmithError

from ..exporters.files import whole_file
from .studio import View, set_up

Engine = Literal["CYCLES", "EEVEE", "WORKBENCH"]


def portrait(
    head_id: str, *, view: View = "three_quarter", size: tuple[int, int] = (768, 960), engine: Engine = "CYCLES",
    samples: int = 48, scene: bpy.types.Scene | None = None,
) -> str:  # fmt: skip
    """Set up camera, lights, backdrop and render settings for a head; returns the camera's name."""
    scene = scene or bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    camera = set_up(head_id, view=view, scene=scene)
    scene.render.use_persistent_data = True
    _develop(scene)
    {"CYCLES": _cycles, "EEVEE": _eevee, "WORKBENCH": _workbench}[engine](scene, samples)
    return camera.name


def render(path: Path, *, scene: bpy.types.Scene | None = None) -> Path:
    """Render a scene's camera to a PNG."""
    scene = scene or bpy.context.scene
    if scene.camera is None:
        raise HeadsmithError(ErrorCode.BAD_USAGE, "the scene has no camera", "set up a portrait first")
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGB", "8"
    former = scene.render.filepath
    try:
        with whole_file(Path(path)) as target:
            scene.render.filepath = str(target)
            bpy.ops.render.render(write_still=True, scene=scene.name)
    finally:
        scene.render.filepath = former
    return Path(path)


def _develop(scene: bpy.types.Scene) -> None:
    """AgX as a photographic film; its name and looks exist from 4.0 on, a custom configuration may lack them."""
    view = scene.view_settings
    for attribute, value in (("view_transform", "AgX"), ("look", "AgX - Medium High Contrast")):
        try:
            setattr(view, attribute, value)
        except TypeError:
            continue
    view.exposure, view.gamma = 0.0, 1.0


def _cycles(scene: bpy.types.Scene, samples: int) -> None:
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.01
    cycles.use_light_tree = False  # four lights: choosing among them costs more than it saves
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "ACCURATE"  # FAST smears pores and fine wrinkles
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 6, 24
    cycles.sample_clamp_indirect = 4.0
    cycles.caustics_reflective = cycles.caustics_refractive = False


def _eevee(scene: bpy.types.Scene, samples: int) -> None:
    scene.render.engine = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
    scene.eevee.taa_render_samples = samples
    scene.eevee.use_raytracing = False


def _workbench(scene: bpy.types.Scene, samples: int) -> None:
    scene.render.engine = "BLENDER_WORKBENCH"
    shading = scene.display.shading
    shading.light, shading.color_type = "STUDIO", "TEXTURE"
    shading.show_cavity, shading.cavity_type = True, "BOTH"
    scene.display.render_aa = "8" if samples >= 8 else "FXAA"
