#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "data/batch.h"
#include "data/dataset.h"
#include "nn/loss.h"
#include "train/image_changes.h"

namespace mtlkit {

// The other halves of a mixed batch: what row i was mixed with.
struct Partners {
  double share = 1;                  // of each row itself
  std::vector<Index> places;         // of partners in the batch, one a row
  std::vector<TargetBatch> targets;  // of partners, one a task
};

// What is done to the inputs of a batch; 0: nothing.
struct InputChangeOptions {
  double mixup = 0;         // alpha
  bool mostly_own = false;  // a row keeps the larger of the two shares
  double noise = 0;         // deviation
  double mask = 0;          // part of a row's numbers that become 0
  std::vector<std::string> augment = {};  // of images, as --augment
  // Noise and masks only for rows that lack the label of a task.
  bool spares_labelled = false;
  // What the options are called in messages.
  std::string mixup_flag = "--mixup";
  std::string noise_flag = "--input-noise";
};

// Changes the inputs of batches that are learned from, never those that are
// measured or predicted. `--mixup`: Zhang, Cisse, Dauphin and Lopez-Paz,
// "mixup: beyond empirical risk minimization" (2018). Row i becomes
// share x_i + (1 - share) x_j, where j is its place in a shuffle of the batch
// and share is drawn from Beta(alpha, alpha) once a batch; its loss is that
// share of the loss towards the labels of i and the rest of that towards those
// of j. `--augment` changes images, and moves their maps with
// them (image_changes.h), before that, and
// `--input-noise` adds normal noise of this deviation to every number behind
// it. A mask sets numbers to 0, the mean of those that were prepared, each
// by itself; of an image a square of that part of its area, all channels, whose
// middle lies anywhere in it (DeVries and Taylor, "Improved regularization of
// convolutional neural networks with cutout", 2017). Random numbers are
// addressed by step, row and column. Allocates when built only.
class InputChanges {
 public:
  // kUsage: no input holds numbers, or, to be mixed, one holds something else;
  // there are no images to augment.
  InputChanges(const Dataset& data, const InputChangeOptions& options,
               Seed seed, Index capacity);

  // The batch with other inputs, valid until the next call.
  const Batch& Apply(const Batch& loaded, Index step);
  // Those of the last batch; null where batches are not mixed.
  const Partners* partners() const { return alpha_ > 0 ? &partners_ : nullptr; }

 private:
  void ChoosePartners(const Batch& loaded, Index step);
  void TakeTargets(const Batch& loaded);
  void MakeChangers(const Dataset& data, const InputChangeOptions& options);
  // Into memory of its own; the rows of one input block.
  void Augment(const Batch& loaded, Index step, std::size_t input);
  // The labels of tasks that are maps, as their images.
  void MoveMaps(const Batch& loaded, Index step);
  // Of one input block.
  void Mix(ConstMatView from, Index rows, std::span<Real> into) const;
  void AddNoise(const Rng& rng, Index input, std::span<Real> numbers) const;
  void Mask(const Rng& rng, Index input, Index row,
            std::span<Real> numbers) const;
  // Undoes what was done to rows that are spared.
  void Spare(const Batch& loaded, ConstMatView from,
             std::span<Real> into) const;

  InputChangeOptions options_;
  double alpha_;
  double noise_;
  std::vector<InputSpec> shapes_;  // of images: height and width
  Seed seed_;
  Index capacity_;
  Batch changed_;
  Partners partners_;
  // One an input: what changes its images, and what it made of them.
  std::vector<std::optional<ImageChanger>> changers_;
  std::vector<std::vector<Real>> images_;
  // One a task, empty: its labels stay as they are; and the image of it.
  std::vector<std::vector<Real>> maps_;
  std::vector<std::size_t> images_of_maps_;
  std::vector<std::vector<Real>> numbers_;  // one an input, empty: as it is
  std::vector<std::vector<Real>> targets_;  // of partners, one a task
  std::vector<std::vector<Real>> weights_;
};

// Throws kUsage where rows cannot be mixed: peers teach or choose them, batches
// have one, or a loss compares rows.
void RequireMixable(bool is_taught, Index batch,
                    std::span<const std::unique_ptr<Loss>> losses);

// A number from Beta(alpha, alpha) at this place of random numbers (four of
// their rows from `row` on): two Gamma numbers as of Marsaglia and Tsang, "A
// simple method for generating gamma variables" (2000). Needs alpha > 0.
double BetaNumber(const Rng& rng, Index row, double alpha);

}  // namespace mtlkit
