"""What is understood and told to the user by name, but not made: clothes, expressions, bodies, pictures, fantasy."""

from __future__ import annotations

from typing import Final

NOUNS: Final = (
    # worn
    "glasses, spectacles, sunglasses, eyeglasses, monocle, goggles, eyepatch, eye patch, reading glasses, shades, "
    "specs, "
    "hat, cap, helmet, crown, hood, beanie, turban, hijab, headscarf, scarf, veil, bandana, headband, beret, "
    "cowboy hat, top hat, "
    "tiara, mask, wreath, baseball cap, headdress, fez, bonnet, earring, earrings, piercing, piercings, "
    "nose ring, necklace, "
    "jewellery, jewelry, pendant, choker, stud, studs, headphones, hearing aid, bindi, collar, tie, bow tie, "
    "shirt, t shirt, tshirt, "
    "suit, jacket, coat, dress, uniform, robe, robes, armour, armor, sweater, hoodie, cloak, clothes, clothing, "
    "outfit, blouse, "
    "jumper, cape, apron, kimono, gown, vest, waistcoat, pullover, ribbon, flower, flowers, hairband, kippah, "
    "yarmulke, habit, "
    "pipe, cigarette, cigar, bandage, plaster, braces, feather, feathers, gloves, "
    "boots, shoes, jeans, trousers, "
    # expressions and looks
    "smile, grin, frown, scowl, smirk, expression, sneer, pout, grimace, laugh, tears, glare, stare, look, wink, "
    "attitude, mood, demeanour, "
    "demeanor, personality, charm, charisma, dimple, dimples, cleft chin, chin cleft, chin dimple, "
    "dimple in the chin, adam's apple, cleft, "
    # body
    "shoulders, shoulder, body, chest, arms, arm, hands, hand, legs, torso, muscles, belly, posture, fingers, "
    "hips, waist, feet, "
    "physique, figure type, back of the head, stature, height, build, frame, "
    # picture
    "background, backdrop, lighting, light source, camera, lens, studio, bokeh, landscape, scene, sunset, sky, "
    "sea, ship, boat, street, "
    "shadow, style of, painting, drawing, sketch, anime, cartoon, illustration, watercolour, watercolor, "
    "oil painting, photorealism, "
    # fantasy and medicine
    "horns, horn, fangs, tusks, tail, wings, gills, scales, antlers, halo, third eye, fur, "
    ""
    ""
    ""
    "wound, wounds, blood, burn, stitches, prosthesis, stye, "
    "boil, swelling, lisp, "
    "gap between the teeth, gap between her teeth, gap between his teeth, gap between her front teeth, "
    "gap between his front teeth, "
    "gap in the teeth, gap teeth, gold tooth, missing tooth, missing teeth, dentures, buck teeth, buckteeth, "
    "lazy eye, squint"
)

ADJECTIVES: Final = (
    "smiling, grinning, laughing, frowning, scowling, angry, happy, sad, surprised, crying, winking, shouting, "
    "screaming, smirking, "
    "squinting, serious, solemn, cheerful, melancholy, gloomy, fierce, menacing, kindly, kind, gentle, friendly, "
    "wise, stern, grim, "
    "calm, serene, thoughtful, proud, mischievous, jolly, jovial, brooding, mysterious, sinister, evil, cruel, "
    "shy, confident, "
    "determined, worried, anxious, frightened, scared, bored, sleeping, disgusted, pensive, neutral, sombre, "
    "somber, innocent, "
    "bespectacled, pierced, veiled, hooded, masked, one eyed, toothless, gap toothed, "
    "buck toothed, bucktoothed, "
    "cross eyed, walleyed, elven, demonic, undead, robotic, alien, bloodied, wounded, injured, "
    "sweaty looking, "
    "realistic, photorealistic, hyperrealistic, highly detailed, detailed, stylised, stylized, cinematic, "
    "professional, dramatic, "
    "fantasy, medieval, futuristic, cyberpunk, steampunk, victorian, ancient greek, renaissance, modern, rich, "
    "poor, wealthy, "
    "intelligent, clever, stupid, famous, mad, crazy, strict, warm hearted, hard working, hunched, stooped, "
    "naked, nude, elegant, chic, "
    "stylish, posh, hippie, punk, gothic, bohemian, grumpy, surly, dour, weird, strange, odd looking, cool, nice, "
    "good, interesting, unusual, "
    "charming, brave, quiet, lonely, lively, energetic, arrogant, haughty, humble, trustworthy, honest, "
    "ferocious, furious, joyful, nervous, "
    "tough talking, bitter, sensual, exotic, striking, ethereal, otherworldly, intimidating, dangerous, "
    "suspicious, merry, contented, content"
)
