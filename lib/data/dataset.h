#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/array.h"
#include "base/shared_vector.h"
#include "base/view.h"
#include "data/label_cells.h"
#include "data/number_ids.h"
#include "data/task.h"
#include "data/transform_record.h"
#include "data/unknown_labels.h"

namespace mtlkit {

enum class InputKind { kDense, kSparse, kCategorical, kImage, kTokens };

// What a network must know of an input block.
struct InputSpec {
  std::string name;
  InputKind kind = InputKind::kDense;
  // Features, or categorical columns; channels of a pixel; 1 for tokens.
  Index cols = 0;
  std::vector<std::string> columns;  // their names; may be empty (sparse)
  // Categorical only, for each column: its category names; code c of column j
  // is categories[j][c]. A network gets codes 0 .. size(), where size() stands
  // for "missing or never seen in training". Tokens: one list, the vocabulary.
  std::vector<std::vector<std::string>> categories;
  // Images only (others: 0): pixels of a column and of a row, and for each
  // channel what a byte divided by 255 is normalised by; empty: it is not.
  Index height = 0;
  Index width = 0;
  std::vector<double> mean = {};
  std::vector<double> deviation = {};
  // Sparse columns that a file only numbers: the number of the first, 0 or 1;
  // -1: they are not. And whether nothing in the file told which it is.
  int index_base = -1;
  bool base_is_guessed = false;
  // Dense columns of a table, by name, that are dates: seconds since 1970.
  std::vector<std::string> dates = {};

  // Numbers, codes or bytes of one row; not of sparse ones and tokens.
  Index row_cells() const { return height > 0 ? height * width * cols : cols; }
};

// One group of input columns of all rows. Which members are filled depends on
// the kind. A table before preparation may hold NaN and code -1 for missing;
// a prepared dataset never does (`mtl-prep` imputes or refuses).
struct InputBlock : InputSpec {
  // kDense, row-major rows x cols; one of the two. `wide` only in tables whose
  // numbers would change in single precision.
  Array<float> dense;
  Array<double> wide;
  // kSparse, compressed rows: entries of row i are [row_starts[i],
  // row_starts[i + 1]), column numbers ascending within a row.
  Array<std::int64_t> row_starts;
  Array<std::int32_t> indices;
  Array<float> values;
  // kCategorical, rows x cols; -1 is missing. kTokens: one a token, those of
  // row i are [row_starts[i], row_starts[i + 1]); -1 is a word never seen.
  Array<std::int32_t> codes;
  // kImage: rows x height x width x channels.
  Array<std::uint8_t> pixels;
};

// Names of rows, unique: integers or texts.
using TextIds = SharedVector<std::string>;
using RowIds = std::variant<NumberIds, TextIds>;
Index IdCount(const RowIds& ids);
std::string IdText(const RowIds& ids, Index row);

// The labels of one task.
struct Labels {
  // Rows that have a place here, ascending; used if !on_all_rows. Of a type
  // whose places are tokens (HeadTraits::of_tokens) a row that has labels is
  // here once for each of its tokens, and is never `on_all_rows`.
  std::vector<Index> rows;
  bool on_all_rows = true;
  // places x target_cols: numbers, class numbers, or 0/1; NaN is missing.
  LabelCells values;
  // One weight a place; empty: 1.
  std::vector<float> weights;
  // Of labels that were read or mapped for a model; files of datasets have
  // none.
  UnknownLabels unknown = {};

  // `cols` is the task's target_cols().
  Index PlaceCount(Index cols) const {
    return static_cast<Index>(values.size()) / cols;
  }
  Index RowOf(Index place) const {
    return on_all_rows ? place : rows[static_cast<std::size_t>(place)];
  }
  // The place of a row, the first of several, or -1.
  Index PlaceOf(Index row) const;
  // All places of a row: from the first on, this many.
  Index PlacesFrom(Index first) const;
  // Whether any cell of a place is known.
  bool HasLabel(Index place, Index cols) const;
};

// What a network is built for.
struct Schema {
  std::vector<InputSpec> inputs;
  std::vector<Task> tasks;
};

// Rows with their inputs, labels and splits. Read-only after loading: any
// number of threads may share it. Large inputs are mappings of the file, so
// memory does not grow with rows that are not in use.
struct Dataset {
  Index rows = 0;
  RowIds ids;
  std::vector<InputBlock> inputs;
  std::vector<Task> tasks;
  std::vector<Labels> labels;  // one a task, in the order of tasks
  // Ascending row numbers; names are free (train, valid, test, fold0 ...).
  std::map<std::string, std::vector<Index>> splits;
  std::vector<float> weights;        // one a row; empty: 1
  std::vector<std::int64_t> groups;  // one a row; empty: none
  // Fitted on the training rows, in order of application; empty in a table.
  TransformRecords transforms;
  // Identity of the content it was read from; "" if made in memory.
  std::string content_sha256;
  // Provenance of the file it was read from (a JSON array as text), or "".
  std::string provenance;

  Schema schema() const;
  const InputBlock* FindInput(std::string_view name) const;
  // The rows of a split; an unknown name is an error that lists the known.
  const std::vector<Index>& SplitRows(std::string_view name) const;
  // In the order in which people read them: train, valid, test, the others.
  std::vector<std::string> SplitNames() const;
};

// Everything that must hold of a dataset and that its reader cannot see: equal
// lengths, ascending unique rows in range, labels in range, ids unique, codes
// in range, splits disjoint (folds apart), CSR well-formed. Throws kBadInput,
// naming the first offender. Called when a file is read and before one is
// written.
void CheckDataset(const Dataset& dataset);
// The parts of it that concern one task, and its labels where there are `rows`
// rows.
void CheckTask(const Task& task);
void CheckLabels(const Task& task, const Labels& labels, Index rows);

}  // namespace mtlkit
