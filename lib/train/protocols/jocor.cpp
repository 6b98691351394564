#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "train/divergence.h"
#include "train/protocol.h"
#include "train/small_loss.h"

namespace mtlkit {
namespace {

struct JocorOptions {
  double agreement = 0.9;
  SmallLossOptions small;

  void Describe(Fields& field) {
    field("agreement", agreement,
          "share of the agreement of the peers in the loss of a row; the rest "
          "is their labels'",
          Between(0, 1));
    small.Describe(field);
  }
};

// Two peers with one loss a row, (1 - a) (l_1 + l_2) + a (KL(p_1 || p_2) +
// KL(p_2 || p_1)), learn the rows of a batch on which it is smallest: the part
// R(e) = 1 - forget min(e / ramp, 1) of the labelled rows of each task, the
// same for both. The gradient of the agreement flows into both. Wei, Feng, Chen
// and An, "Combating noisy labels by agreement: a joint training method with
// co-regularization" (2020).
class Jocor : public Protocol {
 public:
  explicit Jocor(const JocorOptions& options) : options_(options) {}
  bool selects() const override { return true; }
  bool teaches() const override { return true; }
  bool gives_gradients() const override { return true; }
  double label_share() const override { return 1 - options_.agreement; }

  void Prepare(Index, std::span<const Task> tasks, Index rows) override {
    for (const Task& task : tasks) {
      Require(HasDivergence(task), ErrorKind::kUsage,
              Str("jocor: task '", task.name, "' is ",
                  TaskTypeName(task.form.value_or(task.type)),
                  ", for which it is not defined"),
              "use mutual, or leave the task out with --peer-tasks");
    }
    const auto most = At(rows);
    rows_.Reserve(rows);
    chosen_.assign(tasks.size(), std::vector<Real>(most));
    for (auto& of_peer : parts_) {
      of_peer.clear();
      for (const Task& task : tasks) {
        of_peer.push_back({std::vector<Real>(most),
                           std::vector<Real>(most * At(task.output_cols()))});
      }
    }
  }

  void Select(const PeerView& view,
              std::span<const std::span<Real>> weights) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!Shared(view, task)) continue;
      Compare(view, task);
      Choose(view, task);
      for (Index peer = 0; peer < 2; ++peer) {
        const std::span<Real> own = weights[view.Place(peer, task)];
        for (std::size_t row = 0; row < own.size(); ++row) {
          own[row] = std::min(own[row], Chosen(task)[row]);
        }
      }
    }
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!Shared(view, task)) continue;
      for (Index peer = 0; peer < 2; ++peer) {
        Give(task, peer, &lessons[view.Place(peer, task)]);
      }
    }
  }

 private:
  // Of one peer and task in a batch.
  struct Part {
    std::vector<Real> divergence;  // of each row; the same for both peers
    std::vector<Real> gradient;    // rows x output_cols, by this peer's outputs
  };

  static bool Shared(const PeerView& view, Index task) {
    return view.At(0, task).exists() && view.At(1, task).exists();
  }
  Part& PartOf(Index peer, Index task) { return parts_[At(peer)][At(task)]; }
  std::vector<Real>& Chosen(Index task) { return chosen_[At(task)]; }

  void Compare(const PeerView& view, Index task) {
    for (Index peer = 0; peer < 2; ++peer) {
      const ConstMatView own = view.At(peer, task).output;
      Part& part = PartOf(peer, task);
      SymmetricDivergence(view.tasks[At(task)], own,
                          view.At(1 - peer, task).output,
                          {part.divergence.data(), At(own.rows)},
                          {part.gradient.data(), own.rows, own.cols});
    }
  }

  // Weights of the rows that are learned from, 0 for the others: those of the
  // labels that both have.
  void Choose(const PeerView& view, Index task) {
    const PeerTask& one = view.At(0, task);
    const PeerTask& two = view.At(1, task);
    const auto joint = [&](std::size_t row) {
      const double labels =
          static_cast<double>(one.row_loss[row] / one.weight[row]) +
          static_cast<double>(two.row_loss[row] / two.weight[row]);
      const double apart = static_cast<double>(PartOf(0, task).divergence[row]);
      return std::pair(static_cast<Real>((1 - options_.agreement) * labels +
                                         options_.agreement * apart),
                       row);
    };
    std::vector<Real>& chosen = Chosen(task);
    rows_.Clear();
    for (std::size_t row = 0; row < one.weight.size(); ++row) {
      chosen[row] = std::min(one.weight[row], two.weight[row]);
      if (chosen[row] > 0) rows_.Add(joint(row).first, row);
    }
    if (rows_.empty()) return;
    const auto limit = rows_.Limit(options_.small.KeepRate(view.epoch));
    for (std::size_t row = 0; row < one.weight.size(); ++row) {
      if (chosen[row] > 0 && joint(row) > limit) chosen[row] = 0;
    }
  }

  void Give(Index task, Index peer, Lesson* lesson) {
    const Part& part = PartOf(peer, task);
    const Index cols = lesson->gradient.cols;
    lesson->factor = options_.agreement;
    for (std::size_t row = 0; row < lesson->weight.size(); ++row) {
      const Real weight = Chosen(task)[row];
      lesson->weight[row] = weight;
      lesson->row_loss[row] = weight * part.divergence[row];
      const Real* slopes =
          part.gradient.data() + static_cast<Index>(row) * cols;
      Real* into = lesson->gradient.Row(static_cast<Index>(row));
      for (Index k = 0; k < cols; ++k) into[k] = weight * slopes[k];
    }
  }

  JocorOptions options_;
  SmallLoss rows_;
  std::vector<std::vector<Real>> chosen_;  // one a task
  std::vector<Part> parts_[2];             // one a peer and task
};

}  // namespace

extern const ProtocolEntry kJocor;
const ProtocolEntry kJocor = {
    MakeEntry<Jocor, JocorOptions>(
        "jocor",
        "two peers learn what they agree on, with one loss (Wei et al. 2020)"),
    2,
    2,
    {.noisy_labels = true}};

}  // namespace mtlkit
