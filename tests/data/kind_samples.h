#pragma once

#include "data/small_table.h"
#include "data/space_blocks.h"

namespace mtlkit {

constexpr Index kSampleRows = 4;

// A block of each kind, of kSampleRows rows that differ.
inline InputBlock SampleBlock(InputKind kind) {
  switch (kind) {
    case InputKind::kDense:
      return DenseBlock("sample", {"a", "b"}, {1, 2, -3, 4, 5, 0, 7, 8});
    case InputKind::kSparse:
      return SparseBlock("sample", 5,
                         {{{0, 1}, {4, 2}}, {}, {{2, 3}}, {{1, -1}, {2, 4}}});
    case InputKind::kCategorical:
      return CodeBlock("sample", {"job", "town"}, {{"clerk", "cook"}, {"x"}},
                       {0, 0, 1, -1, 1, 0, -1, -1});
    case InputKind::kImage:
      return ImageBlock("sample", 1, 2, 2,
                        {0, 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 0, 1});
    case InputKind::kTokens:
      break;
  }
  return TokenBlock("sample", {"a", "b"}, {{0, 1}, {}, {-1, 1, 0}, {1}});
}

// Rows with nothing else, and a task of two classes.
inline Dataset SampleOfKind(InputKind kind) {
  Dataset data = TableOf(kSampleRows, {SampleBlock(kind)});
  AddTask(&data, "task", TaskType::kBinary, {"no", "yes"}, {0, 1, 1, 0});
  return data;
}

}  // namespace mtlkit
