#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "data/dataset.h"
#include "nn/model.h"

namespace mtlkit {

// What of teachers becomes hints.
struct HintRequest {
  std::string layer = "trunk";  // of each teacher: Network::Find
  // How the features are scaled for the loss: "together" by one number, so that
  // columns keep their shares in it; "columns" each by its own; "rows" to
  // length 1.
  std::string scale = "together";
  bool only = false;  // the rows' own tasks are left out
  std::string train_split = "train";

  void Describe(Fields& fields);
};

struct Teacher {
  std::string name;  // of the task that its features become
  const Model* model = nullptr;
};

// Adds a task of numbers for each teacher: what its layer puts out for each
// row. Learned by the squared error, through the linear map that a head is, it
// is the loss of hints, 1/2 |u_h(x) - r(v_g(x))|^2, of Romero, Ballas, Kahou,
// Chassang, Gatta and Bengio, "FitNets: hints for thin deep nets" (2015,
// equation 3): the layer that the head stands on is guided, and the head is
// the regressor. Rows of all splits get hints. kUsage where a name is taken or
// a teacher has no such layer; kBadInput where the rows do not fit a teacher.
void AddHints(std::span<const Teacher> teachers, const HintRequest& request,
              ThreadPool* pool, Reporter* reporter, Dataset* data);

}  // namespace mtlkit
