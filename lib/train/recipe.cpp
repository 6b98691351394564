#include "train/recipe.h"

#include <nlohmann/json.hpp>

#include "base/choice.h"

namespace mtlkit {

Json SettingsOf(const Recipe& recipe) {
  Json settings = Json::object();
  WriteOptions(recipe.arch, &settings);
  WriteOptions(recipe.train, &settings);
  return settings;
}

Recipe WithSetting(Recipe recipe, const std::string& name,
                   const std::string& text) {
  const Choice choice = {"mtl-train", {{name, text}}};
  ChoiceReader reader(choice, "--tune");
  recipe.arch.Describe(reader);
  recipe.train.Describe(reader);
  reader.Finish();
  // What is in the file counts, not what it is called.
  if (name == "hierarchy") ResolveArchOptions(&recipe.arch);
  return recipe;
}

}  // namespace mtlkit
