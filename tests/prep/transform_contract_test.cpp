// What holds of every registered transform, whatever it does.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/small_table.h"
#include "prep/fit.h"
#include "prep/transform_entry.h"

namespace mtlkit {
namespace {

// Every kind of block, with holes, equal values, large and small numbers.
Dataset Table() {
  const float huge = 1e30F;
  const float tiny = 1e-30F;
  InputBlock wide = DenseBlock("kar.numeric", {"time"}, {});
  wide.wide = Array<double>({1.6e9, 1.6e9 + 1, 1.6e9 + 2, 1.6e9 + 3, 1.6e9 + 4,
                             1.6e9 + 5, 1.6e9 + 6, 1.6e9 + 7});
  return TableOf(
      8, {DenseBlock("numeric", {"a", "flat", "huge", "tiny"},
                     {1,    7, huge,      tiny,      -2, 7, -2 * huge, 3 * tiny,
                      kNan, 7, kNan,      2 * tiny,  4,  7, 3 * huge,  kNan,
                      1,    7, huge,      9 * tiny,  9,  7, 0,         0,
                      -30,  7, -4 * huge, -2 * tiny, 5,  7, huge,      tiny}),
          CodeBlock("categorical", {"job", "town"},
                    {{"clerk", "cook", "judge"}, {"Aachen", "Bonn"}},
                    {0, 0, 1, 1, 1, -1, 0, 1, 2, 1, 2, 0, -1, 0, 0, 1}),
          SparseBlock("sparse", 3,
                      {{{0, 2}, {2, -4}},
                       {},
                       {{2, 8}},
                       {{1, 1}},
                       {},
                       {{0, -1}, {1, 2}, {2, 3}},
                       {{2, 1}},
                       {}}),
          wide});
}

const std::vector<Index> kTrain{0, 1, 2, 3, 4};

std::shared_ptr<const Transform> FitEntry(const TransformEntry& entry,
                                          const Dataset& table) {
  const TrainingRows rows(table.inputs, {}, kTrain);
  if (entry.name == "select") {
    return FitSelect(rows, {{"numeric", "flat"}, {"categorical", "town"}});
  }
  return FitTransform(rows, entry.name);
}

std::string Render(const InputBlock& block) {
  std::string text = Str(block.name, " ", InputKindName(block.kind), " ",
                         block.cols, " ", Join(block.columns, ","), ": ");
  const auto add = [&](const auto& values) {
    for (const auto value : values) {
      text += Str(FormatNumber(static_cast<double>(value)), " ");
    }
  };
  add(block.dense);
  add(block.wide);
  add(block.codes);
  add(block.row_starts);
  add(block.indices);
  add(block.values);
  return text;
}

std::string Render(const std::vector<InputBlock>& blocks) {
  std::string text;
  for (const InputBlock& block : blocks) text += Render(block) + "\n";
  return text;
}

std::vector<InputBlock> Rows(const std::vector<InputBlock>& blocks, Index first,
                             Index count) {
  std::vector<InputBlock> rows;
  for (const InputBlock& block : blocks) {
    rows.push_back(SliceRows(block, first, count));
  }
  return rows;
}

TEST_CASE("every transform makes the blocks that it promises") {
  const Dataset table = Table();
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const auto step = FitEntry(*entry, table);
    const std::vector<InputSpec> given(table.inputs.begin(),
                                       table.inputs.end());
    const std::vector<InputSpec> specs = step->Specs(given);
    Dataset made = TableOf(8, step->Apply(table.inputs, 8));
    REQUIRE(made.inputs.size() == specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i) {
      CHECK(made.inputs[i].name == specs[i].name);
      CHECK(made.inputs[i].kind == specs[i].kind);
      CHECK(made.inputs[i].cols == specs[i].cols);
      CHECK(made.inputs[i].columns == specs[i].columns);
      CHECK(made.inputs[i].categories == specs[i].categories);
    }
    CheckDataset(made);
  }
}

TEST_CASE("a stored record gives every transform again") {
  const Dataset table = Table();
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const auto step = FitEntry(*entry, table);
    const TransformRecord record = step->Record();
    CHECK(record.name == entry->name);
    const auto again = MakeTransform(record);
    CHECK(again->Record() == record);
    CHECK(Render(again->Apply(table.inputs, 8)) ==
          Render(step->Apply(table.inputs, 8)));
  }
}

TEST_CASE("a row of any transform depends on that row alone") {
  const Dataset table = Table();
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const auto step = FitEntry(*entry, table);
    const std::vector<InputBlock> whole = step->Apply(table.inputs, 8);
    for (const Index size : {1, 3, 7}) {
      for (Index first = 0; first < 8; first += size) {
        const Index count = std::min(size, 8 - first);
        const auto piece = step->Apply(Rows(table.inputs, first, count), count);
        CHECK(Render(piece) == Render(Rows(whole, first, count)));
      }
    }
  }
}

TEST_CASE("no transform makes numbers missing or infinite that were not") {
  const Dataset table = Table();
  const TrainingRows rows(table.inputs, {}, kTrain);
  const auto impute = FitTransform(rows, "impute");
  const auto full = impute->Apply(table.inputs, 8);
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const auto step = FitTransform(TrainingRows(full, {}, kTrain), entry->name);
    for (const InputBlock& block : step->Apply(full, 8)) {
      if (block.kind != InputKind::kDense) continue;
      for (Index at = 0; at < 8 * block.cols; ++at) {
        CHECK(std::isfinite(static_cast<float>(DenseCell(block, at))));
      }
    }
  }
}

// What a transform leaves alone when it is asked for one column.
TEST_CASE("columns that were not chosen stay as they are") {
  const Dataset table = Table();
  const TrainingRows rows(table.inputs, {}, kTrain);
  for (const TransformEntry* entry : TransformEntries()) {
    if (!entry->is_chosen) continue;
    CAPTURE(entry->name);
    const bool numbers = entry->takes(InputKind::kDense);
    const ColumnSet chosen = {numbers ? ColumnRef{"numeric", "a"}
                                      : ColumnRef{"categorical", "job"}};
    const auto step =
        FitTransform(rows, {std::string(entry->name), {}}, chosen, "test");
    for (const InputBlock& block : step->Apply(table.inputs, 8)) {
      const InputBlock* before = table.FindInput(block.name);
      if (before == nullptr) continue;
      for (Index col = 0; col < before->cols; ++col) {
        const std::string name = ColumnName(*before, col);
        const Index now = FindColumn(block, name);
        if (chosen.count({block.name, name}) > 0 ||
            block.kind == InputKind::kSparse) {
          continue;
        }
        REQUIRE(now >= 0);
        for (Index row = 0; row < 8; ++row) {
          const Index old_at = row * before->cols + col;
          const Index new_at = row * block.cols + now;
          if (block.kind == InputKind::kCategorical) {
            CHECK(block.codes[new_at] == before->codes[old_at]);
          } else if (std::isnan(DenseCell(*before, old_at))) {
            CHECK(std::isnan(DenseCell(block, new_at)));
          } else {
            CHECK(DenseCell(block, new_at) == DenseCell(*before, old_at));
          }
        }
      }
    }
  }
}

// The message of what a damaged record leads to, or "no error".
std::string Refusal(const Dataset& table, const TransformRecord& record) {
  return MessageOf([&] {
    const auto step = MakeTransform(record);
    step->Specs({table.inputs.begin(), table.inputs.end()});
  });
}

TEST_CASE("damaged records of any transform are refused by name") {
  const Dataset table = Table();
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const TransformRecord record = FitEntry(*entry, table)->Record();
    const std::string damaged =
        Str("the stored transform '", entry->name, "' is damaged: ");
    const auto refuses = [&](const TransformRecord& bad) {
      CHECK(Refusal(table, bad).starts_with(damaged));
    };
    TransformRecord bad = record;
    bad.spec = "{";
    refuses(bad);
    for (const auto& [name, values] : record.arrays) {
      CAPTURE(name);
      bad = record;
      bad.arrays[name].push_back(1);
      refuses(bad);
      bad = record;
      bad.arrays[name].front() = std::nan("");
      refuses(bad);
      // Marks of columns left alone may be absent.
      if (name.ends_with(".keeps")) continue;
      bad = record;
      bad.arrays.erase(name);
      refuses(bad);
    }
  }
}

TEST_CASE("options of any transform are held to what it has") {
  const Dataset table = Table();
  const TrainingRows rows(table.inputs, {}, kTrain);
  for (const TransformEntry* entry : TransformEntries()) {
    CAPTURE(entry->name);
    const std::string text = Str(entry->name, ":nonsense=1");
    CHECK(MessageOf([&] {
            FitTransform(rows, text);
          }).find("has no option 'nonsense'") != std::string::npos);
  }
}

}  // namespace
}  // namespace mtlkit
