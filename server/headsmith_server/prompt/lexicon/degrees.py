"""Degree words, what denies, and the closed list of words that carry no meaning of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.listed import listed

DEGREES: Final[Mapping[str, float]] = {
    "barely, hardly, scarcely, ever so slightly, a hint of, a touch of, a trace of, a hint, faintly, only just": 0.3,
    "slightly, a tad, a touch, marginally, a shade, subtly, faint, subtle, vaguely, a trifle, minimally": 0.45,
    "a bit, a little, a little bit, somewhat, mildly, mild, slight, lightly, a bit of, a little bit of, a few, few, "
    "a couple of, some, sort of, kind of, kinda, sorta, partly, partially, modestly": 0.6,
    "moderately, moderate, fairly, reasonably, relatively, medium, comparatively, averagely": 0.8,
    "quite, rather, pretty, noticeably, visibly, clearly, distinctly, decidedly, properly, truly, several": 1.1,
    "more": 0.8,
    "markedly, notably, unusually, particularly, especially, considerably, significantly, strikingly, substantially, "
    "strongly, pronouncedly, prominently, heavily, much, far, thoroughly, densely, deeply, thickly": 1.3,
    "very, really, so, highly, super, awfully, mighty, many, lots of, a lot of, plenty of, covered in, covered with, "
    "full of, loads of, numerous, remarkably, terribly, too, overly, very very, dead, well, proper, richly, "
    "covered by, riddled with, peppered with, dusted with, sprinkled with, all over": 1.4,
    "most": 1.5,
    "extremely, incredibly, exceptionally, extraordinarily, exceedingly, immensely, enormously, hugely, intensely, "
    "massively, ridiculously, absurdly, insanely, wildly, utterly, totally, completely, impossibly, hyper, ultra, "
    "extreme, wholly, entirely, freakishly, outrageously, excessively": 1.75,
    "almost, nearly, practically, close to, approaching, bordering on": 0.85,
    "less": -0.5,
    "least": -1.0,
}

SOFTENERS: Final = (
    "very, too, really, so, that, particularly, especially, overly, terribly, all that, exactly, quite, extremely, "
    "exceptionally, much, fully, completely, entirely, excessively"
)
"""After "not", these make the denial weaker: "not very old"."""

NEGATIONS: Final = (
    "no, not, without, lacking, never, none, neither, nor, minus, sans, devoid of, free of, free from, lacks, "
    "absent, "
    "not any, not a, nothing like, isnt, arent, wasnt, werent, doesnt, dont, hasnt, havent, didnt, does not have, "
    "do not have, has no, have no, non, cannot, cant, no sign of, no trace of, no hint of, w o, anything but, "
    "far from, no longer, hardly any, barely any, never any, zero"
)

CONJUNCTIONS: Final = "and, or, as well as, plus, also, along with, together with, and or, und"
CONTRASTS: Final = "but, yet, however, though, although, except, instead, while, whereas, despite, only"
COPULAS: Final = (
    "is, are, was, were, be, being, look, looks, looking, seem, seems, appear, appears, which is, which are, "
    "that is, "
    "that are, who is, who are, whose, thats, theyre, becoming, getting, turned, gone, remains, stays, feels, am"
)
POSSESSIONS: Final = (
    "with, has, have, having, had, who has, that has, sporting, showing, featuring, bearing, "
    "possesses, possessing, shows, carrying, carries, bears, sports, who have, w, including, includes, "
    "wears, wearing, dressed in, clad in, has got, have got, got, complete with, gives, giving, given"
)
DETERMINERS: Final = "a, an, the, this, that, these, those, its, their, my, your, our, one, another, the other, "
"each, any"
PLACES: Final = (
    "on, across, over, above, below, under, underneath, beneath, near, beside, through, around, along, down, "
    "next to, at, between, upon, running down, running across, running along, running through, cutting through, "
    "cutting across, close by, all over, all around, just above, just below, just under, on top of, down to, onto"
)
SIDES: Final[Mapping[str, str]] = {
    "left, left hand, lefthand": "left",
    "right, right hand, righthand": "right",
    "middle, centre, center, central": "middle",
}
PRONOUNS: Final[Mapping[str, float]] = {
    "he, his, him, himself, hes": 5.0,
    "she, her, hers, herself, shes": -5.0,
    "they, them, themselves, it, i, you, we, one's": 0.0,
}

FILLERS: Final = (
    "of, in, to, as, for, from, by, like, than, then, there, here, who, whom, which, what, when, where, "
    "type, type of, style, such, very much, just, even, still, both, all, own, please, make, makes, create, "
    "generate, "
    "render, draw, show, me, give, want, wants, would, id, can, could, should, will, may, might, do, does, did, "
    "some kind of, some sort of, portrait, portrait of, picture, picture of, photo, photo of, photograph, image, "
    "image of, head and shoulders, headshot, bust, bust of, depiction of, model of, head of, face of, a head, "
    "description, character, 3d, "
    "than usual, than average, than normal, than most, than others, than ordinary, than the average, "
    "than most people, "
    "imaginable, possible, ever, set of, pair of, pairs of, piece of, shape, shaped, coloured, colored, "
    "colour, color, tone, toned, looking like, looks like, in colour, in color, in shape, in size, sized, size, "
    "same, "
    "quality, bit, lot, thing, things, something, somebody, someone, about, around the, into, out, off, up, "
    "s, t, re, ve, ll, m, d, let, lets, made, called, named, known, been, go, going, goes, come, comes, into the, "
    "upon a, out of, to be, neatly, nicely, naturally, carefully, freshly, beautifully, ruggedly, finely, gently, "
    "classically, handsomely, well looked after, badly, suddenly, permanently, constantly, currently, "
    " able, sure, maybe, perhaps, probably, also has, together, whole, entire, "
    "other, others, them all, part, parts, area, areas, side, sides, back, front, end, rest, once, always, often, "
    "sometimes, usually, mostly, mainly, generally, overall, otherwise, because, since, if, else, too much, "
    "alike, way, "
    "were is, say, ok, okay, hi, hello, thanks, thank you, look like, visible, obvious, apparent, evident"
)
"""Words that say nothing about a head. The list is closed: anything else that is not read is reported."""

ENGLISH_EVIDENCE: Final = frozenset(
    listed(
        "the, with, and, of, his, her, she, he, who, has, have, having, is, are, but, without, very, that, "
        "this, their, not, they"
    )
)
"""Function words that hardly any other language written in Latin letters shares."""

FOREIGN_EVIDENCE: Final = frozenset(
    listed(
        "ein, eine, einen, einem, einer, eines, und, mit, der, das, den, dem, ist, sehr, ohne, nicht, auf, "
        "une, avec, des, les, est, sans, tres, yeux, homme, femme, du, aux, et, dans, una, con, los, las, "
        "del, y, sin, muy, ojos, hombre, mujer, piel, pelo, un, uno, il, gli, della, occhi, uomo, donna, "
        "senza, molto, e, che, di, uma, com, olhos, homem, mulher, sem, muito, o, os, een, met, het, en, "
        "zonder, van, ogen, vrouw, zeer, en, och, med, ett, mycket, utan, og, uten, ikke, z, i, bez, oczy, "
        "bir, ve, ile, cu, si"
    )
)
"""Common words of the neighbours' languages, none of them in the lexicon: two of these and it is not English."""
