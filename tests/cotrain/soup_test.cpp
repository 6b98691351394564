#include "cotrain/soup.h"

#include <doctest/doctest.h>

#include "cotrain/sample_run.h"
#include "train/loop.h"

namespace mtlkit {
namespace {

// Models of one beginning: two that have learned, one that has not.
class Models {
 public:
  Models() {
    for (const Index epochs : {8, 12}) {
      Model model = Fresh();
      TrainOptions options;
      options.epochs = epochs;
      options.optimizer.rate = 0.02;
      Train(InputsOf(data_, options), options, epochs, {}, &model);
      Add(model);
    }
    Model bad = Fresh();
    for (Real& weight : bad.params.weights.all()) weight *= -5;
    Add(bad);
  }
  const Dataset& data() const { return data_; }
  const std::vector<std::string>& paths() const { return paths_; }
  static double First(const Model& model) {
    return static_cast<double>(model.params.weights.all()[0]);
  }
  double FirstOf(std::size_t i) const { return First(ReadModel(paths_[i])); }
  void Add(const Model& model) {
    paths_.push_back(folder_ / Str("m", paths_.size(), ".h5"));
    WriteModel(model, paths_.back());
  }
  Model Fresh(const std::string& layers = "8") const {
    ArchOptions arch;
    arch.layers = {layers};
    return BuildModel(data_, arch, 1, data_.SplitRows("train"));
  }

 private:
  TempFolder folder_;
  Dataset data_ = SampleDataset();
  std::vector<std::string> paths_;
};

TEST_CASE("a uniform soup is the mean of all") {
  const Models models;
  SoupOptions options;
  options.how = "uniform";
  const Soup soup = MakeSoup(models.paths(), options, nullptr, nullptr);
  CHECK(Models::First(soup.model) ==
        doctest::Approx(
            (models.FirstOf(0) + models.FirstOf(1) + models.FirstOf(2)) / 3));
  CHECK(RenderText(soup) == "the mean of 3 of 3 models\n");
}

TEST_CASE("a greedy soup begins with the best, and is never worse") {
  const Models models;
  const Soup soup =
      MakeSoup(models.paths(), SoupOptions(), &models.data(), nullptr);
  REQUIRE(soup.ingredients.size() == 3);
  CHECK(soup.ingredients.front().is_taken);
  CHECK(soup.ingredients.front().score <= soup.ingredients[1].score);
  CHECK(soup.ingredients.back().path == models.paths()[2]);
  CHECK_FALSE(soup.ingredients.back().is_taken);
  double best = soup.ingredients.front().score;
  for (const SoupIngredient& one : soup.ingredients) {
    if (!one.is_taken) CHECK_FALSE(one.with < best);
    if (one.is_taken) best = one.with;
  }
  CHECK_FALSE(soup.model.seen.chosen.empty());
}

TEST_CASE("models of unlike networks make no soup") {
  Models models;
  models.Add(models.Fresh("9"));
  SoupOptions options;
  options.how = "uniform";
  const std::string refusal =
      ErrorOf([&] { MakeSoup(models.paths(), options, nullptr, nullptr); });
  CHECK(refusal.starts_with("65 "));
  CHECK(Contains(refusal, "m3.h5: its parameter '"));
  CHECK(Contains(ErrorOf([&] {
                   MakeSoup({models.paths()[0]}, options, nullptr, nullptr);
                 }),
                 "2 a soup needs two models or more"));
  CHECK(Contains(ErrorOf([&] {
                   MakeSoup(models.paths(), SoupOptions(), nullptr, nullptr);
                 }),
                 "parameter"));
}

}  // namespace
}  // namespace mtlkit
