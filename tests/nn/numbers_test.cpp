// What becomes of numbers first (--numbers): pieces of their ranges, whose
// edges are quantiles of the rows that a model learns from.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "data/small_table.h"
#include "nn/fit_buffers.h"
#include "nn/layers/layers.h"
#include "nn/model.h"
#include "nn/number_columns.h"
#include "nn/number_list.h"
#include "nn/plan.h"
#include "nn/sample_data.h"
#include "prep/fit.h"

namespace mtlkit {
namespace {

// A pieces layer on one column.
class OneColumn {
 public:
  OneColumn(Index count, std::vector<Real> rows) : layer_(MakePieces({count})) {
    edges.resize(At(count + 1));
    view_ = {edges.data(), 1, count + 1};
    layer_->FitBuffers({rows.data(), std::ssize(rows), 1}, 0, {&view_, 1});
  }

  // The number, then its pieces.
  std::vector<Real> Of(Real x) const {
    std::vector<Real> y(edges.size());
    std::vector<Real> scratch(edges.size());
    const Operand operand = {{&x, 1, 1}};
    ForwardArgs args;
    args.x = {&operand, 1};
    args.buffers = {&view_, 1};
    args.scratch = scratch.data();
    args.count = 1;
    args.y = {y.data(), 1, std::ssize(y)};
    layer_->Forward({}, args);
    return y;
  }

  std::vector<Real> edges;

 private:
  LayerPtr layer_;
  MatView view_;
};

using Reals = std::vector<Real>;

TEST_CASE("a number is how far it is through each piece of the rows' range") {
  const OneColumn column(2, {8, 0, 4});
  CHECK(column.edges == Reals{0, 4, 8});
  CHECK(column.Of(1) == Reals{1, Real(0.25), 0});
  CHECK(column.Of(6) == Reals{6, 1, Real(0.5)});
  // Beyond the range only the number goes on.
  CHECK(column.Of(-3) == Reals{-3, 0, 0});
  CHECK(column.Of(20) == Reals{20, 1, 1});
}

TEST_CASE("pieces that a column has no values for stay 0") {
  const OneColumn two(4, {1, 0, 1});
  CHECK(two.edges == Reals{0, 1, 1, 1, 1});
  CHECK(two.Of(Real(0.5)) == Reals{Real(0.5), Real(0.5), 0, 0, 0});
  CHECK(two.Of(7) == Reals{7, 1, 0, 0, 0});
  const OneColumn constant(3, {5, 5});
  CHECK(constant.edges == Reals{5, 5, 5, 5});
  CHECK(constant.Of(6) == Reals{6, 0, 0, 0});
  CHECK(OneColumn(3, {}).Of(6) == Reals{6, 0, 0, 0});
  CHECK(OneColumn(1, {3, 1, 2}).edges == Reals{1, 3});
}

TEST_CASE("pieces say every function that bends at edges, and grow with x") {
  for (Index draw = 0; draw < 20; ++draw) {
    const Rng random(21, RandomPurpose::kTest,
                     static_cast<std::uint32_t>(draw));
    Reals rows;
    for (Index i = 0; i < 200; ++i) {
      const double value = random.Normal(0, i);
      // Some rows have the same value, others are far out.
      rows.push_back(static_cast<Real>(i % 3 == 0 ? 0.25 : std::exp(value)));
    }
    const OneColumn column(9, rows);
    const Reals& e = column.edges;
    REQUIRE(std::ranges::is_sorted(e));
    const auto height = [&](std::size_t k) {
      return random.Normal(1, static_cast<Index>(k));
    };
    double before = -1;
    for (Index i = 0; i <= 100; ++i) {
      const double share = static_cast<double>(i) / 100;
      const double x = static_cast<double>(e.front()) +
                       share * static_cast<double>(e.back() - e.front());
      const Reals y = column.Of(static_cast<Real>(x));
      double sum = 0;
      double said = height(0);
      for (std::size_t k = 1; k < y.size(); ++k) {
        sum += static_cast<double>(y[k]);
        said += static_cast<double>(y[k]) * (height(k) - height(k - 1));
      }
      CHECK(sum >= before);
      before = sum;
      std::size_t k = 1;
      while (k + 1 < e.size() && e[k + 1] > e[k] &&
             x > static_cast<double>(e[k])) {
        ++k;
      }
      const double low = static_cast<double>(e[k - 1]);
      const double width = static_cast<double>(e[k]) - low;
      const double expected =
          height(k - 1) + (x - low) / width * (height(k) - height(k - 1));
      CHECK(said == doctest::Approx(expected).epsilon(1e-4));
    }
  }
}

ArchOptions Pieces(const std::string& text = "pieces:count=5") {
  ArchOptions options;
  options.numbers = text;
  options.dropout = 0;
  options.layers = {"4"};
  return options;
}

Reals EdgesOf(const Model& model, const std::string& layer) {
  const Block& buffers = model.params.buffers;
  const Index slice = buffers.layout().Find(layer + "/edges");
  REQUIRE(slice >= 0);
  const auto flat = buffers.At(slice).flat();
  return {flat.begin(), flat.end()};
}

TEST_CASE("edges are those that preparation finds in the training rows") {
  const Dataset data = SampleDataset();
  const std::vector<Index>& train = data.SplitRows("train");
  const Model model = BuildModel(data, Pieces(), 1, train);
  const auto transform =
      FitTransform(TrainingRows(data.inputs, {}, train), "pieces:count=5");
  const TransformRecord record = transform->Record();
  Reals expected;
  for (const double edge : record.arrays.at("features.edges")) {
    expected.push_back(static_cast<Real>(edge));
  }
  CHECK(EdgesOf(model, "pieces") == expected);
  // Other rows have no say, nor has the seed; each tower has the same.
  Dataset other = data;
  std::vector<float> cells(data.inputs[0].dense.begin(),
                           data.inputs[0].dense.end());
  for (const Index row : data.SplitRows("valid")) {
    for (Index col = 0; col < 4; ++col) cells[At(row * 4 + col)] += 100;
  }
  other.inputs[0].dense = Array<float>(std::move(cells));
  CHECK(EdgesOf(BuildModel(other, Pieces(), 2, train), "pieces") == expected);
  ArchOptions towers = Pieces();
  towers.arch = "single";
  const Model single = BuildModel(data, towers, 1, train);
  CHECK(EdgesOf(single, "trunk.score.pieces") == expected);
  CHECK(EdgesOf(single, "trunk.tags.pieces") == expected);
  CHECK(EdgesOf(BuildModel(data, Pieces(), 1, {}), "pieces") == Reals(24));
}

TEST_CASE("columns of two values stay what they are") {
  Dataset data = SampleDataset();
  std::vector<float> cells(data.inputs[0].dense.begin(),
                           data.inputs[0].dense.end());
  for (std::size_t row = 0; row < At(data.rows); ++row) {
    cells[row * 4 + 1] = row % 3 == 0 ? 1.F : -1.F;
    cells[row * 4 + 3] = 7;
  }
  data.inputs[0].dense = Array<float>(cells);
  const std::vector<Index>& train = data.SplitRows("train");
  const Model model = BuildModel(data, Pieces(), 1, train);
  CHECK(model.arch.numbers == "pieces:count=5,columns=0/2");
  CHECK(EdgesOf(model, "pieces").size() == 12);
  // Four numbers, pieces of two, an embedding.
  const Network& network = *model.network;
  const Index kernel = network.weights()->Find("trunk.0/kernel");
  CHECK(network.weights()->slice(kernel).spec.rows == 4 + 10 + 2);
  // Or those that the user says; others stand beside what these become.
  const Model said =
      BuildModel(data, Pieces("projected:count=5,size=3,columns=1"), 1, train);
  CHECK(Join(said.network->Names(), " ")
            .starts_with("pieces projection projection.activation numbers "
                         "embedding inputs"));
  CHECK(said.network->info(said.network->Find("numbers")).cols == 4 + 3);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i] = i % 8 < 4 ? 1.F : 2.F;
  data.inputs[0].dense = Array<float>(cells);
  const Model none = BuildModel(data, Pieces(), 1, train);
  CHECK(none.arch.numbers == "pieces:count=5,columns=none");
  CHECK(none.network->Names().front() == "embedding");
}

TEST_CASE("of many numbers each gets fewer pieces, or none") {
  const auto chosen = [](Index cols, const std::string& numbers) {
    Dataset data;
    data.rows = 3;
    InputBlock block;
    block.name = "x";
    block.cols = cols;
    std::vector<float> cells(At(3 * cols));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = static_cast<float>(i);
    }
    block.dense = Array<float>(std::move(cells));
    data.inputs = {block};
    ArchOptions options;
    options.numbers = numbers;
    ChooseNumberColumns(data, std::vector<Index>{0, 1, 2}, &options);
    return options.numbers;
  };
  CHECK(chosen(512, "pieces") == "pieces");
  CHECK(chosen(1000, "pieces") == "pieces:count=8");
  CHECK(chosen(5000, "pieces") == "pieces:columns=none");
  CHECK(chosen(5000, "pieces:count=3") == "pieces:count=3");
}

TEST_CASE("of many rows a sample that is always the same is enough") {
  std::vector<float> cells;
  std::vector<Index> rows;
  for (Index row = 0; row < 150'000; ++row) {
    cells.push_back(static_cast<float>((row * 7919) % 150'000));
    rows.push_back(row);
  }
  Dataset data;
  data.rows = std::ssize(rows);
  data.inputs = {DenseBlock("numbers", {"x"}, cells)};
  Model model;
  model.schema.inputs = {data.inputs[0]};
  NetworkBuilder b(model.schema.inputs, 1);
  const Value pieces = b.Add("pieces", MakePieces({.count = 4}), {b.Input(0)});
  b.Output(0, b.Add("head", MakeDense({.units = 1}), {pieces}));
  model.network = std::make_shared<const Network>(std::move(b).Build());
  model.params = model.network->Initialized(1);
  FitBuffers(data, rows, model.schema, *model.network, &model.params.buffers);
  const Reals edges = EdgesOf(model, "pieces");
  for (std::size_t k = 0; k < edges.size(); ++k) {
    CHECK(std::abs(edges[k] - static_cast<Real>(k) * 37'500) < 600);
  }
  FitBuffers(data, rows, model.schema, *model.network, &model.params.buffers);
  CHECK(EdgesOf(model, "pieces") == edges);
}

TEST_CASE("numbers become pieces before anything else reads them") {
  ArchOptions options = Pieces();
  options.members = "3";
  const Model model = BuildModel(SampleDataset(), options, 1, {});
  CHECK(Join(model.network->Names(), " ") ==
        "pieces embedding inputs members trunk.0 trunk.0.sparse0 "
        "trunk.0.members trunk.0.sum trunk.0.activation heads.trunk");
  // Four numbers of six columns each, and an embedding of two.
  CHECK(model.params.weights.layout().slice(0).spec.rows > 0);
  const Index kernel = model.network->weights()->Find("trunk.0/kernel");
  CHECK(model.network->weights()->slice(kernel).spec.rows == 26);
}

// What a network of one layer puts out for rows of two columns.
Reals OutputOf(const LayerPtr& layer, const Reals& rows,
               const std::vector<Reals>& params) {
  const std::vector<InputSpec> inputs = {{"x", InputKind::kDense, 2, {}, {}}};
  NetworkBuilder b(inputs, 1);
  b.Output(0, b.Add("layer", layer, {b.Input(0)}));
  const Network network = std::move(b).Build();
  Params numbers = network.Initialized(1);
  for (std::size_t i = 0; i < params.size(); ++i) {
    const MatView slice = numbers.weights.At(static_cast<Index>(i));
    std::ranges::copy(params[i], slice.flat().begin());
  }
  Plan plan(network, {.capacity = 4});
  Batch batch;
  batch.rows = std::ssize(rows) / 2;
  batch.inputs.resize(1);
  batch.inputs[0].dense = {rows.data(), batch.rows, 2};
  Pass pass;
  pass.weights = &numbers.weights;
  plan.Forward(pass, batch);
  const auto said = plan.Output(0).flat();
  return {said.begin(), said.end()};
}

TEST_CASE("each column has a linear map of its own") {
  CHECK(OutputOf(MakeColumnDense(1, 2), {3, 5, -1, 2},
                 {{1, 10, 100, 1000}, {Real(0.5), 0, 0, -1}}) ==
        Reals{Real(3.5), 30, 500, 4999, Real(-0.5), -10, 200, 1999});
}

TEST_CASE("waves are sines, then cosines, of each column's frequencies") {
  const Reals said = OutputOf(MakePeriodic(2, 1), {1, 2},
                              {{Real(0.25), Real(0.5), Real(0.125), 3}});
  const Reals expected = {1, 0, 0, -1, 1, 0, 0, 1};
  REQUIRE(said.size() == expected.size());
  for (std::size_t i = 0; i < said.size(); ++i) {
    CHECK(said[i] == doctest::Approx(expected[i]).epsilon(1e-6));
  }
}

TEST_CASE("projected and periodic numbers are functions of each column") {
  const auto shapes = [](const std::string& numbers) {
    ArchOptions options = Pieces(numbers);
    Dataset data = SampleDataset();
    data.inputs.resize(1);
    const Model model = BuildModel(data, options, 1, {});
    std::string text;
    for (const Slice& slice : model.network->weights()->slices()) {
      text += Str(slice.name, " ", slice.spec.rows, "x", slice.spec.cols, "\n");
    }
    return text;
  };
  const std::string rest =
      "trunk.0/bias 1x4\nheads.trunk/kernel 4x7\nheads.trunk/bias 1x7\n";
  CHECK(shapes("projected:count=5,size=3") ==
        "projection/kernel 20x3\nprojection/bias 4x3\n"
        "trunk.0/kernel 12x4\n" +
            rest);
  CHECK(shapes("periodic:count=5,size=3") ==
        "periodic/frequencies 4x5\nprojection/kernel 40x3\n"
        "projection/bias 4x3\ntrunk.0/kernel 12x4\n" +
            rest);
}

TEST_CASE("frequencies begin as normal numbers of the scale") {
  ArchOptions options = Pieces("periodic:count=4096,scale=0.3");
  const Model model = BuildModel(SampleDataset(), options, 1, {});
  const Index slice = model.network->weights()->Find("periodic/frequencies");
  double squares = 0;
  const auto all = model.params.weights.At(slice).flat();
  for (const Real each : all) squares += std::pow(static_cast<double>(each), 2);
  CHECK(std::sqrt(squares / static_cast<double>(all.size())) ==
        doctest::Approx(0.3).epsilon(0.02));
}

TEST_CASE("what numbers cannot be is refused") {
  const auto refusal = [](const std::string& text) {
    return MessageOf([&] { ParseNumbers(text, "--numbers"); });
  };
  CHECK(refusal("plain") == "no error");
  CHECK(refusal("piece") ==
        "--numbers: numbers cannot be 'piece'; did you mean 'pieces'?");
  CHECK(refusal("pieces:count=1") ==
        "--numbers: pieces: count is 1 but must be in [2, 1000]");
  CHECK(refusal("periodic:scale=0") ==
        "--numbers: periodic: scale is 0 but must be more than 0");
  CHECK(MessageOf([] { NumberColumnsOf("pieces:columns=3/1", "--numbers"); }) ==
        "--numbers: columns=3/1 are no numbers of columns that ascend from 0");
  CHECK(refusal("plain:count=3") == "--numbers: plain has no option 'count'");
}

}  // namespace
}  // namespace mtlkit
