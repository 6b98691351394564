#include "text/lost_texts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "text/reading_history.h"
#include "text/text_lists.h"

namespace mtlkit {
namespace {

using Classes = std::vector<std::string>;

double NumberCell(const InputBlock& block, Index at) {
  return block.wide.empty() ? static_cast<double>(block.dense[at])
                            : block.wide[at];
}

Index CountMissing(const InputBlock& block, Index rows, Index col) {
  Index missing = 0;
  for (Index at = col; at < rows * block.cols; at += block.cols) {
    missing += block.kind == InputKind::kDense
                   ? std::isnan(NumberCell(block, at))
                   : block.codes[at] < 0;
  }
  return missing;
}

// Those of the classes that were read as no value, "'NA', '?'".
std::string LostClasses(const InputBlock& block, Index col,
                        const Classes& classes, const Classes& markers) {
  Classes lost;
  for (const std::string& name : classes) {
    const bool is_there =
        block.kind == InputKind::kCategorical &&
        std::ranges::count(block.categories[At(col)], name) > 0;
    if (is_there || std::ranges::count(markers, name) == 0) continue;
    lost.push_back(Str("'", ShowText(name), "'"));
  }
  return Join(lost, ", ");
}

// The classes that are spellings of the first number of a column that has
// several; none where there is no such number.
Classes SpellingsIn(const InputBlock& block, Index rows, Index col,
                    const Classes& classes) {
  std::map<double, Classes> by_value;
  for (const std::string& name : classes) {
    double value = 0;
    if (!ParseNumber(name, &value)) continue;
    if (block.wide.empty()) value = static_cast<float>(value);
    by_value[value].push_back(name);
  }
  std::erase_if(by_value,
                [](const auto& entry) { return entry.second.size() < 2; });
  if (by_value.empty()) return {};
  for (Index at = col; at < rows * block.cols; at += block.cols) {
    const auto found = by_value.find(NumberCell(block, at));
    if (found != by_value.end()) return found->second;
  }
  return {};
}

class LostFinder {
 public:
  LostFinder(const TextsRead& read, Index rows, const std::string& like)
      : read_(read), rows_(rows), like_(ShellWord(like)) {}

  void Look(const InputBlock& block, const KnownColumns& known) {
    for (Index col = 0; col < std::ssize(block.columns); ++col) {
      const auto at = known.categories.find(block.columns[At(col)]);
      if (at != known.categories.end()) Look(block, col, at->second);
    }
  }

  std::vector<std::string> Take() { return std::move(warnings_); }

 private:
  void Look(const InputBlock& block, Index col, const Classes& classes) {
    const std::string lost = LostClasses(block, col, classes, read_.markers);
    const Index missing = lost.empty() ? 0 : CountMissing(block, rows_, col);
    if (missing > 0) {
      Warn(block, col,
           Str(lost,
               " stood for no value where the table was converted, and "
               "is a category in ",
               like_, " (",
               Counted(missing, "cell is missing", "cells are missing"), ")"));
    }
    if (block.kind != InputKind::kDense || !read_.are_delimited) return;
    const Classes spellings = SpellingsIn(block, rows_, col, classes);
    if (spellings.empty()) return;
    Warn(block, col,
         Str("it became numbers where the table was converted, of which '",
             Join(spellings, "' and '"), "' are one, and two categories in ",
             like_));
  }

  void Warn(const InputBlock& block, Index col, const std::string& what) {
    warnings_.push_back(Str("column '", ShowText(block.columns[At(col)]),
                            "': ", what, ": mtl-convert TABLE --like ", like_,
                            " reads it as it was"));
  }

  const TextsRead& read_;
  Index rows_;
  std::string like_;
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> LostTexts(const Dataset& table,
                                   const KnownViews& known,
                                   const std::string& like) {
  if (!table.transforms.empty()) return {};
  const std::optional<TextsRead> read = HowTextsWereRead(table.provenance);
  if (!read) return {};
  LostFinder finder(*read, table.rows, like);
  for (const InputBlock& block : table.inputs) {
    const auto view = known.find(ViewOf(block.name));
    const bool is_table = block.kind == InputKind::kDense ||
                          block.kind == InputKind::kCategorical;
    if (is_table && view != known.end()) finder.Look(block, view->second);
  }
  return finder.Take();
}

}  // namespace mtlkit
