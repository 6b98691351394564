#include "train/looks.h"

#include <string>

#include "train/first_look.h"

namespace mtlkit {

Looks::Looks(const Dataset& data, const Peer& peer, const TrainOptions& options,
             const Protocol& protocol,
             std::span<const std::unique_ptr<Loss>> losses, Index capacity) {
  const bool is_taught = protocol.teaches() || protocol.selects() ||
                         !peer.inputs.soft_targets.empty();
  if (options.mixup > 0) RequireMixable(is_taught, capacity, losses);
  if (options.mixup > 0 || options.input_noise > 0 ||
      !options.augment.empty()) {
    InputChangeOptions changes;
    changes.mixup = options.mixup;
    changes.noise = options.input_noise;
    changes.augment = options.augment;
    first_.emplace(data, changes, peer.seed, capacity);
  }
  const std::optional<SecondLook> look = protocol.second_look();
  if (!look) return;
  InputChangeOptions changes;
  changes.mixup = look->mixup;
  changes.mostly_own = true;
  changes.noise = look->noise;
  changes.mask = look->mask;
  changes.spares_labelled = look->mixup == 0;
  changes.mixup_flag = "--method, which mixes rows";
  changes.noise_flag = "--method, which changes numbers,";
  second_.emplace(data, changes, SeedOfLook(peer.seed, 2), capacity);
}

const Batch& Looks::First(const Batch& loaded, Index step) {
  return first_ ? first_->Apply(loaded, step) : loaded;
}

const Batch& Looks::Second(const Batch& first, Index step) {
  return second_->Apply(first, step);
}

const Partners* Looks::PartnersOf(bool is_second) const {
  const std::optional<InputChanges>& look = is_second ? second_ : first_;
  return look ? look->partners() : nullptr;
}

}  // namespace mtlkit
