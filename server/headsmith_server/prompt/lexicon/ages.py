"""Words for how old somebody is. Numbers and number words are read by numbers.py, not from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from headsmith_server.prompt.lexicon.feature import Effects

ADJECTIVES: Final[Mapping[str, Effects]] = {
    "newborn, new born": {"childhood": 0.3},
    "infantile": {"childhood": 1.5},
    "prepubescent, preteen, pre teen, childlike, childish, prepubertal, kiddish": {"childhood": 11.0},
    "adolescent, teenage, teenaged, teen, pubescent, pubertal": {"childhood": 16.0},
    "young, youthful, youngish, fresh faced, girlish, boyish, juvenile, baby faced": {"age_word": 23.0},
    "college age, college aged, student age, twenty something, twentysomething, university age": {"age_word": 22.0},
    "adult, grown, grown up, fully grown, full grown": {"age_word": 36.0, "adult": 1.0},
    "mature, matured, matronly, seasoned, thirtysomething": {"age_word": 47.0},
    "middle aged, middleaged, mid life, midlife, fortysomething": {"age_word": 50.0},
    "aging, ageing, oldish, getting on, fiftysomething, past her prime, past his prime": {"age_word": 60.0},
    "old, older looking, aged, senior, retired, a little old, little old, up in years, getting on in years, "
    "sixtysomething, advanced in years, well on in years": {"age_word": 68.0},
    "elderly, grandmotherly, grandfatherly, geriatric, senescent, venerable, greybearded, grizzled old, "
    "grey haired old, long lived": {"age_word": 72.0},
    "ancient, very elderly, wizened, decrepit, withered, hoary, doddering, shrivelled, shriveled, time worn, "
    "timeworn, superannuated, antediluvian": {"age_word": 82.0, "wrinkles": 0.9},
    "ageless, timeless": {"age_word": 36.0},
    "sexagenarian": {"years": 65.0},
    "quadragenarian": {"years": 45.0},
    "quinquagenarian": {"years": 55.0},
    "septuagenarian": {"years": 75.0},
    "octogenarian": {"years": 84.0},
    "nonagenarian": {"years": 93.0},
    "centenarian, supercentenarian": {"years": 101.0},
}
"""Adjectives of a person. age_word: the years that the plain word leads to; degrees go on from there."""

NOUNS: Final[Mapping[str, Effects]] = {
    "baby, babies, newborn baby": {"childhood": 0.8},
    "infant, infants": {"childhood": 0.6},
    "toddler, toddlers, tot, bairn": {"childhood": 2.5},
    "child, children, kid, kids, schoolchild, school child, youngster, pupil": {"childhood": 9.0},
    "little one, small child, little child, little kid, small kid": {"childhood": 5.0},
    "boy, boys, schoolboy, school boy, altar boy, choirboy": {"childhood": 10.0, "sex": 1.0},
    "girl, girls, schoolgirl, school girl": {"childhood": 10.0, "sex": -1.0},
    "little boy, small boy": {"childhood": 6.0, "sex": 1.0},
    "little girl, small girl": {"childhood": 6.0, "sex": -1.0},
    "teenager, teenagers, adolescents, teens, youth, youths, a teen, juvenile delinquent, minor": {"childhood": 16.0},
    "teenage boy, teen boy, adolescent boy, teenaged boy": {"childhood": 16.0, "sex": 1.0},
    "teenage girl, teen girl, adolescent girl, teenaged girl": {"childhood": 16.0, "sex": -1.0},
    "preteen boy, tween boy": {"childhood": 12.0, "sex": 1.0},
    "preteen girl, tween girl": {"childhood": 12.0, "sex": -1.0},
    "tween, tweens, preteens, preadolescent": {"childhood": 12.0},
    "lad, laddie": {"age_word": 20.0, "sex": 1.0},
    "lass, lassie": {"age_word": 20.0, "sex": -1.0},
    "adult, adults, grown up person": {"adult": 1.0},
    "adulthood": {"adult": 1.0},
    "pensioner, pensioners, oap, retiree, elder, elders, senior citizen, oldster, old timer, oldtimer, "
    "senior, seniors": {"age_word": 72.0},
    "old age, advanced age": {"age_word": 74.0},
    "middle age": {"age_word": 50.0},
    "codger, geezer, old codger, old geezer, greybeard, graybeard, patriarch, old boy": {"age_word": 71.0, "sex": 1.0},
    "crone, old crone, hag, old hag, matriarch, dowager, old maid": {"age_word": 71.0, "sex": -1.0},
}
