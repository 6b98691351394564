// How rows are dealt out by labels of several tasks, by bins, by groups that
// carry labels, and in time.
#include "prep/stratify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "prep/prepare_fixture.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

constexpr Index kRows = 240;

// `a` (3 classes, one rare), `b` (2 classes, missing in a third of the rows,
// mostly where `a` is 1), `y` (a skewed number), `who` (40 groups), `when`.
Dataset Clinic() {
  std::vector<float> numbers;
  std::vector<std::int32_t> codes;
  std::vector<float> a;
  std::vector<float> b;
  const Rng rng(7, RandomPurpose::kTest);
  for (Index row = 0; row < kRows; ++row) {
    const float own = row % 24 == 0 ? 2.0F : static_cast<float>(row % 5 == 0);
    const auto u = static_cast<float>(rng.Wide(row, 0) >> 40) / (1 << 24);
    a.push_back(own);
    b.push_back(row % 3 == 0 ? kNan : static_cast<float>(u > 0.7F));
    numbers.insert(numbers.end(), {u * u * u * 100, u,
                                   static_cast<float>((row * 7) % kRows / 2)});
    codes.push_back(static_cast<std::int32_t>(row * row % 37));
  }
  std::vector<std::string> people;
  for (int i = 0; i < 37; ++i) people.push_back(Str("p", i));
  Dataset table =
      TableOf(kRows, {DenseBlock("numeric", {"y", "x", "when"}, numbers),
                      CodeBlock("categorical", {"who"}, {people}, codes)});
  AddTask(&table, "a", TaskType::kMulticlass, {"u", "v", "w"}, a);
  AddTask(&table, "b", TaskType::kBinary, {"n", "p"}, b);
  return table;
}

// The largest distance of a count in `test` from its share of all rows, over
// the values that `value` gives rows (negative: none).
double WorstGap(const std::vector<Index>& test, double share,
                const std::function<Index(Index)>& value) {
  std::map<Index, double> all;
  std::map<Index, double> own;
  for (Index row = 0; row < kRows; ++row) ++all[value(row)];
  for (const Index row : test) ++own[value(row)];
  double worst = 0;
  for (const auto& [which, count] : all) {
    if (which < 0) continue;
    worst = std::max(worst, std::abs(own[which] - share * count));
  }
  return worst;
}

std::function<Index(Index)> ClassOf(const Dataset& data, std::size_t task) {
  return [&data, task](Index row) {
    const float label = data.labels[task].values[At(row)];
    return std::isnan(label) ? Index{-1} : static_cast<Index>(label);
  };
}

TEST_CASE("several tasks are dealt out at once, numbers in bins") {
  const Dataset table = Clinic();
  PrepareOptions options = Tasks({"y=regression"});
  options.ignore = {"when"};
  options.stratify = "a,b,y";
  options.split = {"test=0.25"};
  for (const Seed seed : {1, 2, 3}) {
    const Dataset made = Run(options, table, seed);
    const std::vector<Index>& test = made.splits.at("test");
    CHECK(std::abs(std::ssize(test) - 60) <= 2);
    CHECK(WorstGap(test, 0.25, ClassOf(made, 0)) <= 2);
    CHECK(WorstGap(test, 0.25, ClassOf(made, 1)) <= 2);
    const auto bins = QuantileBins(made.labels[2].values.Numbers(), 10);
    CHECK(WorstGap(test, 0.25, [&](Index row) { return bins[At(row)]; }) <= 3);
  }
  options.stratify = "?";  // a pattern of tasks: the same three
  const Dataset same = Run(options, table, 3);
  options.stratify = "a,b,y";
  CHECK(Run(options, table, 3).splits == same.splits);
}

TEST_CASE("bins have about as many numbers each, and equal numbers share one") {
  CHECK(QuantileBins({5, 1, kNan, 3, 2, 4, 6}, 3) ==
        std::vector<std::int64_t>{2, 0, -1, 1, 0, 1, 2});
  CHECK(QuantileBins({0, 0, 0, 0, 0, 1, 2, 3}, 4) ==
        std::vector<std::int64_t>{2, 2, 2, 2, 2, 2, 3, 3});
  CHECK(QuantileBins({}, 4).empty());
}

TEST_CASE("a regression is dealt out by quantiles") {
  PrepareOptions options = Tasks({"y=regression"});
  options.ignore = {"when"};
  options.stratify = "y";
  options.split = {"test=0.2"};
  const Dataset made = Run(options, Clinic());
  const auto bins = QuantileBins(made.labels[2].values.Numbers(), 10);
  CHECK(WorstGap(made.splits.at("test"), 0.2,
                 [&](Index row) { return bins[At(row)]; }) < 2);
  options.split = {"test=0.005"};
  CHECK(Failure(options, Clinic()) ==
        "--stratify y has no effect: of 240 labels no two bins have a share in "
        "every part");
}

// Chi-square of the labels and rows of part 0, of 1/4.
double ChiSquare(const Parts& parts,
                 const std::vector<std::vector<Index>>& labels) {
  std::map<Index, double> all;
  std::map<Index, double> own;
  for (std::size_t row = 0; row < parts.size(); ++row) {
    for (const Index label : labels[row]) {
      all[label] += 1;
      own[label] += parts[row] == 0;
    }
  }
  double sum = 0;
  for (const auto& [label, count] : all) {
    const double gap = own[label] - count / 4;
    sum += gap * gap / count;
  }
  return sum;
}

TEST_CASE("groups stay whole and are dealt out by the labels of their rows") {
  double evenly = 0;
  double by_size = 0;
  for (Index seed = 1; seed <= 20; ++seed) {
    const Rng rng(static_cast<Seed>(seed), RandomPurpose::kTest);
    std::vector<std::int64_t> groups;
    std::vector<std::vector<Index>> labels;
    for (Index group = 0; group < 60; ++group) {
      const auto size = static_cast<Index>(1 + rng.Wide(group, 0) % 13);
      const std::uint64_t kind = rng.Wide(group, 1) % 5;  // of the group
      for (Index row = 0; row < size; ++row) {
        groups.push_back(group);
        labels.push_back({rng.Wide(group, row + 2) % 10 < 2 * kind ? 1 : 0});
        if (rng.Wide(group, row + 50) % 20 == 0) labels.back().push_back(2);
        labels.back().push_back(3);
      }
    }
    const Parts parts =
        DivideGroupsEvenly(groups, labels, 4, {0.25, 0.75}, rng);
    std::map<std::int64_t, std::set<Index>> sides;
    for (std::size_t row = 0; row < parts.size(); ++row) {
      sides[groups[row]].insert(parts[row]);
    }
    for (const auto& [group, own] : sides) CHECK(own.size() == 1);
    evenly += ChiSquare(parts, labels);
    by_size += ChiSquare(DivideGrouped(groups, {0.25, 0.75}, rng), labels);
  }
  CHECK(evenly < 0.3 * by_size);
}

TEST_CASE("--stratify with --group deals groups out") {
  PrepareOptions options;
  options.group = "who";
  options.stratify = "a,b";
  options.split = {"test=0.25"};
  const Dataset made = Run(options, Clinic());
  const std::vector<Index>& test = made.splits.at("test");
  std::map<std::int64_t, std::set<bool>> sides;
  for (Index row = 0; row < kRows; ++row) {
    sides[made.groups[At(row)]].insert(std::ranges::binary_search(test, row));
  }
  for (const auto& [group, own] : sides) CHECK(own.size() == 1);
  const auto differs = [&](Seed seed) {
    options.stratify = "a,b";
    const Dataset evenly = Run(options, Clinic(), seed);
    options.stratify = "";
    return Run(options, Clinic(), seed).splits != evenly.splits;
  };
  CHECK((differs(1) || differs(2) || differs(3) || differs(4) || differs(5)));
}

TEST_CASE("groups of one row are dealt out as their labels are") {
  std::vector<std::int64_t> groups;
  std::vector<std::vector<Index>> labels;
  for (int row = 0; row < 100; ++row) {
    groups.push_back(row);
    labels.push_back({row % 10 == 0 ? 1 : 0});
  }
  const Parts parts = DivideGroupsEvenly(groups, labels, 2, {0.3, 0.7},
                                         Rng(1, RandomPurpose::kTest));
  Index rare = 0;
  for (std::size_t row = 0; row < parts.size(); ++row) {
    rare += parts[row] == 0 && labels[row][0] == 1;
  }
  CHECK(rare == 3);
  CHECK(std::ranges::count(parts, 0) == 30);
}

TEST_CASE("splits in time follow each other and keep equal times together") {
  PrepareOptions options;
  options.time = "when";
  options.split = {"valid=0.2", "test=0.25"};
  const Dataset table = Clinic();
  const Dataset made = Run(options, table);
  const auto range = [&](const char* split) {
    float low = 1e9F;
    float high = -1;
    for (const Index row : made.splits.at(split)) {
      const float time = table.inputs[0].dense[row * 3 + 2];
      low = std::min(low, time);
      high = std::max(high, time);
    }
    return std::pair(low, high);
  };
  CHECK(range("train").second < range("valid").first);
  CHECK(range("valid").second < range("test").first);
  CHECK(made.splits.at("test").size() == 60);
  CHECK(made.splits.at("valid").size() == 48);
  // The cut lies at 3 of 6: between the 2s and the 5, not among equals.
  CHECK(DivideInTime({2, 1, 2, 2, 5, 0}, {0.5, 0.5}) ==
        Parts{1, 0, 1, 1, 1, 0});
  CHECK(DivideInTime({4, 3, 2, 1}, {0.25, 0.25}) == Parts{1, 0, -1, -1});
}

TEST_CASE("what no order can do is refused") {
  PrepareOptions options;
  options.time = "when";
  Dataset table = Clinic();
  CHECK(Failure(options, table) == "--time has no effect");
  options.split = {"test=0.2"};
  options.folds = 3;
  CHECK(Failure(options, table) == "--time cannot be combined with --folds");
  options.folds = 0;
  options.stratify = "a";
  CHECK(Failure(options, table) == "--time cannot be combined with --stratify");
  options.stratify = "";
  options.group = "who";
  CHECK(Failure(options, table) == "--time cannot be combined with groups");
  options.group = "";
  options.time = "who";
  CHECK(Failure(options, table) == "--time: column 'who' holds words");
  options.time = "when";
  std::vector<float> numbers(table.inputs[0].dense.begin(),
                             table.inputs[0].dense.end());
  numbers[3 * 5 + 2] = kNan;
  table.inputs[0].dense = Array<float>(std::move(numbers));
  CHECK(Failure(options, table) ==
        "--time: column 'when' has no value in row '5'");
}

}  // namespace
}  // namespace mtlkit
