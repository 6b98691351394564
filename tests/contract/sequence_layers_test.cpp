// What layers must do with sequences, beside what all layers must.
#include <algorithm>
#include <string>

#include "base/error.h"
#include "contract/check_gradients.h"
#include "contract/layer_run.h"
#include "golden/golden.h"
#include "nn/layers/layers.h"

namespace mtlkit::contract {
namespace {

using golden::json;

// Longer than what layers take at a time.
const std::vector<Index> kLengths = {1, 7, 0, 2, 300, 5};

Index RowsOf(const std::vector<Index>& lengths) {
  return std::ssize(lengths);
}

LayerSample TokenSample(LayerPtr layer, Index cols) {
  return {.name = "tokens",
          .layer = std::move(layer),
          .input_cols = {cols},
          .spaces = {{SpaceKind::kTokens, 1, 1, 0}}};
}

AlignedVector Part(const AlignedVector& whole, Index begin, Index count) {
  return {whole.begin() + begin, whole.begin() + begin + count};
}

// Of numbers alone, without drawing any: those depend on where a row stands.
bool IsPlain(const LayerSample& sample) {
  const LayerTraits traits = sample.layer->traits();
  return sample.kind == InputKind::kDense && !traits.random &&
         !traits.mixes_rows && !sample.spaces.empty() &&
         std::ranges::all_of(sample.spaces, &Space::is_ragged);
}

TEST_CASE("texts of a batch are what they are alone, to the bit") {
  Index samples = 0;
  for (const LayerEntry* entry : LayerEntries()) {
    for (const LayerSample& sample : entry->samples()) {
      if (!IsPlain(sample)) continue;
      INFO(entry->name, ", ", sample.name);
      ++samples;
      LayerRun all(sample, RowsOf(kLengths), Mode::kTraining, 4, kLengths);
      all.Forward();
      const AlignedVector dy = all.RandomGradient(1, 0);
      const LayerRun::Gradients gradients = all.Backward(dy, 1);
      const bool pools = all.output_rows() == RowsOf(kLengths);
      Index token = 0;
      for (Index row = 0; row < RowsOf(kLengths); ++row) {
        const Index length = kLengths[At(row)];
        LayerRun one(sample, 1, Mode::kTraining, 4, {length});
        const Index in = sample.input_cols[0];
        const Index out = one.output_cols();
        const Index first = pools ? row : token;
        const Index made = pools ? 1 : length;
        std::ranges::copy(Part(all.x[0], token * in, length * in),
                          one.x[0].begin());
        for (std::size_t i = 0; i < all.w.size(); ++i) {
          std::ranges::copy(all.w[i], one.w[i].begin());
        }
        one.Forward();
        CHECK(one.y == Part(all.y, first * out, made * out));
        const LayerRun::Gradients own =
            one.Backward(Part(dy, first * out, made * out), 1);
        CHECK(own.dx[0] == Part(gradients.dx[0], token * in, length * in));
        token += length;
      }
    }
  }
  CHECK(samples > 10);
}

// Of a random direction; what one number is off is seen in it.
TEST_CASE("gradients through long sequences are those of differences") {
  for (const LayerSample& sample :
       {TokenSample(MakeLstm({.both = true}), 16),
        TokenSample(MakeGru(true), 12),
        TokenSample(MakeAttention({.heads = 2}), 12),
        TokenSample(MakeAttention({.heads = 1, .causal = true}), 9),
        TokenSample(MakePositions(4), 4)}) {
    INFO(sample.layer->kind());
    const std::vector<Index> lengths = {140, 1, 260, 2};
    LayerRun run(sample, RowsOf(lengths), Mode::kTraining, 8, lengths);
    CheckGradients(8, 0, &run);
  }
}

TEST_CASE("a causal row does not know what is behind it") {
  const LayerSample sample =
      TokenSample(MakeAttention({.heads = 2, .causal = true}), 24);
  LayerRun run(sample, 1, Mode::kInference, 3, {200});
  run.Forward();
  const AlignedVector y = run.y;
  const Index kept = 131;
  // Alone, too: as a step of a decoder makes it.
  LayerRun shorter(sample, 1, Mode::kInference, 3, {kept});
  std::ranges::copy(Part(run.x[0], 0, kept * 24), shorter.x[0].begin());
  shorter.Forward();
  CHECK(shorter.y == Part(y, 0, kept * 8));
  std::fill(run.x[0].begin() + kept * 24, run.x[0].end(), Real(9));
  run.Forward();
  CHECK(Part(run.y, 0, kept * 8) == Part(y, 0, kept * 8));
  CHECK(run.y != y);
}

TEST_CASE("attention to another sequence knows rows without any") {
  const Space tokens = {SpaceKind::kTokens, 1, 1, 0};
  LayerSample sample = {.name = "cross",
                        .layer = MakeAttention({.heads = 2}),
                        .input_cols = {4, 8},
                        .spaces = {tokens, tokens}};
  LayerRun run(sample, 3, Mode::kTraining, 2, {2, 0, 3});
  run.Forward();
  CheckGradients(2, 0, &run);
  // Large scores: the largest one wins.
  for (Real& x : run.x[0]) x *= 1000;
  run.Forward();
  CHECK(IsFinite(run.y));
  CHECK_THROWS_AS(sample.layer->OutputSpace(std::vector<Space>{{}, tokens}),
                  Error);
  CHECK_THROWS_AS(
      MakeAttention({.heads = 3})->OutputCols(std::vector<Index>{12}), Error);
  CHECK_THROWS_AS(MakeLstm()->OutputCols(std::vector<Index>{7}), Error);
}

LayerPtr GoldenLayer(const std::string& name) {
  if (name == "lstm") return MakeLstm({.both = true});
  if (name == "gru") return MakeGru(true);
  if (name == "positions") return MakePositions(5, 1.5);
  return MakeAttention({.heads = 2, .causal = name == "causal-attention"});
}

void SetFrom(const json& values, AlignedVector* to) {
  const std::vector<Real> numbers = golden::Reals(values);
  REQUIRE(numbers.size() == to->size());
  std::ranges::copy(numbers, to->begin());
}

void CheckNear(const AlignedVector& actual, const json& expected) {
  const std::vector<Real> numbers = golden::Reals(expected);
  REQUIRE(numbers.size() == actual.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CHECK(static_cast<double>(actual[i]) ==
          doctest::Approx(static_cast<double>(numbers[i]))
              .epsilon(kDouble ? 1e-10 : 1e-5));
  }
}

TEST_CASE("layers of sequences are those of numpy") {
  const json root = golden::Load("sequences");
  const auto lengths = root.at("lengths").get<std::vector<Index>>();
  for (const json& item : root.at("cases")) {
    const std::string name = item.at("id");
    INFO(name);
    LayerRun run(TokenSample(GoldenLayer(name), golden::Columns(item.at("x"))),
                 RowsOf(lengths), Mode::kTraining, 1, lengths);
    SetFrom(item.at("x"), &run.x[0]);
    for (std::size_t i = 0; i < run.w.size(); ++i) {
      SetFrom(item.at("params").at(run.params()[i].name), &run.w[i]);
    }
    run.Forward();
    CheckNear(run.y, item.at("y"));
    AlignedVector dy(run.y.size());
    SetFrom(item.at("dy"), &dy);
    const LayerRun::Gradients gradients = run.Backward(dy, 1);
    CheckNear(gradients.dx[0], item.at("dx"));
    for (std::size_t i = 0; i < run.w.size(); ++i) {
      CheckNear(gradients.dw[i], item.at("dparams").at(run.params()[i].name));
    }
  }
}

}  // namespace
}  // namespace mtlkit::contract
