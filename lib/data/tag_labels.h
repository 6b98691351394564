#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "data/dataset.h"
#include "data/label_view.h"

// Labels of types whose places are tokens (HeadTraits::of_tokens).
namespace mtlkit {

// The input block whose tokens a task labels, by position; -1: it is not there.
Index TokenInputOf(const Task& task, std::span<const InputSpec> inputs);

// Where the tokens of each row of the block begin, rows + 1 numbers; kBadInput
// where the dataset lacks the block.
std::span<const std::int64_t> TokenStartsOf(const Task& task,
                                            const Dataset& dataset);

// Demands that rows that have labels have as many as tokens, which begin at
// `starts`. Where texts may be cut, labels beyond the last token go. Throws
// kBadInput with the first row that does not fit.
void FitTagLabels(const Task& task, std::span<const std::int64_t> starts,
                  const RowIds& ids, bool may_be_cut, Labels* labels);

// How many labels go on with a chunk that has not begun ("I-x" behind "O").
Index CountLooseTags(const Task& task, const Labels& labels);

// Stands for a token without a label among those of a text.
inline constexpr std::string_view kNoTag = "_";
// The labels of a row as one text, between blanks; "" where it has none.
std::string TagsText(const LabelView& labels, Index row);

// FitTagLabels of all such tasks of a dataset whose blocks are there, without a
// change.
void CheckTagLabels(const Dataset& dataset);

}  // namespace mtlkit
