"""Rows of texts. Runs inside the environment being measured."""

from functools import partial

import numpy as np

WORDS = (
    "the a of and to in is it you that he was for on are with as I his they be at one have this from or had by not but some what there "
    "we can out other were all your when up use word how said an each she which do their time if will way about many then them would "
    "write like so these her long make thing see him two has look more day could go come did my sound no most number who over know "
    "water than call first people"
).split()
ODD = [
    "Ångström", "ΟΔΥΣΣΕΥΣ", "ΣΊΣΥΦΟΣ", "İstanbul", "ISPARTA", "straße", "STRASSE", "naïve", "café", "cafe\u0301",
    "ﬁnance", "x²", "№5", "3rd", "2021", "e-mail", "don't", "L'École", "snake_case", "C++", "a.b.c", "foo@bar.com",
    "日本語", "東京都", "русский", "ЯБЛОКО", "हिन्दी", "नमस्ते", "العربية", "ǅungla", "Ⅷ", "½", "😀", "👍🏽", "Σ", "ΑΣ.", "ΑΣ'Β",
    "ʰx", "\u00ad", "T\u0307", "ẞ", "ñandú", "Đorđe", "Œuvre", "Kelvin", "\u200dzwj", "ab", "I", "%", "--", "$9.99",
    "#tag", "ⓐⓑ", "Ⓐ", "ᾈ", "ŉ",
]
GAPS = [" ", " ", " ", " ", ", ", ". ", "  ", "\n", "\t", "\u00a0", " \u2003", "\u3000", "-", "", "\r\n", "; "]


def documents(odd, rows, random, training):
    """Texts of some words, of which later ones have others."""
    known = WORDS[:90] if training else WORDS
    weights = np.sin(np.arange(len(WORDS)) * 1.7)
    made, scores = [], []
    for row in range(rows):
        parts, score = [], 0.0
        for _ in range(random.randint(0 if row % 50 == 7 else 3, 24)):
            if odd and random.uniform() < 0.3:
                word = ODD[random.randint(len(ODD))]
            else:
                place = min(int(random.exponential(25)), len(known) - 1)
                word = known[place]
                score += weights[place]
                word = word.upper() if random.uniform() < 0.1 else word.title() if random.uniform() < 0.1 else word
            parts += [word, GAPS[random.randint(len(GAPS))] if odd else " "]
        made.append("".join(parts))
        scores.append(score)
    return made, np.array(scores)


def with_numbers(rows, random, training):
    """A table with a column of texts."""
    import pandas as pd

    made, score = documents(False, rows, random, training)
    length, topic = random.normal(size=rows), np.array(["news", "sport", "art"], dtype=object)[random.randint(0, 3, size=rows)]
    return pd.DataFrame({"length": length, "note": pd.Series(made, dtype=object), "topic": pd.Series(topic, dtype=object)},
                        columns=["length", "note", "topic"]), score + length


def records(lists, rows, random, training):
    """Dicts of texts, numbers and booleans, and lists of texts; later ones have names and texts that are new."""
    cities, tags = ["Bergen", "Łódź", "Zürich", "København"], ["new", "large", "old", "été"]
    made, scores = [], []
    for _ in range(rows):
        city, area = random.randint(len(cities)), round(float(random.normal(50, 20)), 2)
        one = {"city": cities[city], "area": area, "rooms": int(random.randint(0, 6)), "lift": bool(random.uniform() < 0.5)}
        if random.uniform() < 0.3:
            one["big=no" if random.uniform() < 0.5 else "étage"] = int(random.randint(1, 9))
        if lists:
            one["tags"] = [tag for tag in tags if random.uniform() < 0.4]
        if not training and random.uniform() < 0.2:
            one[["garden", "city"][random.randint(2)]] = "Atlantis"
        if random.uniform() < 0.1:
            del one["area"]
        made.append(one)
        scores.append(city + 0.05 * area + one["rooms"])
    return made, np.array(scores)


# What data.py has beside its own.
KINDS = {"texts": partial(documents, False), "texts-odd": partial(documents, True), "texts-table": with_numbers,
         "records": partial(records, False), "records-lists": partial(records, True)}
