#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/options.h"
#include "contract/check_gradients.h"
#include "contract/layer_run.h"

// What every registered layer must do, in every shape that it gives.
namespace mtlkit::contract {
namespace {

constexpr Index kRows = 13;

// Calls check(sample, mode) for all samples in both modes.
template <class Check>
void ForEverySample(Check check) {
  for (const LayerEntry* entry : LayerEntries()) {
    for (const LayerSample& sample : entry->samples()) {
      for (const Mode mode : {Mode::kTraining, Mode::kInference}) {
        const std::string name =
            Str(entry->name, ", ", sample.name,
                mode == Mode::kTraining ? ", training" : ", inference");
        INFO(name);
        check(sample, mode);
      }
    }
  }
}

void CheckEqual(const LayerRun::Gradients& a, const LayerRun::Gradients& b) {
  CHECK(a.dx == b.dx);
  CHECK(a.dw == b.dw);
}

TEST_CASE("gradients are those of finite differences") {
  ForEverySample([&](const LayerSample& sample, Mode mode) {
    if (sample.layer->traits().stops_gradient) return;
    for (Index draw = 0; draw < 3; ++draw) {
      const Seed seed = static_cast<Seed>(11 + draw);
      LayerRun run(sample, kRows, mode, seed);
      CheckGradients(seed, draw, &run);
    }
  });
}

TEST_CASE("layers that stop gradients give none") {
  ForEverySample([&](const LayerSample& sample, Mode mode) {
    if (!sample.layer->traits().stops_gradient) return;
    LayerRun run(sample, kRows, mode, 5);
    run.Forward();
    const LayerRun::Gradients none = run.Backward(run.RandomGradient(2, 0), 2);
    for (const AlignedVector& dx : none.dx) CHECK(Dot(dx, dx) == 0);
  });
}

TEST_CASE("lanes give what separate passes give") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    constexpr Index kLanes = 3;
    LayerRun run(sample, kRows, mode, 5);
    run.Forward();
    const AlignedVector dy = run.RandomGradient(kLanes, 0);
    const LayerRun::Gradients all = run.Backward(dy, kLanes);
    const auto part = [](const AlignedVector& whole, Index lane) {
      const Index size = std::ssize(whole) / kLanes;
      return AlignedVector(whole.begin() + lane * size,
                           whole.begin() + (lane + 1) * size);
    };
    for (Index lane = 0; lane < kLanes; ++lane) {
      const LayerRun::Gradients one = run.Backward(part(dy, lane), 1);
      for (std::size_t i = 0; i < one.dx.size(); ++i) {
        CHECK(one.dx[i] == part(all.dx[i], lane));
      }
      for (std::size_t i = 0; i < one.dw.size(); ++i) {
        CHECK(one.dw[i] == part(all.dw[i], lane));
      }
    }
  });
}

TEST_CASE("inner products of lanes are those of their gradients") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    constexpr Index kLanes = 3;
    LayerRun run(sample, kRows, mode, 6);
    run.Forward();
    const LayerRun::Gradients all =
        run.Backward(run.RandomGradient(kLanes, 0), kLanes);
    for (std::size_t p = 0; p < all.dw.size(); ++p) {
      const std::vector<double> gram =
          run.LaneProducts(static_cast<Index>(p), kLanes);
      if (gram.empty()) continue;
      const std::size_t size = all.dw[p].size() / kLanes;
      for (std::size_t i = 0; i < kLanes; ++i) {
        for (std::size_t j = 0; j < kLanes; ++j) {
          double expected = 0;
          for (std::size_t e = 0; e < size; ++e) {
            expected += static_cast<double>(all.dw[p][i * size + e]) *
                        static_cast<double>(all.dw[p][j * size + e]);
          }
          CHECK(gram[i * kLanes + j] ==
                doctest::Approx(expected).epsilon(kDouble ? 1e-10 : 1e-4));
        }
      }
    }
  });
}

// Three lanes of rows, the second one empty.
std::vector<RowRange> SomeLanes(Index rows) {
  return {{1, 4}, {0, 0}, {5, rows - 6}};
}

TEST_CASE("gradients of parameters are sums over ranges of rows") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    LayerRun run(sample, kRows, mode, 12);
    if (run.mixes_rows() || run.params().empty()) return;
    run.Forward();
    const AlignedVector dy = run.RandomGradient(1, 0);
    const Index rows = run.all_rows();
    for (const RowRange& range : SomeLanes(rows)) {
      if (range.count == 0) continue;
      AlignedVector some(dy.size(), Real(0));
      const Index begin = run.OutputBegin(range.first);
      std::copy(dy.begin() + begin,
                dy.begin() + run.OutputBegin(range.first + range.count),
                some.begin() + begin);
      run.summed_rows = {0, -1};
      const LayerRun::Gradients expected = run.Backward(some, 1);
      run.summed_rows = range;
      const LayerRun::Gradients actual = run.Backward(dy, 1);
      for (std::size_t p = 0; p < actual.dw.size(); ++p) {
        for (std::size_t i = 0; i < actual.dw[p].size(); ++i) {
          CHECK(static_cast<double>(actual.dw[p][i]) ==
                doctest::Approx(static_cast<double>(expected.dw[p][i]))
                    .epsilon(kDouble ? 1e-12 : 1e-5));
        }
      }
    }
  });
}

TEST_CASE("inner products of lanes of rows are those of their gradients") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    LayerRun run(sample, kRows, mode, 13);
    if (run.mixes_rows()) return;
    run.Forward();
    const AlignedVector dy = run.RandomGradient(1, 0);
    const std::vector<RowRange> lanes = SomeLanes(run.all_rows());
    std::vector<LayerRun::Gradients> each;
    for (const RowRange& lane : lanes) {
      run.summed_rows = lane;
      each.push_back(run.Backward(dy, 1));
      if (lane.count > 0) continue;
      for (AlignedVector& dw : each.back().dw) std::ranges::fill(dw, Real(0));
    }
    for (std::size_t p = 0; p < run.params().size(); ++p) {
      const std::vector<double> gram =
          run.LaneProducts(static_cast<Index>(p), 1, lanes);
      if (gram.empty()) continue;
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        for (std::size_t j = 0; j < lanes.size(); ++j) {
          CHECK(gram[i * lanes.size() + j] ==
                doctest::Approx(Dot(each[i].dw[p], each[j].dw[p]))
                    .epsilon(kDouble ? 1e-10 : 1e-4));
        }
      }
    }
  });
}

TEST_CASE("what a layer says it does not read may be spoilt") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    LayerRun run(sample, kRows, mode, 7);
    run.Forward();
    const AlignedVector dy = run.RandomGradient(2, 0);
    const LayerRun::Gradients expected = run.Backward(dy, 2);
    const LayerTraits traits = run.layer().traits();
    for (AlignedVector& x : run.x) {
      if (!traits.reads_input) std::ranges::fill(x, Real(NAN));
    }
    if (!traits.reads_output) std::ranges::fill(run.y, Real(NAN));
    CheckEqual(run.Backward(dy, 2), expected);
  });
}

TEST_CASE("rows may be taken in blocks and parameters in tiles") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    LayerRun run(sample, kRows, mode, 8);
    const std::vector<AlignedVector> buffers = run.buffers;
    run.Forward();
    const AlignedVector y = run.y;
    REQUIRE(IsFinite(y));
    const AlignedVector dy = run.RandomGradient(2, 0);
    const LayerRun::Gradients expected = run.Backward(dy, 2);
    run.block_rows = 3;
    run.tile_rows = 2;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      std::ranges::copy(buffers[i], run.buffers[i].begin());
    }
    run.Forward();
    CHECK(run.y == y);
    CheckEqual(run.Backward(dy, 2), expected);
  });
}

TEST_CASE("parameters have gradients also where inputs want none") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    LayerRun run(sample, kRows, mode, 9);
    run.Forward();
    const AlignedVector dy = run.RandomGradient(2, 0);
    const LayerRun::Gradients expected = run.Backward(dy, 2);
    run.want_input_gradients = false;
    CHECK(run.Backward(dy, 2).dw == expected.dw);
  });
}

TEST_CASE("layers that work in place give the same in place") {
  ForEverySample([](const LayerSample& sample, Mode mode) {
    if (!sample.layer->traits().in_place) return;
    LayerRun run(sample, kRows, mode, 10);
    run.Forward();
    AlignedVector values = run.x[0];
    Operand operand = run.operands()[0];
    operand.values.data = values.data();
    Pass pass;
    pass.mode = mode;
    pass.dropout = Rng(10, RandomPurpose::kDropout, 3);
    ForwardArgs args;
    args.x = {&operand, 1};
    args.count = sample.layer->traits().by_group ? kRows : run.output_rows();
    args.node = 5;
    AlignedVector saved(
        At(sample.layer->SavedSize(run.output_rows(), sample.input_cols)));
    args.saved = saved.data();
    args.y = {values.data(), run.output_rows(), run.output_cols()};
    sample.layer->Forward(pass, args);
    CHECK(values == run.y);
  });
}

TEST_CASE("names and shapes of parameters are sound") {
  ForEverySample([](const LayerSample& sample, Mode) {
    CHECK(sample.layer->OutputCols(sample.input_cols) > 0);
    CHECK(sample.layer->WorkPerRow(sample.input_cols) > 0);
    for (const ParamSpec& spec : sample.layer->Params(sample.input_cols)) {
      CHECK(!spec.name.empty());
      CHECK(spec.rows * spec.cols > 0);
    }
  });
}

TEST_CASE("every layer is made again of its description") {
  for (const LayerEntry* entry : LayerEntries()) {
    for (const LayerSample& sample : entry->samples()) {
      INFO(entry->name, ": ", sample.name);
      CHECK(sample.layer->kind() == entry->name);
      const auto describe = [](const Layer& layer) {
        Json json = Json::object();
        JsonWriter writer(&json, true);
        layer.Describe(writer);
        return json;
      };
      const Json options = describe(*sample.layer);
      const LayerPtr again =
          entry->read(Json::parse(options.dump()), "a sample");
      CHECK(describe(*again) == options);
      CHECK(again->OutputCols(sample.input_cols) ==
            sample.layer->OutputCols(sample.input_cols));
      const auto count = static_cast<Index>(sample.input_cols.size());
      CHECK(count >= entry->least_inputs);
      CHECK((entry->most_inputs == 0 || count <= entry->most_inputs));
      Json more = options;
      more["no-such-option"] = 1;
      CHECK_THROWS_AS(entry->read(more, "a sample"), Error);
    }
  }
}

TEST_CASE("every kind of layer is registered under its name") {
  for (const LayerEntry* entry : LayerEntries()) {
    CHECK(!entry->help.empty());
    for (const LayerSample& sample : entry->samples()) {
      CHECK(sample.layer->kind() == entry->name);
    }
  }
}

}  // namespace
}  // namespace mtlkit::contract
