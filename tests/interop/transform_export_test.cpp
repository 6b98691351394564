// What every registered transform must do as nodes of ONNX: make the blocks
// that it makes here, or say why it cannot.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/registry.h"
#include "data/small_table.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/onnx_eval.h"
#include "interop/transform_export.h"
#include "prep/fit.h"
#include "prep/prepare.h"
#include "prep/transform_entry.h"
#include "temp_folder.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

const std::vector<Index> kTrainRows{0, 1, 2, 3, 4};

// Every kind of block of a table, with holes and categories never seen.
Dataset ExportTable() {
  InputBlock wide = DenseBlock("kar.numeric", {"time"}, {});
  wide.wide = Array<double>({1.6e9, 1.6e9 + 1, 1.6e9 + 2, 1.6e9 + 3, 1.6e9 + 4,
                             1.6e9 + 5, 1.6e9 + 6, 1.6e9 + 7});
  return TableOf(
      8, {DenseBlock("numeric", {"a", "flat", "b"},
                     {1, 7, 10,   -2, 7, -20, kNan, 7, kNan, 4,   7, 30,
                      1, 7, 10.5, 9,  7, 0,   -30,  7, -40,  0.5, 7, 1e6}),
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

std::shared_ptr<const Transform> FitStep(std::string_view name,
                                         const Dataset& table) {
  const TrainingRows rows(table.inputs, {}, kTrainRows);
  if (name == "select") {
    return FitSelect(rows, {{"numeric", "flat"}, {"categorical", "town"}});
  }
  return FitTransform(rows, std::string(name));
}

// A block as the nodes see it: double, codes, or a full matrix.
OnnxArray NodeInput(const InputBlock& block, Index rows) {
  if (block.kind == InputKind::kSparse) {
    const auto all = OnnxInputsOf(TableOf(rows, {block}));
    return all.begin()->second;
  }
  OnnxArray array{
      block.kind == InputKind::kDense ? 11 : 7, {rows, block.cols}, {}, {}};
  for (Index at = 0; at < rows * block.cols; ++at) {
    array.numbers.push_back(block.kind == InputKind::kDense
                                ? (block.wide.empty()
                                       ? static_cast<double>(block.dense[at])
                                       : block.wide[at])
                                : static_cast<double>(block.codes[at]));
  }
  return array;
}

// The columns of a raw table, a text for each code.
std::map<std::string, OnnxArray> RawInputs(const Dataset& table) {
  std::map<std::string, OnnxArray> inputs;
  for (const InputBlock& block : table.inputs) {
    const OnnxArray all = NodeInput(block, table.rows);
    if (block.columns.empty()) {
      inputs[block.name] = all;
      continue;
    }
    for (Index col = 0; col < block.cols; ++col) {
      OnnxArray& column = inputs[block.columns[At(col)]];
      column.type = block.kind == InputKind::kDense ? 11 : 8;
      column.shape = {table.rows, 1};
      for (Index row = 0; row < table.rows; ++row) {
        const double value = all.numbers[At(row * block.cols + col)];
        if (column.type == 11) {
          column.numbers.push_back(value);
        } else {
          column.texts.push_back(
              value < 0
                  ? (row % 2 == 0 ? "?" : "")
                  : block.categories[At(col)][static_cast<std::size_t>(value)]);
        }
      }
    }
  }
  return inputs;
}

void CheckBlocks(const std::map<std::string, OnnxArray>& said,
                 const std::vector<InputBlock>& made, Index rows) {
  for (std::size_t i = 0; i < made.size(); ++i) {
    INFO("block ", made[i].name);
    const OnnxArray ours = NodeInput(made[i], rows);
    const OnnxArray& theirs = said.at(Str("y", i));
    REQUIRE(theirs.shape == ours.shape);
    for (std::size_t at = 0; at < ours.numbers.size(); ++at) {
      if (std::isnan(ours.numbers[at])) {
        CHECK(std::isnan(theirs.numbers[at]));
      } else {
        CHECK(theirs.numbers[at] ==
              doctest::Approx(ours.numbers[at]).epsilon(1e-6));
      }
    }
  }
}

void CheckStep(const TransformExport& way, const Dataset& table) {
  const auto step = FitStep(way.name, table);
  const TransformRecord record = step->Record();
  std::vector<InputSpec> before(table.inputs.begin(), table.inputs.end());
  const std::vector<InputSpec> after = step->Specs(before);
  OnnxGraph graph;
  std::map<std::string, OnnxArray> inputs;
  std::vector<std::string> values;
  if (way.name == "select") {
    before.clear();  // the columns themselves
    inputs = RawInputs(table);
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    const OnnxArray array = NodeInput(table.inputs[i], table.rows);
    const std::string name = Str("x", i);
    values.push_back(graph.Input(name, static_cast<OnnxType>(array.type),
                                 {"N", before[i].cols}));
    inputs[name] = array;
  }
  const auto made = way.onnx({record, before, after, values, graph});
  REQUIRE(made.size() == after.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    const OnnxType type = after[i].kind == InputKind::kDense ? OnnxType::kDouble
                          : after[i].kind == InputKind::kSparse
                              ? OnnxType::kFloat
                              : OnnxType::kInt64;
    graph.Output(Str("y", i), type, {"N", after[i].cols}, made[i]);
  }
  std::string bytes;
  std::move(graph).Finish({}).WriteTo([&](auto piece) { bytes += piece; });
  CheckBlocks(EvaluateOnnx(ReadOnnx(bytes), inputs),
              step->Apply(table.inputs, table.rows), table.rows);
}

TEST_CASE("every transform makes the same blocks as nodes, or says why not") {
  const Dataset table = ExportTable();
  for (const TransformEntry* entry : TransformEntries()) {
    INFO("transform ", entry->name);
    const TransformExport& way =
        FindEntry(TransformExports(), "export of the step", entry->name);
    CHECK((way.onnx != nullptr || !way.reason.empty()));
    if (way.onnx != nullptr) CheckStep(way, table);
  }
  CHECK(TransformExports().size() == TransformEntries().size());
}

TEST_CASE("what says which rows have a view says it as nodes") {
  const Dataset table = TableOf(
      8, {DenseBlock("kar.numeric", {"a", "b"},
                     {1, 2, kNan, kNan, kNan, 3, kNan, kNan, 4, 5, 6, 7, kNan,
                      kNan, 8, 9}),
          CodeBlock("kar.categorical", {"job"}, {{"clerk", "cook"}},
                    {0, -1, -1, 1, 0, 1, -1, 0}),
          DenseBlock("fou.numeric", {"c"}, {1, kNan, 2, 3, kNan, 4, 5, 6})});
  const auto step = FitStep("presence", table);
  const auto made = step->Apply(table.inputs, 8);
  REQUIRE(made.size() == 5);
  CHECK(made[4].name == "kar.present");
  CheckStep(FindEntry(TransformExports(), "export of the step", "presence"),
            table);
}

TEST_CASE("a choice among chosen columns knows fewer categories") {
  const Dataset table = ExportTable();
  Dataset chosen = table;
  const TrainingRows rows(chosen.inputs, {}, kTrainRows);
  const auto step = FitSelect(rows, {{"numeric", "a"}});
  const std::vector<InputSpec> before(table.inputs.begin(), table.inputs.end());
  OnnxGraph graph;
  std::map<std::string, OnnxArray> inputs;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const OnnxArray array = NodeInput(table.inputs[i], table.rows);
    values.push_back(graph.Input(Str("x", i), static_cast<OnnxType>(array.type),
                                 {"N", before[i].cols}));
    inputs[Str("x", i)] = array;
  }
  const auto after = step->Specs(before);
  const auto made = FindEntry(TransformExports(), "step", "select")
                        .onnx({step->Record(), before, after, values, graph});
  for (std::size_t i = 0; i < made.size(); ++i) {
    const OnnxType type = after[i].kind == InputKind::kDense ? OnnxType::kDouble
                          : after[i].kind == InputKind::kSparse
                              ? OnnxType::kFloat
                              : OnnxType::kInt64;
    graph.Output(Str("y", i), type, {"N", after[i].cols}, made[i]);
  }
  std::string bytes;
  std::move(graph).Finish({}).WriteTo([&](auto piece) { bytes += piece; });
  CheckBlocks(EvaluateOnnx(ReadOnnx(bytes), inputs),
              step->Apply(table.inputs, table.rows), table.rows);
}

// A model of what `table` is prepared to, and its file.
struct Exported {
  Model model;
  OnnxFile onnx;
};

Exported ExportedModel(const Dataset& table,
                       const PrepareOptions& prepare = {}) {
  SilentReporter reporter;
  const Dataset ready = Prepare(table, prepare, 1, &reporter);
  ArchOptions options;
  options.layers = {"4"};
  Model model = RandomModel(ready, options);
  const TempFolder folder;
  const std::string path = folder / "model.onnx";
  ExportModel(model, FindEntry(ExportFormats(), "target", "onnx"), path);
  std::ifstream file(path, std::ios::binary);
  OnnxFile onnx = ReadOnnx(std::string((std::istreambuf_iterator<char>(file)),
                                       std::istreambuf_iterator<char>()));
  return {std::move(model), std::move(onnx)};
}

TEST_CASE("a model says the same of raw columns as of the raw table") {
  Dataset table = ExportTable();
  AddTask(&table, "good", TaskType::kBinary, {"no", "yes"},
          {0, 1, 1, 0, 1, 0, 1, 0});
  AddTask(&table, "size", TaskType::kRegression, {}, {1, 2, 3, 4, 5, 6, 7, 8});
  table.splits["train"] = kTrainRows;
  table.splits["test"] = {5, 6, 7};
  const auto [model, onnx] = ExportedModel(table);
  CHECK(onnx.opsets ==
        std::map<std::string, Index>{{"", 17}, {"ai.onnx.ml", 3}});
  const auto said = EvaluateOnnx(onnx, RawInputs(table));
  const EnsembleMember member = {&model, 1};
  const Predictions ours = Predict({&member, 1}, table, {}, nullptr);
  for (std::size_t row = 0; row < 8; ++row) {
    CHECK(said.at("good.prob").numbers[row] ==
          doctest::Approx(static_cast<double>(ours.tasks[0].prob[row]))
              .epsilon(1e-5));
    CHECK(said.at("size").numbers[row] ==
          doctest::Approx(static_cast<double>(ours.tasks[1].pred[row]))
              .epsilon(1e-5));
    CHECK(said.at("good").texts[row] ==
          (ours.tasks[0].prob[row] > 0.5F ? "yes" : "no"));
  }
}

TEST_CASE("a target transform is undone in ONNX as here") {
  for (const std::string& name : TargetCurveNames()) {
    CAPTURE(name);
    Dataset table = ExportTable();
    AddTask(&table, "size", TaskType::kRegression, {},
            {1, 2, 30, 4, 5, 6, 700, 8});
    PrepareOptions prepare;
    prepare.target_transform = {"size=" + name};
    const auto [model, onnx] = ExportedModel(table, prepare);
    CHECK(model.schema.tasks[0].curves.size() == 1);
    const auto said = EvaluateOnnx(onnx, RawInputs(table));
    const EnsembleMember member = {&model, 1};
    const Predictions ours = Predict({&member, 1}, table, {}, nullptr);
    for (std::size_t row = 0; row < 8; ++row) {
      CHECK(said.at("size").numbers[row] ==
            doctest::Approx(static_cast<double>(ours.tasks[0].pred[row]))
                .epsilon(1e-5));
    }
  }
}

// Whoever calculates the sine of an hour: no piece lies between two results.
TEST_CASE("a model of dates in pieces says the same of raw columns") {
  constexpr Index kRows = 3000;  // of which pieces are made
  std::vector<double> hours;
  for (Index row = 0; row < kRows; ++row) {
    hours.push_back(1.7e9 + 3600 * static_cast<double>(row));
  }
  InputBlock block = DenseBlock("numeric", {"when"}, {});
  block.wide = Array<double>(hours);
  block.dates = {"when"};
  Dataset table = TableOf(kRows, {block});
  std::vector<float> sizes(hours.size());
  for (std::size_t row = 0; row < sizes.size(); ++row) {
    sizes[row] = static_cast<float>(row % 7);
  }
  AddTask(&table, "size", TaskType::kRegression, {}, sizes);
  PrepareOptions prepare;
  prepare.pieces = 32;
  const auto [model, onnx] = ExportedModel(table, prepare);
  CHECK(std::ranges::count_if(model.schema.inputs[0].columns,
                              [](const std::string& column) {
                                return column.starts_with("when.hour.cos:");
                              }) > 4);
  const auto said = EvaluateOnnx(onnx, RawInputs(table));
  const EnsembleMember member = {&model, 1};
  const Predictions ours = Predict({&member, 1}, table, {}, nullptr);
  for (std::size_t row = 0; row < sizes.size(); ++row) {
    CHECK(said.at("size").numbers[row] ==
          doctest::Approx(static_cast<double>(ours.tasks[0].pred[row]))
              .epsilon(1e-5));
  }
}

TEST_CASE("raw columns are refused where nothing is known of them") {
  const Model model = RandomModel(DatasetOfAllTypes(), ArchOptions{});
  const TempFolder folder;
  try {
    ExportModel(model, FindEntry(ExportFormats(), "target", "onnx"),
                folder / "model.onnx");
    FAIL("it was written");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.hint() == "use --to onnx-prepared");
  }
}

}  // namespace
}  // namespace mtlkit
