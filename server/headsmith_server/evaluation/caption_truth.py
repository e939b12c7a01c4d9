"""How many claims of the factory's captions are true of what their samples were made from."""

from __future__ import annotations

import torch

from headsmith_server.heads import head_model
from headsmith_server.prompt.parse import parse
from headsmith_server.synthesis.captions import facts_of, write_caption
from headsmith_server.synthesis.captions.truth import judge
from headsmith_server.synthesis.people import person
from headsmith_server.synthesis.streams import stream


def caption_truth(seed: int, count: int) -> tuple[int, int]:
    """(true claims, claims) of the captions of people 0 to count - 1 of a population.

    A claim is what the product's own prompt reader takes from the caption's text, and what the caption says it claims;
    each is judged against the mesh's measurements (as percentiles of grown people) and the parameters of skin, eyes
    and hair.
    """
    model = head_model("pocket", torch.device("cpu"))
    true = claims = 0
    for index in range(count):
        somebody = person(seed, index, model)
        identity = torch.from_numpy(somebody.identity)
        with torch.no_grad():
            vertices = model.vertices(identity[None])[0].numpy()
        facts = facts_of(model, identity, vertices, somebody.description)
        caption = write_caption(facts, stream(seed, index, "caption 0"))
        for said in (*parse(caption.text).statements, *caption.claims):
            verdict = judge(said, facts)
            claims += verdict is not None
            true += verdict is True
    return true, claims
