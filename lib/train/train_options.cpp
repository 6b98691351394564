#include "train/train_options.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// Of the inputs that are learned from.
void DescribeChanges(Fields& field, TrainOptions* options) {
  field("mixup", options->mixup,
        "rows are mixed in pairs, by shares from Beta(this, this); 0: not",
        AtLeast(0));
  field("input-noise", options->input_noise,
        "deviation of normal noise on numbers that are learned from",
        AtLeast(0));
  field.Named("augment", options->augment, "CHANGE,...",
              "images that are learned from are changed at random, by at most: "
              "mirror, flip, rotate=DEGREES, scale=LOG, shift=SHARE, "
              "crop=PIXELS, gain=SHARE, offset=NUMBER, cutout=SIDE");
}

}  // namespace

void TrainOptions::Describe(Fields& field) {
  optimizer.Describe(field);
  field.Named("rate-of", rate_of, "LAYER=FACTOR,...",
              "times the rate for layers, by name or pattern");
  field.Named("decay-of", decay_of, "LAYER=DECAY,...",
              "weight decay of layers, in place of --decay");
  field.Named("schedule", schedule, "NAME[:option=value,...]",
              "how the rate changes (mtl-train --list schedules)");
  field("epochs", epochs,
        "most passes over the training rows; 0: as many as make 3000 steps "
        "(1000 without validation rows), and at least 30",
        AtLeast(0));
  field("batch", batch, "rows of one step", AtLeast(1));
  field.Named("sampler", sampler, "NAME[:option=value,...]",
              "which rows an epoch sees (mtl-train --list samplers)");
  field("patience", patience,
        "epochs without a better measure before stopping; 0: never, -1: a "
        "quarter of the epochs, and at least 8",
        AtLeast(-1));
  field.Named("average", average, "NAME[:option=value,...]",
              "mean of the weights that is validated and kept (mtl-train "
              "--list averagings)");
  weighting.Describe(field);
  field.Field(
      {.name = "loss",
       .help = "in place of the task's usual loss; may be repeated (mtl-train "
               "--list losses)",
       .value_name = "TASK=NAME[:option=value,...]",
       .splits_commas = false},
      loss);
  field.Named("freeze", freeze, "LAYER,...",
              "layers that stay as they are, by name or pattern");
  field.Named("select-on", select_on, "loss|decisions|TASK.METRIC[=WEIGHT],...",
              "what chooses the best weights; of several the mean of their "
              "errors, each relative to the best constant's (decisions: of "
              "every task accuracy, hamming-loss or mae, which wrong labels do "
              "not turn)");
  field(
      "keep-best", keep_best,
      "one epoch of all tasks, or of each task its own best (where they learn "
      "nothing together)",
      {"together", "each-task"});
  field("task-patience", task_patience,
        "epochs without a better validation loss of a task before it learns no "
        "more; 0: never",
        AtLeast(0));
  DescribeChanges(field, this);
  field.Named("train-split", train_split, "SPLIT", "split to learn from");
  field.Named("valid-split", valid_split, "SPLIT",
              "split that chooses the best weights");
  field("fold", fold,
        "keep the rows of this fold out, to be evaluated on; -1: none",
        AtLeast(-1));
}

void RequireNothingToChoose(const TrainOptions& options) {
  const TrainOptions untold;
  const auto require = [](bool is_untold, const std::string& flag) {
    Require(is_untold, ErrorKind::kUsage,
            Str(flag, ": there are no validation rows to choose on"),
            "make some with mtl-prep --split valid=0.15");
  };
  require(options.select_on == untold.select_on,
          Str("--select-on ", options.select_on));
  require(options.keep_best == untold.keep_best,
          Str("--keep-best ", options.keep_best));
  require(options.task_patience == untold.task_patience,
          Str("--task-patience ", options.task_patience));
}

}  // namespace mtlkit
