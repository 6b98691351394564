"""Chunks of tags as conlleval counts them, by code of its own that follows the
rules of the Perl program of CoNLL-2000 (startOfChunk, endOfChunk), which looks
at two tags at a time; lib/data/tag_scheme.cpp knows marks instead.

    python3 tests/golden/make/tags.py >tests/golden/tags.json
"""
import json
import random

NAMES = ["O", "B-x", "I-x", "B-y", "I-y"]


def part(tag):
    return ("O", "") if tag == "O" else tuple(tag.split("-", 1))


def starts(before, tag):
    (b, bt), (t, tt) = part(before), part(tag)
    start = (b, t) in {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I")}
    return start or (t != "O" and bt != tt)


def ends(before, tag):
    (b, bt), (t, tt) = part(before), part(tag)
    end = (b, t) in {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O")}
    return end or (b != "O" and bt != tt)


def evaluate(texts):
    """As the main loop of conlleval: chunks found, there, and right."""
    found = there = right = 0
    for guessed, true in texts:
        inside = False
        last_g = last_t = "O"
        for g, t in list(zip(guessed, true)) + [("O", "O")]:
            if inside:
                end_g, end_t = ends(last_g, g), ends(last_t, t)
                if end_g and end_t and part(last_g)[1] == part(last_t)[1]:
                    inside = False
                    right += 1
                elif end_g != end_t or part(g)[1] != part(t)[1]:
                    inside = False
            start_g, start_t = starts(last_g, g), starts(last_t, t)
            if start_g and start_t and part(g)[1] == part(t)[1]:
                inside = True
            there += start_t
            found += start_g
            last_g, last_t = g, t
    return found, there, right


rng = random.Random(5)
cases = []
for size in (1, 3, 40):
    texts = []
    for _ in range(size):
        n = rng.choice([1, 2, 3, 7, 12])
        true = [rng.choice(NAMES) for _ in range(n)]
        guessed = [t if rng.random() < 0.7 else rng.choice(NAMES) for t in true]
        texts.append((guessed, true))
    found, there, right = evaluate(texts)
    cases.append({"texts": [{"guessed": [NAMES.index(t) for t in g], "true": [NAMES.index(t) for t in t_]}
                            for g, t_ in texts],
                  "found": found, "there": there, "right": right,
                  "f1": 2 * right / (found + there) if found + there else None})
print(json.dumps({"names": NAMES, "cases": cases}))
