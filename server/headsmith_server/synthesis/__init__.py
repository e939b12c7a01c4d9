"""The data factory: heads, skins, hair, lights and captions become training sets with ground truth."""
