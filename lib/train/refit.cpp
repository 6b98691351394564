#include "train/refit.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/choice.h"
#include "base/error.h"
#include "base/text.h"
#include "data/schema.h"
#include "data/seen_rows.h"
#include "data/split_names.h"
#include "train/epoch_errors.h"

namespace mtlkit {
namespace {

// A fold of the training rows, kept out.
struct FoldInputs {
  std::string name;
  TrainInputs inputs;
};

std::vector<FoldInputs> FoldsOf(const TrainInputs& inputs) {
  std::vector<FoldInputs> folds;
  for (const auto& [name, rows] : inputs.data->splits) {
    if (!IsFoldName(name)) continue;
    FoldInputs fold{name, inputs};
    fold.inputs.valid_rows.clear();
    fold.inputs.valid_name = name;
    fold.inputs.train_rows.clear();
    std::ranges::set_intersection(inputs.train_rows, rows,
                                  std::back_inserter(fold.inputs.valid_rows));
    std::ranges::set_difference(inputs.train_rows, rows,
                                std::back_inserter(fold.inputs.train_rows));
    // That of --fold, say.
    if (!fold.inputs.valid_rows.empty()) folds.push_back(std::move(fold));
  }
  return folds;
}

TrainInputs AllRows(const TrainInputs& inputs) {
  TrainInputs all = inputs;
  all.train_rows.clear();
  all.valid_rows.clear();
  std::ranges::set_union(inputs.train_rows, inputs.valid_rows,
                         std::back_inserter(all.train_rows));
  all.keeps_last = true;
  return all;
}

void RequireOneLength(const RefitOptions& refit, const TrainOptions& options) {
  const std::string flag = "--refit " + refit.refit;
  Require(ParseChoice(options.schedule, "--schedule").name != "plateau",
          ErrorKind::kUsage,
          flag +
              ": --schedule plateau looks at validation rows, of which the "
              "training on all rows has none",
          "choose another schedule");
  Require(options.keep_best == "together" && options.task_patience == 0,
          ErrorKind::kUsage, flag + " finds one length for all tasks",
          "leave --keep-best and --task-patience out");
  Require(refit.refit == "valid" || options.patience <= 0, ErrorKind::kUsage,
          flag +
              ": --patience has no effect, since all folds are trained for "
              "as many epochs",
          "leave it out");
}

RefitLength SearchOnValid(const TrainInputs& inputs, TrainOptions options,
                          Seed seed, const TrainEnvironment& environment,
                          const ModelMaker& make) {
  Model model = make(inputs.train_rows);
  options.epochs = PlannedEpochs(inputs, options, &model);
  const History history = Train(inputs, options, seed, environment, &model);
  return {history.best_epoch, options.epochs, history.best, history.selected_on,
          history.selected_split};
}

RefitLength SearchOnFolds(const TrainInputs& inputs, TrainOptions options,
                          Seed seed, const TrainEnvironment& environment,
                          const ModelMaker& make) {
  const std::vector<FoldInputs> folds = FoldsOf(inputs);
  options.patience = 0;
  RefitLength length;
  std::vector<double> sums;
  for (const FoldInputs& fold : folds) {
    Model model = make(fold.inputs.train_rows);
    if (options.epochs == 0) {
      options.epochs = PlannedEpochs(fold.inputs, options, &model);
    }
    TrainEnvironment own = environment;
    own.who = fold.name;
    if (!own.checkpoint.empty()) own.checkpoint += "." + fold.name;
    const History history = Train(fold.inputs, options, seed, own, &model);
    Require(history.best_epoch > 0, ErrorKind::kBadInput,
            Str("--refit folds: nothing can be measured on ", fold.name),
            "make fewer folds, or use --refit valid");
    const std::vector<double> errors =
        EpochErrors(history, model.schema.tasks, options.select_on);
    sums.resize(errors.size());
    for (std::size_t i = 0; i < errors.size(); ++i) sums[i] += errors[i];
    length.selected_on =
        Str("mean ", history.selected_on, " of ", folds.size(), " folds");
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double mean = sums[i] / static_cast<double>(folds.size());
    if (!std::isfinite(mean) || (length.epochs > 0 && mean >= length.best)) {
      continue;
    }
    length.epochs = static_cast<Index>(i) + 1;
    length.best = mean;
  }
  length.of = options.epochs;
  length.selected_split = std::string(kAllFolds);
  return length;
}

std::string LastCheckpoint(const std::string& checkpoint) {
  return checkpoint.empty() ? "" : checkpoint + ".refit";
}

}  // namespace

void CheckRefit(const RefitOptions& refit, const TrainInputs& inputs,
                const TrainOptions& options) {
  if (refit.refit == "none") return;
  RequireOneLength(refit, options);
  if (refit.refit == "valid") {
    Require(!inputs.valid_rows.empty(), ErrorKind::kUsage,
            "--refit valid: there are no validation rows",
            "make some with mtl-prep --split valid=0.15, or use --refit folds");
    return;
  }
  Require(FoldsOf(inputs).size() >= 2, ErrorKind::kUsage,
          "--refit folds: the training rows have no two folds",
          "make some with mtl-prep --folds 5");
}

std::vector<std::string> RefitCheckpoints(const RefitOptions& refit,
                                          const TrainInputs& inputs,
                                          const std::string& checkpoint) {
  if (refit.refit == "none" || checkpoint.empty()) return {};
  std::vector<std::string> paths = {LastCheckpoint(checkpoint)};
  if (refit.refit == "folds") {
    for (const FoldInputs& fold : FoldsOf(inputs)) {
      paths.push_back(checkpoint + "." + fold.name);
    }
  }
  return paths;
}

RefitLength FindLength(const RefitOptions& refit, const TrainInputs& inputs,
                       const TrainOptions& options, Seed seed,
                       const TrainEnvironment& environment,
                       const ModelMaker& make) {
  CheckRefit(refit, inputs, options);
  TrainEnvironment search = environment;
  search.saves_end = true;
  const RefitLength length =
      (refit.refit == "valid" ? SearchOnValid : SearchOnFolds)(
          inputs, options, seed, search, make);
  Require(length.epochs > 0, ErrorKind::kBadInput,
          Str("--refit ", refit.refit,
              ": no task can be measured on the validation rows"),
          "choose other rows with --valid-split");
  return length;
}

RefitLength LengthOf(const Model& model, const TrainInputs& inputs,
                     const TrainOptions& options, const ModelMaker& make) {
  CheckRefit({"valid"}, inputs, options);
  Model fresh = make(inputs.train_rows);
  return {model.log.best_epoch, PlannedEpochs(inputs, options, &fresh),
          model.log.best, model.log.selected_on, model.log.selected_split};
}

void SayLength(const RefitLength& length, const TrainInputs& inputs,
               const TrainEnvironment& environment) {
  if (environment.reporter == nullptr) return;
  environment.reporter->Note(
      Str(environment.notes_of, "epoch ", length.epochs, " of ", length.of,
          " was best (", length.selected_on, " ", ShortNumber(length.best),
          "): learns anew from all ", AllRows(inputs).train_rows.size(),
          " rows for as long"));
}

Model TrainOnAllRows(const RefitOptions& refit, const RefitLength& length,
                     const TrainInputs& inputs, const TrainOptions& options,
                     Seed seed, const TrainEnvironment& environment,
                     const ModelMaker& make) {
  TrainInputs all = AllRows(inputs);
  all.last_epoch = length.epochs;
  TrainOptions last = options;
  last.epochs = length.of;
  last.select_on = "loss";
  last.patience = 0;
  TrainEnvironment own = environment;
  own.checkpoint = LastCheckpoint(environment.checkpoint);
  own.who = "all rows,";
  Model model = make(all.train_rows);
  Train(all, last, seed, own, &model);
  model.log.best_epoch = length.epochs;
  model.log.best = length.best;
  model.log.selected_on = length.selected_on + " before the refit";
  model.log.selected_split = length.selected_split;
  const std::vector<Index>& chosen =
      refit.refit == "valid" ? inputs.valid_rows : inputs.train_rows;
  AddRowKeys(*inputs.data, chosen, &model.seen.chosen);
  return model;
}

Model TrainRefit(const RefitOptions& refit, const TrainInputs& inputs,
                 const TrainOptions& options, Seed seed,
                 const TrainEnvironment& environment, const ModelMaker& make) {
  const RefitLength length =
      FindLength(refit, inputs, options, seed, environment, make);
  SayLength(length, inputs, environment);
  return TrainOnAllRows(refit, length, inputs, options, seed, environment,
                        make);
}

}  // namespace mtlkit
