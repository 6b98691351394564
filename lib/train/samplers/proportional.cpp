#include "train/sampler.h"

namespace mtlkit {
namespace {

// Every row once an epoch, shuffled: tasks come up as often as they have
// labels.
class Proportional : public Sampler {
 public:
  explicit Proportional(const SamplerArgs& args)
      : rows_(args.rows.begin(), args.rows.end()), batch_(args.batch) {}

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    rows->rows = rows_;
    Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
        .Shuffle(rows->rows);
    CutEvenly(batch_, rows);
  }

 private:
  std::vector<Index> rows_;
  Index batch_;
};

}  // namespace

extern const SamplerEntry kProportional;
const SamplerEntry kProportional = {MakeEntry<Proportional>(
    "proportional", "every row once an epoch, in random order")};

}  // namespace mtlkit
