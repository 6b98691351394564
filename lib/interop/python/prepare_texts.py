# Texts as codes or numbers: mtl-export writes this file behind prepare_steps.py,
# whose imports it uses. Characters are those of str, bytes that are no UTF-8
# what "surrogateescape" makes of them.
def _texts(blocks, step, table, missing):
    """A block for each column of a step; one that is there already stays."""
    arrays, options = step["arrays"], step["spec"]["options"]
    for i, column in enumerate(step["spec"]["columns"]):
        into = column["into"]
        own = {key[len(f"{i}."):]: values for key, values in arrays.items()
               if key.startswith(f"{i}.")}
        if _has_codes(table, into):
            continue
        view = _view_of(column["block"])
        texts = _texts_of(_column(table, view, column["column"]),
                          column["column"], missing)
        block = _new_block("", "dense", 0)
        block.name = into
        block.kind, block.x = TEXTS[step["name"]](
            texts, {**options, **column["own"], **own})
        blocks = blocks + [block]
    return blocks


def _has_codes(table, name):
    """Whether a table has a block of codes under that name, not texts."""
    if name not in table:
        return False
    return name + ".starts" in table or any(
        not isinstance(row, (str, bytes)) and hasattr(row, "__len__")
        for row in table[name])


def _texts_of(values, column, missing):
    texts = []
    for value in values:
        if _is_na(value) or _is_missing(value, missing):
            value = ""
        if not isinstance(value, str):
            raise ValueError(f"column {column!r} is of texts, and has {value!r}")
        texts.append(str(value))
    return texts


def _kind_of(c):
    """What a character is: " ", a letter "a", a digit "0", a mark ".", one of
    a script that leaves no blanks "i", or a byte that is no character "b"."""
    code = ord(c)
    if code < 128:
        return (" " if c in BLANKS else "0" if c.isdigit() else
                "a" if c.isalpha() else ".")
    if 0xdc80 <= code <= 0xdcff:
        return "b"
    for kind, ranges in (".", MARKS), ("i", IDEOGRAPHS):
        if any(first <= code <= last for first, last in ranges):
            return kind
    return "a"


BLANKS = "\t\n\v\f\r "
MARKS = [(0xa1, 0xbf), (0x2000, 0x2bff), (0x3000, 0x303f), (0xfe30, 0xfe4f),
         (0xff00, 0xff20), (0x1f000, 0x1faff)]
IDEOGRAPHS = [(0x0e00, 0x0eff), (0x1000, 0x109f), (0x1780, 0x17ff),
              (0x2e80, 0xa4cf), (0xf900, 0xfaff), (0xff61, 0xff9f),
              (0x20000, 0x3ffff)]
# Small letters for capital ones of Latin, Greek and Cyrillic, one for one.
SMALL = {code: code + by for codes, by in (
    (range(0x41, 0x5b), 32), (range(0xc0, 0xdf), 32), (range(0x391, 0x3aa), 32),
    (range(0x410, 0x430), 32), (range(0x400, 0x410), 80),
    (range(0x100, 0x138, 2), 1), (range(0x139, 0x149, 2), 1),
    (range(0x14a, 0x178, 2), 1)) for code in codes
    if code not in (0xd7, 0x130, 0x3a2)}


def _blank_words(text):
    return text.translate({ord(c): " " for c in BLANKS[:-1]}).split(" ")


def _marked_words(text):
    """Runs of letters, digits and apostrophes, and each mark by itself."""
    words, first = [], 0
    for at, c in enumerate(text):
        kind = _kind_of(c)
        following = text[at + 1:at + 2]
        is_inside = (c == "'" and at > first and following.isascii() and
                     following.isalnum())
        if kind in "a0" or is_inside:
            continue
        words.append(text[first:at])
        if kind != " ":
            words.append(c)
        first = at + 1
    return words + [text[first:]]


def _words(texts, options):
    codes = {word: i for i, word in enumerate(options["words"])}
    split = _blank_words if options["split"] == "blanks" else _marked_words
    rows = []
    for text in texts:
        words = split(text.translate(SMALL) if options["lower"] else text)
        row = [codes.get(word, -1) for word in words if word]
        rows.append(row[:options["length"] or None])
    return "tokens", rows


def _ngrams_of(text, options):
    """Codes of n-grams: those of one order after the other, of each word's
    characters, or of words."""
    least, most = (int(n) for n in (options["orders"].split("-") * 2)[:2])
    text = text.translate(SMALL) if options["lower"] else text
    if options["of"] == "chars":
        lists = [["\x02", *word, "\x03"] for word in _blank_words(text) if word]
        between = ""
    else:
        lists = [[word for word in _marked_words(text) if word]]
        between = " "
    codes = []
    for parts in lists:
        for order in range(least, most + 1):
            codes += [_hash(between.join(parts[i:i + order]), order)
                      % options["buckets"]
                      for i in range(len(parts) - order + 1)]
    return codes


def _hash(gram, order):
    """FNV-1a of 64 bits."""
    code = 14695981039346656037 + order
    for byte in gram.encode("utf-8", "surrogateescape"):
        code = ((code ^ byte) * 1099511628211) & (2**64 - 1)
    return code ^ code >> 32


def _ngrams(texts, options):
    return "tokens", [_ngrams_of(text, options) for text in texts]


def _tfidf(texts, options):
    x = np.zeros((len(texts), options["buckets"]), "f4")
    weights = options["weights"]
    for row, text in enumerate(texts):
        counts = {}
        for code in _ngrams_of(text, options):
            counts[code] = counts.get(code, 0) + 1
        values = {code: (1 + math.log(count)) * weights[code]
                  for code, count in sorted(counts.items())}
        squares = 0.0
        for value in values.values():
            squares += value * value
        for code, value in values.items():
            x[row, code] = value / math.sqrt(squares)
    return "sparse", x


def _bpe_parts(text):
    """What pieces do not go beyond, with the blank before it in front."""
    if not text:
        return
    text, first, in_letters = " " + text, 0, False
    for at, c in enumerate(text):
        kind = _kind_of(c)
        is_letter = kind in "ai"
        ends = kind in " b" or not (
            (at == first + 1 and text[first] == " ") or
            (is_letter and in_letters))
        if ends and at > first:
            yield text[first:at]
            first = at
        in_letters = is_letter and kind not in " b"
        if not is_letter and c != " ":
            yield text[first:at + 1]
            first = at + 1
    if first < len(text):
        yield text[first:]


def _joined(part, characters, pairs):
    """Pieces of a part: of the pairs in it that which was joined first is
    joined first, of equal ones the left one."""
    codes = []
    for c in part:
        codes += ([characters[c]] if c in characters else
                  list(c.encode("utf-8", "surrogateescape")))
    n = len(codes)
    right, left = list(range(1, n + 1)), list(range(-1, n - 1))
    steps = []

    def offer(at):
        if at < 0 or right[at] >= n:
            return
        code = pairs.get((codes[at], codes[right[at]]))
        if code is not None:
            heapq.heappush(steps, (code, at, codes[right[at]]))

    for at in range(n):
        offer(at)
    while steps:
        code, at, right_code = heapq.heappop(steps)
        other = n if codes[at] < 0 else right[at]
        if (other >= n or codes[other] != right_code or
                pairs.get((codes[at], right_code)) != code):
            continue
        codes[at], codes[other] = code, -1
        right[at] = right[other]
        if right[at] < n:
            left[right[at]] = at
        offer(left[at])
        offer(at)
    return [code for code in codes if code >= 0]


def _bpe(texts, options):
    characters = {c: 256 + i for i, c in enumerate(options["characters"])}
    joined = [int(code) for code in options["joined"]]
    first = 256 + len(characters)
    pairs = {pair: first + i
             for i, pair in enumerate(zip(joined[::2], joined[1::2]))}
    known, rows = {}, []
    for text in texts:
        row = []
        for part in _bpe_parts(text):
            if part not in known:
                known[part] = _joined(part, characters, pairs)
            row += known[part]
        rows.append(row[:options["length"] or None])
    return "tokens", rows


TEXTS = {"words": _words, "bpe": _bpe, "ngrams": _ngrams, "tfidf": _tfidf}
