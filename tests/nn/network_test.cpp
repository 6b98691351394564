#include "nn/network.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "base/error.h"
#include "nn/layers/layers.h"
#include "nn/plan_nets.h"

namespace mtlkit::test {
namespace {

// "trunk.0/kernel 5x8 shared 0,1,2", one a line.
std::string Render(const Layout& layout) {
  std::ostringstream out;
  for (const Slice& slice : layout.slices()) {
    out << slice.name << ' ' << slice.spec.rows << 'x' << slice.spec.cols
        << (slice.shared ? " shared" : "");
    for (const Index task : slice.tasks) out << ' ' << task;
    out << '\n';
  }
  return out.str();
}

TEST_CASE("parameters of the trunk are shared, columns of a head are not") {
  CHECK(Render(*HardSharing().weights()) ==
        "trunk.0/kernel 5x8 shared 0 1 2\n"
        "trunk.0/bias 1x8 shared 0 1 2\n"
        "trunk.1/kernel 8x6 shared 0 1 2\n"
        "trunk.1/bias 1x6 shared 0 1 2\n"
        "heads/kernel 6x6 0 1 2\n"
        "heads/bias 1x6 0 1 2\n");
}

TEST_CASE("a group's parameters are shared by the tasks below it") {
  const Network network = TwoLevels();
  CHECK(Render(*network.weights()) ==
        "trunk.0/kernel 5x6 shared 0 1 2\n"
        "trunk.0/bias 1x6 shared 0 1 2\n"
        "group.0/kernel 6x5 shared 1 2\n"
        "group.0/bias 1x5 shared 1 2\n"
        "head.0/kernel 6x1 0\n"
        "head.0/bias 1x1 0\n"
        "head.1/kernel 5x2 1\n"
        "head.1/bias 1x2 1\n"
        "head.2/kernel 5x3 2\n"
        "head.2/bias 1x3 2\n");
  CHECK(network.weights()->shared_size() == network.weights()->slice(4).offset);
}

TEST_CASE("slices begin on cache lines") {
  for (const NamedNetwork& net : Networks()) {
    for (const Slice& slice : net.network.weights()->slices()) {
      CHECK(slice.offset % kRealsPerLine == 0);
    }
  }
}

TEST_CASE("values are found by layer, by group and as the trunk") {
  const Network network = HardSharing();
  CHECK(network.Find("trunk.0") == network.node(0).output);
  CHECK(network.Find("trunk") == network.node(1).output);
  CHECK(network.trunk() == network.node(1).output);
  CHECK_THROWS_WITH_AS(network.Find("trnk.0"),
                       "there is no layer 'trnk.0'; did you mean 'trunk.0'? "
                       "(known: trunk.0, trunk.1, heads, trunk)",
                       Error);
  CHECK_THROWS_WITH_AS(network.Find("trnk"),
                       "there is no layer 'trnk'; did you mean 'trunk'? "
                       "(known: trunk.0, trunk.1, heads, trunk)",
                       Error);
}

TEST_CASE("shapes are checked where a layer is added") {
  const std::vector<InputSpec> inputs = {{"a", InputKind::kDense, 3, {}, {}},
                                         {"s", InputKind::kSparse, 9, {}, {}}};
  NetworkBuilder b(inputs, 1);
  const Value h = b.Add("h", MakeDense({.units = 2}), {b.Input(0)});
  CHECK_THROWS_AS(b.Add("h", MakeDense({.units = 2}), {h}), Error);
  CHECK_THROWS_AS(b.Add("sum", MakeSum(), {h, b.Input(0)}), Error);
  CHECK_THROWS_AS(b.Add("n", MakeLayerNorm(), {b.Input(1)}), Error);
  CHECK_THROWS_AS(b.Add("t", MakeDense({.units = 3}), {b.Input(0)}, "h"),
                  Error);
}

TEST_CASE("spaces are checked where a layer is added") {
  const std::vector<InputSpec> inputs = {
      {"photo", InputKind::kImage, 3, {}, {}, 4, 5},
      {"text", InputKind::kTokens, 1, {}, {{"a", "b"}}}};
  NetworkBuilder b(inputs, 1);
  const Value pixels = b.Add("pixels", MakeDense({.units = 2}), {b.Input(0)});
  const Value words = b.Add("words", MakeEmbedding({3}, {2}), {b.Input(1)});
  CHECK(b.SpaceOf(pixels) == Space{SpaceKind::kGrid, 4, 5, -1});
  CHECK(b.SpaceOf(words).kind == SpaceKind::kTokens);
  CHECK_THROWS_WITH_AS(
      b.Add("both", MakeConcat(), {pixels, words}),
      "layer 'both': inputs of a grid of 4 x 5 and of tokens (bring them into "
      "one space first: flatten, pool)",
      Error);
  CHECK_THROWS_WITH_AS(
      b.Add("flat", MakeFlatten(5, 4), {pixels}),
      "layer 'flat': flattens a grid of 5 x 4, but gets a grid of 4 x 5",
      Error);
  CHECK_THROWS_WITH_AS(
      b.Output(0, pixels),
      "the output of a task needs a row for each row of the batch, but here "
      "are a grid of 4 x 5 (flatten or pool it first)",
      Error);
  CHECK(b.Cols(b.Add("flat", MakeFlatten(4, 5), {pixels})) == 40);
  CHECK(b.SpaceOf(b.Add("pool", MakePool(), {words})) == Space{});
  const Value members =
      b.Add("spread", MakeSpread(5), {b.Add("mean", MakePool(), {words})});
  CHECK(SpaceText(b.SpaceOf(members)) == "5 members");
  CHECK(b.SpaceOf(b.Add("average", MakePool(), {members})) == Space{});
  CHECK_THROWS_WITH_AS(
      b.Add("again", MakeSpread(5), {members}),
      "layer 'again': spreads rows of the batch, but gets 5 members", Error);
  CHECK_THROWS_AS(b.Add("norm", MakeLayerNorm(), {b.Input(1)}), Error);
}

TEST_CASE("initial numbers depend on seed and name only") {
  const Network small = TwoLevels();
  const Network large = HardSharing();
  const Params a = small.Initialized(7);
  const Params b = large.Initialized(7);
  const Params c = large.Initialized(8);
  // Of trunk.0/kernel the first row: 6 and 8 columns, drawn by place.
  const Real bound = std::sqrt(Real(6) / 5);
  for (Index col = 0; col < 6; ++col) {
    CHECK(a.weights.At(0)(0, col) == b.weights.At(0)(0, col));
    CHECK(std::abs(a.weights.At(0)(0, col)) <= bound);
  }
  CHECK(b.weights.At(0)(0, 0) != c.weights.At(0)(0, 0));
  CHECK(b.weights.At(1)(0, 0) == 0);
}

TEST_CASE("initialisers have the spread that they promise") {
  constexpr Index kIn = 300;
  constexpr Index kOut = 100;
  const struct {
    const char* name;
    double variance;
  } cases[] = {{"he-normal", 2.0 / kIn},
               {"he-uniform", 2.0 / kIn},
               {"glorot-normal", 2.0 / (kIn + kOut)},
               {"glorot-uniform", 2.0 / (kIn + kOut)},
               {"torch-linear", 1.0 / (3 * kIn)},
               {"constant", 0}};
  for (const auto& item : cases) {
    INFO(item.name);
    ParamSpec spec{.name = "kernel",
                   .rows = kIn,
                   .cols = kOut,
                   .init = ParseInitializer(item.name),
                   .fan_in = kIn,
                   .fan_out = kOut};
    Block block(std::make_shared<const Layout>(
        std::vector<Slice>{{"kernel", spec, 0, {}, false}}));
    Initialize(3, &block);
    double mean = 0;
    double square = 0;
    for (const Real value : block.At(0).flat()) {
      mean += static_cast<double>(value) / (kIn * kOut);
      square += static_cast<double>(value) * static_cast<double>(value) /
                (kIn * kOut);
    }
    CHECK(std::abs(mean) < 5 * std::sqrt(item.variance / (kIn * kOut)) + 1e-12);
    CHECK(square == doctest::Approx(item.variance).epsilon(0.03));
  }
  CHECK_THROWS_AS(ParseInitializer("he"), Error);
}

}  // namespace
}  // namespace mtlkit::test
