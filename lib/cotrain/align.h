#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "data/dataset.h"

namespace mtlkit {

// Which views of a dataset are brought into one space, and how
// (prep/align_views.h).
struct AlignRequest {
  std::vector<std::string> view = {};  // by name or pattern; empty: all
  std::string how = "gcca";
  Index dims = 0;
  double ridge = 0.001;
  std::string train_split = "train";

  void Describe(Fields& fields);
};

// How much views agree on some rows: the mean over pairs of views of the
// correlation of a dimension; NaN where one does not vary.
struct AlignedRows {
  std::string split;
  Index rows = 0;
  std::vector<double> correlations;  // one a dimension
};

struct AlignReport {
  std::vector<std::string> views;
  std::vector<AlignedRows> splits;
};

// Fits the views of a dataset to each other on its training rows and replaces
// each by its projection of the same name; the step is added to its transforms,
// so that models learned from it apply it. kUsage with fewer than two views, or
// what AlignViews refuses.
AlignReport AlignDataset(Dataset* data, const AlignRequest& request);

std::string RenderText(const AlignReport& report);

}  // namespace mtlkit
