"""Shape as pictures: position maps of a person's neutral head and of expressions, for networks that draw geometry.

DreamFace (arXiv 2304.03117, section 6) lets a network read a neutral face in UV space and tell how it moves; these are
its pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from headsmith_server.heads.protocol import HeadModel
from headsmith_server.synthesis.expressions import draw_expression
from headsmith_server.synthesis.people import Person, person
from headsmith_server.synthesis.personal import PersonalHead, personal_shapes
from headsmith_server.synthesis.streams import stream
from headsmith_server.synthesis.threads import one_thread
from headsmith_server.texture.canvas import Canvas, rasterise
from headsmith_server.texture.surface import mean_vertices

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class GeometrySample:
    """One expression of one person on the skin's UV layout, S x S texels, row 0 at v = 1.

    neutral: float32 [S, S, 3], metres from the model's mean head to the person's neutral head; expression: float32
    [S, S, 3], metres from the person's neutral head to the posed one; both go on beyond the islands by their nearest
    texel. covered: bool [S, S], inside an island; weights: float32 [52] in ARKit's order; name: of the expression;
    person: who it is; seed, index, number: of the population, the person and the expression.
    """

    neutral: Float32
    expression: Float32
    covered: NDArray[np.bool_]
    weights: Float32
    name: str
    person: Person
    seed: int
    index: int
    number: int


@lru_cache(maxsize=4)
def _canvas(model: HeadModel, size: int) -> Canvas:
    return rasterise(model.topology.part("skin"), size)


@one_thread()
def geometry_maps(seed: int, index: int, model: HeadModel, views: int = 8, size: int = 256) -> list[GeometrySample]:
    """`views` expressions of person `index`: the same person and shapes as in `portraits`, other expressions.

    A pure function of its arguments, the same bytes in any order and on any number of threads.
    """
    who = person(seed, index, model)
    head = PersonalHead(model, torch.from_numpy(who.identity), personal_shapes(seed, index))
    drawn = [draw_expression(stream(seed, index, f"geometry {number}")) for number in range(views)]
    posed = head.posed(torch.from_numpy(np.stack([expression.weights for expression in drawn])))
    canvas = _canvas(model, size)
    count = len(model.topology.part("skin").vertices)
    own = head.neutral[:count].cpu().numpy()
    neutral = canvas.interpolate(own - mean_vertices(model)[:count])
    return [
        GeometrySample(
            neutral=neutral,
            expression=canvas.interpolate(vertices - own),
            covered=canvas.covered,
            weights=expression.weights,
            name=expression.name,
            person=who,
            seed=seed,
            index=index,
            number=number,
        )
        for number, (expression, vertices) in enumerate(zip(drawn, posed[:, :count].cpu().numpy(), strict=True))
    ]
