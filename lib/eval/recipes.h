#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/view.h"
#include "eval/bootstrap.h"

namespace mtlkit {

// Which of the models that were measured are of one recipe: they differ in the
// seed of their training, and stand in one row of the report. A recipe's models
// follow one another.
class Recipes {
 public:
  // One name a model; neighbours of one name are one recipe.
  explicit Recipes(const std::vector<std::string>& names);

  std::size_t count() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  // The first of its models, and how many there are.
  std::size_t First(std::size_t recipe) const { return first_[recipe]; }
  Index Seeds(std::size_t recipe) const;
  bool any_seeds() const { return models_ > names_.size(); }

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> first_;
  std::size_t models_;
};

// What recipes are worth in one table of their models' values: the mean over
// seeds; of one recipe it may be a single seed's. Must not outlive either.
class RecipeValues {
 public:
  RecipeValues(const Recipes& recipes, const ValueTable& table)
      : recipes_(&recipes), table_(&table) {}

  // The same with one recipe's seed (from 0) in place of the mean.
  RecipeValues At(std::size_t recipe, Index seed) const {
    RecipeValues values = *this;
    values.recipe_ = static_cast<Index>(recipe);
    values.seed_ = seed;
    return values;
  }
  // NaN where it is undefined for any of the seeds.
  double Of(std::size_t task, std::size_t metric, std::size_t recipe) const {
    const std::vector<double>& values = (*table_)[task][metric];
    const std::size_t first = recipes_->First(recipe);
    if (static_cast<Index>(recipe) == recipe_) {
      return values[first + mtlkit::At(seed_)];
    }
    const Index seeds = recipes_->Seeds(recipe);
    if (seeds == 1) return values[first];
    double sum = 0;
    for (Index i = 0; i < seeds; ++i) sum += values[first + mtlkit::At(i)];
    return sum / static_cast<double>(seeds);
  }

 private:
  const Recipes* recipes_;
  const ValueTable* table_;
  Index recipe_ = -1;
  Index seed_ = 0;
};

}  // namespace mtlkit
