#pragma once

#include <string>
#include <vector>

#include "base/choice.h"
#include "base/reporter.h"
#include "data/transform_record.h"
#include "prep/fit.h"
#include "prep/prepare_options.h"
#include "prep/training_rows.h"

namespace mtlkit {

// A transform of texts that was asked for (TransformEntry::of_texts).
struct TextRequest {
  std::string columns;  // a name or a pattern
  Choice choice;
  std::string where;  // the flag, for messages
};

// What --words, --bpe, --hash-ngrams, --tfidf and --transform ask for of texts,
// in this order. kUsage for what is none.
std::vector<TextRequest> TextRequests(const PrepareOptions& options);

// The columns that these name, of `inputs`. kUsage for columns of numbers.
ColumnSet TextColumns(const std::vector<TextRequest>& requests,
                      const std::vector<InputSpec>& inputs);

// The input block whose tokens a task of tokens has labels of, as --words makes
// it of a column: of `column`, or, where that is "", of the only one. kUsage
// where there is none, or several.
std::string TokensOf(const std::vector<TextRequest>& requests,
                     const std::vector<InputSpec>& inputs,
                     const std::string& column, const std::string& where);

// The input blocks that a text that is written needs: the one that its own
// column becomes, and the one that it is made of: of the column `of` or, where
// that is "", the only other one. kUsage where there is none, or several.
struct WrittenText {
  std::string tokens;
  std::string from;
};
WrittenText WrittenTextOf(const std::vector<TextRequest>& requests,
                          const std::vector<InputSpec>& inputs,
                          const std::string& column, const std::string& of,
                          const std::string& where);

// What a request makes of a column, by name.
std::string TokenBlockOf(const TextRequest& request, const ColumnRef& column);

// Whether the transforms cut the texts that the block is made of.
bool CutsTexts(const TransformRecords& transforms, const std::string& block);

// Says how many labels go on with a chunk that has not begun.
void WarnOfLooseTags(const Task& task, const Labels& labels,
                     Reporter* reporter);

// Columns of categories that hold free texts: more than half of the training
// rows have one of their own, at least 50, of 4 words or 40 bytes on average.
// They would be as many columns as rows. `but` are left out of it.
ColumnSet FreeTexts(const TrainingRows& rows, const ColumnSet& but);

// Says that they are left out, and how they can go in.
void WarnOfFreeTexts(const ColumnSet& columns, Reporter* reporter);

}  // namespace mtlkit
