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
  // The share of the training rows that chooses settings and length where there
  // are no validation rows: "auto", "none", or a number.
  std::string hold_out = "auto";
  // "auto" is nothing but one training.
  bool once = false;

  void Describe(Fields& fields);
};

// The recipe that trainings begin with: where settings to tune are named, with
// the first value of each. Errors are those of ParseTuning.
Recipe FirstRecipe(const CourseOptions& options, const Recipe& recipe,
                   const std::vector<std::string>& given);

// Makes some of the training rows validation rows, as options say, and returns
// what the user is to be told of it; "": it has made none. Rows of a group stay
// together, and both parts have their share of the labels of every task
// (prep/stratify.h); they follow from rows and `seed`.
//
// "auto" is kHeldOut of at least 200 rows, of which at least four groups where
// there are groups, where all of them are learned from in the end: --once,
// another --refit than valid, and what the length of all tasks together does
// not fit leave the rows as they are. So it does where the others could not be
// trained on, or nothing could be measured. kUsage: a share that is none, or
// one where there are validation rows. `model` is one of the recipe.
std::string HoldOut(const CourseOptions& options, const Recipe& recipe,
                    const Model& model, Seed seed, TrainInputs* inputs);

// What it comes to for a recipe (FirstRecipe), of which `model` was made, with
// these flags `given`. `beginnings`: the networks that training begins from, if
// any.
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
