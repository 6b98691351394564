"""Writes tests/golden/parquet: small tables as pyarrow, pandas, DuckDB and
Polars write them, and beside each its cells as text, one row a line: cells
between '|', missing as '~', as tests/text/parquet_golden_test.cpp shows them."""
import argparse
import datetime as dt
import decimal
import pathlib
import uuid

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

parser = argparse.ArgumentParser()
parser.add_argument('--out',
                    default=pathlib.Path(__file__).parent.parent / 'parquet')
out = pathlib.Path(parser.parse_args().out)
out.mkdir(exist_ok=True)


def real(value, kind):
    """The fewest digits that read back the same, as std::to_chars has them."""
    if np.isnan(value):
        return '~'
    if np.isinf(value):
        return '-inf' if value < 0 else 'inf'
    plain = np.format_float_positional(kind(value), trim='-', unique=True)
    mantissa, exponent = np.format_float_scientific(
        kind(value), trim='-', unique=True, exp_digits=2).split('e')
    short = f'{mantissa}e{exponent}'
    # A fixed text wins where it is as short.
    return plain if len(plain) <= len(short) else short


def moment(units, digits, zone):
    per = 10**digits
    day = dt.date(1970, 1, 1) + dt.timedelta(days=units // (86400 * per))
    rest = units % (86400 * per)
    return f'{day}T{clock(rest, digits)}{zone}'


def clock(units, digits):
    seconds, rest = divmod(units, 10**digits)
    text = f'{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}'
    return text + ('.' + f'{rest:0{digits}}'.rstrip('0') if rest else '')


DIGITS = {'s': 3, 'ms': 3, 'us': 6, 'ns': 9}


def cells(column):
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    for value in column:
        if not value.is_valid:
            yield '~'
        elif pa.types.is_boolean(kind):
            yield 'true' if value.as_py() else 'false'
        elif pa.types.is_float16(kind):
            yield real(np.float32(value.as_py()), np.float32)
        elif pa.types.is_float32(kind):
            yield real(value.as_py(), np.float32)
        elif pa.types.is_float64(kind):
            yield real(value.as_py(), np.float64)
        elif pa.types.is_timestamp(kind):
            units = value.value * (1000 if kind.unit == 's' else 1)
            yield moment(units, DIGITS[kind.unit], 'Z' if kind.tz else '')
        elif pa.types.is_time(kind):
            units = value.value * (1000 if kind.unit == 's' else 1)
            yield clock(units, DIGITS[kind.unit])
        elif pa.types.is_decimal(kind):
            yield f'{value.as_py():f}'
        elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            yield value.as_py().decode() or '~'
        elif pa.types.is_fixed_size_binary(kind):
            yield value.as_py().decode()
        else:
            yield str(value.as_py()) or '~'


def expect(name, table):
    """`table` is what the file of that name, or several of it, holds."""
    columns = [list(cells(table.column(i))) for i in range(table.num_columns)]
    lines = ['|'.join(table.column_names)]
    lines += ['|'.join(row) for row in zip(*columns)]
    (out / f'{name}.txt').write_text('\n'.join(lines) + '\n')


def write(name, table, expected=None, **options):
    """`expected`: the name of the cells, where several files have the same."""
    pq.write_table(table, out / f'{name}.parquet', **options)
    expect(expected or name, table)


# All types, each with a null; values at the edges of each.
def all_types():
    day = dt.date(2024, 2, 29)
    moments = [0, -1, 1709280000123, 253402300799999, None, 1]
    micros = [0, -1, 1709280000123456, 253402300799999999, None, 1000]
    nanos = [0, -1, 1709280000123456789, 2**62, None, 500]
    texts = ['plain', 'a,"b"\nc\td', '', 'Zürich 東京', None, '007']
    return pa.table({
        'i8': pa.array([1, -128, 127, 0, None, 5], pa.int8()),
        'u8': pa.array([1, 255, 0, 128, None, 5], pa.uint8()),
        'i16': pa.array([1, -2**15, 2**15 - 1, 0, None, 5], pa.int16()),
        'u16': pa.array([1, 2**16 - 1, 0, 9, None, 5], pa.uint16()),
        'i32': pa.array([1, -2**31, 2**31 - 1, 0, None, 5], pa.int32()),
        'u32': pa.array([1, 2**32 - 1, 0, 9, None, 5], pa.uint32()),
        'i64': pa.array([1, -2**63, 2**63 - 1, 2**53 + 1, None, 5], pa.int64()),
        'u64': pa.array([1, 2**64 - 1, 0, 2**63, None, 5], pa.uint64()),
        'f16': pa.array(np.array([1, -65504, 6e-8, np.nan, np.inf, .1], 'f2')),
        'f32': pa.array([1.5, .1, 3.4028235e38, 1e-45, None, float('nan')],
                        pa.float32()),
        'f64': pa.array([1 / 3, .1, 1.7976931348623157e308, 5e-324, None,
                         123456789012345680.0]),
        'truth': pa.array([True, False, True, True, None, False]),
        'text': pa.array(texts),
        'bytes': pa.array([b'ab', b'', b'c', b'd', None, b'e'], pa.binary()),
        'fixed': pa.array([b'abc', b'def', b'ghi', b'jkl', None, b'mno'],
                          pa.binary(3)),
        'words': pa.array(texts).dictionary_encode(),
        'day': pa.array([day, dt.date(1, 1, 1), dt.date(9999, 12, 31),
                         dt.date(1969, 12, 31), None, day]),
        'ms': pa.array(moments, pa.timestamp('ms')),
        'us': pa.array(micros, pa.timestamp('us', 'UTC')),
        'ns': pa.array(nanos, pa.timestamp('ns')),
        't_ms': pa.array([0, 86399999, 1, 500, None, 43200000],
                         pa.time32('ms')),
        't_us': pa.array([0, 86399999999, 1, 500000, None, 43200000000],
                         pa.time64('us')),
        't_ns': pa.array([0, 86399999999999, 1, 5, None, 1000], pa.time64('ns')),
        'd9': pa.array([decimal.Decimal(x) if x else None for x in
                        ['1.25', '-9999999.99', '0.00', '-0.01', None, '5.10']],
                       pa.decimal128(9, 2)),
        'd18': pa.array([decimal.Decimal(x) if x else None for x in
                         ['1.2500', '-99999999999999.9999', '0.0000', '0.0001',
                          None, '5.1000']], pa.decimal128(18, 4)),
        'd38': pa.array([decimal.Decimal(x) if x else None for x in
                         ['1', '-' + '9' * 38, '0', '170141183460469231731',
                          None, '5']], pa.decimal128(38, 0)),
        'nothing': pa.nulls(6),
    })


table = all_types()
for version, encoding in [('1.0', 'plain'), ('2.0', 'plain'), ('1.0', 'dict')]:
    write(f'types-v{version[0]}-{encoding}', table, 'types',
          data_page_version=version, use_dictionary=encoding == 'dict',
          compression='none', store_decimal_as_integer=version == '2.0')
write('types-int96', table.select(['i32', 'ns']),
      use_deprecated_int96_timestamps=True)


# Many rows: several pages, groups and codecs, runs and packed bits, nulls.
def many(rows=500):
    rng = np.random.default_rng(1)
    number = rng.normal(size=rows).round(3)
    count = rng.integers(-5, 1000, rows)
    word = [f'w{i}' for i in rng.integers(0, 40, rows)]
    holes = rng.random(rows) < .3
    return pa.table({
        'number': pa.array(number),
        'holes': pa.array([None if h else float(x)
                           for h, x in zip(holes, number)]),
        'count': pa.array([None if h else int(x)
                           for h, x in zip(holes[::-1], count)], pa.int64()),
        'small': pa.array(count % 7, pa.int32()),
        'word': pa.array([None if h else w for h, w in zip(holes, word)]),
        'row': pa.array([f'row {i:05}' for i in range(rows)]),
        'truth': pa.array(count % 3 == 0),
        'run': pa.array([i // 200 for i in range(rows)]),
        'late': pa.array([None if i < 350 else i for i in range(rows)]),
    })


table = many()
for codec in ['none', 'snappy', 'gzip', 'zstd']:
    write(f'many-{codec}', table, 'many', compression=codec, row_group_size=300,
          data_page_size=512, data_page_version='1.0',
          write_page_checksum=codec == 'zstd')
write('many-v2', table, 'many', compression='snappy', row_group_size=400,
      data_page_size=512, data_page_version='2.0')
for codec in ['lz4', 'brotli']:
    pq.write_table(table.slice(0, 5), out / f'codec-{codec}.parquet',
                   compression=codec)
# Encodings that have to be asked for.
write('many-encodings', table, 'many', use_dictionary=False, compression='none', row_group_size=400,
      data_page_size=1000, data_page_version='2.0', column_encoding={
          'number': 'BYTE_STREAM_SPLIT', 'holes': 'BYTE_STREAM_SPLIT',
          'count': 'DELTA_BINARY_PACKED', 'small': 'DELTA_BINARY_PACKED',
          'word': 'DELTA_LENGTH_BYTE_ARRAY', 'row': 'DELTA_BYTE_ARRAY',
          'truth': 'RLE', 'run': 'BYTE_STREAM_SPLIT',
          'late': 'DELTA_BINARY_PACKED'})
edges = pa.table({
    'i64': pa.array([2**63 - 1, -2**63, 0, 2**53 + 1, None, -1] * 30),
    'i32': pa.array([2**31 - 1, -2**31, 0, 1, None, -1] * 30, pa.int32()),
    'fixed': pa.array([b'abc', b'abd', b'xyz', b'abc', None, b'abz'] * 30,
                      pa.binary(3)),
    'f32': pa.array([.1, 2, None, 4, 5, 6] * 30, pa.float32()),
})
write('edges', edges, use_dictionary=False, compression='none',
      column_encoding={'i64': 'DELTA_BINARY_PACKED',
                       'i32': 'DELTA_BINARY_PACKED',
                       'fixed': 'DELTA_BYTE_ARRAY',
                       'f32': 'BYTE_STREAM_SPLIT'})

# What is refused or left out.
pq.write_table(pa.table({
    'x': [1, 2, 3], 'tags': [['a'], [], ['b', 'c']],
    'place': [{'lat': 1., 'lon': 2.}] * 3, 'y': ['u', 'v', 'u']}),
    out / 'nested.parquet')
expect('nested', pa.table({'x': [1, 2, 3], 'tags': pa.nulls(3),
                           'place': pa.nulls(3), 'y': ['u', 'v', 'u']}))
write('empty', pa.table({'x': pa.array([], pa.int64())}))

# pandas: a table whose index is not the running number, as of a part of rows.
frame = pd.DataFrame({
    'age': [31, 25, np.nan, 47], 'zip': ['00123', '94110', None, '10115'],
    'city': pd.Categorical(['Bern', 'Basel', 'Bern', None]),
    'sold': [True, False, True, False], 'n': pd.array([1, None, 3, 4], 'Int64'),
    'when': pd.to_datetime(['2024-03-01 08:00', None, '2024-03-02 17:30',
                            None])})
frame.index = [12, 3, 44, 7]
frame.to_parquet(out / 'pandas.parquet', index=True)
expect('pandas', pq.read_table(out / 'pandas.parquet'))

# DuckDB: both versions of its writer, and values of an SQL of its own.
sql = '''select i::bigint as i, i / 7.0::double as d, 'k' || (i % 5) as k,
  case when i % 4 = 0 then null else i % 100 end::smallint as s,
  (i % 3 = 0) as b, date '2024-01-01' + (i % 40)::int as day,
  timestamp '2024-01-01 00:00:00' + to_seconds(i) as ts,
  (i / 8)::decimal(12, 3) as money, 'text of ' || i as t
  from range(300) r(i)'''
for version in ['V1', 'V2']:
    duckdb.sql(f"copy ({sql}) to '{out}/duckdb-{version.lower()}.parquet' "
               f"(format parquet, parquet_version {version}, codec zstd, "
               f"row_group_size 2048)")
    expect('duckdb', pq.read_table(out / f'duckdb-{version.lower()}.parquet'))
uuids = duckdb.sql("select '0f0e0d0c-0b0a-0908-0706-050403020100'::uuid as u, "
                   "null::uuid as n, 1 as x")
uuids.write_parquet(str(out / 'uuid.parquet'))
(out / 'uuid.txt').write_text(
    'u|n|x\n' + str(uuid.UUID(int=0x0f0e0d0c0b0a09080706050403020100)) +
    '|~|1\n')

# Polars.
polars = pl.from_arrow(many(300)).with_columns(
    pl.col('word').cast(pl.Categorical).alias('category'),
    pl.datetime(2024, 1, 1).alias('when'))
for codec in ['zstd', 'snappy', 'uncompressed']:
    name = f'polars-{codec}'
    polars.write_parquet(out / f'{name}.parquet', compression=codec,
                         row_group_size=128, data_page_size=1024)
    expect('polars', pq.read_table(out / f'{name}.parquet'))
