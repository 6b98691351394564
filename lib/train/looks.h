#pragma once

#include <memory>
#include <optional>
#include <span>

#include "data/batch.h"
#include "data/dataset.h"
#include "nn/loss.h"
#include "train/input_changes.h"
#include "train/peer.h"
#include "train/protocol.h"
#include "train/train_options.h"

namespace mtlkit {

// How one peer sees batches: as `--mixup`, `--augment` and `--input-noise` change
// them and, where its protocol wants that, once more as its second look changes them.
class Looks {
 public:
  // kUsage: options that do not go with the inputs or the protocol.
  Looks(const Dataset& data, const Peer& peer, const TrainOptions& options,
        const Protocol& protocol,
        std::span<const std::unique_ptr<Loss>> losses, Index capacity);

  // Whether there is a second look at all.
  bool are_two() const { return second_.has_value(); }
  // The batch as it is learned from without a second look; valid until the next
  // call.
  const Batch& First(const Batch& loaded, Index step);
  // Of the batch of First. Needs are_two().
  const Batch& Second(const Batch& first, Index step);
  // What a look mixed rows with; null: it does not.
  const Partners* PartnersOf(bool is_second) const;

 private:
  std::optional<InputChanges> first_;
  std::optional<InputChanges> second_;
};

}  // namespace mtlkit
