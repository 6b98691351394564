#include <string>

#include "train/sampler.h"

namespace mtlkit {
namespace {

struct ProportionalOptions {
  std::string order = "random";

  void Describe(Fields& field) {
    field("order", order, "of the rows of an epoch, or as they are stored",
          {"random", "stored"});
  }
};

// Every row once an epoch, shuffled or as they are stored: tasks come up as
// often as they have labels.
class Proportional : public Sampler {
 public:
  Proportional(const SamplerArgs& args, const ProportionalOptions& options)
      : is_stored_(options.order == "stored"),
        rows_(args.rows.begin(), args.rows.end()),
        batch_(args.batch) {}

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    rows->rows = rows_;
    if (!is_stored_) {
      Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
          .Shuffle(rows->rows);
    }
    CutEvenly(batch_, rows);
  }

 private:
  bool is_stored_;
  std::vector<Index> rows_;
  Index batch_;
};

}  // namespace

extern const SamplerEntry kProportional;
const SamplerEntry kProportional = {
    MakeEntry<Proportional, ProportionalOptions>(
        "proportional", "every row once an epoch, in random order")};

}  // namespace mtlkit
