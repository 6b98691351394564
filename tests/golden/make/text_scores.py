"""Writes text_scores.json: BLEU and chrF of sacrebleu 2.6, ROUGE and stems of
rouge_score 0.1.2 with NLTK, of drawn texts with what breaks tokenisers.

pip install sacrebleu rouge-score; python3 make/text_scores.py
"""

import json
import pathlib
import random
import sys

import sacrebleu
from nltk.stem import porter
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

LINES = 320

WORDS = """the a man woman two dogs running through snow is are sleeping , . !
on grass red-haired boy's 3.5 1,000 10-20 20-year-old e.g. U.S. ... -- - ' "
(left) [right] {x} <skipped> &quot; &amp; &lt;b&gt; &amp;lt; $5.00 50% #1 @home
http://a.b/c?d=e_f ~ ^ ` | \\ / ein Mann schläft über Straße grüßt Äpfel ÖL
été naïve coöperate İstanbul K Å ﬁn ß ẞ
人 睡觉 狗在雪中奔跑 。 ， 日本語 カタカナ ﾊﾝｶｸ １２．３ 한국어 𠀀𠀁 \U0002f800
’ “quoted” – — … ‰ № → ☃ 😀 👩‍👩‍👧 e\u0301 \u200b zero\u200bwidth \ufeff
agreed feeding hopping relational conditional rationally happily flying dies
skies hopefulness vietnamization analogously sensibility electricity controlling
adoption communism activate proceedings generously oscillators abilities
logistically biology apologies innings news 1990s state-of-the-art""".split()

BLANKS = [" "] * 12 + ["  ", "\t", "\u00a0", "\u3000", "\u2003", "\u2028", ""]


def text(random_):
    count = random_.choice([0, 1, 2, 3, 5, 8, 13, 21])
    parts = []
    for _ in range(count):
        parts += [random_.choice(WORDS), random_.choice(BLANKS)]
    return "".join(parts)


def near(line, random_):
    """The line with some of its words left out, doubled, moved or replaced."""
    words = []
    for word in line.split(" "):
        draw = random_.random()
        if draw < 0.1:
            continue
        words.append(random_.choice(WORDS) if draw < 0.2 else word)
        if draw > 0.95:
            words.append(word)
    if len(words) > 2 and random_.random() < 0.3:
        words[0], words[-1] = words[-1], words[0]
    return " ".join(words)


def bleu_of(said, references, tokens):
    metric = BLEU(tokenize=tokens)
    score = metric.corpus_score(said, references)
    return {
        "tokens": tokens,
        "references": len(references),
        "lines": len(said),
        "score": score.score,
        "precisions": score.precisions,
        "brevity": score.bp,
        "correct": score.counts,
        "total": score.totals,
        "words": score.sys_len,
        "reference_words": score.ref_len,
        "signature": str(metric.get_signature()),
    }


def rouge_of(said, references, stems):
    names = ["rouge1", "rouge2", "rougeL"]
    scorer = rouge_scorer.RougeScorer(names, use_stemmer=stems)
    rows = []
    for line, others in zip(said, references):
        scores = scorer.score_multi(others, line)
        rows.append([round(scores[name].fmeasure, 12) for name in names])
    return rows


def main():
    draws = random.Random(20)
    said, first, second = [], [], []
    for _ in range(LINES):
        line = text(draws)
        first.append(line)
        second.append(near(line, draws) if draws.random() < 0.8
                      else text(draws))
        said.append(near(line, draws))
    chrf = CHRF()
    both = [[a, b] for a, b in zip(first, second)]
    one = [[a] for a in first]
    letters = "abcdefghijklmnopqrstuvwxyz"
    ends = """ies ied eed ed ing y ational tional enci anci izer bli alli entli
    eli ousli ization ation ator alism iveness fulness ousness aliti iviti
    biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic
    able ible ant ement ment ent sion tion ion ou ism ate iti ous ive ize e ll
    sses ss s""".split()
    words = sorted({word.lower() for word in WORDS if word.isascii()
                    and word.isalpha()}
                   | {"".join(draws.choices(letters, k=draws.randint(1, 5)))
                      + draws.choice(ends) for _ in range(400)})
    stemmer = porter.PorterStemmer()
    golden = {
        "source": "sacrebleu " + sacrebleu.__version__ + ", rouge_score 0.1.2",
        "said": said, "first": first, "second": second,
        "bleu": [bleu_of(said, references, tokens)
                 for tokens in ("13a", "zh", "char")
                 for references in ([first], [first, second])]
                + [bleu_of(said[:k], [first[:k]], "13a") for k in range(1, 9)],
        "words_13a": [BLEU(tokenize="13a").tokenizer(line.rstrip())
                      for line in said],
        "words_zh": [BLEU(tokenize="zh").tokenizer(line.rstrip())
                     for line in said],
        "chrf": [{"references": n,
                  "score": chrf.corpus_score(said, references).score,
                  "signature": str(chrf.get_signature()),
                  "lines": [round(chrf.sentence_score(line, others).score, 10)
                            for line, others in zip(said, rows)]}
                 for n, references, rows in ((1, [first], one),
                                             (2, [first, second], both))],
        "rouge": rouge_of(said, one, False),
        "rouge_both": rouge_of(said, both, False),
        "rouge_stems": rouge_of(said, one, True),
        "stems": [[word, stemmer.stem(word)] for word in words],
    }
    path = pathlib.Path(__file__).parent.parent / "text_scores.json"
    if len(sys.argv) == 3 and sys.argv[1] == "--out":
        path = pathlib.Path(sys.argv[2]) / "text_scores.json"
    path.write_text(json.dumps(golden, indent=0) + "\n")


main()
