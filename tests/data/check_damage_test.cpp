// CheckDataset is what stands between a damaged file and memory: whatever it
// lets pass must be safe to use. Run with the address sanitizer, this says more
// than its checks do.
#include <doctest/doctest.h>

#include <limits>

#include "base/error.h"
#include "data/batch.h"
#include "data/blocks.h"
#include "data/small_table.h"
#include "prep/split.h"

namespace mtlkit {
namespace {

Dataset Whole() {
  Dataset people = People();
  people.inputs[0] = DenseBlock("features", {"age"}, {0, 1, 2, 3, 4, 5});
  people.inputs.push_back(SparseBlock(
      "bow", 9, {{{0, 1}, {8, 2}}, {}, {{2, 3}}, {{1, 1}}, {{5, 5}}, {}}));
  people.labels[1].on_all_rows = false;
  people.labels[1].rows = {0, 2, 5};
  people.labels[1].values = {0, 2, 1};
  people.labels[1].weights = {1, 2, 3};
  people.splits = {{"train", {0, 1, 2}}, {"test", {3, 5}}};
  people.weights = {1, 2, 3, 0, 5, 6};
  people.groups = {1, 1, 2, 2, 3, 3};
  return people;
}

// Numbers that damage tends to bring.
class Damage {
 public:
  explicit Damage(Index trial) : rng_(7, RandomPurpose::kTest), row_(trial) {}

  std::uint64_t Below(std::uint64_t bound) {
    return rng_.Below(row_, next_++, bound);
  }
  std::int64_t Integer() {
    constexpr std::int64_t kHostile[] = {
        0, 1, 2, 3, 5, 6, -1, -2, 100, 1000, 2147483647, -9223372036854775807};
    return kHostile[Below(std::size(kHostile))];
  }
  float Number() {
    constexpr float kHostile[] = {
        0,     1,    2,
        3,     0.5F, -1,
        1e30F, kNan, std::numeric_limits<float>::infinity()};
    return kHostile[Below(std::size(kHostile))];
  }

  template <class T>
  void Hit(std::vector<T>* values) {
    if (values->empty() || Below(5) == 0) {
      values->resize(Below(9));
      return;
    }
    (*values)[Below(values->size())] = Value<T>();
  }
  void Hit(LabelCells* values) {
    std::vector<float> copy = values->Numbers();
    Hit(&copy);
    *values = copy;
  }
  template <class T>
  void Hit(Array<T>* values) {
    std::vector<T> copy(values->begin(), values->end());
    Hit(&copy);
    *values = Array<T>(std::move(copy));
  }

 private:
  template <class T>
  T Value() {
    if constexpr (std::is_same_v<T, float>) {
      return Number();
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(Integer());
    } else {
      return T{};
    }
  }

  Rng rng_;
  Index row_;
  Index next_ = 0;
};

void HitOnce(Damage* damage, Dataset* data) {
  Labels& labels = data->labels[damage->Below(3)];
  InputBlock& bow = data->inputs[2];
  switch (damage->Below(14)) {
    case 0:
      return damage->Hit(&data->inputs[0].dense);
    case 1:
      return damage->Hit(&data->inputs[1].codes);
    case 2:
      return damage->Hit(&data->inputs[1].categories);
    case 3:
      return damage->Hit(&bow.row_starts);
    case 4:
      return damage->Hit(&bow.indices);
    case 5:
      return damage->Hit(&bow.values);
    case 6:
      bow.cols = static_cast<Index>(damage->Integer());
      return;
    case 7:
      return damage->Hit(&labels.rows);
    case 8:
      return damage->Hit(&labels.values);
    case 9:
      return damage->Hit(&labels.weights);
    case 10:
      return damage->Hit(&data->splits["train"]);
    case 11:
      return damage->Hit(&data->weights);
    case 12:
      return damage->Hit(&data->groups);
    default:
      data->inputs[damage->Below(2)].cols =
          static_cast<Index>(damage->Integer());
  }
}

// Everything that indexes by what a dataset says.
void Use(const Dataset& data) {
  Batcher batcher(data, data.rows);
  for (const auto& [name, rows] : data.splits) batcher.Load(rows);
  const std::vector<Index> all{0, 1, 2, 3, 4, 5};
  batcher.Load(all);
  GatherRows(data, data.SplitRows("test"));
  TrainingRowsOf(data);
}

TEST_CASE("a damaged dataset is refused, or safe to use") {
  constexpr Index kTrials = 2000;
  Index refused = 0;
  for (Index trial = 0; trial < kTrials; ++trial) {
    Damage damage(trial);
    Dataset data = Whole();
    HitOnce(&damage, &data);
    if (damage.Below(3) == 0) HitOnce(&damage, &data);
    try {
      CheckDataset(data);
      Use(data);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kBadInput);
      ++refused;
    }
  }
  CHECK(refused > kTrials / 2);
  CHECK(refused < kTrials);
}

}  // namespace
}  // namespace mtlkit
