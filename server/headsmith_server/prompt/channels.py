"""The closed set of things that words can be about. The lexicon may use no other names (a test holds it to this)."""

from __future__ import annotations

from typing import Final

from headsmith_server.prompt.listed import listed

ATTRIBUTES: Final = listed(
    "age, masculinity, african, asian, european, heaviness, nose_width, nose_length, nose_bridge, nose_tip, "
    "lip_fullness, mouth_width, jaw_width, chin, cheekbones, brow_ridge, eye_size, eye_spacing, eye_tilt, "
    "ear_size, ear_protrusion, face_length, face_width, forehead_height, neck_width, eyelid_hooding, "
    "cheek_fullness"
)
"""Semantic directions of a HeadModel; a value of 1 is what the plain adjective says (see strengths.py for its sd)."""

PEOPLE: Final = ("years", "childhood", "age_word", "sex", "sex_hint", "adult", "ancestry")
"""years: said in numbers; childhood: years by a noun such as "boy"; age_word: years that an adjective such as "old"
leads to; sex: -1 female .. 1 male; sex_hint: log odds of male; adult: 1; ancestry: a group of ancestries.py."""

SKIN: Final = listed(
    "melanin, melanin_shift, haemoglobin, undertone, freckles, moles, age_spots, wrinkles, weathering, "
    "oiliness, redness, dark_circles, scar, smoothness, "
    "tan, tan_line, sunburn, rosacea, broken_veins, acne, acne_scars, vitiligo, port_wine, birthmark, bruise, dirt, "
    "soot, tattoo"
)
"""melanin is absolute 0..1, melanin_shift is added; scar, tattoo: words on how and where; tan_line: what kept the
sun off; the rest are strengths 0..1."""

MAKEUP: Final = listed(
    "lipstick, lipstick_colour, lipstick_gloss, eye_shadow, eye_shadow_colour, eye_shadow_height, eye_shadow_shimmer, "
    "blush, eyeliner, eyeliner_wing, mascara, foundation, foundation_shade, contour"
)

HAIR: Final = listed(
    "hair_colour, hair_shade, hair_grey, hair_dye, hair_dyed, hair_style, hair_long, hair_texture, hair_density, "
    "hair_frizz, hair_volume, hair_parting, hair_fringe, hair_recession, hair_crown, hair_fade, cropped_hair, "
    "brow_colour, brow_shade"
)
"""hair_long and hair_texture as in lexicon/hair.py; hair_dyed: 1; cropped_hair: the shadow on a shaved scalp."""

BEARD: Final = listed(
    "stubble, beard_style, moustache, beard_length, beard_density, beard_curl, beard_frizz, beard_patchiness, "
    "beard_colour, beard_shade, beard_dye"
)

EYES: Final = listed(
    "iris, iris_left, iris_right, iris_shade, iris_central, iris_sector, iris_flecks, limbal_ring, pupil, cloudiness, "
    "eye_veins, eye_redness, eye_yellowness"
)

OTHERS: Final = ("brow_density", "brow_thickness", "lash_length", "whiteness")

NOT_BUILT: Final = "not_built"
"""Understood, but nothing is made of it (yet); the value says in words what is done instead, or is empty."""

CHANNELS: Final = frozenset((*ATTRIBUTES, *PEOPLE, *SKIN, *MAKEUP, *HAIR, *BEARD, *EYES, *OTHERS, NOT_BUILT))

ABOUT_A_PERSON: Final = frozenset({"age_word", "childhood", "sex", "sex_hint", "ancestry", "adult", "masculinity"})
"""What is true of the whole person, whatever noun the adjective stands before ("old hands", "Asian eyes")."""
