"""Binary glTF: morph targets with their names, skeleton, PBR maps, and hair as cards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import addon_utils
import bpy

from ..builders import lookup
from ..materials.surfaces import BSDF
from .files import whole_file
from .selection import only_head

_CORNEA_ALPHA = 0.06
_CARD_CUTOFF = 0.35


def export_glb(path: Path, *, head_id: str) -> Path:
    """Write one head as GLB. The shape keys stay morph targets (`targetNames`), the bones a skin."""
    addon_utils.enable("io_scene_gltf2", default_set=False)
    with whole_file(Path(path)) as target, only_head(head_id), _simple_cornea(head_id), _cut_out_cards(head_id):
        bpy.ops.export_scene.gltf(
            filepath=str(target), export_format="GLB", use_selection=True, use_active_scene=True,
            export_apply=False,  # applying modifiers would drop the morph targets
            export_morph=True, export_morph_normal=False, export_skins=True, export_def_bones=False,
            export_animations=True, export_extras=True, export_yup=True, export_texcoords=True, export_normals=True,
        )  # fmt: skip
    return Path(path)


@contextmanager
def _simple_cornea(head_id: str) -> Iterator[None]:
    """While exporting, the cornea is a faint blended surface: many viewers draw transmission as opaque white."""
    obj = lookup.find_head(head_id)
    slots = [] if obj is None else [
        (index, material) for index, material in enumerate(obj.data.materials)
        if material is not None and material.get(lookup.MATERIAL) == "cornea" and material.get(lookup.ID) == head_id
    ]  # fmt: skip
    if obj is None or not slots:
        yield
        return
    original = slots[0][1]
    name, original.name = original.name, f"{original.name} in Blender"
    plain = bpy.data.materials.new(name)
    try:
        if plain.node_tree is None:
            plain.use_nodes = True
        shader = next(n for n in plain.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
        shader.inputs["Alpha"].default_value = _CORNEA_ALPHA
        shader.inputs["Roughness"].default_value = 0.02
        plain.surface_render_method = "BLENDED"
        plain.use_backface_culling = True
        for index, _ in slots:
            obj.data.materials[index] = plain
        yield
    finally:
        for index, material in slots:
            obj.data.materials[index] = material
        bpy.data.materials.remove(plain)
        original.name = name


@contextmanager
def _cut_out_cards(head_id: str) -> Iterator[None]:
    """While exporting, hair cards are cut out (alphaMode MASK): blended ones would be drawn in the wrong order.

    The exporter reads a comparison before Alpha as the cut-off. Materials that the user has made are left alone.
    """
    trees = {
        material.node_tree
        for obj in lookup.find_cards(head_id)
        for material in obj.data.materials
        if material is not None and material.get(lookup.ID) == head_id
    }
    undo = []
    for tree in trees:
        shader = tree.nodes.get(BSDF)
        alpha = shader.inputs["Alpha"] if shader is not None else None
        if alpha is not None and alpha.is_linked:
            source, cut = alpha.links[0].from_socket, tree.nodes.new("ShaderNodeMath")
            cut.operation, cut.inputs[1].default_value = "GREATER_THAN", _CARD_CUTOFF
            tree.links.new(source, cut.inputs[0])
            tree.links.new(cut.outputs[0], alpha)
            undo.append((tree, source, cut, alpha))
    try:
        yield
    finally:
        for tree, source, cut, alpha in undo:
            tree.nodes.remove(cut)
            tree.links.new(source, alpha)
