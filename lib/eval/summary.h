#pragma once

#include <utility>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/estimate.h"
#include "eval/recipes.h"
#include "eval/seed_interval.h"

namespace mtlkit {

// Puts values and intervals together from the whole sample and the draws, which
// must outlive it, as the recipes. Intervals are over rows, and over the seeds
// of recipes that have several.
class Summary {
 public:
  Summary(const ValueTable& whole, const std::vector<ValueTable>& draws,
          const Recipes& recipes)
      : whole_(whole), draws_(draws), recipes_(recipes) {}

  const Recipes& recipes() const { return recipes_; }

  // A function of RecipeValues, with an interval.
  template <class Function>
  Estimate Percentile(const IntervalOptions& options,
                      const Function& function) const {
    return WithInterval(options, function, PercentileInterval);
  }
  template <class Function>
  Estimate Student(const IntervalOptions& options,
                   const Function& function) const {
    return WithInterval(options, function, StudentInterval);
  }

  // The function with each seed of a recipe alone.
  template <class Function>
  std::vector<double> BySeed(std::size_t recipe,
                             const Function& function) const {
    std::vector<double> values;
    for (Index seed = 0; seed < recipes_.Seeds(recipe); ++seed) {
      values.push_back(function(Whole().At(recipe, seed)));
    }
    return values;
  }

 private:
  using Interval = Estimate (*)(double, std::vector<double>,
                                const IntervalOptions&);

  RecipeValues Whole() const { return {recipes_, whole_}; }

  template <class Function>
  Estimate WithInterval(const IntervalOptions& options,
                        const Function& function, Interval interval) const {
    const auto same = [](const RecipeValues& values) { return values; };
    std::vector<double> draws = Draws(function, same);
    const double value = function(Whole());
    const Estimate rows = interval(value, draws, options);
    if (!recipes_.any_seeds() || draws_.empty()) return rows;
    std::vector<SeedSample> samples;
    for (std::size_t recipe = 0; recipe < recipes_.count(); ++recipe) {
      if (recipes_.Seeds(recipe) < 2) continue;
      SeedSample sample{BySeed(recipe, function), {}};
      // A recipe that the function does not ask for changes nothing.
      if (DeviationOf(sample.whole) == 0) continue;
      for (Index seed = 0; seed < recipes_.Seeds(recipe); ++seed) {
        sample.draws.push_back(Draws(function, [&](const RecipeValues& values) {
          return values.At(recipe, seed);
        }));
      }
      samples.push_back(std::move(sample));
    }
    return WithSeeds(rows, draws, samples, options.level);
  }

  // The function in each draw, of values that `change` has changed.
  template <class Function, class Change>
  std::vector<double> Draws(const Function& function,
                            const Change& change) const {
    std::vector<double> values;
    values.reserve(draws_.size());
    for (const ValueTable& draw : draws_) {
      values.push_back(function(change(RecipeValues(recipes_, draw))));
    }
    return values;
  }

  const ValueTable& whole_;
  const std::vector<ValueTable>& draws_;
  const Recipes& recipes_;
};

}  // namespace mtlkit
