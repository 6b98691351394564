// Labels and weights are the same whichever way they go in: of every type of
// task, with weights and without, with holes.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"
#include "data/blocks.h"
#include "data/dataset_io.h"
#include "data/label_view.h"
#include "data/small_table.h"
#include "eval/evaluation.h"
#include "eval/pool.h"
#include "nn/model_io.h"
#include "prep/adapt_table.h"
#include "train/label_table.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

std::vector<Index> AllOf(const Dataset& data) {
  std::vector<Index> rows;
  for (Index row = 0; row < data.rows; ++row) rows.push_back(row);
  return rows;
}

Model ModelOf(const Dataset& ready) {
  ArchOptions options;
  options.layers = {"4"};
  return BuildModel(ready, options, 3, AllOf(ready));
}

Predictions PredictionsOf(const Model& model, const Dataset& data,
                          const std::string& split = "") {
  std::vector<std::string> warnings;
  const EnsembleMember member = {&model, 1};
  const Dataset rows = AdaptTable(model.transforms, data, &warnings);
  return Predict({&member, 1}, rows, {.split = split}, nullptr);
}

// Predictions as they come out of a file.
Predictions Filed(const TempFolder& folder, const Predictions& predictions) {
  WritePredictions(predictions, folder / "p.h5");
  return ReadPredictions(folder / "p.h5");
}

struct MadePredictions {
  std::string name;
  Predictions predictions;
};

// What mtl-eval knows of the rows: of each task each row's name, labels and
// weight, and the value of every metric.
std::map<std::string, std::string> Known(std::vector<MadePredictions> files,
                                         const Dataset* truth = nullptr) {
  std::vector<NamedSource> sources;
  for (MadePredictions& file : files) {
    sources.push_back(
        {file.name, HoldPredictions(std::move(file.predictions))});
  }
  const auto pooled = PoolByName(sources);
  JoinedModels joined(pooled, truth);
  std::map<std::string, std::string> known;
  const PredictionSource& source = *pooled[0].source;
  const RowIds ids = source.Ids(0, source.rows());
  for (Index t = 0; t < joined.task_count(); ++t) {
    const JoinedTask task = joined.Take(t);
    std::set<std::string> rows;
    const Index cols = task.task.target_cols();
    for (Index place = 0; place < task.places; ++place) {
      if (!task.HasLabel(place)) continue;
      std::vector<std::string> cells;
      for (Index col = 0; col < cols; ++col) {
        const auto y = static_cast<double>(task.y[At(place * cols + col)]);
        cells.push_back(std::isnan(y) ? "-" : FormatNumber(y));
      }
      rows.insert(Str(IdText(ids, task.RowOf(place)), ":", Join(cells, ","),
                      "*", task.Weight(place)));
    }
    known[task.task.name] = Join({rows.begin(), rows.end()}, " ");
  }
  ThreadPool pool(1);
  EvaluationOptions options;
  options.metrics = {"all"};
  options.draws = 0;
  const Evaluation evaluation =
      Evaluate(JoinedModels(pooled, truth), options, 1, pool);
  for (const TaskResult& task : evaluation.tasks) {
    for (const MetricResult& metric : task.metrics) {
      // Sums in another order of rows agree to rounding.
      const double value = metric.models[0].value;
      known[task.task.name] +=
          Str(" | ", metric.metric->name, " ", static_cast<float>(value));
    }
  }
  return known;
}

void CheckSame(const std::map<std::string, std::string>& a,
               const std::map<std::string, std::string>& b) {
  REQUIRE(a.size() == b.size());
  for (const auto& [task, text] : a) {
    CAPTURE(task);
    REQUIRE(b.contains(task));
    CHECK(b.at(task) == text);
  }
}

// The reference: labels as the columns say them, from the text itself.
std::string Expected(const std::string& column, bool weighted) {
  std::set<std::string> rows;
  for (Index row = 0; row < kTableRows; ++row) {
    const std::string cell = CellOf(column, row);
    if (cell.empty()) continue;
    const std::vector<std::string> classes =
        column == "won" ? std::vector<std::string>{"no", "yes"}
                        : std::vector<std::string>{"low", "mid", "high"};
    const auto code = std::find(classes.begin(), classes.end(), cell);
    const std::string label =
        column == "price" ? cell : std::to_string(code - classes.begin());
    rows.insert(
        Str("r", row, ":", label, "*", weighted ? CellOf("w", row) : "1"));
  }
  return Join({rows.begin(), rows.end()}, " ");
}

// Every other row in the split `a`, the others in `b`.
Dataset WithParts(Dataset data) {
  for (Index row = 0; row < data.rows; ++row) {
    data.splits[row % 2 == 0 ? "a" : "b"].push_back(row);
  }
  return data;
}

// A model of the table, prepared and filed, and what is known of its
// predictions: what every other way is compared with.
struct Ways {
  Ways(bool given_weighted, bool given_per_school)
      : per_school(given_per_school),
        table(Table(folder)),
        options(Options(given_weighted, per_school)) {
    WriteDataset(Ready(table, options), folder / "ready.h5");
    ready = ReadDataset(folder / "ready.h5");
    WriteModel(ModelOf(ready), folder / "m.h5");
    model = ReadModel(folder / "m.h5");
    said = Filed(folder, PredictionsOf(model, ready));
    known = Known({{"m", said}});
    CHECK(known.size() == (per_school ? 14 : 7));
    if (per_school) return;
    for (const char* column : {"price", "won", "grade"}) {
      CHECK(known.at(column).starts_with(Expected(column, given_weighted) +
                                         " |"));
    }
  }

  // The same columns prepared with another positive class.
  PrepareOptions Other() const {
    PrepareOptions other = options;
    if (!per_school) other.positive = {{"won", "no"}};
    return other;
  }

  void CheckRaw(const Written& how) const {
    CheckSame(known, Known({{"m", PredictionsOf(model, Table(folder, how))}}));
  }

  TempFolder folder;
  bool per_school;
  Dataset table;
  PrepareOptions options;
  Dataset ready;
  Model model;
  Predictions said;
  std::map<std::string, std::string> known;
};

void CheckRawTables(const Ways& ways) {
  ways.CheckRaw({});
  // Written out, too.
  CheckSame(ways.known,
            Known({{"m", Filed(ways.folder,
                               PredictionsOf(ways.model, ways.table))}}));
  Written turned;
  turned.backwards = true;
  turned.columns = {"tags",  "c_blue", "grade", "kind",  "stars", "won",
                    "price", "school", "w",     "c_red", "x",     "id"};
  ways.CheckRaw(turned);
  Written otherwise;
  for (const char* stars : {"1", "2", "3"}) {
    otherwise.instead[{"stars", stars}] = Str("+", stars, ".0");
  }
  otherwise.instead[{"price", "1.5"}] = "15e-1";
  ways.CheckRaw(otherwise);
}

void CheckPreparedFiles(const Ways& ways) {
  const Dataset parts = WithParts(ways.ready);
  CheckSame(ways.known, Known({{"m", PredictionsOf(ways.model, parts)}}));
  Dataset turned = Ready(ways.table, ways.Other());
  turned.inputs = ways.ready.inputs;
  turned.transforms = ways.ready.transforms;
  CheckSame(ways.known, Known({{"m", PredictionsOf(ways.model, turned)}}));
  // Files of one name: folds, or what several runs predicted.
  CheckSame(ways.known, Known({{"m", PredictionsOf(ways.model, parts, "a")},
                               {"m", PredictionsOf(ways.model, parts, "b")}}));
}

void CheckTableOfTruth(const Ways& ways) {
  Predictions bare = ways.said;
  for (TaskPredictions& task : bare.tasks) {
    task.y.assign(task.y.size(), kNan);
    task.weight.clear();
  }
  Written how;
  how.backwards = true;
  const Dataset truth = Ready(Table(ways.folder, how), ways.Other());
  CheckSame(ways.known, Known({{"m", Filed(ways.folder, bare)}}, &truth));
}

void CheckSomeRows(const Ways& ways) {
  std::vector<Index> every;
  for (Index row = 0; row < kTableRows; row += 3) every.push_back(row);
  const Dataset some = GatherRows(ways.ready, every);
  const Dataset raw = GatherRows(ways.table, every);
  CheckSame(Known({{"m", PredictionsOf(ways.model, some)}}),
            Known({{"m", PredictionsOf(ways.model, raw)}}));
}

void CheckWays(bool weighted, bool per_school) {
  CAPTURE(weighted);
  CAPTURE(per_school);
  const Ways ways(weighted, per_school);
  CheckRawTables(ways);
  CheckPreparedFiles(ways);
  CheckTableOfTruth(ways);
  CheckSomeRows(ways);
}

TEST_CASE("labels are the same whichever way they go in") {
  CheckWays(false, false);
}

TEST_CASE("labels and weights are the same whichever way they go in") {
  CheckWays(true, false);
}

TEST_CASE("labels of tasks on rows of their own are the same, too") {
  CheckWays(false, true);
}

TEST_CASE("labels and weights of tasks on rows of their own are the same") {
  CheckWays(true, true);
}

TEST_CASE("features of a raw table have its labels") {
  const Ways ways(true, false);
  SilentReporter silent;
  std::vector<std::string> warnings;
  const Dataset raw = AdaptTable(ways.model.transforms, ways.table, &warnings);
  const Dataset of_raw =
      ComputeFeatures(ways.model, raw, "trunk", nullptr, &silent);
  const Dataset of_ready =
      ComputeFeatures(ways.model, ways.ready, "trunk", nullptr, &silent);
  REQUIRE(of_raw.tasks.size() == of_ready.tasks.size());
  for (std::size_t i = 0; i < of_raw.tasks.size(); ++i) {
    CAPTURE(of_raw.tasks[i].name);
    CHECK(of_raw.tasks[i].name == of_ready.tasks[i].name);
    const LabelView a(of_raw, static_cast<Index>(i));
    const LabelView b(of_ready, static_cast<Index>(i));
    for (Index row = 0; row < kTableRows; ++row) {
      const bool same =
          a.HasLabel(row) == b.HasLabel(row) &&
          (!a.HasLabel(row) || (a.Value(row, 0) == b.Value(row, 0) &&
                                a.Weight(row) == b.Weight(row)));
      CHECK(same);
    }
  }
  CHECK_NOTHROW(WriteDataset(of_raw, ways.folder / "features.h5"));
  // Without the columns there is nothing to bring.
  Written bare;
  bare.columns = {"id", "x", "w", "school"};
  CHECK(ComputeFeatures(ways.model,
                        AdaptTable(ways.model.transforms,
                                   Table(ways.folder, bare), &warnings),
                        "trunk", nullptr, &silent)
            .tasks.empty());
}

// What prediction makes of a table with other words in it.
std::string Refusal(const Written& how) {
  const TempFolder folder;
  const Model model = ModelOf(Ready(Table(folder), Options(true, false)));
  return MessageOf([&] { PredictionsOf(model, Table(folder, how)); });
}

TEST_CASE("labels that are all written otherwise are refused, not dropped") {
  Written how;
  how.instead[{"won", "yes"}] = "1";
  how.instead[{"won", "no"}] = "0";
  CHECK(Refusal(how) ==
        "task 'won': none of its labels is a class of the model: '0', '1' (its "
        "classes are: no, yes)");
  how = {};
  for (Index row = 0; row < kTableRows; ++row) {
    const std::string cell = CellOf("price", row);
    if (!cell.empty()) how.instead[{"price", cell}] = "dear";
  }
  CHECK(Refusal(how) == "task 'price': none of its labels is a number: 'dear'");
  how = {};
  for (const char* column : {"c_red", "c_blue"}) {
    how.instead[{column, "N"}] = "0";
    how.instead[{column, "Y"}] = "1";
  }
  CHECK(Refusal(how) ==
        "task 'c': none of its labels is one of the model: '0', '1' (its "
        "labels are: c_red, c_blue; column 'c_red' has 'N' and 'Y')");
  how = {};
  how.instead[{"w", "0.5"}] = "";
  CHECK(Refusal(how) ==
        "column 'w', row 'r3': the weight of a label is not a number from 0 "
        "on");
}

TEST_CASE("a class that no training row had counts as an error, every way") {
  const TempFolder folder;
  const Dataset table = Table(folder);
  const Model model = ModelOf(Ready(table, Options(true, false)));
  Written how;
  how.instead[{"kind", "cat"}] = "emu";
  how.instead[{"won", "no"}] = "never";
  how.instead[{"grade", "high"}] = "top";
  const Dataset raw = Table(folder, how);
  const auto known = Known({{"m", Filed(folder, PredictionsOf(model, raw))}});
  CHECK(known.at("kind").starts_with("r0:3*1 "));
  CHECK(known.at("won").starts_with("r0:2*1 "));
  CHECK(known.at("grade").find("r3:3*0.5") != std::string::npos);

  PrepareOptions options = Options(true, false);
  options.classes = {"grade=low,mid,top"};
  Dataset ready = Ready(raw, options);
  Predictions bare = PredictionsOf(model, raw);
  for (TaskPredictions& task : bare.tasks) {
    task.y.assign(task.y.size(), kNan);
    task.weight.clear();
    task.unknown.clear();
    task.unknown_classes.clear();
  }
  CheckSame(known, Known({{"m", bare}}, &ready));
  ready.inputs = Ready(table, Options(true, false)).inputs;
  ready.transforms = model.transforms;
  CheckSame(known, Known({{"m", PredictionsOf(model, ready)}}));

  ThreadPool pool(1);
  EvaluationOptions draws;
  draws.draws = 0;
  const Evaluation evaluation = Evaluate(
      JoinedModels({{"m", HoldPredictions(PredictionsOf(model, raw))}}), draws,
      1, pool);
  CHECK(evaluation.tasks[3].unknown == 12);
  CHECK(
      Join(evaluation.warnings, "|")
          .find(
              "task 'kind': 12 of 32 labelled rows have a class that the model "
              "does not know (emu): they count as errors") !=
      std::string::npos);
}

}  // namespace
}  // namespace mtlkit
