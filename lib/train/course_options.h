#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "nn/model.h"
#include "train/course.h"
#include "train/recipe.h"
#include "train/train_inputs.h"

namespace mtlkit {

// How many trainings one model is made by. "auto" leaves it to the data.
struct CourseOptions {
  // SETTING=VALUE,VALUE,... each; or one word: "auto" or "none".
  std::vector<std::string> tune = {"auto"};
  std::string refit = "auto";
  std::string ensemble = "auto";
  // "auto" is nothing but one training.
  bool once = false;

  void Describe(Fields& fields);
};

// What it comes to for a recipe, of which `model` was made, with these flags
// `given`. `beginnings`: the networks that training begins from, if any.
//
// "auto" tunes UsualTuning, but for settings that are given or make no
// difference, and trains again on all rows, where there are validation rows and
// nothing asks for weights that they choose; of networks it makes kNetworks,
// fewer where one takes long, one of members, and as many as begin. Errors
// (kUsage) are those of ParseTuning, settings to tune without validation rows,
// and a number of networks that is none.
Course DecideCourse(const CourseOptions& options, const Recipe& recipe,
                    const std::vector<std::string>& given,
                    const TrainInputs& inputs, const Model& model,
                    Index beginnings = 0);

}  // namespace mtlkit
