// Views in one space, and numbers labelled by what lies near.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "cotrain/align.h"
#include "cotrain/row_distances.h"
#include "cotrain/sample_run.h"
#include "cotrain/status.h"
#include "data/label_view.h"
#include "golden/golden.h"
#include "prep/align_views.h"
#include "prep/apply_transforms.h"
#include "train/predict.h"

namespace mtlkit {
namespace {

using golden::json;

ViewNumbers RowsOf(const json& view) {
  ViewNumbers rows;
  rows.cols = std::ssize(view.at(0));
  for (const json& row : view) {
    for (const json& cell : row) rows.values.push_back(cell.get<double>());
  }
  return rows;
}

void CheckMaps(const json& item) {
  std::vector<ViewNumbers> views;
  for (const json& view : item.at("inputs").at("views")) {
    views.push_back(RowsOf(view));
  }
  AlignOptions options;
  options.how = item.at("method").get<std::string>();
  options.dims = item.at("params").at("dims").get<Index>();
  options.ridge = item.at("params").at("ridge").get<double>();
  const auto maps = AlignViews(views, options);
  const json& expected = item.at("expected").at("maps");
  REQUIRE(maps.size() == expected.size());
  const double tolerance = item.at("tolerance").at("float64").get<double>();
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const ViewNumbers wanted = RowsOf(expected[i]);
    REQUIRE(maps[i].dims == wanted.cols);
    REQUIRE(maps[i].map.size() == wanted.values.size());
    for (std::size_t k = 0; k < wanted.values.size(); ++k) {
      CHECK(std::abs(maps[i].map[k] - wanted.values[k]) <= tolerance);
    }
  }
}

void CheckDrops(const json& item) {
  const json& inputs = item.at("inputs");
  const ViewNumbers x = RowsOf(inputs.at("x"));
  Dataset data;
  data.rows = std::ssize(x.values) / x.cols;
  InputBlock block;
  block.name = "x";
  block.cols = x.cols;
  block.wide = Array<double>(std::vector<double>(x.values));
  data.inputs = {block};
  const RowDistances distances(data, {},
                               item.at("params").at("order").get<double>());
  const auto known = inputs.at("known").get<std::vector<Index>>();
  std::vector<double> labels;
  for (const Index row : known) labels.push_back(inputs.at("y").at(At(row)));
  const NearestMeans nearest(distances, known, labels,
                             item.at("params").at("neighbours").get<Index>());
  const auto pool = inputs.at("pool").get<std::vector<Index>>();
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const double drop = nearest.Drop(pool[i], inputs.at("labels").at(i));
    CHECK(std::abs(drop - item.at("expected").at("drops").at(i).get<double>()) <
          1e-9);
  }
}

TEST_CASE("views are aligned, and rows labelled, as by numpy and sklearn") {
  golden::ForEachCase("views", [](const json& item) {
    if (item.at("method") == "coreg") {
      CheckDrops(item);
    } else {
      CheckMaps(item);
    }
    return true;
  });
}

TEST_CASE("distances know sparse numbers, categories and pixels") {
  Dataset data = SampleDataset(30);
  data.inputs.erase(data.inputs.begin());
  const RowDistances one(data, {}, 1);
  const auto apart = [&](Index a, Index b) {
    const InputBlock& words = data.inputs[0];
    const InputBlock& places = data.inputs[1];
    return (words.indices[a] == words.indices[b] ? 0 : 2) +
           (places.codes[a] == places.codes[b] ? 0 : 1);
  };
  for (Index row = 1; row < 30; ++row) {
    CHECK(one.Between(0, row) == apart(0, row));
    CHECK(one.Between(row, 0) == apart(0, row));
  }
  InputBlock pictures;
  pictures.name = "pictures";
  pictures.kind = InputKind::kImage;
  pictures.cols = 1;
  pictures.height = 1;
  pictures.width = 2;
  pictures.pixels = Array<std::uint8_t>({0, 255, 255, 0});
  data.inputs = {pictures};
  data.rows = 2;
  CHECK(RowDistances(data, {}, 2).Between(0, 1) == 2);
}

TEST_CASE("coreg: numbers are labelled for the others, each once") {
  SampleRun run("coreg:picks=2", [](RunSpec* spec) { spec->peers = 3; });
  run.Rounds(4);
  const Publication last = run.Published(2, 4);
  const LabelView labels(run.run().data, 0);
  std::set<std::pair<Index, Index>> seen;
  for (const Selection& selection : last.selections) {
    CHECK(selection.task == 0);  // `score`
    CHECK(selection.receiver >= 0);
    CHECK(selection.receiver != selection.proposer);
    CHECK_FALSE(labels.HasLabel(selection.row));
    CHECK(std::isfinite(selection.label));
  }
  CHECK(last.selections.size() >= 4);
  CHECK(VerifyRun(run.path()).empty());
  // All peers know the same.
  CHECK(run.Published(0, 4).selections == last.selections);
}

TEST_CASE("coreg says what it cannot label") {
  CHECK(Contains(ErrorOf([] {
                   SampleRun("coreg", [](RunSpec* spec) {
                     Dataset data = GroupedData();
                     data.tasks.erase(data.tasks.begin());
                     data.labels.erase(data.labels.begin());
                     WriteDataset(data, spec->data);
                   });
                 }),
                 "whose labels are numbers, and there is none"));
  CHECK(Contains(ErrorOf([] { SampleRun run("coreg:orders=2+x"); }),
                 "orders=2+x: 'x' is no order"));
}

// Two views of the same four numbers, and a third of them beside noise.
Dataset Views() {
  Dataset data = SampleDataset();
  InputBlock one = data.inputs[0];
  InputBlock two = one;
  two.name = "turned";
  std::vector<float> turned;
  for (Index row = 0; row < data.rows; ++row) {
    for (Index col = 0; col < 4; ++col) {
      turned.push_back(2 * one.dense[row * 4 + (col + 1) % 4] - 1 +
                       0.01F * static_cast<float>((row * 7 + col) % 5));
    }
  }
  two.dense = Array<float>(std::move(turned));
  data.inputs.push_back(two);
  return data;
}

TEST_CASE("an alignment goes with the rows, the model and new rows") {
  const TempFolder folder;
  Dataset aligned = Views();
  const AlignReport report = AlignDataset(&aligned, {.how = "cca", .dims = 2});
  CHECK(report.views == std::vector<std::string>{"features", "turned"});
  CHECK(aligned.FindInput("turned")->cols == 2);
  CHECK(aligned.FindInput("words") != nullptr);
  REQUIRE(report.splits.size() == 3);
  for (const AlignedRows& rows : report.splits) {
    for (const double correlation : rows.correlations) CHECK(correlation > .99);
  }
  WriteDataset(aligned, folder / "aligned.h5");
  const Dataset read = ReadDataset(folder / "aligned.h5");
  REQUIRE(read.transforms.size() == 1);
  CHECK(read.transforms[0].name == "align");
  // Rows as they were go through it on the way into a model.
  ArchOptions arch;
  arch.layers = {"4"};
  const Model model = BuildModel(read, arch, 1, read.SplitRows("train"), {});
  CHECK(model.transforms == read.transforms);
  const Dataset again = ApplyTransforms(model.transforms, Views());
  for (const char* view : {"features", "turned"}) {
    CHECK(std::ranges::equal(again.FindInput(view)->dense,
                             read.FindInput(view)->dense));
  }
}

TEST_CASE("what cannot be aligned is refused by what is wrong") {
  const auto error = [](const AlignRequest& request) {
    Dataset data = Views();
    return ErrorOf([&] { AlignDataset(&data, request); });
  };
  CHECK(error({}).empty());
  CHECK(Contains(error({.view = {"turned"}}), "2 there is one input"));
  CHECK(Contains(error({.view = {"words"}}), "there is no such input"));
  CHECK(Contains(error({.dims = 9}), "dims=9: the narrowest view has 4"));
  CHECK(Contains(error({.how = "procrustes", .dims = 2}), "no effect"));
  CHECK(Contains(error({.how = "magic"}), "magic"));
}

}  // namespace
}  // namespace mtlkit
