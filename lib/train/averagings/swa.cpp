#include <cmath>

#include "base/error.h"
#include "train/averaging.h"

namespace mtlkit {
namespace {

struct SwaOptions {
  double start = 0.75;
  Index every = 1;
  double rate = 0;
  double fall = 1;

  void Describe(Fields& field) {
    field("start", start, "part of the epochs before the first that counts",
          BelowFrom(0, 1));
    field("every", every, "epochs of a cycle, at whose end the weights count",
          AtLeast(1));
    field("rate", rate,
          "rate from the start on, as a part of --rate; 0: it stays where the "
          "schedule has it then",
          Between(0, 1));
    field("fall", fall,
          "what is left of it at the end of a cycle, along a line; 1: all",
          Between(0, 1));
  }
};

// Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, "Averaging weights leads
// to wider optima and better generalization" (2018): the equal mean of the
// weights at the ends of cycles of the last part of training. In a cycle of c
// steps the rate of step i = 0, 1, ... is (1 - t) r + t fall r with t = (i mod
// c + 1) / c; with fall = 1 it is constant. Statistics of batch norm are found
// anew in a pass over the training rows.
class Swa : public Averaging {
 public:
  Swa(const AveragingArgs& args, const SwaOptions& options)
      : options_(options),
        base_(args.rate),
        first_epoch_(static_cast<Index>(
            std::floor(options.start * static_cast<double>(args.epochs)))),
        first_step_(first_epoch_ * args.steps_per_epoch),
        cycle_(options.every * args.steps_per_epoch) {
    Require(
        first_epoch_ + options.every <= args.epochs, ErrorKind::kUsage,
        Str("a cycle of ", options.every, " epochs from epoch ",
            first_epoch_ + 1, " on does not end in ", args.epochs, " epochs"),
        "lower every or start, or train for more --epochs");
  }

  double ShareOfEpoch(Index epochs) const override {
    const Index since = epochs - first_epoch_;
    if (since <= 0 || since % options_.every != 0) return 0;
    return 1 / static_cast<double>(since / options_.every);
  }
  bool HasBegun(Index epochs) const override {
    return epochs - first_epoch_ >= options_.every;
  }

  double Rate(Index step, const Schedule& schedule) const override {
    if (step < first_step_) return schedule.Rate(step);
    const double top =
        options_.rate > 0 ? options_.rate * base_ : schedule.Rate(first_step_);
    if (options_.fall == 1) return top;
    const double t = static_cast<double>((step - first_step_) % cycle_ + 1) /
                     static_cast<double>(cycle_);
    return top * (1 - t + t * options_.fall);
  }

  bool renews_statistics() const override { return true; }
  bool needs_whole_length() const override { return true; }

 private:
  SwaOptions options_;
  double base_;
  Index first_epoch_;  // epochs before the first that counts
  Index first_step_;
  Index cycle_;  // steps
};

}  // namespace

extern const AveragingEntry kSwa;
const AveragingEntry kSwa = MakeEntry<Swa, SwaOptions>(
    "swa",
    "equal mean of the weights at the ends of the last epochs (Izmailov et al. "
    "2018)");

}  // namespace mtlkit
