"""Differentiable rendering: cameras, lights, rasterisation and shading; one function, two backends."""
