"""From a HeadAsset to Blender's objects: mesh with shape keys, armature, images, materials, provenance."""
