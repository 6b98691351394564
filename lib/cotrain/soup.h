#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// A mean of the parameters of models of one network (Wortsman et al., "Model
// soups: averaging weights of multiple fine-tuned models improves accuracy
// without increasing inference time", 2022).
struct SoupOptions {
  // uniform: of all; greedy: models in the order of their measure, best first,
  // each of which stays if the mean with it is better than without.
  std::string how = "greedy";
  std::string split = "valid";     // rows that greedy measures on
  std::string select_on = "loss";  // as of --select-on

  void Describe(Fields& fields);
};

// One model on its way into the soup.
struct SoupIngredient {
  std::string path;
  double score = 0;  // alone; lower is better (ValidationResult::score)
  double with = 0;   // of the mean with it, when its turn came
  bool is_taken = true;
};

struct Soup {
  Model model;                              // all but its provenance
  std::vector<SoupIngredient> ingredients;  // in the order of their turns
  std::string measured_on;                  // "" of a uniform one
};

// `paths` name at least two models; `data` are needed by greedy alone, and may
// be null else. What is not the same in all models is kBadInput, naming the
// first that differs: tasks, inputs, parameters. A model of several networks is
// kBadInput, too.
Soup MakeSoup(const std::vector<std::string>& paths, const SoupOptions& options,
              const Dataset* data, ThreadPool* pool);
// One line a model, for people.
std::string RenderText(const Soup& soup);

}  // namespace mtlkit
