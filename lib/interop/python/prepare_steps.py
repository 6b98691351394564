# The fitted steps of preparation, on the blocks of prepare.py: mtl-export writes
# this file behind that one, whose imports it uses.
def _take(blocks, wanted):
    """Some columns of blocks; -1, at the end of each list of codes, stays."""
    made = {b.name: b for b in blocks}
    for want in wanted:
        b = made[want["block"]]
        b.x = b.x[:, want["columns"]]
        if want["codes"]:
            b.categories = [range(codes[-2]) for codes in want["codes"]]
        for j, codes in enumerate(want["codes"]):
            b.x[:, j] = np.array(codes, "i4")[b.x[:, j]]
    return [made[want["block"]] for want in wanted]


def _presence(blocks, arrays):
    """A 1 for each row that has any cell of a view."""
    flags = []
    for view in arrays["views"]:
        known = [((b.x >= 0) if b.kind == "categorical" else ~np.isnan(b.x))
                 for b in blocks if b.view == view]
        flags.append(_new_block(view + ".present", "dense", len(known[0])))
        flags[-1].name = view + ".present"
        flags[-1].x = np.concatenate(known, 1).any(1, keepdims=True).astype("f4")
    return blocks + flags


def _impute(blocks, arrays):
    for b in blocks:
        if b.name not in arrays or b.kind == "sparse":
            continue
        codes = b.kind == "categorical"
        keeps = arrays.get(b.name + ".keeps", np.zeros(b.x.shape[1])) > 0
        given = b.x < 0 if codes else np.isnan(b.x)
        empty = given & ~keeps
        b.x = np.where(empty, arrays[b.name].astype(b.x.dtype), b.x)
        marks = arrays.get(b.name + ".marks", np.zeros(0)) > 0
        if not codes and marks.any():
            b.x = np.concatenate([b.x, given[:, marks].astype(b.x.dtype)], 1)
    return blocks


def _date(blocks, arrays):
    for b in blocks:
        if b.kind != "dense" or not arrays[b.name + ".dates"].any():
            continue
        x = b.x.astype("f8")
        columns = []
        for j, is_date in enumerate(arrays[b.name + ".dates"]):
            if is_date:
                columns += _parts_of_dates(x[:, j], arrays[b.name + ".hours"][j],
                                           arrays[b.name + ".first"][j])
            else:
                columns.append(x[:, j])
        b.x = np.stack(columns, 1)
    return blocks


def _parts_of_dates(seconds, has_hours, first):
    """Of seconds since 1970."""
    missing = np.isnan(seconds)
    days = np.floor(np.where(missing, 0, seconds) / 86400)
    hour = np.clip(np.floor((seconds - days * 86400) / 3600), 0, 23)
    whole = np.clip(days, -1e12, 1e12).astype("i8")
    months = whole.astype("M8[D]").astype("M8[M]").astype("i8")
    cycles = [(months % 12 + 1, 12), ((whole + 3) % 7 + 1, 7)]
    if has_hours:
        cycles.append((hour, 24))
    columns = [months // 12 + 1970.0]
    for x, length in cycles:
        angle = 2 * math.pi * x / length
        columns += [x, _on_grid(np.sin(angle)), _on_grid(np.cos(angle))]
    return [np.where(missing, np.nan, c) for c in columns + [seconds - first]]


def _on_grid(x):
    """Multiples of 2**-40: equal, whoever calculates a sine."""
    return np.round(x * 2.0**40) / 2.0**40 + 0.0  # no -0


def _log(blocks, arrays):
    def log(x):
        # Of the C library, as ours: NumPy's own differs in the last bit.
        flat = [math.copysign(math.log1p(abs(v)), v) for v in x.ravel().tolist()]
        return np.array(flat, "f8").reshape(x.shape)
    for b in blocks:
        if b.kind == "dense":
            b.change(lambda x: np.where(arrays[b.name] > 0, log(x), x))
    return blocks


def _root(blocks, arrays):
    for b in blocks:
        if b.kind == "dense":
            b.change(lambda x: np.where(arrays[b.name] > 0,
                                        np.copysign(np.sqrt(np.abs(x)), x), x))
    return blocks


def _held(x, low, high):
    """Within bounds; what is missing stays so."""
    return np.where(x < low, low, np.where(x > high, high, x))


def _clip(blocks, arrays):
    for b in blocks:
        if b.kind == "dense":
            low, high = arrays[b.name + ".low"], arrays[b.name + ".high"]
            b.change(lambda x: _held(x, low, high))
    return blocks


def _pieces(blocks, arrays):
    for b in blocks:
        if b.kind != "dense":
            continue
        x, at = b.x.astype("f8"), 0
        columns = [x]
        for j, count in enumerate(arrays[b.name + ".counts"].astype(int)):
            edges = arrays[b.name + ".edges"][at:at + count]
            at += count
            if count > 1:
                part = (x[:, j:j + 1] - edges[:-1]) / (edges[1:] - edges[:-1])
                columns.append(np.clip(part, 0, 1))
        b.x = np.concatenate(columns, 1)
    return blocks


def _quantile(blocks, arrays):
    for b in blocks:
        if b.kind != "dense":
            continue
        x, at = b.x.astype("f8"), 0
        for j, count in enumerate(arrays[b.name + ".counts"].astype(int)):
            part = slice(at, at + count)
            at += count
            if count > 0:
                share = _share(x[:, j], arrays[b.name + ".knots"][part],
                               arrays[b.name + ".below"][part],
                               arrays[b.name + ".upto"][part])
                x[:, j] = (_normal(share) if arrays["output"] == "normal"
                           else share)
        b.x = x.astype(b.x.dtype)
    return blocks


def _share(x, knots, below, upto):
    """Linear between knots, in the middle of the step at each."""
    held = np.clip(x, knots[0], knots[-1])
    at = np.minimum(np.searchsorted(knots, held), len(knots) - 1)
    left = np.maximum(at - 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (held - knots[left]) / (knots[at] - knots[left])
    share = np.where(knots[at] == held, (below[at] + upto[at]) / 2,
                     upto[left] + part * (below[at] - upto[left]))
    return np.where(np.isnan(x), np.nan, share)


def _normal(share):
    normal, least = statistics.NormalDist(), 1e-7
    return np.array([s if s != s else normal.inv_cdf(min(max(s, least), 1 - least))
                     for s in share.tolist()], "f8")


def _rare(blocks, arrays):
    for b in blocks:
        if b.kind != "categorical":
            continue
        at, b.categories = 0, list(b.categories)
        for j, count in enumerate(arrays[b.name + ".counts"].astype(int)):
            becomes = arrays[b.name + ".becomes"][at:at + count].astype("i4")
            at += count
            if count == 0:
                continue
            kept = int((becomes >= 0).sum())
            has_rare = kept < count
            unseen = kept + (has_rare and not arrays["takes_unseen"])
            codes = np.append(np.where(becomes < 0, kept, becomes), [unseen, -1])
            b.x[:, j] = codes[b.x[:, j]]
            b.categories[j] = range(kept + has_rare)
    return blocks


def _scale(blocks, arrays):
    for b in blocks:
        if b.name + ".scale" not in arrays or b.kind == "categorical":
            continue
        shift, scale = arrays[b.name + ".shift"], arrays[b.name + ".scale"]
        low = arrays.get(b.name + ".low", np.full(len(scale), -np.inf))
        high = arrays.get(b.name + ".high", np.full(len(scale), np.inf))
        if hasattr(b.x, "tocsr"):
            b.x = b.x.tocsr(copy=True)
            j = b.x.indices
            x = _held(b.x.data.astype("f8"), low[j], high[j])
            b.x.data = (x / scale[j]).astype("f4")
        else:
            b.change(lambda x: (_held(x, low, high) - shift) / scale)
    return blocks


TABLE_KINDS = ("dense", "categorical", "sparse")


def _views(blocks):
    views = {}
    for b in blocks:
        views.setdefault(b.view, {})[b.kind] = b
    return views


def _frequency(blocks, arrays):
    made = []
    for view, parts in _views(blocks).items():
        codes, dense = parts.get("categorical"), parts.get("dense")
        columns, others, at = [], [], 0
        counts = arrays[codes.name + ".counts"].astype(int) if codes else []
        for j, count in enumerate(counts):
            if count == 0:
                others.append(j)
                continue
            shares = arrays[codes.name + ".shares"][at:at + count + 1]
            at += count + 1
            shares = np.concatenate([shares[:-1], [0.0], shares[-1:]])
            columns.append(shares[codes.x[:, j]])
        if columns:
            if dense is None:
                dense = _new_block(view, "dense", len(codes.x))
            dense.x = np.concatenate(
                [dense.x, np.stack(columns, 1).astype(dense.x.dtype)], 1)
        if dense is not None:
            made.append(dense)
        if others:
            codes.x = codes.x[:, others]
            codes.categories = [codes.categories[j] for j in others]
            made.append(codes)
        made += [b for kind, b in parts.items()
                 if kind not in ("dense", "categorical")]
    return made


def _new_block(view, kind, rows):
    b = _Block.__new__(_Block)
    b.kind, b.categories = kind, []
    suffix = {"dense": "numeric"}.get(kind, kind)
    b.name = view + "." + suffix if view else suffix
    b.x = np.zeros((rows, 0), "f4")
    return b


def _onehot(blocks, arrays):
    made = []
    for view, parts in _views(blocks).items():
        codes = parts.get("categorical")
        forms = arrays[codes.name] if codes else []
        given = codes.x if codes else None
        known = codes.categories if codes else []
        for kind, form in (("dense", 1), ("categorical", 0), ("sparse", 2)):
            chosen = [j for j, f in enumerate(forms) if f == form]
            if kind == "categorical":
                if chosen:
                    codes.x = given[:, chosen]
                    codes.categories = [known[j] for j in chosen]
                    made.append(codes)
                continue
            b = parts.get(kind)
            if chosen and b is None:
                b = _new_block(view, kind, len(given))
            if chosen:
                marks = [(given[:, j:j + 1] ==
                          np.arange(len(known[j]))).astype(b.x.dtype)
                         for j in chosen]
                if hasattr(b.x, "tocsr"):
                    b.x = b.x.toarray()
                b.x = np.concatenate([b.x] + marks, 1)
            if b is not None:
                made.append(b)
        made += [b for kind, b in parts.items() if kind not in TABLE_KINDS]
    return made


def _layout(blocks, arrays):
    made = []
    for view, parts in _views(blocks).items():
        name = view or "features"
        for kind, b in parts.items():
            alone = kind == "dense" or (kind == "sparse" and len(parts) == 1)
            if kind in TABLE_KINDS:
                b.name = name if alone else name + "." + kind
            made.append(b)
    return made


def _align(blocks, arrays):
    """(x - mean) map, column by column in one order, as our sums are."""
    for b in blocks:
        if b.name + ".map" not in arrays:
            continue
        x = b.x.astype("f8") - arrays[b.name + ".mean"]
        rows = arrays[b.name + ".map"].reshape(x.shape[1], -1)
        sums = np.zeros((len(x), rows.shape[1]))
        for column, row in zip(np.where(np.isnan(x), 0, x).T, rows):
            sums += column[:, None] * row
        b.x = sums.astype("f4")
    return blocks


STEPS = {
    "presence": _presence, "align": _align, "impute": _impute, "date": _date,
    "log": _log, "root": _root, "clip": _clip, "pieces": _pieces,
    "quantile": _quantile, "rare": _rare, "frequency": _frequency,
    "standard": _scale, "robust": _scale, "minmax": _scale, "max-abs": _scale,
    "onehot": _onehot, "index": lambda blocks, arrays: blocks, "layout": _layout,
}
