#include "train/looks.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "data/head.h"
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
    // What peers say of a pixel is of the same pixel where they all move
    // images alike.
    const bool moves_maps =
        ParseAugment(options.augment, "--augment").moves() &&
        std::ranges::any_of(
            data.tasks, [](const Task& task) { return task.traits().is_map; });
    Require(!moves_maps || peer.inputs.soft_targets.empty(), ErrorKind::kUsage,
            "--augment moves images, and what others said of their pixels "
            "stays where it is",
            "use gain, offset and cutout alone");
    const Seed seed = moves_maps && is_taught ? Seed{0} : peer.seed;
    first_.emplace(data, changes, seed, capacity);
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
