"""Peoples and nations, each led to one of a few ancestry groups; the groups' numbers are in origins.py.

Words are read the way a casting sheet uses them: as a hint of looks, never as a claim about everybody of a nation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.lexicon.feature import Effects

GROUPS: Final[Mapping[str, str]] = {
    "west african": "african, africans, nigerian, ghanaian, senegalese, gambian, malian, congolese, cameroonian, "
    "ivorian, angolan, ugandan, liberian, togolese, beninese, gabonese, black, sub saharan, west african, yoruba, "
    "igbo, hausa, zulu, bantu, zimbabwean, zambian, mozambican, malawian, namibian, botswanan, rwandan, guinean, "
    "central african, southern african, south african, burundian, swahili, ashanti, xhosa, sierra leonean, "
    "nigerien, burkinabe, chadian, black african",
    "east african": "ethiopian, eritrean, somali, sudanese, kenyan, tanzanian, maasai, masai, east african, nubian, "
    "south sudanese, dinka, djiboutian, habesha",
    "african american": "african american, afro american, black american, afro caribbean, jamaican, haitian, "
    "caribbean, "
    "barbadian, bahamian, trinidadian, afro latino, afro latina, west indian, black british, afro brazilian, "
    "afro cuban",
    "north african": "moroccan, algerian, tunisian, libyan, egyptian, berber, tuareg, north african, maghrebi, "
    "bedouin, "
    "mauritanian, coptic",
    "middle eastern": "arab, arabic, arabian, lebanese, syrian, jordanian, palestinian, iraqi, saudi, yemeni, "
    "kuwaiti, "
    "emirati, omani, iranian, persian, kurdish, turkish, turk, middle eastern, levantine, afghan, armenian, azeri, "
    "azerbaijani, assyrian, qatari, bahraini, chechen, pashtun, semitic, israeli, ottoman, near eastern",
    "south asian": "indian, pakistani, bangladeshi, sri lankan, bengali, punjabi, tamil, south asian, desi, "
    "gujarati, "
    "kashmiri, sinhalese, marathi, rajasthani, dravidian, maldivian, keralan, telugu, hindu, sikh, romani",
    "himalayan": "nepali, nepalese, tibetan, bhutanese, gurkha, sherpa, ladakhi",
    "east asian": "asian, asians, chinese, japanese, korean, taiwanese, east asian, han, hongkonger, "
    "manchurian, manchu, south korean, north korean, cantonese, okinawan, asiatic",
    "southeast asian": "vietnamese, thai, cambodian, laotian, lao, burmese, malaysian, malay, indonesian, filipino, "
    "filipina, southeast asian, javanese, balinese, singaporean, khmer, sumatran, bornean, timorese, "
    "south east asian, "
    "hmong, pinoy",
    "central asian": "mongolian, mongol, kazakh, kyrgyz, uzbek, tajik, turkmen, uyghur, uighur, tatar, "
    "central asian, "
    "kazakhstani, siberian, yakut, buryat, hazara",
    "northern european": "scandinavian, nordic, swedish, swede, norwegian, danish, dane, finnish, finn, icelandic, "
    "icelander, irish, scottish, scots, dutch, northern european, celtic, welsh, estonian, latvian, "
    "lithuanian, english, british, briton, anglo saxon, baltic, norse, germanic, faroese, frisian, celt, "
    "north european, "
    "cornish, english looking",
    "western european": "white, caucasian, european, europeans, german, austrian, swiss, belgian, french, american, "
    "canadian, australian, western european, central european, anglo, wasp, new zealander, white american, western, "
    "bavarian, parisian, breton, luxembourgish, flemish, aussie, midwestern, texan, californian, londoner",
    "slavic": "russian, ukrainian, polish, pole, czech, slovak, slavic, belarusian, serbian, serb, croatian, croat, "
    "bosnian, slovenian, bulgarian, eastern european, slav, moldovan, hungarian, romanian, east european, balkan, "
    "macedonian, montenegrin, cossack, magyar, kosovan",
    "mediterranean": "italian, spanish, spaniard, portuguese, greek, mediterranean, sicilian, maltese, cypriot, "
    "southern european, albanian, georgian, sardinian, catalan, basque, corsican, latin, andalusian, jewish, "
    "ashkenazi, roman, neapolitan, sephardic, castilian, cretan, south european, tuscan, venetian",
    "latin american": "hispanic, latino, latina, latinx, mexican, colombian, venezuelan, brazilian, argentinian, "
    "argentine, "
    "chilean, cuban, puerto rican, dominican, ecuadorian, latin american, south american, guatemalan, honduran, "
    "salvadoran, nicaraguan, costa rican, panamanian, mestizo, mestiza, chicano, chicana, uruguayan, paraguayan, "
    "central american, latine",
    "native american": "native american, american indian, first nations, peruvian, bolivian, andean, amazonian, "
    "mayan, "
    "aztec, inca, incan, navajo, cherokee, apache, sioux, lakota, quechua, indigenous american, cree, mohawk indian, "
    "amerindian, indigenous, comanche, cheyenne, mapuche, guarani, aymara",
    "inuit": "inuit, greenlandic, aleut, sami, inuk, arctic, greenlander, yupik",
    "pacific islander": "polynesian, samoan, tongan, hawaiian, maori, tahitian, pacific islander, fijian, "
    "micronesian, "
    "chamorro, islander, rapa nui, native hawaiian, guamanian",
    "melanesian": "melanesian, papuan, papua new guinean, solomon islander, aboriginal, aborigine, "
    "indigenous australian, "
    "vanuatuan, aboriginal australian, new guinean, torres strait islander",
    "mixed": "mixed race, mixed, multiracial, biracial, multi racial, bi racial, of mixed race, "
    "of mixed heritage, mixed heritage, multi ethnic, mixed ethnicity, mixed ancestry, multiethnic, dual heritage",
    "eurasian": "eurasian, hapa, half asian, amerasian, wasian, part asian",
    "cape coloured": "malagasy, cape verdean, creole, cape malay, mauritian, madagascan",
}

COUNTRIES: Final[Mapping[str, str]] = {
    "west african": "nigeria, ghana, senegal, congo, cameroon, angola, uganda, mali, south africa, zimbabwe, "
    "africa, gambia",
    "east african": "ethiopia, eritrea, somalia, sudan, kenya, tanzania",
    "african american": "jamaica, haiti, barbados, trinidad, the caribbean",
    "north african": "morocco, algeria, tunisia, libya, egypt",
    "middle eastern": "lebanon, syria, jordan, palestine, iraq, iran, persia, saudi arabia, arabia, yemen, "
    "afghanistan, "
    "armenia, israel, dubai, istanbul, the middle east",
    "south asian": "india, pakistan, bangladesh, sri lanka, bengal, punjab, mumbai, delhi",
    "himalayan": "nepal, tibet, bhutan",
    "east asian": "japan, korea, taiwan, south korea, north korea, hong kong, asia, beijing, tokyo, seoul",
    "southeast asian": "vietnam, thailand, cambodia, laos, burma, malaysia, indonesia, the philippines, "
    "philippines, bali",
    "central asian": "mongolia, kazakhstan, kyrgyzstan, uzbekistan, siberia",
    "northern european": "sweden, norway, denmark, finland, iceland, ireland, scotland, england, holland, wales, "
    "the netherlands, netherlands, britain, scandinavia, london, estonia, latvia, lithuania",
    "western european": "germany, austria, switzerland, belgium, france, america, canada, australia, europe, "
    "paris, texas, "
    "new zealand, california, new york, the united states, usa",
    "slavic": "russia, ukraine, poland, serbia, croatia, bosnia, bulgaria, hungary, romania, slovakia, slovenia, "
    "moscow",
    "mediterranean": "italy, spain, portugal, greece, sicily, malta, cyprus, albania, rome, naples",
    "latin american": "mexico, colombia, venezuela, brazil, argentina, chile, cuba, puerto rico, ecuador, guatemala, "
    "latin america, south america",
    "native american": "peru, bolivia, the andes, the amazon",
    "inuit": "greenland, the arctic",
    "pacific islander": "samoa, tonga, hawaii, tahiti, fiji, polynesia",
    "melanesian": "papua new guinea, melanesia, vanuatu",
}
"""Where somebody comes from ("a woman from Japan")."""

ADJECTIVES: Final[Mapping[str, Effects]] = {
    **{words: {"ancestry": group} for group, words in GROUPS.items()},
    **{words: {"ancestry": group} for group, words in COUNTRIES.items()},
    "englishman, irishman, scotsman, welshman, dutchman": {"ancestry": "northern european", "sex": 1.0, "adult": 1.0},
    "frenchman": {"ancestry": "western european", "sex": 1.0, "adult": 1.0},
    "englishwoman, irishwoman, scotswoman, dutchwoman, welshwoman": {
        "ancestry": "northern european",
        "sex": -1.0,
        "adult": 1.0,
    },
    "frenchwoman": {"ancestry": "western european", "sex": -1.0, "adult": 1.0},
    "brown, brown skinned": {"melanin": 0.56},
}

FILLERS: Final = (
    "descent, origin, origins, heritage, ethnicity, ancestry, race, nationality, background, roots, extraction, "
    "blood, half, part, quarter, mixed with, born, looking, racial, ethnic, mix of, mixture of, mix, mixture, "
    "blend of, blend, cross between, african blood"
)
"""Words around an ancestry that add nothing to it; "half Irish, half Japanese" is an even mixture."""
