#pragma once

#include <type_traits>

#include "nn/layer.h"

// What the attention layer is made of: some queries and some keys at a time.
namespace mtlkit::attention {

// Queries and keys of a block. Blocks of keys begin at the first key of their
// sequence: one query alone makes the same sums as all.
inline constexpr Index kQueries = 48;
inline constexpr Index kKeys = 128;

// One head of one sequence.
struct HeadRows {
  Index width = 0;
  Index queries = 0;
  Index keys = 0;
  Index first_query = 0;  // their rows
  Index first_key = 0;
};

// A matrix among the columns of a wider one.
template <class T>
struct Part {
  T* data = nullptr;
  Index stride = 0;
  T* Row(Index row) const { return data + row * stride; }
  operator Part<const T>() const requires(!std::is_const_v<T>) {
    return {data, stride};
  }
};

struct Stretch {
  Index first = 0;
  Index count = 0;
};

inline Index PackedKeys(Index width) {
  return PackedSize(width, kKeys);
}
inline Index PackedRows(Index width) {
  return PackedSize(kKeys, width);
}

// c (rows x cols) = or += a b, with b packed.
inline void Multiply(const Pass& pass, Part<const Real> a, Index rows,
                     Index depth, const Real* packed, Part<Real> c, Index cols,
                     bool add) {
  pass.kernels->product({.a = a.data,
                         .a_stride = a.stride,
                         .b = packed,
                         .c = c.data,
                         .c_stride = c.stride,
                         .rows = rows,
                         .depth = depth,
                         .cols = cols,
                         .add = add});
}
// c (keys x width) = or += scores^T dy.
inline void AddTransposed(const Pass& pass, const Real* scores, Stretch queries,
                          Index keys, Part<const Real> dy, Part<Real> c,
                          Index width, bool add, Real* scratch) {
  pass.kernels->weight_gradient({.x = scores,
                                 .x_stride = kKeys,
                                 .dy = dy.data,
                                 .dy_stride = dy.stride,
                                 .dw = c.data,
                                 .dw_stride = c.stride,
                                 .rows = queries.count,
                                 .inputs = keys,
                                 .outputs = width,
                                 .add = add,
                                 .scratch = scratch});
}

// Where the parts of a call lie in its scratch.
struct Room {
  Real* sums;
  Real* keys_up;
  Real* values_up;
  Real* keys;
  Real* p;
  Real* dp;
  Real* means;
};
inline Room RoomOf(Real* scratch, Index width) {
  Room room = {};
  room.sums = scratch;
  room.keys_up = room.sums + kWeightGradientScratch;
  room.values_up = room.keys_up + PackedKeys(width);
  room.keys = room.values_up + PackedKeys(width);
  room.p = room.keys + PackedRows(width);
  room.dp = room.p + kQueries * kKeys;
  room.means = room.dp + kQueries * kKeys;
  return room;
}

}  // namespace mtlkit::attention
