#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "data/dataset.h"
#include "nn/history.h"
#include "nn/model.h"
#include "train/optimizer.h"
#include "train/protocol.h"
#include "train/weighting.h"

namespace mtlkit {

// Everything about training that a user can set and that can change a result,
// the network itself apart.
struct TrainOptions {
  OptimizerOptions optimizer;
  std::string schedule = "cosine";  // NAME[:option=value,...]
  WeightingOptions weighting;
  // TASK=NAME[:option=value,...]; tasks that none names have their type's.
  std::vector<std::string> loss;
  Index epochs = 0;  // most passes over the rows; 0: see EpochsOf
  Index batch = 256;
  // Epochs without a better measure before stopping; 0: never, -1: PatienceOf.
  Index patience = -1;
  std::string select_on = "loss";  // loss, or TASK.METRIC
  std::string train_split = "train";
  std::string valid_split = "valid";
  Index fold = -1;  // split foldN is kept out, to be evaluated on; -1: none

  void Describe(Fields& field);
};

// Labels of one task for rows that have none of their own, or in place of
// their own: what a peer proposes, for this training only.
struct ExtraLabels {
  Index task = 0;
  std::vector<Index> rows;     // ascending, in the dataset
  std::vector<float> values;   // rows x target_cols, as in Labels
  std::vector<float> weights;  // one a row
};

// What others predict of one task, as targets beside the labels. The term is
//   factor x sum_r weight_r x KL(target_r || prediction_r) / sum_r weight_r
// over the rows of the batch that have a target (regression: squared error).
struct SoftTargets {
  Index task = 0;
  std::vector<Index> rows;     // ascending, in the dataset
  std::vector<float> values;   // rows x output_cols: probabilities, or values
                               // in original units (regression)
  std::vector<float> weights;  // one a row; empty: 1
  double factor = 1;
  double ramp_epochs = 0;  // the factor rises linearly from 0 over these
};

// What is learned from. `data` must outlive the call; it may have inputs and
// tasks that the model does not use. Task numbers are the model's.
struct TrainInputs {
  const Dataset* data = nullptr;
  std::vector<Index> train_rows;  // ascending; may hold rows without labels
  std::vector<Index> valid_rows;  // ascending; empty: no validation
  std::string valid_name;         // the split they came from; "" if none
  // The weights of the last epoch are wanted: no validation rows are missed.
  bool keeps_last = false;
  std::vector<ExtraLabels> extra_labels;
  std::vector<SoftTargets> soft_targets;
};

// The rows of the options' splits (all rows of a dataset without splits are for
// training), without those of the fold that is kept out; without a train split
// a fold's rest is all other folds. Errors (kUsage) are an unknown train split
// or fold, a valid split that is not there, unless it is the default, and one
// split for both.
TrainInputs InputsOf(const Dataset& data, const TrainOptions& options);

// The training rows that teach something: with a label of some task, proposed
// ones included, or with a soft target. Ascending.
std::vector<Index> RowsToLearnFrom(const TrainInputs& inputs);

// What a run may use, and whom it tells. Nothing here can change a result.
struct TrainEnvironment {
  ThreadPool* pool = nullptr;
  Reporter* reporter = nullptr;
  // Set from outside (a signal): save a checkpoint at the next step and throw
  // kStopped.
  const std::atomic<bool>* stop = nullptr;
  std::string checkpoint;         // file; "": none
  double checkpoint_every = 120;  // seconds
  std::string who;  // is training, where several share a terminal: "peer 1"
  // Whether the user is told that there are no validation rows.
  bool wants_validation = true;
};

// One network among those that are trained together.
struct Peer {
  Model* model = nullptr;  // its parameters are where training starts
  Seed seed = 1;           // of its dropout and its weighting
  TrainInputs inputs;
};

// Trains one network with the protocol `solo`, on the rows to learn from: sets
// the parameters of the model to the best ones and its log, which is also
// returned.
History Train(const TrainInputs& inputs, const TrainOptions& options, Seed seed,
              const TrainEnvironment& environment, Model* model);

// Trains peers together by `protocol` (NAME[:option=value,...]), all on the
// same batches, which all peers' training rows together and `seed` determine.
// Networks, inputs, tasks and rows may be each peer's own, but rows are those
// of one dataset; labels count for a peer on its own rows. Every peer keeps its
// own best weights and stops learning never before the others:
// training ends when no peer has become better for `patience` epochs. Returns
// one history a peer.
//
// Goes on where the checkpoint left off, if there is one. Throws kNo where a
// loss is no longer finite (task and epoch named, the checkpoint kept), and
// kStopped after a stop request.
std::vector<History> TrainPeers(std::span<Peer> peers,
                                const TrainOptions& options,
                                const std::string& protocol, Seed seed,
                                const TrainEnvironment& environment);

// Throws what TrainPeers would for its options, without training.
void CheckTraining(const TrainInputs& inputs, const TrainOptions& options,
                   Model* model);

}  // namespace mtlkit
