// What must hold of every registered task weighting.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "contract/option_texts.h"
#include "train/weighting.h"

namespace mtlkit {
namespace {

using Rows = std::vector<std::vector<Real>>;

// Gradients of tasks (one row a task) with losses, as a weighting sees them.
struct Scene {
  Scene(Rows gradients, std::vector<double> task_losses,
        std::string task_names = "abcd")
      : rows(std::move(gradients)),
        losses(std::move(task_losses)),
        names(std::move(task_names)),
        present(rows.size(), 1),
        task_weight(rows.size(), 1.0) {
    for (const std::vector<Real>& a : rows) {
      for (const std::vector<Real>& b : rows) {
        double sum = 0;
        for (std::size_t c = 0; c < a.size(); ++c) {
          sum += static_cast<double>(a[c]) * static_cast<double>(b[c]);
        }
        gram.push_back(sum);
      }
      flat.insert(flat.end(), a.begin(), a.end());
    }
  }

  WeightingSignals Signals() const {
    WeightingSignals signals;
    signals.losses = losses;
    signals.present = present;
    signals.task_weight = task_weight;
    const Index k = static_cast<Index>(rows.size());
    signals.gramian = {gram.data(), k, k};
    signals.rng = &rng;
    signals.sampled = present;
    return signals;
  }

  std::vector<Task> Tasks() const {
    std::vector<Task> tasks(rows.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      tasks[i].name = names.substr(i, 1);
      tasks[i].type = TaskType::kBinary;
    }
    return tasks;
  }

  Rows rows;
  std::vector<double> losses;
  std::string names;  // one letter a task
  std::vector<std::uint8_t> present;
  std::vector<double> task_weight;
  std::vector<double> gram;
  std::vector<Real> flat;
  Rng rng{3, RandomPurpose::kWeighting, 11};
};

// A weighting with its state.
struct Subject {
  Subject(const Choice& choice, const Scene& scene)
      : weighting(MakeWeighting(choice, scene.Tasks())),
        state(static_cast<std::size_t>(weighting->state_size())),
        slots(scene.rows.size() * static_cast<std::size_t>(weighting->slots()),
              std::vector<Real>(scene.rows[0].size())) {
    weighting->InitState(state);
  }

  std::vector<double> Weights(const Scene& scene) {
    std::vector<double> w(scene.rows.size(), std::nan(""));
    const std::vector<double> measured = Measured(scene);
    WeightingSignals signals = scene.Signals();
    signals.measured = measured;
    weighting->Weights(signals, state, w);
    return w;
  }

  std::vector<double> Measured(const Scene& scene) {
    if (!weighting->needs().measures) return {};
    std::vector<Real> rows = scene.flat;
    std::vector<Index> tasks;
    for (std::size_t i = 0; i < scene.rows.size(); ++i) {
      tasks.push_back(static_cast<Index>(i));
    }
    std::vector<Real*> kept;
    for (std::vector<Real>& slot : slots) kept.push_back(slot.data());
    std::vector<double> sums(tasks.size());
    const Index cols = static_cast<Index>(scene.rows[0].size());
    weighting->Measure(
        scene.Signals(),
        {tasks, {rows.data(), static_cast<Index>(tasks.size()), cols}, kept},
        sums);
    return sums;
  }

  std::vector<Real> Direction(const Scene& scene) {
    const std::vector<double> w = Weights(scene);
    const Index size = static_cast<Index>(scene.rows[0].size());
    const Index tasks = static_cast<Index>(scene.rows.size());
    std::vector<Real> out(scene.rows[0].size());
    weighting->Combine(scene.Signals(), w, {scene.flat.data(), tasks, size}, 0,
                       out);
    return out;
  }

  std::unique_ptr<Weighting> weighting;
  std::vector<double> state;
  std::vector<std::vector<Real>> slots;
};

template <class Check>
void ForEachWeighting(Check check) {
  for (const WeightingEntry* entry : WeightingEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = entry->name;
      const std::string text = ChoiceText(choice);
      CAPTURE(text);
      check(choice);
    }
  }
}

// Methods that solve for a direction by its angles, to which it may have to go
// against a gradient.
bool MayBeNegative(const Choice& choice) {
  return choice.name == "imtl-g" || choice.name == "config" ||
         choice.name == "aligned-mtl";
}

TEST_CASE("weights are finite whatever the gradients and losses are") {
  const std::vector<Scene> scenes = {
      Scene({{1, 2}, {-2, 1}, {3, 3}}, {0.5, 1, 2}),
      Scene({{0, 0}, {0, 0}}, {0, 0}),
      Scene({{1, 0}, {-1, 0}}, {1e-9, 1e9}),
      Scene({{0, 0}, {1, 1}}, {1, 1}),
      Scene({{static_cast<Real>(1e15), 1}, {static_cast<Real>(-1e-15), 2}},
            {1, 1}),
      Scene({{1, 1}, {1, 1}, {-1, -1}, {-1, -1}}, {3, 3, 3, 3})};
  ForEachWeighting([&](const Choice& choice) {
    for (const Scene& scene : scenes) {
      Subject subject(choice, scene);
      for (int step = 0; step < 50; ++step) {
        for (const double w : subject.Weights(scene)) {
          CHECK(std::isfinite(w));
          if (!MayBeNegative(choice)) CHECK(w >= 0);
        }
      }
    }
  });
}

TEST_CASE("a task alone keeps its gradient, but for what is learned") {
  const Scene scene({{1, -2, 3}}, {0.7});
  ForEachWeighting([&](const Choice& choice) {
    Subject subject(choice, scene);
    const double w = subject.Weights(scene)[0];
    CHECK(w > 0);
    if (!subject.state.empty()) return;
    // The logarithm of a loss has the gradient of the loss, divided by it.
    CHECK(w == (choice.name == "log" ? 1 / 0.7 : 1.0));
    if (!subject.weighting->needs().gradients) return;
    CHECK(subject.Direction(scene) == scene.rows[0]);
  });
}

TEST_CASE("exchanging two tasks exchanges their weights") {
  const Scene scene({{1, 2, -1}, {-2, 0.5, 1}}, {0.5, 2});
  const Scene other({scene.rows[1], scene.rows[0]}, {2, 0.5}, "ba");
  ForEachWeighting([&](const Choice& choice) {
    Subject first(choice, scene);
    Subject second(choice, other);
    for (int step = 0; step < 3; ++step) {
      const std::vector<double> a = first.Weights(scene);
      const std::vector<double> b = second.Weights(other);
      CHECK(a == std::vector<double>{b[1], b[0]});
    }
    if (!first.weighting->needs().gradients || first.weighting->slots() > 0) {
      return;
    }
    CHECK(first.Direction(scene) == second.Direction(other));
  });
}

TEST_CASE("an absent task has weight 0, no influence and an untouched state") {
  Scene scene({{1, 2}, {-3, 1}, {0.5, -2}}, {1, 1, 1});
  const Scene without({{1, 2}, {0.5, -2}}, {1, 1}, "ac");
  scene.present[1] = 0;
  scene.losses[1] = std::nan("");
  for (std::size_t i = 0; i < 3; ++i) {
    scene.gram[3 + i] = std::nan("");
    scene.gram[3 * i + 1] = std::nan("");
  }
  ForEachWeighting([&](const Choice& choice) {
    Subject subject(choice, scene);
    Subject smaller(choice, without);
    const std::vector<double> before = subject.state;
    const std::vector<double> w = subject.Weights(scene);
    CHECK(w[1] == 0);
    CHECK(std::isfinite(w[0]));
    CHECK(std::isfinite(w[2]));
    // What is kept of each task lies together, in the order of tasks.
    const std::size_t size = before.size() / 3;
    for (std::size_t i = size; i < 2 * size; ++i) {
      CHECK(subject.state[i] == before[i]);
    }
    const std::vector<double> less = smaller.Weights(without);
    // `fixed` divides by all tasks, so that a batch's weight does not depend
    // on what else is in it.
    const double scale = choice.name == "fixed" ? 1.5 : 1.0;
    CHECK(w[0] * scale == doctest::Approx(less[0]));
    CHECK(w[2] * scale == doctest::Approx(less[1]));
  });
}

TEST_CASE("losses after a step move the state of present tasks only") {
  Scene scene({{1, 2}, {-3, 1}, {0.5, -2}}, {1, 1, 2});
  scene.present[1] = 0;
  scene.losses[1] = std::nan("");
  const std::vector<double> after = {0.9, std::nan(""), 1};
  ForEachWeighting([&](const Choice& choice) {
    Subject subject(choice, scene);
    const std::vector<double> start = subject.state;
    subject.Weights(scene);
    subject.weighting->Observe(scene.Signals(), after, subject.state);
    const std::size_t size = start.size() / 3;
    for (std::size_t i = 0; i < start.size(); ++i) {
      CHECK(std::isfinite(subject.state[i]));
      if (i / size == 1) CHECK(subject.state[i] == start[i]);
    }
    if (!subject.weighting->needs().losses_after) return;
    // The loss of the first task fell less: it counts for more from now on.
    Subject fresh(choice, scene);
    CHECK(subject.Weights(scene)[0] > fresh.Weights(scene)[0]);
  });
}

TEST_CASE("the same step gives the same weights, and goes on from its state") {
  const Scene scene({{1, 2, 0}, {-2, 1, 1}, {1, -3, 2}}, {0.5, 1, 2});
  ForEachWeighting([&](const Choice& choice) {
    Subject whole(choice, scene);
    whole.Weights(scene);
    Subject rest(choice, scene);
    rest.state = whole.state;
    rest.slots = whole.slots;
    CHECK(whole.Weights(scene) == rest.Weights(scene));
    CHECK(whole.state == rest.state);
  });
}

}  // namespace
}  // namespace mtlkit
