#pragma once

#include <string>

#include "base/options.h"
#include "nn/arch.h"
#include "train/train_options.h"

namespace mtlkit {

// All that decides a network and how it learns, beside rows and seed.
struct Recipe {
  ArchOptions arch;
  TrainOptions train;
};

// Its settings by flag, all of them.
Json SettingsOf(const Recipe& recipe);
// The recipe with one setting as `text` says it: as on the command line, but a
// list with slashes between its values. kUsage for a setting that there is not,
// or a value that it cannot have.
Recipe WithSetting(Recipe recipe, const std::string& name,
                   const std::string& text);

}  // namespace mtlkit
