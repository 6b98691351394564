#include "allocations.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "data/batch.h"
#include "train/meeting.h"
#include "train/sample.h"
#include "train/sampler.h"
#include "train/trainee.h"

namespace mtlkit {
namespace {

// Allocations of an epoch of steps, after one epoch that has seen every batch
// shape.
long long StepAllocations(const TrainOptions& options, ThreadPool* pool) {
  const Dataset data = SampleData(300);
  Model model = SampleModel(data);
  SoftTargets soft;
  soft.task = 2;
  for (Index row = 0; row < 100; row += 5) {
    soft.rows.push_back(row);
    soft.values.push_back(20);
  }
  Peer peer = {&model, 1, InputsOf(data, options)};
  peer.inputs.soft_targets = {soft};
  const auto protocol = MakeProtocol({"solo", {}}, 1);
  Trainee trainee(peer, options, *protocol, pool);
  const auto sampler =
      MakeSampler({"proportional", {}},
                  {trainee.data(), trainee.train_rows(), options.batch});
  EpochRows order;
  sampler->Draw(1, 0, &order);
  const auto averaging =
      MakeAveraging(ParseChoice(options.average, "--average"), {0.01, 1, 2});
  trainee.AverageBy(averaging.get());
  trainee.learner().ExpectSteps(2 * order.batch_count(), order.batch_count());
  Index step = 0;
  long long before = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    before = AllocationCount();
    for (Index i = 0; i < order.batch_count(); ++i) {
      trainee.Forward(order.Batch(i), step);
      REQUIRE(trainee.Learn(step++, 0.01, 0.5) == -1);
    }
  }
  return AllocationCount() - before;
}

TEST_CASE("a training step allocates nothing") {
  ThreadPool pool(2);
  for (const WeightingEntry* weighting : WeightingEntries()) {
    for (const char* at : {"parameters", "representation"}) {
      CAPTURE(weighting->name);
      CAPTURE(at);
      TrainOptions options = SampleOptions();
      options.weighting.weighting = weighting->name;
      options.weighting.gradients_at = at;
      options.optimizer.clip_norm = 1;
      options.optimizer.clip_value = 1;
      const auto made = MakeWeighting({std::string(weighting->name), {}},
                                      SampleData(9).tasks);
      // It keeps something of every parameter: there are none to keep of. Or
      // it compares samples, which have nothing in common.
      const bool is_elsewhere = made->slots() > 0 || made->needs().samples;
      if (is_elsewhere && std::string(at) == "representation") {
        CHECK_THROWS_AS(StepAllocations(options, &pool), Error);
        continue;
      }
      CHECK(StepAllocations(options, &pool) == 0);
    }
  }
  for (const OptimizerEntry* optimizer : OptimizerEntries()) {
    CAPTURE(optimizer->name);
    TrainOptions options = SampleOptions();
    options.optimizer.optimizer = optimizer->name;
    CHECK(StepAllocations(options, nullptr) == 0);
  }
  TrainOptions uphill = SampleOptions();
  uphill.optimizer.optimizer = "sam";
  uphill.weighting.weighting = "moco";
  CHECK(StepAllocations(uphill, nullptr) == 0);
  TrainOptions averaged = SampleOptions();
  averaged.average = "ema";
  averaged.input_noise = 0.1;
  averaged.diagnose = 1;
  CHECK(StepAllocations(averaged, nullptr) == 0);
}

// Of an epoch of steps with two peers, after one that has seen every shape.
long long AllocationsTogether(const std::string& method) {
  const Dataset data = SampleData(300);
  const TrainOptions options = SampleOptions();
  const auto protocol = MakeProtocol(ParseChoice(method, "--method"), 2);
  const char* arch = protocol->teaches_members() ? "branches" : "shared";
  std::vector<Model> models(2, SampleModel(data, 1, arch));
  std::vector<Trainee> peers;
  for (Model& model : models) {
    const Peer peer = {&model, 1, InputsOf(data, options)};
    peers.emplace_back(peer, options, *protocol, nullptr);
  }
  Meeting meeting(protocol.get(), &peers, data.rows, options.batch);
  const auto sampler =
      MakeSampler({"proportional", {}},
                  {peers[0].data(), peers[0].train_rows(), options.batch});
  EpochRows order;
  sampler->Draw(1, 0, &order);
  Index step = 0;
  long long before = 0;
  for (Index epoch = 1; epoch < 4; ++epoch) {
    before = AllocationCount();
    for (Index i = 0; i < order.batch_count(); ++i) {
      for (Trainee& peer : peers) {
        peer.Forward(order.Batch(i), step, protocol->LooksTwice(epoch));
      }
      meeting.Meet(order.Batch(i), step, epoch, static_cast<double>(epoch));
      for (Trainee& peer : peers) peer.Learn(step, 0.01, 0.5);
      meeting.Exchange({step++, epoch, false});
    }
    if (epoch < 3) meeting.EndEpoch();
  }
  return AllocationCount() - before;
}

TEST_CASE("a step of peers allocates nothing, by any protocol") {
  for (const ProtocolEntry* entry : ProtocolEntries()) {
    CAPTURE(entry->name);
    CHECK(AllocationsTogether(std::string(entry->name)) == 0);
  }
  for (const char* method :
       {"mutual:direction=both", "kdcl:rule=linear", "kdcl:rule=general",
        "co-teaching:over=epoch", "co-teaching-plus:warm-up=0",
        "dividemix:warm-up=1"}) {
    CAPTURE(method);
    CHECK(AllocationsTogether(method) == 0);
  }
}

}  // namespace
}  // namespace mtlkit
