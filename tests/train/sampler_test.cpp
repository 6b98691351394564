#include "train/sampler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "contract/option_texts.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Rows of which the first `many` have a label of one task, all from `from` on
// one of another; the last has none.
Dataset TwoTasks(Index many, Index from, Index rows) {
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  Dataset data;
  data.rows = rows;
  data.tasks.resize(2);
  data.tasks[0].name = "a";
  data.tasks[1].name = "b";
  data.labels.resize(2);
  for (Index row = 0; row < rows; ++row) {
    const bool last = row == rows - 1;
    data.labels[0].values.push_back(row < many && !last ? 1.0F : kMissing);
    data.labels[1].values.push_back(row >= from && !last ? 1.0F : kMissing);
  }
  return data;
}

std::vector<Index> AllRows(const Dataset& data) {
  std::vector<Index> rows;
  for (Index row = 0; row < data.rows; ++row) rows.push_back(row);
  return rows;
}

std::vector<Index> Sizes(const EpochRows& epoch) {
  std::vector<Index> sizes;
  for (Index i = 0; i < epoch.batch_count(); ++i) {
    sizes.push_back(static_cast<Index>(epoch.Batch(i).size()));
  }
  return sizes;
}

// The same rows, three to a group.
Dataset Grouped(Dataset data) {
  for (Index row = 0; row < data.rows; ++row) data.groups.push_back(row / 3);
  return data;
}

template <class Check>
void ForEachSampler(Check check) {
  for (const SamplerEntry* entry : SamplerEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = entry->name;
      const std::string text = ChoiceText(choice);
      CAPTURE(text);
      check(choice);
    }
  }
}

TEST_CASE("an epoch depends on the seed and its number alone") {
  const Dataset data = Grouped(SampleData(101));
  const std::vector<Index>& rows = data.SplitRows("train");
  ForEachSampler([&](const Choice& choice) {
    const auto used = MakeSampler(choice, {data, rows, 16});
    const auto fresh = MakeSampler(choice, {data, rows, 16});
    EpochRows epoch;
    std::set<std::vector<Index>> orders;
    for (Index i = 0; i < 4; ++i) {
      used->Draw(5, i, &epoch);
      orders.insert(epoch.rows);
    }
    EpochRows at_once;
    fresh->Draw(5, 3, &at_once);
    CHECK(at_once.rows == epoch.rows);
    CHECK(at_once.ends == epoch.ends);
    const bool is_stored = ChoiceText(choice) == "proportional:order=stored";
    CHECK(orders.size() == (is_stored ? 1 : 4));
    used->Draw(6, 3, &epoch);
    CHECK((epoch.rows == at_once.rows) == is_stored);
  });
}

TEST_CASE("every row comes up, no other, in batches that are as many") {
  const Dataset data = Grouped(SampleData(101));
  const std::vector<Index>& rows = data.SplitRows("train");
  ForEachSampler([&](const Choice& choice) {
    const auto sampler = MakeSampler(choice, {data, rows, 16});
    EpochRows epoch;
    std::set<Index> seen;
    sampler->Draw(1, 0, &epoch);
    const Index batches = epoch.batch_count();
    for (Index i = 0; i < 30; ++i) {
      sampler->Draw(1, i, &epoch);
      CHECK(epoch.batch_count() == batches);
      CHECK(epoch.ends.back() == epoch.rows.size());
      const std::vector<Index> sizes = Sizes(epoch);
      CHECK(*std::max_element(sizes.begin(), sizes.end()) <= 16);
      CHECK(*std::min_element(sizes.begin(), sizes.end()) >= 1);
      seen.insert(epoch.rows.begin(), epoch.rows.end());
    }
    CHECK(std::vector<Index>(seen.begin(), seen.end()) == rows);
  });
}

// Whoever counts on it reserves memory for different rows only.
TEST_CASE("a row comes up twice in a batch only where the sampler says so") {
  const Dataset data = Grouped(SampleData(101));
  const std::vector<Index>& rows = data.SplitRows("train");
  ForEachSampler([&](const Choice& choice) {
    if (FindEntry(SamplerEntries(), "sampler", choice.name).repeats) return;
    const auto sampler = MakeSampler(choice, {data, rows, 16});
    EpochRows epoch;
    for (Index i = 0; i < 10; ++i) {
      sampler->Draw(1, i, &epoch);
      for (Index k = 0; k < epoch.batch_count(); ++k) {
        const auto batch = epoch.Batch(k);
        const std::set<Index> different(batch.begin(), batch.end());
        CHECK(different.size() == batch.size());
      }
    }
  });
}

TEST_CASE("batches are as alike as they can be") {
  const auto cut = [](std::size_t rows, Index batch) {
    EpochRows epoch;
    epoch.rows.resize(rows);
    CutEvenly(batch, &epoch);
    return Sizes(epoch);
  };
  CHECK(cut(7, 3) == std::vector<Index>{3, 2, 2});
  CHECK(cut(6, 3) == std::vector<Index>{3, 3});
  CHECK(cut(240, 239) == std::vector<Index>{120, 120});
  CHECK(cut(5, 256) == std::vector<Index>{5});
  CHECK(cut(3, 1) == std::vector<Index>{1, 1, 1});
}

TEST_CASE("proportional sees every row once an epoch") {
  const Dataset data = SampleData(50);
  const std::vector<Index> rows{2, 3, 5, 7, 10, 11, 20};
  const auto sampler = MakeSampler({"proportional", {}}, {data, rows, 3});
  EpochRows epoch;
  sampler->Draw(9, 0, &epoch);
  CHECK(epoch.rows != rows);
  std::sort(epoch.rows.begin(), epoch.rows.end());
  CHECK(epoch.rows == rows);
  MakeSampler({"proportional", {{"order", "stored"}}}, {data, rows, 3})
      ->Draw(9, 1, &epoch);
  CHECK(epoch.rows == rows);
}

// How many rows of an epoch are of the second task, of 80 + 20 (and one
// without a label).
Index RareRows(const std::string& options) {
  const Dataset data = TwoTasks(80, 80, 101);
  const std::vector<Index> rows = AllRows(data);
  const auto sampler = MakeSampler(
      ParseChoice(Str("by-task:", options), "--sampler"), {data, rows, 8});
  EpochRows epoch;
  sampler->Draw(1, 2, &epoch);
  CHECK(epoch.rows.size() == 101);
  return std::count_if(epoch.rows.begin(), epoch.rows.end(),
                       [](Index row) { return row >= 80 && row < 100; });
}

TEST_CASE("by-task shares an epoch by a power of the tasks' rows") {
  CHECK(RareRows("alpha=1") == 20);
  // 80^.5 : 20^.5 : 1 of 101 rows are 62.6, 31.3 and 7.
  CHECK(RareRows("alpha=0.5") == 31);
  CHECK(RareRows("alpha=0") >= 33);
  CHECK(RareRows("alpha=0") <= 34);
  // 20 : 20 : 1.
  CHECK(RareRows("alpha=1,cap=20") == 49);
}

TEST_CASE("by-task begins a task's rows anew when all have come up") {
  const Dataset data = TwoTasks(80, 80, 101);
  const std::vector<Index> rows = AllRows(data);
  const auto sampler = MakeSampler({"by-task", {}}, {data, rows, 8});
  std::map<Index, Index> times;
  EpochRows epoch;
  for (Index i = 0; i < 7; ++i) {
    sampler->Draw(3, i, &epoch);
    for (const Index row : epoch.rows) ++times[row];
    Index least = times[80];
    Index most = times[80];
    for (Index row = 80; row < 100; ++row) {
      least = std::min(least, times[row]);
      most = std::max(most, times[row]);
    }
    CHECK(most - least <= 1);
  }
}

TEST_CASE("a row with labels of several tasks counts for the rarest") {
  // Rows 0 to 89 are of the first task, 70 to 98 of the second, which is rarer.
  const Dataset data = TwoTasks(90, 70, 100);
  const std::vector<Index> rows = AllRows(data);
  const auto sampler =
      MakeSampler(ParseChoice("by-task:alpha=1", "--sampler"), {data, rows, 8});
  EpochRows epoch;
  sampler->Draw(3, 0, &epoch);
  std::sort(epoch.rows.begin(), epoch.rows.end());
  CHECK(epoch.rows == rows);
}

TEST_CASE("by-task goes from rows to its power over the epochs of anneal") {
  // 80, 20 and 1 rows; powers 1, .5 and 0 in epochs 1, 2 and 3 on.
  const Dataset data = TwoTasks(80, 80, 101);
  const std::vector<Index> rows = AllRows(data);
  const auto sampler = MakeSampler(
      ParseChoice("by-task:alpha=0,anneal=3", "--sampler"), {data, rows, 8});
  std::map<Index, Index> times;
  std::vector<Index> rare;
  EpochRows epoch;
  for (Index i = 0; i < 6; ++i) {
    sampler->Draw(3, i, &epoch);
    CHECK(epoch.rows.size() == 101);
    for (const Index row : epoch.rows) ++times[row];
    rare.push_back(std::ranges::count_if(
        epoch.rows, [](Index row) { return row >= 80 && row < 100; }));
    Index least = times[80];
    Index most = times[80];
    for (Index row = 80; row < 100; ++row) {
      least = std::min(least, times[row]);
      most = std::max(most, times[row]);
    }
    CHECK(most - least <= 1);
  }
  CHECK(std::vector<Index>(rare.begin(), rare.begin() + 2) ==
        std::vector<Index>{20, 31});
  CHECK(std::ranges::all_of(rare.begin() + 2, rare.end(), [](Index count) {
    return count == 33 || count == 34;
  }));
  CHECK(sampler->Text(0) ==
        "101 rows: a 80 (has 80), b 20 (has 20), no label 1 (has 1)");
}

// One task of classes a (60 rows), b (30) and c (10), and one of numbers.
Dataset ThreeClasses() {
  Dataset data;
  data.rows = 100;
  data.tasks.resize(2);
  data.tasks[0] = {"kind", TaskType::kMulticlass, {"a", "b", "c"}, 1, {}, {}};
  data.tasks[1].name = "value";
  data.labels.resize(2);
  for (Index row = 0; row < data.rows; ++row) {
    data.labels[0].values.push_back(row < 60 ? 0.0F : row < 90 ? 1.0F : 2.0F);
    data.labels[1].values.push_back(static_cast<float>(row));
  }
  return data;
}

std::string ClassShares(const std::string& options) {
  const Dataset data = ThreeClasses();
  const std::vector<Index> rows = AllRows(data);
  const auto sampler = MakeSampler(
      ParseChoice(Str("by-class", options), "--sampler"), {data, rows, 8});
  std::vector<Index> count(3);
  EpochRows epoch;
  sampler->Draw(1, 2, &epoch);
  for (const Index row : epoch.rows) {
    ++count[At(static_cast<Index>(data.labels[0].values[At(row)]))];
  }
  CHECK(epoch.rows.size() == 100);
  return Str(count[0], " ", count[1], " ", count[2]);
}

TEST_CASE("by-class shares an epoch by a power of the classes' rows") {
  CHECK(ClassShares("") == "34 33 33");
  // 60^.5 : 30^.5 : 10^.5 are 47.3, 33.4 and 19.3 of 100.
  CHECK(ClassShares(":alpha=0.5") == "47 34 19");
  CHECK(ClassShares(":alpha=1") == "60 30 10");
  CHECK(ClassShares(":alpha=0,anneal=5,task=kind") == "47 34 19");
  CHECK_THROWS_WITH_AS(ClassShares(":task=value"),
                       doctest::Contains("task 'value' has no classes"), Error);
  CHECK_THROWS_WITH_AS(ClassShares(":task=knd"),
                       doctest::Contains("there is no task 'knd'"), Error);
}

TEST_CASE("draws of a class are spread over its rows as by chance, or better") {
  const Dataset data = ThreeClasses();
  const std::vector<Index> rows = AllRows(data);
  const auto sampler =
      MakeSampler(ParseChoice("by-class", "--sampler"), {data, rows, 8});
  constexpr Index kEpochs = 60;
  std::vector<double> times(100);
  std::vector<double> batch_of(13);  // of the rarest class, by batch
  EpochRows epoch;
  for (Index i = 0; i < kEpochs; ++i) {
    sampler->Draw(11, i, &epoch);
    for (const Index row : epoch.rows) times[At(row)] += 1;
    for (Index k = 0; k < epoch.batch_count(); ++k) {
      for (const Index row : epoch.Batch(k)) batch_of[At(k)] += row >= 90;
    }
  }
  // Pearson's statistic of counts that should be alike.
  const auto chi_square = [](std::span<const double> counts) {
    double mean = 0;
    for (const double count : counts) mean += count;
    mean /= static_cast<double>(counts.size());
    double sum = 0;
    for (const double count : counts) {
      sum += (count - mean) * (count - mean) / mean;
    }
    return sum;
  };
  // Quantiles .999 of chi-square with 59, 9 and 12 degrees of freedom.
  CHECK(chi_square(std::span(times).first(60)) < 98.3);
  CHECK(chi_square(std::span(times).last(10)) < 27.9);
  CHECK(chi_square(batch_of) < 32.9);
}

TEST_CASE(
    "by-difficulty gives tasks rows by what they have left, resumed too") {
  const Dataset data = TwoTasks(80, 80, 161);
  const std::vector<Index> rows = AllRows(data);
  const Choice choice =
      ParseChoice("by-difficulty:alpha=0,power=2,memory=0.5", "--sampler");
  const auto whole = MakeSampler(choice, {data, rows, 8});
  EpochRows epoch;
  const auto first_task = [&] {
    return std::ranges::count_if(epoch.rows,
                                 [](Index row) { return row < 80; });
  };
  whole->Draw(1, 0, &epoch);
  CHECK(first_task() == 54);  // of three decks
  const std::vector<std::vector<double>> left = {
      {0.5, 1.0}, {0.0, std::numeric_limits<double>::quiet_NaN()}};
  whole->Observe(0, left[0]);
  whole->Draw(1, 1, &epoch);
  CHECK(first_task() == 18);  // .25 : 1 : 1 of 161
  const std::vector<double> state = whole->state();
  const auto resumed = MakeSampler(choice, {data, rows, 8});
  resumed->set_state(state);
  EpochRows again;
  resumed->Draw(1, 1, &again);
  CHECK(again.rows == epoch.rows);
  whole->Observe(1, left[1]);
  resumed->Observe(1, left[1]);
  whole->Draw(1, 4, &epoch);
  resumed->Draw(1, 4, &again);
  CHECK(again.rows == epoch.rows);
  CHECK(first_task() == 5);  // (.5 x .5 + .5 x .01)^2 : 1 : 1
  CHECK_THROWS_AS(resumed->set_state(std::vector<double>{1, 2}), Error);
}

TEST_CASE("batch norm of one row is refused by name") {
  const Dataset data = SampleData(50);
  ArchOptions arch;
  arch.layers = {"8"};
  arch.norm = "batch";
  Model model = BuildModel(data, arch, 1, data.SplitRows("train"));
  TrainOptions options = SampleOptions();
  options.batch = 1;
  const TrainInputs inputs = InputsOf(data, options);
  CHECK_THROWS_WITH_AS(
      CheckTraining(inputs, options, &model),
      "layer 'trunk.0.norm' (batch-norm) compares the rows of a batch, and "
      "some batches have one row (give a larger --batch, or --norm layer)",
      Error);
  // Of 30 rows, 29 and 1 would be a batch of one row: they are 15 and 15.
  options.batch = static_cast<Index>(inputs.train_rows.size()) - 1;
  CheckTraining(inputs, options, &model);
}

}  // namespace
}  // namespace mtlkit
