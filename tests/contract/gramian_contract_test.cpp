// What must hold of every weighting on inner products of gradients, whatever
// these are.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "contract/option_texts.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

// Inner products of random gradients of `rank` dimensions, some of which may
// be the same, opposite, or 0; lengths span `decades`.
std::vector<double> DrawGramian(Index tasks, Index rank, double scale,
                                double decades, std::uint64_t draw) {
  const Rng random(17, RandomPurpose::kTest, draw);
  std::vector<std::vector<double>> rows;
  for (Index i = 0; i < tasks; ++i) {
    const double length =
        scale * std::pow(10.0, decades * (random.Uniform(i, 9999) - 0.5));
    std::vector<double> row;
    for (Index c = 0; c < rank; ++c) row.push_back(random.Normal(i, c));
    if (i > 0 && i % 5 == 2) row = rows.back();
    for (double& g : row) g *= i % 5 == 3 ? -length : length;
    if (i % 7 == 6) row.assign(row.size(), 0);
    rows.push_back(row);
  }
  std::vector<double> gramian;
  for (const auto& a : rows) {
    for (const auto& b : rows) {
      double sum = 0;
      for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
      gramian.push_back(sum);
    }
  }
  return gramian;
}

// The weights of a few steps with the same gradients.
std::vector<double> WeighGramian(const Choice& choice,
                                 const std::vector<double>& gramian,
                                 Index tasks) {
  std::vector<Task> named(static_cast<std::size_t>(tasks));
  for (std::size_t i = 0; i < named.size(); ++i) {
    named[i].name = "t" + std::to_string(i);
  }
  const auto weighting = MakeWeighting(choice, named);
  const std::vector<double> ones(named.size(), 1);
  const std::vector<std::uint8_t> present(named.size(), 1);
  std::vector<double> measured;
  for (Index i = 0; i < tasks; ++i) {
    measured.push_back(gramian[static_cast<std::size_t>(i * tasks + i)]);
  }
  const Rng rng(3, RandomPurpose::kWeighting, 5);
  WeightingSignals signals;
  signals.losses = ones;
  signals.task_weight = ones;
  signals.present = present;
  signals.sampled = present;
  signals.measured = measured;
  signals.gramian = {gramian.data(), tasks, tasks};
  signals.rng = &rng;
  std::vector<double> state(static_cast<std::size_t>(weighting->state_size()));
  weighting->InitState(state);
  std::vector<double> w(named.size(), std::nan(""));
  for (int step = 0; step < 3; ++step) weighting->Weights(signals, state, w);
  for (const double number : state) CHECK(std::isfinite(number));
  return w;
}

template <class Check>
void ForEachOnGramians(Check check) {
  for (const WeightingEntry* entry : WeightingEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = entry->name;
      if (!MakeWeighting(choice, {{Task{}, Task{}}})->needs().gramian) continue;
      CAPTURE(ChoiceText(choice));
      check(choice);
    }
  }
}

TEST_CASE("Gramians of any rank and scale have finite weights, soon") {
  struct Kind {
    Index tasks;
    Index rank;
    double decades;
  };
  const std::vector<Kind> kinds = {{2, 2, 0},   {2, 1, 6},    {3, 0, 0},
                                   {9, 4, 8},   {17, 30, 12}, {128, 200, 0},
                                   {128, 20, 4}};
  ForEachOnGramians([&](const Choice& choice) {
    std::uint64_t draw = 0;
    for (const Kind& kind : kinds) {
      CAPTURE(kind.tasks);
      CAPTURE(kind.rank);
      for (const double scale : {1e-10, 1.0, 1e15}) {
        // The largest problems once each.
        if (kind.tasks > 100 && scale != 1) continue;
        CAPTURE(scale);
        const std::vector<double> w = WeighGramian(
            choice,
            DrawGramian(kind.tasks, kind.rank, scale, kind.decades, ++draw),
            kind.tasks);
        bool are_finite = true;
        for (const double weight : w) {
          are_finite = are_finite && std::isfinite(weight);
        }
        CHECK(are_finite);
      }
    }
  });
}

// Of no scale: what the gradients of a batch are multiplied by changes how long
// the step is, and nothing else. Others step by rates, which have a unit.
TEST_CASE("the scale of a Gramian changes no direction") {
  ForEachOnGramians([&](const Choice& choice) {
    if (choice.name == "modo" || choice.name == "moco" ||
        choice.name == "gradnorm") {
      return;
    }
    const std::vector<double> gramian = DrawGramian(6, 9, 1, 0, 3);
    const std::vector<double> w = WeighGramian(choice, gramian, 6);
    double size = 0;
    for (const double weight : w) size += std::abs(weight);
    for (const double scale : {1e-20, 1e30}) {
      CAPTURE(scale);
      std::vector<double> scaled = gramian;
      for (double& product : scaled) product *= scale;
      const std::vector<double> v = WeighGramian(choice, scaled, 6);
      double scaled_size = 0;
      for (const double weight : v) scaled_size += std::abs(weight);
      for (std::size_t i = 0; i < w.size(); ++i) {
        CHECK(std::abs(v[i] * size - w[i] * scaled_size) <=
              1e-6 * size * scaled_size);
      }
    }
  });
}

}  // namespace
}  // namespace mtlkit
