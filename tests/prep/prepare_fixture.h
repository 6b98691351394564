#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"
#include "data/small_table.h"
#include "prep/apply_transforms.h"
#include "prep/prepare.h"

namespace mtlkit {

// Keeps what it is told.
class Notebook : public SilentReporter {
 public:
  void Note(std::string_view text) override { notes.emplace_back(text); }
  void Warn(std::string_view text) override { warnings.emplace_back(text); }
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

// Twelve rows: `x`, `code` (1, 2, 3), `pay` (a number), `flag` (0, 1), `job`
// (three words), `sex` (two words), `school` (two), `part` (split names).
inline Dataset Table() {
  std::vector<float> numbers;
  std::vector<std::int32_t> codes;
  for (int row = 0; row < 12; ++row) {
    numbers.insert(
        numbers.end(),
        {static_cast<float>(row), static_cast<float>(1 + row % 3),
         static_cast<float>(row * row) / 2, static_cast<float>(row % 2)});
    codes.insert(codes.end(), {row % 3, row % 2, row < 4 ? 0 : 1, row % 4});
  }
  return TableOf(12,
                 {DenseBlock("numeric", {"x", "code", "pay", "flag"}, numbers),
                  CodeBlock("categorical", {"job", "sex", "school", "part"},
                            {{"clerk", "cook", "judge"},
                             {"f", "m"},
                             {"A", "B"},
                             {"test", "train", "valid", "wait"}},
                            codes)});
}

inline Dataset Run(const PrepareOptions& options,
                   const Dataset& table = Table(), Seed seed = 1) {
  Notebook notebook;
  return Prepare(table, options, seed, &notebook);
}

inline std::string Failure(const PrepareOptions& options,
                           const Dataset& table = Table()) {
  return MessageOf([&] { Run(options, table); });
}

inline PrepareOptions Tasks(std::vector<std::string> task) {
  PrepareOptions options;
  options.task = std::move(task);
  return options;
}

inline std::string RenderLabels(const Labels& labels) {
  std::string text;
  for (const float value : labels.values) {
    text += (text.empty() ? "" : " ") + FormatNumber(value);
  }
  return text;
}

}  // namespace mtlkit
