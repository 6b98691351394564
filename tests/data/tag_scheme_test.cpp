#include "data/tag_scheme.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "data/batch.h"
#include "data/small_table.h"
#include "data/tag_labels.h"

namespace mtlkit {
namespace {

using Tags = std::vector<std::int32_t>;

const std::vector<std::string> kNames = {"O", "B-x", "I-x", "B-y", "I-y"};

// Every path, in the order of its tags.
Tags BestOfAll(const TagScheme& scheme, const std::vector<double>& p,
               std::size_t tokens) {
  const std::size_t tags = At(scheme.size());
  std::size_t paths = 1;
  for (std::size_t t = 0; t < tokens; ++t) paths *= tags;
  Tags best;
  double most = -1e300;
  for (std::size_t path = 0; path < paths; ++path) {
    Tags some;
    for (std::size_t t = 0, rest = path; t < tokens; ++t, rest /= tags) {
      some.push_back(static_cast<std::int32_t>(rest % tags));
    }
    double score = 0;
    for (std::size_t t = 0; t < tokens; ++t) {
      if (!scheme.IsLegal(t == 0 ? -1 : some[t - 1], some[t])) score = -1e300;
      score += std::log(p[t * tags + At(some[t])]);
    }
    if (score > most) {
      most = score;
      best = some;
    }
  }
  return best;
}

TEST_CASE("decoded tags are the best of all legal paths") {
  const TagScheme scheme(kNames);
  const Rng rng(3, RandomPurpose::kTest);
  for (Index trial = 0; trial < 60; ++trial) {
    const std::size_t tokens = 1 + At(trial % 4);
    std::vector<double> p(tokens * kNames.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      p[i] = 0.001 + rng.Uniform(trial, static_cast<Index>(i));
    }
    CAPTURE(trial);
    CHECK(scheme.Decode(p) == BestOfAll(scheme, p, tokens));
  }
}

TEST_CASE("the beginning of a text is legal, and equal ways go to lower tags") {
  const TagScheme scheme(kNames);
  // I-x alone is most likely, and cannot begin.
  CHECK(scheme.Decode(std::vector<double>{0.2, 0.19, 0.6, 0.005, 0.005}) ==
        Tags{0});
  const std::vector<double> equal(10, 0.2);
  CHECK(scheme.Decode(equal) == Tags{0, 0});
  CHECK(scheme.Decode(std::vector<double>()).empty());
  // Nothing has a probability.
  CHECK(scheme.Decode(std::vector<double>(5, 0.0)) == Tags{0});
}

TEST_CASE("chunks begin where conlleval has them begin") {
  const TagScheme scheme(kNames);
  CHECK(scheme.Chunks(Tags{1, 2, 2, 0, 3}) ==
        std::vector<TagChunk>{{0, 3, 0}, {4, 5, 1}});
  // I behind O, and I of another type, begin one.
  CHECK(scheme.Chunks(Tags{0, 2, 4, 1, 1}) ==
        std::vector<TagChunk>{{1, 2, 0}, {2, 3, 1}, {3, 4, 0}, {4, 5, 0}});
  CHECK(CountLooseTags(scheme, Tags{0, 2, 4, 1, 2, 4}) == 3);
  const TagScheme ends({"O", "B-x", "I-x", "E-x", "S-x"});
  CHECK(ends.Chunks(Tags{1, 2, 3, 4, 0, 3}) ==
        std::vector<TagChunk>{{0, 3, 0}, {3, 4, 0}, {5, 6, 0}});
}

TEST_CASE("names that say nothing of chunks are chunks of one token") {
  const TagScheme parts({"NN", "VB", "O"});
  CHECK(!parts.has_chunks());
  CHECK(parts.Chunks(Tags{0, 0, 2}).size() == 3);
  CHECK(parts.Decode(std::vector<double>{0.1, 0.2, 0.7}) == Tags{2});
}

Dataset Texts() {
  InputBlock words;
  words.name = "text";
  words.kind = InputKind::kTokens;
  words.cols = 1;
  words.categories = {{"a", "b"}};
  words.row_starts = Array<std::int64_t>({0, 2, 2, 5});
  words.codes = Array<std::int32_t>({0, 1, 1, -1, 0});
  Dataset data = TableOf(3, {words});
  Task task;
  task.name = "tags";
  task.type = ParseTaskType("tags");
  task.classes = {"B-x", "I-x", "O"};
  task.tokens = "text";
  data.tasks = {task};
  Labels labels;
  labels.on_all_rows = false;
  labels.rows = {0, 0, 2, 2, 2};
  labels.values = {2, 0, 0, NAN, 1};
  data.labels = {labels};
  return data;
}

TEST_CASE("a batch has the labels of its tokens, in the order of its rows") {
  const Dataset data = Texts();
  CheckDataset(data);
  Batcher batcher(data, 3);
  const std::vector<Index> rows = {2, 1, 0};
  const TargetBatch& target = batcher.Load(rows).targets[0];
  REQUIRE(target.target.rows == 5);
  CHECK(target.labelled == 4);
  CHECK(target.target(0, 0) == 0);
  CHECK(std::isnan(target.target(1, 0)));
  CHECK(target.target(2, 0) == 1);
  CHECK(target.target(3, 0) == 2);
  CHECK(target.target(4, 0) == 0);
  CHECK(target.weight[1] == 0);
  CHECK(
      std::vector<Index>(target.row_starts.begin(), target.row_starts.end()) ==
      std::vector<Index>{0, 3, 3, 5});
}

TEST_CASE("labels are as many as tokens") {
  Dataset data = Texts();
  data.labels[0].rows = {0, 2, 2, 2, 2};
  CHECK_THROWS_WITH_AS(CheckDataset(data),
                       doctest::Contains("1 label for 2 tokens of 'text'"),
                       Error);
  data = Texts();
  Labels more = data.labels[0];
  more.rows.push_back(2);
  more.values.push_back(2);
  const auto starts = data.inputs[0].row_starts.span();
  CHECK_THROWS_AS(FitTagLabels(data.tasks[0], starts, data.ids, false, &more),
                  Error);
  FitTagLabels(data.tasks[0], starts, data.ids, true, &more);
  CHECK(more.rows == data.labels[0].rows);
  data.labels[0].on_all_rows = true;
  CHECK_THROWS_AS(CheckDataset(data), Error);
  data = Texts();
  data.inputs.clear();
  CHECK_THROWS_WITH_AS(Batcher(data, 1), doctest::Contains("no input 'text'"),
                       Error);
}

}  // namespace
}  // namespace mtlkit
