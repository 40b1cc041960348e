"""Matrix products and transposition in the processor's registers.

A product is made of tiles of some rows and vectors of columns, which stay in registers while the inner index
runs. The inner sum always runs in one order, so that an element does not depend on the tile or on how
rows and columns are shared out. For the sizes of recurrent cells and narrow layers this is about twice as
fast as OpenBLAS, because nothing is copied and no call is prepared.
"""

from __future__ import annotations

import itertools
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.internals import view_pointer
from tmva_py.kernels.numba.processor import PROCESSOR
from tmva_py.kernels.numba.vectors import I32, I64, VECTOR_BYTES, VOID, Emitter, Precision
from tmva_py.kernels.numba.views import At, Rows, Strided

ROWS, VECTORS = PROCESSOR.tile_rows, PROCESSOR.tile_vectors
TABLE = I64.as_pointer()
Array = Any


# How rows of A and B are found: by their distance, or from a table of places, of B's rows or of A's.
PLAIN, TABLE_OF_INNER, TABLE_OF_ROWS = "plain", "inner", "rows"


@intrinsic  # type: ignore[untyped-decorator]
def tiles(
    typing: Any, A: Any, B: Any, C: Any, S: Any, rows: Any, inner: Any, vectors: Any, last: Any, add: Any
) -> Any:
    """One column of tiles: `rows` rows and `vectors` vectors, of whose last one `last` lanes count."""
    return _tiles(PLAIN, None, (A, B, C, S))


def _tiles_by_table(kind: str) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def by_table(
        typing: Any, A: Any, B: Any, C: Any, S: Any,
        rows: Any, inner: Any, vectors: Any, last: Any, add: Any, table: Any,
    ) -> Any:  # fmt: skip
        return _tiles(kind, table, (A, B, C, S))

    return by_table


tiles_of_shifts, tiles_of_rows = _tiles_by_table(TABLE_OF_INNER), _tiles_by_table(TABLE_OF_ROWS)


def _tiles(kind: str, table: Any, views: tuple[Any, ...]) -> Any:
    """Return signature and code of tiles of C = A·B (+ S), where the rows of A or B may be in a table."""
    dtype = views[0].types[0].dtype
    if any(view.types[0].dtype != dtype for view in views):
        return None
    signature = types.void(*views, *[types.int64] * 5, *(() if table is None else (table,)))

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        precision = Precision(dtype)
        A, B, C, S = (view_pointer(context, builder, *pair) for pair in zip(views, values, strict=False))
        a_row, a_inner, b_inner, c_row, s_row = (
            builder.extract_value(values[view], place)
            for view, place in ((0, 2), (0, 3), (1, 2), (2, 2), (3, 2))
        )
        rows, inner, vectors, last, add = values[4:9]
        places = (
            ir.Constant(TABLE, None) if table is None else view_pointer(context, builder, table, values[9])
        )
        arguments = [A, a_row, a_inner, B, b_inner, C, c_row, S, s_row, rows, inner, last, add, places]
        end = builder.append_basic_block("tiles_end")
        whole = builder.icmp_signed("==", last, I64(precision.lanes))
        number = builder.add(builder.mul(vectors, I64(2)), builder.zext(whole, I64))
        cases = builder.switch(number, end)
        for count, partly in itertools.product(range(1, VECTORS + 1), (True, False)):
            with builder.goto_block(case := builder.append_basic_block(f"tiles_{count}")):
                masked = partly or PROCESSOR.free_masks
                builder.call(_column_of_tiles(builder.module, precision, count, masked, kind), arguments)
                builder.branch(end)
            cases.add_case(I64(2 * count + (not partly)), case)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return signature, code


def _column_of_tiles(module: Any, precision: Precision, vectors: int, masked: bool, kind: str) -> Any:
    """Return the function that goes down the rows with the highest tiles that fit."""
    name = f"tmva_py_tiles_{kind}_{precision.tag}_{vectors}{'_masked' * masked}"
    if name in module.globals:
        return module.globals[name]
    p = precision.pointer
    kinds = [p, I64, I64, p, I64, p, I64, p, I64, I64, I64, I64, I64, TABLE]
    function = ir.Function(module, ir.FunctionType(VOID, kinds), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    A, a_row, a_inner, B, b_inner, C, c_row, S, s_row, rows, inner, last, add, table = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    start: Any = I64(0)
    for height in ROWS:
        # As many tiles of this height as fit; one at most of all but the highest.
        before = builder.block
        head, body, end = (
            function.append_basic_block(f"{part}_{height}") for part in ("head", "body", "end")
        )
        builder.branch(head)
        builder.position_at_end(head)
        row = builder.phi(I64)
        row.add_incoming(start, before)
        following = builder.add(row, I64(height))
        builder.cbranch(builder.icmp_signed("<=", following, rows), body, end)
        builder.position_at_end(body)
        if kind == TABLE_OF_ROWS:
            a_places = [builder.load(builder.gep(table, [builder.add(row, I64(r))])) for r in range(height)]
        else:
            a_places = [builder.mul(a_row, builder.add(row, I64(r))) for r in range(height)]
        _tile(
            builder,
            precision,
            vectors,
            (A, a_places, a_inner),
            (B, b_inner, table if kind == TABLE_OF_INNER else None),
            (builder.gep(C, [builder.mul(row, c_row)]), c_row),
            (builder.gep(S, [builder.mul(row, s_row)]), s_row),
            inner,
            last if masked else None,
            add,
        )
        row.add_incoming(following, builder.block)
        builder.branch(head)
        builder.position_at_end(end)
        start = row
    builder.ret_void()
    return function


def _tile(
    builder: Any,
    precision: Precision,
    vectors: int,
    left: tuple[Any, list[Any], Any],
    right: tuple[Any, Any, Any],
    out: tuple[Any, Any],
    summand: tuple[Any, Any],
    inner: Any,
    last: Any,
    add: Any,
) -> None:
    """Write one tile of C = A·B (+ S), its sums kept in registers."""
    (A, a_places, a_inner), (B, b_inner, table), (C, c_row), (S, s_row) = left, right, out, summand
    rows = len(a_places)
    e = Emitter(builder, precision)
    mask = None if last is None else e.mask_of_first(last)
    places = [I64(v * precision.lanes) for v in range(vectors)]
    masks = [None] * (vectors - 1) + [mask]
    tile = list(itertools.product(range(rows), range(vectors)))
    c_rows = [builder.gep(C, [builder.mul(c_row, I64(r))]) for r in range(rows)]
    s_rows = [builder.gep(S, [builder.mul(s_row, I64(r))]) for r in range(rows)]
    entry, function = builder.block, builder.function
    load, check, loop, done = (function.append_basic_block(n) for n in ("load", "check", "loop", "done"))
    builder.cbranch(builder.icmp_signed("!=", add, I64(0)), load, check)
    builder.position_at_end(load)
    loaded = [e.load(builder.gep(s_rows[r], [places[v]]), masks[v]) for r, v in tile]
    builder.branch(check)
    builder.position_at_end(check)
    starts = [builder.phi(precision.vector) for _ in tile]
    for phi, value in zip(starts, loaded, strict=True):
        phi.add_incoming(precision.zero, entry)
        phi.add_incoming(value, load)
    builder.cbranch(builder.icmp_signed(">", inner, I64(0)), loop, done)

    builder.position_at_end(loop)
    k = builder.phi(I64)
    sums = [builder.phi(precision.vector) for _ in tile]
    shift = builder.mul(k, b_inner) if table is None else builder.load(builder.gep(table, [k]))
    b_row = builder.gep(B, [shift])
    b_vectors = [e.load(builder.gep(b_row, [place]), m) for place, m in zip(places, masks, strict=True)]
    a_column = builder.gep(A, [builder.mul(k, a_inner)])
    a_values = [e.splat(e.load_scalar(builder.gep(a_column, [place]))) for place in a_places]
    totals = [
        e.multiply_add(a_values[r], b_vectors[v], total) for (r, v), total in zip(tile, sums, strict=True)
    ]
    following = builder.add(k, I64(1))
    k.add_incoming(I64(0), check)
    k.add_incoming(following, loop)
    for phi, begin, total in zip(sums, starts, totals, strict=True):
        phi.add_incoming(begin, check)
        phi.add_incoming(total, loop)
    builder.cbranch(builder.icmp_signed("<", following, inner), loop, done)

    builder.position_at_end(done)
    results = [builder.phi(precision.vector) for _ in tile]
    for phi, begin, total in zip(results, starts, totals, strict=True):
        phi.add_incoming(begin, check)
        phi.add_incoming(total, loop)
    for (r, v), result in zip(tile, results, strict=True):
        e.store(result, builder.gep(c_rows[r], [places[v]]), masks[v])


@borrowing
def product_and(A: Strided, B: Rows, C: Rows, S: Rows, rows: int, columns: int, inner: int, add: int) -> None:
    """C[r, n] = Σ_k A[r, k] B[k, n], plus S[r, n] if `add`; `S` may be `C`, a distance of 0 adds one row."""
    lanes = VECTOR_BYTES // A.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    first = 0
    for part in range(parts):
        # The vectors are shared out evenly: narrow tiles leave the multipliers idle.
        width = (vectors - first + parts - part - 1) // (parts - part)
        last = min(lanes, columns - (first + width - 1) * lanes)
        n = first * lanes
        right, out = Rows(B.array, B.start + n, B.row), Rows(C.array, C.start + n, C.row)
        tiles(A, right, out, Rows(S.array, S.start + n, S.row), rows, inner, width, last, add)
        first += width


@borrowing
def product(A: Strided, B: Rows, C: Rows, rows: int, columns: int, inner: int, add: int) -> None:
    """C = A·B, added to C if `add`; see `product_and`."""
    product_and(A, B, C, C, rows, columns, inner, add)


# Values of the inner index of a block that is transposed on the way, for few rows.
DEPTH = 64


def panels_length(columns: int, inner: int, itemsize: int) -> int:
    """Return how many values `as_panels` and `turned_panels` write."""
    lanes = VECTOR_BYTES // itemsize
    return -(-columns // lanes) * lanes * inner


@borrowing
def as_panels(B: Rows, panels: Array, columns: int, inner: int) -> None:
    """Write B (inner, columns) in panels: the columns of a tile side by side, row after row.

    Rows of B itself that are a power of two apart share a few places of the cache.
    """
    lanes = VECTOR_BYTES // B.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        n = first * lanes
        used = min(width * lanes, columns - n)
        for k in range(inner):
            source = B.array[B.start + k * B.row + n : B.start + k * B.row + n + used]
            place = n * inner + k * width * lanes
            target = panels[place : place + used]
            for j in range(used):
                target[j] = source[j]
        first += width


@borrowing
def turned_panels(W: Rows, panels: Array, columns: int, inner: int) -> None:
    """Write the transposed W (columns, inner) in panels, as `as_panels` does."""
    lanes = VECTOR_BYTES // W.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        n = first * lanes
        used = min(width * lanes, columns - n)
        out = Rows(panels, n * inner, width * lanes)
        transpose(Rows(W.array, W.start + n * W.row, W.row), out, used, inner)
        first += width


@borrowing
def product_of_panels(
    A: Strided, panels: Array, C: Rows, S: Rows, rows: int, columns: int, inner: int, add: int
) -> None:
    """`product_and` with the second factor in panels."""
    lanes = VECTOR_BYTES // A.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        last = min(lanes, columns - (first + width - 1) * lanes)
        n = first * lanes
        right, out = Rows(panels, n * inner, width * lanes), Rows(C.array, C.start + n, C.row)
        tiles(A, right, out, Rows(S.array, S.start + n, S.row), rows, inner, width, last, add)
        first += width


@borrowing
def product_turned(
    A: Strided, W: Rows, work: Array, C: Rows, S: Rows, rows: int, columns: int, inner: int
) -> None:
    """C[r, n] = S[r, n] + Σ_k A[r, k] W[n, k] for few rows: W is transposed in blocks, into `work`.

    The sums are those of `product_and` with the transposed matrix, in the same order.
    """
    lanes = VECTOR_BYTES // A.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        last = min(lanes, columns - (first + width - 1) * lanes)
        n = first * lanes
        right, out = Rows(work, 0, width * lanes), Rows(C.array, C.start + n, C.row)
        before = Rows(S.array, S.start + n, S.row)
        for k in range(0, inner, DEPTH):
            depth = min(DEPTH, inner - k)
            block = Rows(W.array, W.start + n * W.row + k, W.row)
            transpose(block, right, (width - 1) * lanes + last, depth)
            left = Strided(A.array, A.start + k * A.column, A.row, A.column)
            tiles(left, right, out, before, rows, depth, width, last, 1)
            before = out
        first += width


# Vectors of columns that one event's product takes together: with short ones each waits for its own sums.
ABREAST = 64 // VECTOR_BYTES


@intrinsic  # type: ignore[untyped-decorator]
def turned_columns(typing: Any, a: Any, W: Any, out: Any, summand: Any, inner: Any) -> Any:
    """`ABREAST` vectors of out[n] = summand[n] + Σ_k a[k] W[n, k], for an `inner` of whole 16 bytes."""
    dtype = a.types[0].dtype
    if any(view.types[0].dtype != dtype for view in (W, out, summand)):
        return None
    signature = types.void(a, W, out, summand, types.int64)

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        views = (a, W, out, summand)
        pointers = [view_pointer(context, builder, *pair) for pair in zip(views, values, strict=False)]
        function = _turned_columns_function(builder.module, Precision(dtype))
        builder.call(function, [*pointers, builder.extract_value(values[1], 2), values[4]])
        return context.get_dummy_value()

    return signature, code


def _turned_columns_function(module: Any, precision: Precision) -> Any:
    name = f"tmva_py_turned_columns_{precision.tag}"
    if name in module.globals:
        return module.globals[name]
    p, lanes = precision.pointer, precision.lanes
    function = ir.Function(module, ir.FunctionType(VOID, [p, p, p, p, I64, I64]), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    a, W, out, summand, row, inner = function.args
    entry, loop, done = (function.append_basic_block(part) for part in ("entry", "loop", "done"))
    builder = ir.IRBuilder(entry)
    e = Emitter(builder, precision)
    together = 16 // precision.bytes
    places = [I64(v * lanes) for v in range(ABREAST)]
    starts = [e.load(builder.gep(summand, [place])) for place in places]
    rows = [builder.gep(W, [builder.mul(row, I64(n))]) for n in range(ABREAST * lanes)]
    builder.cbranch(builder.icmp_signed(">", inner, I64(0)), loop, done)

    builder.position_at_end(loop)
    k = builder.phi(I64)
    sums = [builder.phi(precision.vector) for _ in starts]
    factors = [e.splat(e.load_scalar(builder.gep(a, [builder.add(k, I64(j))]))) for j in range(together)]
    totals = []
    for v, total in enumerate(sums):
        blocks = range(v * lanes, (v + 1) * lanes, together)
        vectors = [
            _joined(builder, precision, [builder.gep(rows[block + n], [k]) for block in blocks])
            for n in range(together)
        ]
        for factor, column in zip(factors, _turned_in_sixteens(builder, vectors, together), strict=True):
            total = e.multiply_add(factor, column, total)
        totals.append(total)
    following = builder.add(k, I64(together))
    k.add_incoming(I64(0), entry)
    k.add_incoming(following, loop)
    for phi, start, total in zip(sums, starts, totals, strict=True):
        phi.add_incoming(start, entry)
        phi.add_incoming(total, loop)
    builder.cbranch(builder.icmp_signed("<", following, inner), loop, done)

    builder.position_at_end(done)
    results = [builder.phi(precision.vector) for _ in starts]
    for result, start, total in zip(results, starts, totals, strict=True):
        result.add_incoming(start, entry)
        result.add_incoming(total, loop)
    for result, place in zip(results, places, strict=True):
        e.store(result, builder.gep(out, [place]))
    builder.ret_void()
    return function


def _joined(builder: Any, precision: Precision, pointers: list[Any]) -> Any:
    """Return a vector of 16 bytes from each of some places."""
    together = 16 // precision.bytes
    part = ir.VectorType(precision.element, together).as_pointer()
    parts = [builder.load(builder.bitcast(one, part), align=precision.bytes) for one in pointers]
    length = together
    while len(parts) > 1:
        length *= 2
        places, pairs = _places(list(range(length))), zip(parts[::2], parts[1::2], strict=True)
        parts = [builder.shuffle_vector(*pair, places) for pair in pairs]
    return parts[0]


def _turned_in_sixteens(builder: Any, vectors: list[Any], together: int) -> list[Any]:
    """Transpose the values of each 16 bytes of as many vectors as these hold."""
    lanes = vectors[0].type.count
    blocks = range(0, lanes, together)

    def pick(one: Any, other: Any, pattern: list[int]) -> Any:
        # Numbers up to `together` are the first's, those above the second's.
        numbers = [block + (n if n < together else n - together + lanes) for block in blocks for n in pattern]
        return builder.shuffle_vector(one, other, _places(numbers))

    if together == 2:
        return [pick(vectors[0], vectors[1], pattern) for pattern in ([0, 2], [1, 3])]
    low = [pick(vectors[n], vectors[n + 1], [0, 4, 1, 5]) for n in (0, 2)]
    high = [pick(vectors[n], vectors[n + 1], [2, 6, 3, 7]) for n in (0, 2)]
    patterns = ([0, 1, 4, 5], [2, 3, 6, 7])
    return [pick(one, other, pattern) for one, other in (low, high) for pattern in patterns]


@borrowing
def row_turned(a: At, W: Rows, work: Array, C: At, S: At, columns: int, inner: int) -> None:
    """C[n] = S[n] + Σ_k a[k] W[n, k] for one event: W is transposed in registers, 16 bytes a row.

    The sums are those of `product_turned`, in the same order. Few rows at a time: their places in memory are
    far apart, and the processor fetches so many lines ahead.
    """
    lanes = VECTOR_BYTES // W.array.itemsize
    together = 16 // W.array.itemsize
    step = ABREAST * lanes
    whole, deep = columns // step * step, inner // together * together
    for n in range(0, whole, step):
        part = Rows(W.array, W.start + n * W.row, W.row)
        turned_columns(a, part, At(C.array, C.start + n), At(S.array, S.start + n), deep)
    if deep < inner and whole:
        left, out = Strided(a.array, a.start + deep, 0, 1), Rows(C.array, C.start, 0)
        product_turned(left, Rows(W.array, W.start + deep, W.row), work, out, out, 1, whole, inner - deep)
    if whole < columns:
        part, out = Rows(W.array, W.start + whole * W.row, W.row), Rows(C.array, C.start + whole, 0)
        before = Rows(S.array, S.start + whole, 0)
        product_turned(Strided(a.array, a.start, 0, 1), part, work, out, before, 1, columns - whole, inner)


@borrowing
def product_of_shifts(A: Rows, B: At, shifts: Any, C: Rows, rows: int, columns: int, inner: int) -> None:
    """C[r, n] = Σ_k A[r, k] B[shifts[k] + n]: rows of the second factor may overlap."""
    lanes = VECTOR_BYTES // A.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    left, table = Strided(A.array, A.start, A.row, 1), At(shifts, 0)
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        last = min(lanes, columns - (first + width - 1) * lanes)
        n = first * lanes
        right, out = Rows(B.array, B.start + n, 0), Rows(C.array, C.start + n, C.row)
        tiles_of_shifts(left, right, out, out, rows, inner, width, last, 0, table)
        first += width


@borrowing
def product_with_shifts(
    A: At, shifts: Any, B: Rows, C: Rows, rows: int, columns: int, inner: int, add: int
) -> None:
    """C[r, n] = Σ_k A[shifts[r] + k] B[k, n], added to C if `add`: rows of the first factor may overlap."""
    lanes = VECTOR_BYTES // A.array.itemsize
    vectors = (columns + lanes - 1) // lanes
    parts = (vectors + VECTORS - 1) // VECTORS
    left, table = Strided(A.array, A.start, 0, 1), At(shifts, 0)
    first = 0
    for part in range(parts):
        width = (vectors - first + parts - part - 1) // (parts - part)
        last = min(lanes, columns - (first + width - 1) * lanes)
        n = first * lanes
        right, out = Rows(B.array, B.start + n, B.row), Rows(C.array, C.start + n, C.row)
        tiles_of_rows(left, right, out, out, rows, inner, width, last, add, table)
        first += width


@intrinsic  # type: ignore[untyped-decorator]
def transpose_block(typing: Any, A: Any, C: Any, rows: Any, columns: Any) -> Any:
    """Write A (rows, columns), both at most one vector's length, as C (columns, rows)."""
    dtype = A.types[0].dtype
    if C.types[0].dtype != dtype:
        return None
    signature = types.void(A, C, types.int64, types.int64)

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        precision = Precision(dtype)
        source, target = (view_pointer(context, builder, *pair) for pair in ((A, values[0]), (C, values[1])))
        row, column = (builder.extract_value(value, 2) for value in values[:2])
        lanes = I64(precision.lanes)
        whole = builder.and_(*(builder.icmp_signed("==", values[n], lanes) for n in (2, 3)))
        with builder.if_else(whole) as (then, otherwise):
            for block, partly in ((then, False), (otherwise, True)):
                with block:
                    # The masks of all rows cost as much as the exchanges, on every processor.
                    function = _transpose_function(builder.module, precision, partly)
                    builder.call(function, [source, row, target, column, values[2], values[3]])
        return context.get_dummy_value()

    return signature, code


def _transpose_function(module: Any, precision: Precision, masked: bool) -> Any:
    name = f"tmva_py_transpose_{precision.tag}{'_masked' * masked}"
    if name in module.globals:
        return module.globals[name]
    p, lanes = precision.pointer, precision.lanes
    function = ir.Function(module, ir.FunctionType(VOID, [p, I64, p, I64, I64, I64]), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    source, row, target, column, rows, columns = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    e = Emitter(builder, precision)
    none = e.mask_of_first(I64(0))

    def masks(length: Any, breadth: Any) -> list[Any]:
        """Return the masks of all rows: lanes below `breadth`, for rows below `length`."""
        if not masked:
            return [None] * lanes
        mask = e.mask_of_first(breadth)
        return [builder.select(builder.icmp_signed("<", I64(i), length), mask, none) for i in range(lanes)]

    values = [
        e.load(builder.gep(source, [builder.mul(row, I64(i))]), mask)
        for i, mask in enumerate(masks(rows, columns))
    ]
    # Blocks of half the size change places, then those of a quarter within them, down to single values.
    half = lanes // 2
    while half:
        keep = [lane if not lane & half else lane - half + lanes for lane in range(lanes)]
        swap = [lane + half if not lane & half else lane + lanes for lane in range(lanes)]
        for i in range(lanes):
            if not i & half:
                upper, lower = values[i], values[i + half]
                values[i] = builder.shuffle_vector(upper, lower, _places(keep))
                values[i + half] = builder.shuffle_vector(upper, lower, _places(swap))
        half //= 2
    for i, mask in enumerate(masks(columns, rows)):
        e.store(values[i], builder.gep(target, [builder.mul(column, I64(i))]), mask)
    builder.ret_void()
    return function


def _places(numbers: list[int]) -> Any:
    return ir.Constant(ir.VectorType(I32, len(numbers)), numbers)


@borrowing
def transpose(A: Rows, C: Rows, rows: int, columns: int) -> None:
    """C[j, i] = A[i, j]."""
    lanes = VECTOR_BYTES // A.array.itemsize
    for i in range(0, rows, lanes):
        height = min(lanes, rows - i)
        for j in range(0, columns, lanes):
            width = min(lanes, columns - j)
            block = Rows(A.array, A.start + i * A.row + j, A.row)
            transpose_block(block, Rows(C.array, C.start + j * C.row + i, C.row), height, width)
