#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "golden/golden.h"
#include "nn/layers/layers.h"
#include "nn/loss.h"
#include "train/step.h"

// The network, the data and the cases of tests/golden/training.json.
namespace mtlkit {

using golden::json;
using golden::Numbers;
using golden::Reals;

constexpr Index kRows = 24;
constexpr Index kFeatures = 8;

inline const json& Root() {
  static const json root = golden::Load("training");
  return root;
}

inline std::vector<Task> TasksNamed(const std::vector<std::string>& heads) {
  std::vector<Task> tasks;
  for (const std::string& head : heads) {
    Task task;
    task.name = head;
    if (head == "flag") {
      task.type = TaskType::kBinary;
      task.classes = {"0", "1"};
    }
    if (head == "kind") {
      task.type = TaskType::kMulticlass;
      task.classes = {"0", "1", "2"};
    }
    tasks.push_back(task);
  }
  return tasks;
}

// The network of the reference; one layer serves all heads if `joined`.
inline Network BuildReference(const std::vector<Task>& tasks, bool joined) {
  InputSpec input;
  input.name = "x";
  input.cols = kFeatures;
  NetworkBuilder b(std::vector<InputSpec>{input},
                   static_cast<Index>(tasks.size()));
  const auto tanh = [](Index units) {
    return MakeDense({.units = units, .activation = Activation::kTanh});
  };
  const Value h1 = b.Add("trunk.0", tanh(6), {b.Input(0)});
  const Value h2 = b.Add("trunk.1", tanh(5), {h1});
  Index width = 0;
  for (const Task& task : tasks) width += task.output_cols();
  if (joined) {
    const Value y = b.Add("heads", MakeDense({.units = width}), {h2});
    Index first = 0;
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      b.Output(static_cast<Index>(t), y, first, tasks[t].output_cols());
      first += tasks[t].output_cols();
    }
  } else {
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      b.Output(static_cast<Index>(t),
               b.Add("head." + tasks[t].name,
                     MakeDense({.units = tasks[t].output_cols()}), {h2}));
    }
  }
  return std::move(b).Build();
}

// Calls visit(place, name, row, col) for every number of the parameters, where
// `name` is the reference's and (row, col) the place in its array.
template <class Visit>
void ForEachNumber(const std::vector<Task>& tasks, bool joined, Block* block,
                   Visit visit) {
  const Layout& layout = block->layout();
  for (Index i = 0; i < static_cast<Index>(layout.slices().size()); ++i) {
    const std::string& name = layout.slice(i).name;
    const MatView values = block->At(i);
    if (!joined || name.rfind("heads/", 0) != 0) {
      for (Index p = 0; p < values.size(); ++p) {
        visit(values.data[p], name, p / values.cols, p % values.cols);
      }
      continue;
    }
    Index first = 0;
    for (const Task& task : tasks) {
      for (Index row = 0; row < values.rows; ++row) {
        for (Index c = 0; c < task.output_cols(); ++c) {
          visit(values(row, first + c), "head." + task.name + name.substr(5),
                row, c);
        }
      }
      first += task.output_cols();
    }
  }
}

inline Params StartOf(const Network& network, const std::vector<Task>& tasks,
                      bool joined, const json& start) {
  Params params = network.Initialized(1);
  ForEachNumber(
      tasks, joined, &params.weights,
      [&](Real& place, const std::string& name, Index row, Index col) {
        const json& array = start.at(name);
        const auto c = static_cast<std::size_t>(col);
        const auto r = static_cast<std::size_t>(row);
        place = array[0].is_array() ? array[r][c].get<Real>()
                                    : array[c].get<Real>();
      });
  return params;
}

// Rows of the reference's data as batches.
class Data {
 public:
  Data(const std::vector<Task>& tasks, const json& changed) : tasks_(tasks) {
    x_ = Reals(Root()["data"]["x"]);
    for (const Task& task : tasks) {
      const json& target = changed.contains(task.name)
                               ? changed[task.name]
                               : Root()["data"]["target"][task.name];
      labels_.push_back(Reals(target));
    }
  }

  const Batch& Load(const std::vector<Index>& rows) {
    rows_ = rows;
    x_rows_.clear();
    for (const Index row : rows) {
      x_rows_.insert(x_rows_.end(), x_.begin() + row * kFeatures,
                     x_.begin() + (row + 1) * kFeatures);
    }
    const Index count = static_cast<Index>(rows.size());
    batch_.rows = count;
    batch_.row_numbers = rows_;
    batch_.inputs.resize(1);
    batch_.inputs[0].dense = {x_rows_.data(), count, kFeatures};
    targets_.assign(tasks_.size(), {});
    weights_.assign(tasks_.size(), {});
    batch_.targets.resize(tasks_.size());
    for (std::size_t t = 0; t < tasks_.size(); ++t) LoadTask(t);
    return batch_;
  }

 private:
  void LoadTask(std::size_t t) {
    for (const Index row : rows_) {
      const Real label = labels_[t][static_cast<std::size_t>(row)];
      targets_[t].push_back(label);
      weights_[t].push_back(std::isnan(label) ? Real{0} : Real{1});
    }
    TargetBatch& target = batch_.targets[t];
    target.target = {targets_[t].data(), batch_.rows, 1};
    target.weight = weights_[t];
  }

  std::vector<Task> tasks_;
  std::vector<Real> x_;
  std::vector<std::vector<Real>> labels_;
  std::vector<Index> rows_;
  std::vector<Real> x_rows_;
  std::vector<std::vector<Real>> targets_;
  std::vector<std::vector<Real>> weights_;
  Batch batch_;
};

inline std::vector<Index> RowsOf(const json& entry, std::size_t step) {
  if (entry["params"]["batches"] == "mini batch") {
    return Root()["order"][step].get<std::vector<Index>>();
  }
  std::vector<Index> rows(kRows);
  for (Index i = 0; i < kRows; ++i) rows[static_cast<std::size_t>(i)] = i;
  return rows;
}

// One network of a case, ready to learn.
struct Pupil {
  Pupil(const std::vector<std::string>& heads, const Choice& weighting_choice,
        bool join, const json& start, const json& changed)
      : tasks(TasksNamed(heads)),
        joined(join),
        network(BuildReference(tasks, joined)),
        losses(MakeLosses(tasks, {})),
        optimizer(MakeOptimizer({"adam", {}})),
        weighting(MakeWeighting(weighting_choice, tasks)),
        data(tasks, changed),
        learner(Setup()) {
    learner.Start(StartOf(network, tasks, joined, start), &state);
  }

  LearnerSetup Setup() const {
    LearnerSetup setup;
    setup.network = &network;
    setup.tasks = tasks;
    setup.losses = losses;
    setup.optimizer = optimizer.get();
    setup.optimizer_options = &options;
    setup.weighting = weighting.get();
    setup.task_weight.assign(tasks.size(), 1.0);
    setup.capacity = kRows;
    return setup;
  }

  void CheckParameters(const json& expected, double tolerance) {
    double worst = 0;
    ForEachNumber(
        tasks, joined, &state.params.weights,
        [&](const Real& place, const std::string& name, Index row, Index col) {
          const std::vector<double> numbers = Numbers(expected.at(name));
          const Index cols = golden::Columns(expected.at(name));
          const bool flat = !expected.at(name)[0].is_array();
          const Index at = flat ? col : row * cols + col;
          double largest = 1;
          for (const double v : numbers) {
            largest = std::max(largest, std::abs(v));
          }
          const double distance =
              std::abs(static_cast<double>(place) -
                       numbers[static_cast<std::size_t>(at)]) /
              largest;
          if (!(distance <= worst)) worst = distance;
        });
    CHECK(worst <= tolerance);
  }

  std::vector<Task> tasks;
  bool joined;
  Network network;
  std::vector<std::unique_ptr<Loss>> losses;
  OptimizerOptions options = {.rate = 0.01};
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Weighting> weighting;
  Data data;
  Learner learner;
  LearnerState state;
};

inline void CheckNumbers(std::span<const double> values, const json& expected,
                         double tolerance) {
  const std::vector<double> numbers = Numbers(expected);
  REQUIRE(values.size() == numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (std::isnan(numbers[i])) continue;
    const double scale = std::max(1.0, std::abs(numbers[i]));
    CHECK(std::abs(values[i] - numbers[i]) <= tolerance * scale);
  }
}

}  // namespace mtlkit
