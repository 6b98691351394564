#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace mtlkit {

// Columns of numbers of several arrays, which become one dense block.
class ArrayNumberColumns {
 public:
  // Rows [first, first + count) of all columns of one array, row-major.
  using Read = std::function<std::vector<double>(Index first, Index count)>;

  // `is_exact`: the block is double where single precision changes any of them
  // at all.
  void Add(std::vector<std::string> names, Index rows, bool are_dates,
           bool is_exact, Read read);
  bool empty() const { return arrays_.empty(); }
  // In single precision where that changes no number too much (array_table.h).
  InputBlock Block(std::string name, Index rows);

 private:
  struct Columns {
    Index count = 0;
    Read read;
  };

  template <class T>
  Array<T> Join(Index rows) const;

  std::vector<Columns> arrays_;
  std::vector<std::string> names_;
  std::vector<std::string> dates_;
  bool is_wide_ = false;
};

// Columns of texts, which become one block of categories.
class ArrayTextColumns {
 public:
  // Column `col` of `cols` of texts, whose different ones `words` are; an empty
  // one is missing.
  void Add(std::string name, Array<std::int32_t> codes, Index col, Index cols,
           const std::vector<std::string>& words);
  bool empty() const { return columns_.empty(); }
  InputBlock Block(std::string name, Index rows);

 private:
  struct Column {
    Array<std::int32_t> codes;  // of words
    Index col = 0;
    Index cols = 0;
    std::vector<std::int32_t> categories;  // of each word; -1: missing
  };

  std::vector<Column> columns_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> categories_;
};

}  // namespace mtlkit
