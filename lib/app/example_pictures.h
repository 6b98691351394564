#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/prediction_source.h"

namespace mtlkit {

// What a model says of some images, to be looked at.
struct ExamplePicture {
  std::string caption;  // the id, and the overlap with the truth
  std::string png;      // bytes
};
struct ExamplePictures {
  std::string title;  // "mask: predictions.h5"
  std::vector<ExamplePicture> pictures;
};

// For each model and task that is a map up to twelve images that lie as far
// apart as there are, with what is true outlined in green and what is predicted
// in red, at least 192 pixels wide. `pictures`, a dataset of the same ids,
// gives the images; those of others, and all where it is null or has none, are
// black.
std::vector<ExamplePictures> ExamplesOf(const std::vector<NamedSource>& models,
                                        const Dataset* pictures);

}  // namespace mtlkit
