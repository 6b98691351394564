// What peers learn of the labels of rows: of multi-label tasks label by label,
// and of others' rows only what was proposed.
#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <tuple>

#include "cotrain/labelling.h"
#include "cotrain/sample_run.h"
#include "cotrain/selection.h"
#include "data/label_view.h"
#include "train/train_inputs.h"

namespace mtlkit {
namespace {

constexpr Index kTags = 3;  // `big` is known, `north` of two rows in three

std::vector<Real> WeightsOf(const SampleRun& run, Index peer, Index round) {
  const Model model = ReadModel(run.folder().ModelPath(peer, round));
  const auto all = model.params.weights.all();
  return {all.begin(), all.end()};
}

// Two peers, each with half of the rows; the first has both tasks.
SampleRun HalvesWith(const std::function<void(Dataset*)>& change,
                     const std::string& method) {
  return SampleRun(method, [&](RunSpec* spec) {
    Dataset data = GroupedData();
    const std::vector<Index> rows = data.SplitRows("train");
    data.splits.erase("train");
    const auto half = rows.begin() + std::ssize(rows) / 2;
    data.splits["west"] = {rows.begin(), half};
    data.splits["train"] = {half, rows.end()};
    change(&data);
    WriteDataset(data, spec->data);
    spec->each.resize(2);
    spec->each[0].rows = "west";
    spec->each[0].tasks = {"sold", "kind"};
    spec->each[1].tasks = {"sold"};
    spec->train.train_split = "train";
  });
}

// The labels of `kind` in the other half, in another order: the peer that
// learns it does not have these rows, and the other does not have the task.
TEST_CASE("a row that is labelled for a peer brings no other label along") {
  for (const std::string method : {"co-training", "co-em"}) {
    CAPTURE(method);
    const auto weights = [&](bool turned, Index* proposed) {
      SampleRun run = HalvesWith(
          [&](Dataset* data) {
            const std::vector<Index>& rows = data->SplitRows("train");
            const std::vector<float> kind = data->labels[2].values.Numbers();
            for (std::size_t i = 0; i < rows.size() && turned; ++i) {
              const Index from = rows[(i + 7) % rows.size()];
              data->labels[2].values[At(rows[i])] = kind[At(from)];
            }
          },
          method);
      run.Rounds(1);
      const DoneRecord done = run.Round(0);
      *proposed = done.proposed + (done.rows > 80 ? 1 : 0);
      return WeightsOf(run, 0, 2);
    };
    Index proposed = 0;
    const auto as_is = weights(false, &proposed);
    CHECK(proposed > 0);
    CHECK(as_is == weights(true, &proposed));
  }
}

TEST_CASE("of a multi-label task each label is proposed for itself") {
  const Task task = SampleTasks()[kTags];
  CHECK(PicksPerClass({"2", "north=5"}, task, 0) == std::vector<Index>{2, 2});
  CHECK(PicksPerClass({"2", "north=5"}, task, 1) == std::vector<Index>{2, 5});
  // Both labels' probabilities of three rows.
  const std::vector<float> said = {0.9F, 0.2F, 0.1F, 0.6F, 0.8F, 0.7F};
  const SelectionRule rule = {"shared", {1, 1}, 0};
  const auto big =
      SelectExamples(task, kTags, {4, 5, 6}, {{0, said}}, rule, 2, 0);
  REQUIRE(big.size() == 2);
  CHECK(big[0] == Selection{kTags, 4, 1, 1, 0, -1, 2, 0});
  CHECK(big[1] == Selection{kTags, 5, 0, 1, 0, -1, 2, 0});
  const auto north =
      SelectExamples(task, kTags, {4, 5, 6}, {{0, said}}, rule, 2, 1);
  REQUIRE(north.size() == 2);
  CHECK(north[0] == Selection{kTags, 4, 0, 1, 0, -1, 2, 1});
  CHECK(north[1] == Selection{kTags, 6, 1, 1, 0, -1, 2, 1});
  // As labels: what was not selected stays as it is.
  std::vector<Selection> both = big;
  both.insert(both.end(), north.begin(), north.end());
  const ExtraLabels labels = LabelsFor(both, task, kTags, 0);
  CHECK(labels.rows == std::vector<Index>{4, 5, 6});
  CHECK(labels.values[0] == 1);
  CHECK(labels.values[1] == 0);
  CHECK(labels.values[2] == 0);
  CHECK(std::isnan(labels.values[3]));
  CHECK(std::isnan(labels.values[4]));
  CHECK(labels.values[5] == 1);
  CHECK(std::isnan(labels.weights[0]));
}

// Every cell enters once, where nothing is known; the files hold what was said.
TEST_CASE("methods that label rows label those of multi-label tasks") {
  for (const std::string method :
       {"co-training", "self-training", "tri-training:error-test=no"}) {
    CAPTURE(method);
    SampleRun run(method, [](RunSpec* spec) {
      if (spec->method == "co-training") spec->cotrain.labelling = "shared";
    });
    run.Rounds(4);
    const Publication last = run.Published(0, 4);
    const LabelView labels(run.run().data, kTags);
    std::set<std::tuple<Index, Index, Index>> seen;
    Index of_tags = 0;
    for (const Selection& selection : last.selections) {
      if (selection.task != kTags) continue;
      ++of_tags;
      CHECK(selection.col == 1);
      CHECK(std::isnan(labels.Value(selection.row, selection.col)));
      CHECK((selection.label == 0 || selection.label == 1));
      CHECK(seen.insert({selection.row, selection.col, selection.receiver})
                .second);
    }
    CHECK(of_tags > 0);
  }
}

TEST_CASE("labels are hidden, and cells left as they are") {
  const Dataset data = SampleDataset();
  std::vector<ExtraLabels> extra = {{kTags, {1, 2}, {}, {}, true},
                                    {kTags, {2, 4}, {}, {}}};
  const float as_is = std::nanf("");
  extra[1].values = {as_is, 1, as_is, 0};
  extra[1].weights = {as_is, as_is};
  const Dataset changed = WithLabels(data, extra);
  const LabelView labels(changed, kTags);
  CHECK_FALSE(labels.HasLabel(1));
  CHECK(std::isnan(labels.Value(2, 0)));
  CHECK(labels.Value(2, 1) == 1);
  CHECK(labels.Value(4, 0) == LabelView(data, kTags).Value(4, 0));
  CHECK(labels.Value(4, 1) == 0);
  CHECK(labels.Weight(4) == 1);
}

}  // namespace
}  // namespace mtlkit
