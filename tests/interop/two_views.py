"""usage: two_views.py ONE.csv TWO.csv

Two views of the same rows, of which some lack the second one, and others single
numbers of either, with a date, a category and texts.
"""
import random
import sys

random.seed(1)
WORDS = ["don't", "naïve;", "日本語です", "ÖL", "Привет", "3.14", "a-b", "…", "😀",
         "it's", "ไทย", "no", "yes", "ΩΜΕΓΑ", "e\u0301"]
with open(sys.argv[1], "w", encoding="utf-8") as one, \
        open(sys.argv[2], "w", encoding="utf-8") as two:
    print("id,u,w,day,y,kind", file=one)
    print("id,p,q,word,said", file=two)
    for row in range(600):
        u, w, p, q = (random.gauss(0, 1) for _ in range(4))
        lacks = row % 4 == 1
        shown = "" if row % 7 == 2 else f"{u:.4f}"
        day = f"20{row % 23:02}-{row % 12 + 1:02}-{row % 28 + 1:02}"
        print(f"{row},{shown},{w + p:.4f},{day},{u + 2 * p * (not lacks):.4f},"
              f"{'ab'[p > 0]}", file=one)
        said = " ".join(random.choices(WORDS, k=row % 6))
        print(f"{row},,,,{said}" if lacks else
              f"{row},{p + u:.4f},{q:.4f},{'cd'[row % 3 == 0]},{said}", file=two)
