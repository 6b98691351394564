#include <algorithm>
#include <cmath>
#include <vector>

#include "data/head.h"
#include "data/output_distance.h"
#include "train/class_shares.h"
#include "train/loss_mixture.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct DivideMixOptions {
  double warm_up = 10;
  double threshold = 0.5;
  double sharpen = 0.5;
  double mixup = 4;
  double unlabelled = 25;
  double ramp = 16;
  double prior = 1;

  void Describe(Fields& field) {
    field("warm-up", warm_up, "epochs in which both learn all labels",
          AtLeast(1));
    field("threshold", threshold,
          "labels that are right with at most this probability are dropped",
          Between(0, 1));
    field("sharpen", sharpen,
          "temperature under which guessed labels are sharpened", MoreThan(0));
    field("mixup", mixup, "rows are mixed by shares from Beta(this, this)",
          MoreThan(0));
    field("unlabelled", unlabelled,
          "weight of the rows whose labels were dropped; 0 where wrong labels "
          "follow from the class",
          AtLeast(0));
    field("ramp", ramp, "epochs in which that weight grows from 0", AtLeast(0));
    field("prior", prior,
          "weight of the term that keeps the predicted shares of classes even",
          AtLeast(0));
  }
};

// After a warm-up on all labels, each of two peers finds in every epoch which
// of its losses of the epoch before are those of right labels (loss_mixture.h),
// and the other divides its batches by that: with w the probability that a
// label y is right, rows with w above the threshold have the target w y +
// (1 - w) p of what the peer says of them (co-refinement), the others the mean
// of what both say (co-guessing), both sharpened. What is said is of the row
// seen first; then rows are mixed in pairs, and their targets with them, as by
// MixMatch (Berthelot et al. 2019). The loss is the mean cross-entropy of the
// former, `unlabelled` times the mean squared difference of the latter, and
// the divergence of even shares of classes from those of the batch. Tasks
// without labels of one class are learned from their labels, of mixed rows.
// Losses are those that the epoch before saw, where the paper has a pass of its
// own. Li, Socher and Hoi, "DivideMix: learning with noisy labels as
// semi-supervised learning" (2020).
class DivideMix : public Protocol {
 public:
  explicit DivideMix(const DivideMixOptions& options) : options_(options) {}
  bool selects() const override { return true; }
  bool teaches() const override { return true; }
  bool gives_gradients() const override { return true; }
  bool remembers_losses() const override { return true; }
  std::optional<SecondLook> second_look() const override {
    return SecondLook{.mixup = options_.mixup};
  }
  bool LooksTwice(Index epoch) const override {
    return static_cast<double>(epoch) >= options_.warm_up;
  }

  void Prepare(Index peers, std::span<const Task> tasks, Index rows) override {
    mixtures_.resize(At(peers) * tasks.size());
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max({widest, task.prediction_cols(), task.output_cols()});
    }
    const auto most = At(rows * widest);
    for (std::vector<Real>& said : said_) said.resize(most);
    for (auto* memory : {&guess_, &target_, &slopes_}) memory->resize(most);
    for (auto* memory : {&kept_, &dropped_, &row_loss_}) {
      memory->resize(At(rows));
    }
    mean_.resize(At(widest) + 1);
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    if (!LooksTwice(view.epoch)) return;
    FitMixtures(view);
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!Divides(view, task)) continue;
      for (Index peer = 0; peer < 2; ++peer) {
        std::ranges::fill(weights[view.Place(peer, task)], Real{0});
      }
    }
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    if (!LooksTwice(view.epoch)) return;
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!Divides(view, task)) continue;
      const Task& of_task = view.tasks[At(task)];
      for (Index peer = 0; peer < 2; ++peer) {
        of_task.head().Link(
            of_task, view.At(peer, task).first_output,
            {said_[peer].data(), view.rows, of_task.prediction_cols()});
      }
      for (Index peer = 0; peer < 2; ++peer) {
        Guess(view, peer, task);
        Compare(view, peer, task, &lessons[view.Place(peer, task)]);
      }
    }
  }

 private:
  static bool Divides(const PeerView& view, Index task) {
    return view.tasks[At(task)].traits().one_class &&
           view.At(0, task).exists() && view.At(1, task).exists();
  }

  void FitMixtures(const PeerView& view) {
    if (fitted_for_ == view.epoch) return;
    fitted_for_ = view.epoch;
    for (std::size_t place = 0; place < mixtures_.size(); ++place) {
      mixtures_[place].Fit(view.seen[place].last_losses);
    }
  }

  // Sets the targets of rows as they are, predictions, in guess_, and whether
  // each has kept its label.
  void Guess(const PeerView& view, Index peer, Index task) {
    const Task& of_task = view.tasks[At(task)];
    const PeerTask& own = view.At(peer, task);
    const std::span<const Real> judged = view.At(1 - peer, task).last_losses;
    const LossMixture& judge = mixtures_[view.Place(1 - peer, task)];
    const Index cols = of_task.prediction_cols();
    for (Index row = 0; row < view.rows; ++row) {
      const Real* mine = said_[peer].data() + row * cols;
      const Real* theirs = said_[1 - peer].data() + row * cols;
      const std::span<Real> guess = {guess_.data() + row * cols, At(cols)};
      const double right =
          own.weight[At(row)] > 0
              ? judge.RightAt(judged[At(view.row_numbers[At(row)])])
              : 0;
      const bool keeps = right > options_.threshold;
      if (keeps) {
        SureOf(of_task, static_cast<Index>(own.labels(row, 0)), guess);
      } else {
        std::copy_n(theirs, cols, guess.begin());
      }
      const auto share = static_cast<Real>(keeps ? right : 0.5);
      for (Index k = 0; k < cols; ++k) {
        guess[At(k)] = share * guess[At(k)] + (1 - share) * mine[k];
      }
      Sharpen(of_task, options_.sharpen, guess);
      kept_[At(row)] = Real(keeps ? 1 : 0);
    }
  }

  // Targets of mixed rows, and what separates the peer from them.
  void Compare(const PeerView& view, Index peer, Index task, Lesson* lesson) {
    const Task& of_task = view.tasks[At(task)];
    const Index cols = of_task.prediction_cols();
    const RowMix& mix = view.mixed[At(peer)];
    const auto share = static_cast<Real>(mix.share);
    for (Index row = 0; row < view.rows; ++row) {
      const Real* one = guess_.data() + row * cols;
      const Real* other = guess_.data() + mix.partners[At(row)] * cols;
      Real* into = slopes_.data() + row * cols;
      for (Index k = 0; k < cols; ++k) {
        into[k] = share * one[k] + (1 - share) * other[k];
      }
    }
    const MatView target = {target_.data(), view.rows, of_task.output_cols()};
    of_task.head().TargetsOf(of_task, {slopes_.data(), view.rows, cols},
                             target);
    ShareOut(view);
    const auto rows = At(view.rows);
    const OutputDistance& distance = of_task.head().DistanceOf(of_task);
    const ConstMatView output = view.At(peer, task).output;
    distance.Distill({.divergence = Divergence::kCrossEntropy},
                     {output, target, std::span(kept_).first(rows),
                      lesson->row_loss, lesson->gradient});
    const MatView slopes = {slopes_.data(), output.rows, output.cols};
    const std::span<Real> row_loss = std::span(row_loss_).first(rows);
    distance.Compare(
        {output, target, std::span(dropped_).first(rows), row_loss, slopes});
    Add(row_loss, slopes, lesson);
    if (HasLogitOfEachClass(of_task)) AddPrior(of_task, output, lesson);
    std::ranges::fill(lesson->weight, Real{1});
    lesson->factor = 1;
  }

  // Weights of the rows that kept their labels and of the others, for which
  // the mean over all rows is the sum of both means, the second times its
  // weight.
  void ShareOut(const PeerView& view) {
    const double grown =
        options_.ramp > 0
            ? std::min(1.0, (view.progress - options_.warm_up) / options_.ramp)
            : 1;
    const auto rows = static_cast<double>(view.rows);
    double kept = 0;
    for (Index row = 0; row < view.rows; ++row) {
      kept += static_cast<double>(kept_[At(row)]);
    }
    for (Index row = 0; row < view.rows; ++row) {
      const bool keeps = kept_[At(row)] > 0;
      kept_[At(row)] = static_cast<Real>(keeps ? rows / kept : 0);
      dropped_[At(row)] = static_cast<Real>(
          keeps ? 0 : options_.unlabelled * grown * rows / (rows - kept));
    }
  }

  static void Add(std::span<const Real> row_loss, ConstMatView slopes,
                  Lesson* lesson) {
    for (std::size_t row = 0; row < row_loss.size(); ++row) {
      lesson->row_loss[row] += row_loss[row];
    }
    for (Index i = 0; i < slopes.size(); ++i) {
      lesson->gradient.data[i] += slopes.data[i];
    }
  }

  // sum_c u log(u / m_c) for the even share u and the mean m_c of what the
  // batch is said to be. With d_c = -u / m_c its slope by z_k of a row, of the
  // mean over rows, is p_k (d_k - sum_c p_c d_c).
  void AddPrior(const Task& task, ConstMatView output, Lesson* lesson) {
    if (options_.prior == 0) return;
    const Index cols = task.prediction_cols();
    const MatView said = {slopes_.data(), output.rows, cols};
    task.head().Link(task, output, said);
    const bool one_logit = task.traits().has_positive;
    const std::size_t classes = task.classes.size();
    std::ranges::fill(mean_, 0.0);
    for (Index row = 0; row < said.rows; ++row) {
      for (std::size_t c = 0; c < classes; ++c)
        mean_[c] += ShareOf(said, row, c);
    }
    const double even = 1 / static_cast<double>(classes);
    double apart = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      mean_[c] = std::max(mean_[c] / static_cast<double>(said.rows), 1e-12);
      apart += options_.prior * even * std::log(even / mean_[c]);
      mean_[c] = -options_.prior * even / mean_[c];  // d_c
    }
    for (Index row = 0; row < said.rows; ++row) {
      lesson->row_loss[At(row)] += static_cast<Real>(apart);
      double mean = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        mean += ShareOf(said, row, c) * mean_[c];
      }
      Real* slopes = lesson->gradient.Row(row);
      for (std::size_t c = one_logit ? 1 : 0; c < classes; ++c) {
        *slopes++ +=
            static_cast<Real>(ShareOf(said, row, c) * (mean_[c] - mean));
      }
    }
  }

  // Of class c, where a prediction may be of the second of two alone.
  static double ShareOf(ConstMatView said, Index row, std::size_t c) {
    if (said.cols > 1) {
      return static_cast<double>(said(row, static_cast<Index>(c)));
    }
    const auto yes = static_cast<double>(said(row, 0));
    return c == 1 ? yes : 1 - yes;
  }

  DivideMixOptions options_;
  std::vector<LossMixture> mixtures_;  // peers x tasks
  Index fitted_for_ = -1;              // the epoch that they are for
  std::vector<Real> said_[2];          // predictions of the first look
  std::vector<Real> guess_;
  std::vector<Real> target_;
  std::vector<Real> slopes_;
  std::vector<Real> kept_;     // one a row
  std::vector<Real> dropped_;  // one a row
  std::vector<Real> row_loss_;
  std::vector<double> mean_;  // one a class
};

}  // namespace

extern const ProtocolEntry kDivideMix;
const ProtocolEntry kDivideMix = {
    MakeEntry<DivideMix, DivideMixOptions>(
        "dividemix",
        "peers tell each other's wrong labels by their losses, and learn such "
        "rows without them (Li et al. 2020)"),
    2,
    2,
    {.of_one_class = true, .noisy_labels = true}};

}  // namespace mtlkit
