#include "train/slice_terms.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

SliceTerms TermsIn(const Network& network, const std::vector<SliceTerms>& terms,
                   const char* name) {
  const Index slice = network.weights()->Find(name);
  REQUIRE(slice >= 0);
  return terms[At(slice)];
}

TEST_CASE("layers have rates and decays of their own") {
  const Model model = SampleModel(SampleData(40));
  const Network& network = *model.network;
  TrainOptions options;
  options.optimizer.decay = 0.5;
  options.rate_of = {"*=0.5", "heads*=3"};
  options.decay_of = {"heads.trunk=0", "trunk.0/bias=0.25"};
  const auto terms = TermsOfSlices(network, options, {});
  CHECK(TermsIn(network, terms, "trunk.0/kernel") == SliceTerms{0.5, 0.5});
  CHECK(TermsIn(network, terms, "trunk.0/bias") == SliceTerms{0.5, 0.25});
  CHECK(TermsIn(network, terms, "heads.trunk/kernel") == SliceTerms{3, 0});
  CHECK(TermsIn(network, terms, "heads.trunk/bias") == SliceTerms{3, 0});
  // A bias that was not named itself does not decay.
  options.decay_of = {"trunk=0.1"};
  const auto wide = TermsOfSlices(network, options, {});
  CHECK(TermsIn(network, wide, "trunk.0/kernel").decay == 0.1);
  CHECK(TermsIn(network, wide, "trunk.0/bias").decay == 0);
}

TEST_CASE("biases and factors of members decay only where they are named") {
  const Dataset data = SampleData(40);
  ArchOptions arch;
  arch.layers = {"8"};
  arch.members = "3:form=full";
  const Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  const Network& network = *model.network;
  TrainOptions options;
  options.decay_of = {"*=0.5"};
  const auto terms = TermsOfSlices(network, options, {});
  CHECK(TermsIn(network, terms, "trunk.0/kernel").decay == 0.5);
  CHECK(TermsIn(network, terms, "heads.trunk/kernel").decay == 0.5);
  CHECK(TermsIn(network, terms, "heads.trunk/bias").decay == 0);
  CHECK(TermsIn(network, terms, "trunk.0.out/scale").decay == 0);
  CHECK(TermsIn(network, terms, "trunk.0.out/bias").decay == 0);
  options.decay_of = {"trunk.0.out/scale=0.5"};
  CHECK(
      TermsIn(network, TermsOfSlices(network, options, {}), "trunk.0.out/scale")
          .decay == 0.5);
}

// The weights after one step of plain descent on all rows.
Model SteppedModel(const Dataset& data, TrainOptions options) {
  options.optimizer.optimizer = "sgd:momentum=0";
  options.schedule = "constant";
  options.batch = 1000;
  options.epochs = 1;
  Model model = SampleModel(data);
  TrainInputs inputs = InputsOf(data, options);
  inputs.valid_rows.clear();
  Train(inputs, options, 1, {}, &model);
  return model;
}

TEST_CASE("a step of a layer is its factor times that of the rate") {
  const Dataset data = SampleData(100);
  const Model start = SampleModel(data);
  TrainOptions options = SampleOptions();
  const Model plain = SteppedModel(data, options);
  options.rate_of = {"trunk=0.25"};
  const Model slow = SteppedModel(data, options);
  for (const Slice& slice : start.network->weights()->slices()) {
    CAPTURE(slice.name);
    const Index i = start.network->weights()->Find(slice.name);
    const double factor = slice.name.starts_with("trunk") ? 0.25 : 1;
    for (Index row = 0; row < slice.spec.rows; ++row) {
      for (Index col = 0; col < slice.spec.cols; ++col) {
        const auto moved = [&](const Model& model) {
          return static_cast<double>(model.params.weights.At(i)(row, col) -
                                     start.params.weights.At(i)(row, col));
        };
        CHECK(moved(slow) ==
              doctest::Approx(factor * moved(plain)).epsilon(1e-3));
      }
    }
  }
}

TEST_CASE("a decay of a layer stands for that of all") {
  const Dataset data = SampleData(100);
  TrainOptions options = SampleOptions();
  options.optimizer.decay = 0.3;
  const Model all = SteppedModel(data, options);
  options.optimizer.decay = 0;
  options.decay_of = {"trunk=0.3", "heads*=0.3"};
  const Model each = SteppedModel(data, options);
  CHECK(WeightsOf(all) == WeightsOf(each));
}

TEST_CASE("rates and decays that mean nothing are refused") {
  const Model model = SampleModel(SampleData(40));
  const auto refused = [&](const TrainOptions& options,
                           const std::vector<bool>& frozen, const char* why) {
    CHECK_THROWS_WITH_AS(TermsOfSlices(*model.network, options, frozen),
                         doctest::Contains(why), Error);
  };
  TrainOptions options;
  for (const char* text : {"trunk", "trunk=", "trunk=-1", "trunk=0"}) {
    options.rate_of = {text};
    refused(options, {}, "is not LAYER=NUMBER");
  }
  options.rate_of = {"trank=2"};
  refused(options, {}, "--rate-of: there is no layer 'trank'; did you mean");
  const std::size_t slices = model.network->weights()->slices().size();
  options.rate_of = {"trunk=2"};
  refused(options, std::vector<bool>(slices, true), "has no effect");
  options.rate_of = {};
  options.decay_of = {"trunk=-1"};
  refused(options, {}, "from 0 on");
  options.decay_of = {"*/bias=0.1"};
  refused(options, {}, "it names no weights that learn");
}

}  // namespace
}  // namespace mtlkit
