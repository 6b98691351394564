#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/options.h"
#include "nn/model.h"
#include "train/recipe.h"
#include "train/refit.h"
#include "train/train_environment.h"
#include "train/train_inputs.h"
#include "train/tune.h"

namespace mtlkit {

// The trainings that one model is made by, with nothing left to decide.
struct Course {
  Recipe recipe;
  std::vector<TunedSetting> tuning;  // empty: nothing is tuned
  RefitOptions refit;                // not "auto"
  Index networks = 1;
};

// What the trainings of a course are made with.
struct CourseWork {
  // Makes fresh models of a recipe and a seed.
  std::function<ModelMaker(const Recipe&, Seed)> maker;
  // The history of a part of the course, as kept files have it: the course's,
  // and what tells the part from others.
  std::function<std::string(const Json& part)> provenance;
};

// One model by these trainings: first the settings are tuned and, for a refit,
// the length is found; then as many networks as are wanted are trained, on all
// rows or as before, which differ in the seed (EnsembleSeed). What was trained
// on the way is not trained again. Flags that cannot be (kUsage) are refused
// before the first training. Without tuning and refit each network is, to
// the bit, what a course of one network makes of its seed.
Model TrainCourse(const Course& course, const TrainInputs& inputs, Seed seed,
                  const TrainEnvironment& environment, const CourseWork& work);

// The files that it may leave: `checkpoint`, and others beside it; of a search
// also what a longer one has left there before.
std::vector<std::string> CourseCheckpoints(const Course& course,
                                           const TrainInputs& inputs,
                                           const std::string& checkpoint);
// Refuses (kUsage) to begin a course where another kind of it left states: the
// command that made them would go on from there, this one would not.
void RefuseOtherStates(const Course& course, const TrainInputs& inputs,
                       const std::string& checkpoint);

}  // namespace mtlkit
