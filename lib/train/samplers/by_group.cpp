#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "train/sampler.h"

namespace mtlkit {
namespace {

// Every row once an epoch, in batches of whole groups (Dataset::groups). All
// batches have as many groups, to within one: as many as always fit, however
// large they are that come together.
class ByGroup : public Sampler {
 public:
  explicit ByGroup(const SamplerArgs& args)
      : rows_(args.rows.begin(), args.rows.end()) {
    const std::vector<std::int64_t>& groups = args.data.groups;
    Require(!groups.empty(), ErrorKind::kUsage, "the rows have no groups",
            "prepare them with mtl-prep --group COLUMN, or leave it out");
    std::ranges::stable_sort(rows_, {},
                             [&](Index row) { return groups[At(row)]; });
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const bool is_new =
          i == 0 || groups[At(rows_[i])] != groups[At(rows_[i - 1])];
      if (is_new) starts_.push_back(i);
    }
    starts_.push_back(rows_.size());
    SetGroupsOfBatch(args.batch);
  }

  void Draw(Seed seed, Index epoch, EpochRows* rows) override {
    std::vector<Index> order(starts_.size() - 1);
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<Index>(i);
    }
    Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
        .Shuffle(order);
    EpochRows of_groups;
    of_groups.rows = std::move(order);
    CutEvenly(groups_of_batch_, &of_groups);
    rows->rows.clear();
    rows->ends.clear();
    for (Index i = 0; i < of_groups.batch_count(); ++i) {
      for (const Index group : of_groups.Batch(i)) {
        rows->rows.insert(rows->rows.end(), rows_.begin() + First(group),
                          rows_.begin() + First(group + 1));
      }
      rows->ends.push_back(rows->rows.size());
    }
  }

  std::string Text(Index /*epoch*/) const override {
    return Str(Counted(std::ssize(starts_) - 1, "group", "groups"), ", ",
               groups_of_batch_, " in a batch");
  }

 private:
  std::ptrdiff_t First(Index group) const {
    return static_cast<std::ptrdiff_t>(starts_[At(group)]);
  }

  // As many as the largest of them leave room for.
  void SetGroupsOfBatch(Index batch) {
    std::vector<Index> sizes;
    for (std::size_t i = 0; i + 1 < starts_.size(); ++i) {
      sizes.push_back(static_cast<Index>(starts_[i + 1] - starts_[i]));
    }
    std::ranges::sort(sizes, std::greater<>());
    Require(sizes.front() <= batch, ErrorKind::kUsage,
            Str("the largest group has ", sizes.front(), " rows, and a batch ",
                batch, ": groups stay whole"),
            Str("give --batch ", sizes.front(), " or more"));
    Index rows = 0;
    for (const Index size : sizes) {
      rows += size;
      if (rows > batch) break;
      ++groups_of_batch_;
    }
  }

  std::vector<Index> rows_;          // group by group
  std::vector<std::size_t> starts_;  // of groups in rows_, and the end
  Index groups_of_batch_ = 0;
};

}  // namespace

extern const SamplerEntry kByGroup;
const SamplerEntry kByGroup = {
    MakeEntry<ByGroup>("by-group",
                       "every row once an epoch, whole groups together, as "
                       "losses that rank rows need it"),
    false, true};

}  // namespace mtlkit
