#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Rows by 64-bit keys, ascending and unique: 8 bytes a row, whatever its id.
using RowKeySet = std::vector<std::uint64_t>;

// Which rows made a model what it is, so that whoever measures it on them can
// be warned. Keys are of ids: a text names a row wherever it occurs, a number
// only within data that come from the same files, since numbers may be mere
// positions. By chance two of a million rows share a key once in 10^7 times.
struct SeenRows {
  RowKeySet trained;  // whose labels, or places, were learned from
  RowKeySet chosen;   // that chose the weights
};

// Adds rows of a dataset (in any order) to a set.
void AddRowKeys(const Dataset& dataset, std::span<const Index> rows,
                RowKeySet* keys);
// Adds what another model has seen.
void AddSeenRows(const SeenRows& other, SeenRows* seen);

// What a model has made of a row: bits.
enum SeenBit : std::uint8_t { kTrainedOn = 1, kChosenOn = 2 };
// One byte a row of `rows`; empty if `seen` knows nothing.
std::vector<std::uint8_t> SeenBits(const SeenRows& seen, const Dataset& dataset,
                                   std::span<const Index> rows);

}  // namespace mtlkit
