#pragma once

#include <string>
#include <vector>

#include "eval/join.h"

namespace mtlkit {

// Points of a line.
struct CurveLine {
  std::vector<double> x;
  std::vector<double> y;
};

// What one model's predictions of a task look like.
struct ModelCurves {
  std::string model;
  // The share of true positives over that of false ones (ROC), of the classes
  // or labels one against the rest, at each share of false positives the mean
  // over them (vertical averaging; Fawcett, "An introduction to ROC analysis",
  // 2006). Empty of numbers, and where no class has both.
  CurveLine roc;
  // How far predictions can be believed: rows in ten parts by what is
  // predicted, the mean of what was true over the mean of what was said
  // (DeGroot and Fienberg, 1983). Of binary tasks and labels of the positive
  // class (all labels together), of several classes of the one that is said, of
  // numbers of the label itself; empty of several numbers.
  CurveLine reliability;
};

struct TaskCurves {
  std::string task;
  bool is_of_classes = false;
  std::vector<ModelCurves> models;  // those that have the task
};

// The curves of all tasks and models; of several seeds of a name those of the
// first. Rows count by their weights, unless `no_weights`. Holds one task of
// one model at a time. A task of more than 100 columns has none of ROC.
std::vector<TaskCurves> CurvesOfTasks(const JoinedModels& models,
                                      bool no_weights);

}  // namespace mtlkit
