#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// A multi-layer perceptron shared by tasks of one output each, trained by Adam
// on squared errors; numbers as the peers' (peers/README.md).
struct Workload {
  std::string name;
  Index features = 0;
  Index hidden = 0;
  Index hidden2 = 0;
  Index tasks = 0;
  Index batch = 0;
  Index batches = 8;
  std::uint64_t seed = 1;
  std::string method = "sum";  // or "pcgrad"
  double rate = 1e-3;
  // Each row has a label of one task only, in order; `method` then gets all
  // gradients from one pass, or, told so, from a lane for each task.
  bool own_rows = false;
  bool in_lanes = false;
  // As mtl-train has it by default: silu and dropout .1, not relu.
  bool by_default = false;
  int threads = 1;
  bool at_representation = false;   // where `method` compares gradients
  std::string order = "ascending";  // in which pcgrad's tasks meet

  // Operations of the matrix products of one plain step.
  double operations() const;
};

// A workload in training.
class Training {
 public:
  explicit Training(const Workload& workload);
  ~Training();
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  void Restart();
  void Step();
  // Mean squared errors on the first batch, one a task.
  std::vector<double> Losses();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same matrix products as a plain step, and nothing else.
class ProductsAlone {
 public:
  explicit ProductsAlone(const Workload& workload);
  ~ProductsAlone();
  ProductsAlone(const ProductsAlone&) = delete;
  ProductsAlone& operator=(const ProductsAlone&) = delete;

  void Run();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
