"""Prompts and what must be read in them, one line a case.

A case is `prompt | expectations`, separated by spaces: `channel>0`, `channel<0`, `channel=value` (underscores stand
for spaces), `channel=1.2..1.8` a range, `-channel` nothing is said of it, `?word` reported as not understood,
`~word` reported as not built, `.` nothing at all is reported.
"""

CASES = """
a man | sex=1 .
a woman | sex=-1 .
a 31-year-old | years=31 .
she is 31 years old | years=31 sex_hint<0 .
a thirty-one year old man | years=31 sex=1 .
thirty one years of age | years=31 .
a woman, 31 | years=31 sex=-1 .
a woman (31), pale | years=31 melanin=0..0.1
31yo woman | years=31 sex=-1
a man of 60 | years=60
aged 45 | years=45
age: 45 | years=45
age 45, male | years=45 sex=1
a 9-year-old girl | years=9 sex=-1
a man in his thirties | years=35
a woman in her late 40s | years=48
a woman in her early forties | years=42
mid-thirties | years=35
mid-30s man | years=35
in her mid to late sixties | years=68
a septuagenarian | years=75
an octogenarian nun | years=84 sex=-1
about 50 years old | years=50
over 60 years old | years=64
between 30 and 40 years old | years=35
30-40 years old | years=35
fiftysomething woman | age_word=60
a fifty something woman | years=55
eighteen months old | years=1.4..1.6
a hundred and two years old | years=102
an old man | age_word=68 sex=1
a very old man | age_word>0 sex=1
a young woman | age_word=23 sex=-1
a teenage boy | childhood=16 sex=1
a little girl | childhood=6 sex=-1 -nose_length
a little nose | nose_length<0 nose_width<0
a toddler | childhood=2.5
a middle-aged Indian woman | age_word=50 ancestry=south_asian sex=-1
a grandmother | sex=-1 age_word=72
his face is broad | sex_hint>0 face_width>0
her face is narrow | sex_hint<0 face_width<0
a broad nose | nose_width=1.5..2.5
a slightly broad nose | nose_width=0.5..1.1
a somewhat broad nose | nose_width=0.9..1.5
a very broad nose | nose_width=2.6..3.2
an extremely broad nose | nose_width=3.2..3.4
a broader nose than usual | nose_width=1.2..1.8
the broadest nose | nose_width=3..3.4
a less broad nose | nose_width<0
a nose that is broad | nose_width=1.5..2.5
nose: broad | nose_width=1.5..2.5
a broad-nosed man | nose_width=1.5..2.5 sex=1
her nose is not broad | nose_width=-1.2..-0.8
her nose is not very broad | nose_width=-0.6..-0.2
a nose which is neither broad nor long | nose_width<0 nose_length<0
broad, flat nose and thick lips | nose_width>0 nose_bridge<0 lip_fullness>0 -face_width
thick lips and a thin nose | lip_fullness>0 nose_width<0
a broad nose, thin lips and small eyes | nose_width>0 lip_fullness<0 eye_size<0
her nose is long and her lips are full | nose_length>0 lip_fullness>0
nose: hooked, lips: thin, eyes: blue | nose_bridge>0 lip_fullness<0 iris=blue
a long, thin, hooked nose | nose_length>0 nose_width<0 nose_bridge>0
big nose and ears | nose_length>0 ear_size>0
a snub nose | nose_tip>0 nose_length<0
a Roman nose | nose_bridge>0 -ancestry
a Roman senator | ancestry=mediterranean
an upturned nose | nose_tip>0
a boxer's nose | -sex_hint nose_bridge>0 ~boxer
flared nostrils | nose_width>0
a high nose bridge | nose_bridge>0
blue eyes and red hair | iris=blue hair_colour=red .
green-eyed woman | iris=green sex=-1
dark eyes | iris_shade=dark
light brown eyes | iris=brown
large, almond-shaped, dark brown eyes | eye_size>0 eye_tilt>0 iris=dark_brown
one blue eye and one green eye | iris_left=blue iris_right=green
his right eye is green, the left one is blue | iris_right=green iris_left=blue
heterochromia | iris_left=blue iris_right=brown
eyes that are wide set | eye_spacing>0
wide-set eyes | eye_spacing>0 -eye_size
close-set eyes | eye_spacing<0
hooded eyes | eyelid_hooding>0
heavy eyelids | eyelid_hooding>0
slanted eyes | eye_tilt>0
droopy eyes | eye_tilt<0
deep-set eyes | brow_ridge>0
bloodshot eyes | eye_redness>0.5
not blue eyes | -hair_colour
purple eyes | ~purple_eyes -iris
a wide mouth | mouth_width>0
bee-stung lips | lip_fullness>0
a thin-lipped, blue-eyed, red-haired Irish woman of 60 | lip_fullness<0 iris=blue hair_colour=red years=60
a square jaw | jaw_width>0
square-jawed | jaw_width>0
a weak chin | chin<0
a pointed chin | chin>0
a double chin | heaviness>0
no chin | chin<0
high cheekbones | cheekbones>0
hollow cheeks | cheek_fullness<0
a heavy brow | brow_ridge>0
bushy brows | brow_density=1
no eyebrows | brow_density=0
grey eyebrows | brow_colour=grey -hair_colour
a high forehead | forehead_height>0
a round face | face_width>0 cheek_fullness>0
an oval face | jaw_width<0
a long face | face_length>0
a heart-shaped face | jaw_width<0
a thick neck | neck_width>0
ears that stick out | ear_protrusion>0
small ears | ear_size<0
a fat man | heaviness>0
a slim woman | heaviness<0
neither old nor fat | heaviness<0 age_word!
an old man, not fat | heaviness<0 age_word=68
pale skin | melanin=0..0.1
skin: very dark | melanin=0.8..1
weathered dark skin | weathering>0.8 melanin=0.6..0.8
olive-skinned | melanin=0.3..0.4
a dark-skinned man | melanin=0.6..0.8 sex=1
ruddy cheeks | redness>0.3
a ruddy complexion | redness>0.3 haemoglobin>0.7
tanned | melanin_shift>0
freckles | freckles=0.6..0.7
many freckles | freckles=0.75..1
a few freckles | freckles=0.3..0.5
heavily freckled | freckles=0.75..1
lots of freckles across her nose and cheeks | freckles=0.75..1 -nose_width .
no freckles and blue eyes | freckles=0 iris=blue
without freckles, moles or scars | freckles=0 moles=0 .
freckles but no moles | freckles>0.5 moles=0
a beauty spot above her lip | moles>0 ~the_place
a scar on his left cheek | scar=left_cheek
a long scar across the forehead | scar=long_forehead
a small, faded scar over her right eyebrow | scar=short_faint_right_brow
a scar under the left eye | scar=left_cheek
a scar on the chin and a broad nose | scar=chin nose_width>0
scarred | scar=
deep wrinkles | wrinkles=0.9..1
crow's feet around the eyes | wrinkles>0.5 -eye_size
no wrinkles | wrinkles=0
wrinkle-free skin | wrinkles=0
bags under his eyes | dark_circles>0.5 -eye_size
dark circles under her eyes | dark_circles>0.5 -iris_shade
oily skin | oiliness>0.8
a clean-shaven man | stubble=0
clean shaven | stubble=0
stubble | stubble=0.6
light stubble | stubble=0.35
very light stubble | stubble=0.1..0.3
heavy stubble | stubble=0.85
grey stubble | stubble=0.6 beard_colour=grey -hair_colour
five o'clock shadow | stubble=0.4
5 o'clock shadow | stubble=0.4
three-day stubble | stubble=0.7
no beard, blue eyes | beard_style! iris=blue .
a beard but no moustache | beard_style=full moustache! .
a moustache but no beard | moustache=natural beard_style! .
a long white beard | beard_style=long beard_colour=white -hair_long .
without a beard or moustache | beard_style! moustache! .
no facial hair | beard_style! moustache! .
a full grey beard | beard_style=full beard_colour=grey .
a goatee | beard_style=goatee -moustache .
a long, thin goatee | beard_style=goatee beard_length>0.8 beard_density<0.4 .
a van Dyke beard | beard_style=van_dyke moustache=natural .
mutton chops | beard_style=mutton_chops .
sideburns and a handlebar moustache | beard_style=sideburns moustache=handlebar .
a drooping grey moustache | moustache=walrus beard_colour=grey .
a pencil-thin moustache | moustache=pencil .
a patchy short beard | beard_style=short beard_patchiness>0.6 .
a braided beard | beard_style=full ~braided_beard
a blue beard | beard_style=full beard_dye=blue -hair_dye .
a bald man | hair_style=bald sex=1 .
a bald head | hair_style=bald .
no hair | hair_style=bald .
not bald | hair_style! .
bald with a full grey beard | hair_style=bald beard_style=full beard_colour=grey .
a shaved head | cropped_hair=0.25 hair_style=bald .
a crew cut | hair_style=crew_cut .
a buzz cut | hair_style=buzz_cut .
an afro | hair_style=afro .
dreadlocks | hair_style=locs .
cornrows | hair_style=braids .
a blonde ponytail | hair_style=ponytail hair_colour=blond .
hair in a messy bun | hair_style=bun .
a chignon | hair_style=bun .
a green bob | hair_style=bob hair_dye=green .
a long bob | hair_style=bob hair_long=0.62 .
a pixie cut with a fringe | hair_style=pixie hair_fringe>0.8 .
a pink mohawk | hair_style=mohawk hair_dye=pink .
a pompadour | hair_style=quiff .
a receding hairline | hair_recession=0.6 -hair_style .
thinning grey hair | hair_density<0.4 hair_colour=grey .
a bald spot | hair_crown=0.75 -hair_style .
hair parted on the left | hair_parting=left .
a middle parting | hair_parting=middle .
no fringe | hair_fringe=0 .
no curls | hair_texture=0 .
no ponytail | hair_style! .
long curly red hair | hair_long=0.82 hair_texture=0.68 hair_colour=red .
long, curly, red hair | hair_long=0.82 hair_texture=0.68 hair_colour=red .
her hair is long and wavy | hair_long=0.82 hair_texture=0.36 .
hair: short, straight, black | hair_long=0.3 hair_texture=0 hair_colour=black .
shoulder-length hair | hair_long=0.63 .
a long-haired, bearded man | hair_long=0.82 beard_style=full .
sleek black hair | hair_texture=0 hair_frizz=0 .
frizzy hair | hair_frizz=0.85 .
thick voluminous hair | hair_density=0.9 hair_volume>0.5 .
an undercut | hair_fade=1 .
dyed hair | hair_dyed=1 .
navy blue hair | hair_dye=dark_blue .
pigtails | ~pigtails hair_style=ponytail
blonde highlights | ~blonde_highlights
a mullet | ~mullet
black hair and eyes | hair_colour=black iris=dark_brown
salt and pepper hair | hair_colour=salt_and_pepper
greying temples | hair_grey=0.35
red lipstick | lipstick>0.7 lipstick_colour=red
heavy make-up | lipstick>0.8 eye_shadow>0.8
no makeup | lipstick=0 eye_shadow=0
blue eye shadow | eye_shadow>0.7 eye_shadow_colour=blue -iris
red lips | lipstick_colour=red -redness
yellow teeth | whiteness=0.1
long lashes | lash_length>0.9
a Nigerian woman | ancestry=west_african sex=-1
a black man | ancestry=west_african -hair_colour
a white man | ancestry=western_european
half Japanese, half Irish | ancestry=northern_european .
an African-American boxer | ancestry=african_american
a Maori chief | ancestry=pacific_islander
a tall, dark and handsome Italian man | ancestry=mediterranean melanin_shift>0 jaw_width>0 ~tall
an androgynous face | sex=0
a masculine woman | masculinity>0 sex=-1
a smiling old man with a red hat and round glasses | age_word=68 ~smiling ~red_hat ~round_glasses
no glasses | .
without a hat or glasses | .
not smiling | .
broad shoulders | ~broad_shoulders -face_width
braided hair | hair_style=braids .
a purple wombat nose | ?wombat ~purple_nose
a broad frobnication | ?frobnication
a man with a broad frobnication | ?broad_frobnication -face_width
a man with a blorptious nose | ?blorptious sex=1
greenish hands with flimjam | ?flimjam
wearing a blue shirt | ~blue_shirt -iris
freckels | freckles=0.6..0.7
a brod nose | ?brod
his nose, which is really quite long, is red | nose_length>2.5
not a very old man | sex=1
the nose of a boxer | sex_hint>0
skin as black as coal | melanin>0.9 ?coal
a man with heterochromia, left eye blue and right eye brown | iris_left=blue iris_right=brown
a bearded dwarf king | beard_style=full sex=1 ~bearded_dwarf
a woman from the Netherlands | ancestry=northern_european sex=-1 .
a chubby baby boy | heaviness>0 sex=1
two eyes and a nose | .
a neatly trimmed beard | beard_style=short .
small eyes set far apart | eye_size<0 eye_spacing>0
smaller nose, bigger eyes, fuller lips | nose_width<0 eye_size>0 lip_fullness>0
wide jaw narrow nose tiny eyes big ears | jaw_width>0 nose_width<0 eye_size<0 ear_size>0 .
her eyes aren't blue but green | iris=green
greying at the temples | hair_grey=0.35
short grey hair | hair_long=0.3 hair_colour=grey .
a woman in her 60s with crow's feet and laugh lines | years=65 wrinkles>0.6 .
a sailor's weathered face | weathering>0.8 sex_hint>0
sailor with weathered dark skin, a broad nose and grey stubble | sex_hint>3 melanin=0.72 nose_width>1.5 stubble=0.6 .
an elderly sailor with weathered dark skin, a broad nose and grey stubble | age_word=72 beard_colour=grey weathering>0.8
"""
