#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/head.h"
#include "nn/loss.h"
#include "train/class_shares.h"
#include "train/error_weights.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct KdclOptions {
  std::string rule = "naive";
  double weight = 1;
  double temperature = 2;
  bool scale_by_square = true;

  void Describe(Fields& field) {
    field("rule", rule,
          "what the peers teach together: of each row the outputs of the peer "
          "with the smallest loss, the combination with the smallest loss of "
          "the batch, the least lead of the other classes, or the predictions "
          "weighted by the errors of the epoch before",
          {"naive", "linear", "min-logit", "general"});
    field("weight", weight, "of what the peers teach, beside the labels",
          AtLeast(0));
    field("temperature", temperature, "how much distributions are softened",
          MoreThan(0));
    field("scale-by-square", scale_by_square,
          "multiply the term by the temperature's square, so that gradients "
          "keep their size");
  }
};

// Every peer learns, beside its labels, from one teacher that all make
// together: KL(p_t || p_k), times `weight`, on all rows. With z_i the outputs
// of peer i, z_t is
//   naive      z_h of the peer h with the smallest loss of the row
//   linear     sum a_i z_i, a >= 0, sum a_i = 1, of smallest loss of the batch
//   min-logit  min_i (z_i - z_i of the label's class), class by class
// and `general` takes p_t = sum w_i p_i, where w has the least w'Cw with
// C_ij = mean (p_i - y)(p_j - y) of the epoch before: the weights, not below 0,
// for which the error of the whole was least. Rows without a label (naive,
// min-logit) and tasks without a logit of each class (min-logit) get the mean
// of the outputs. Peers should see rows differently, for which they have
// dropout and --input-noise of their own. Guo, Wang, Wu, Yu, Liang, Hu and Luo,
// "Online knowledge distillation via collaborative learning" (2020).
class Kdcl : public Protocol {
 public:
  explicit Kdcl(const KdclOptions& options) : options_(options) {}
  bool teaches() const override { return true; }
  Choice lesson_loss() const override {
    return {"distillation",
            {{"temperature", Str(options_.temperature)},
             {"scale-by-square", options_.scale_by_square ? "yes" : "no"}}};
  }

  void Prepare(Index peers, std::span<const Task> tasks, Index rows) override {
    Index widest = 0;
    for (const Task& task : tasks) {
      RequireRule(task);
      widest = std::max(widest, task.output_cols());
      losses_.push_back(MakeLoss(
          task, {std::string(task.traits().default_loss), {}}, "kdcl"));
    }
    const auto most = At(rows * widest);
    for (auto* memory : {&teacher_, &slopes_, &truth_}) memory->resize(most);
    said_.assign(At(peers), std::vector<Real>(most));
    row_loss_.assign(At(peers), std::vector<Real>(At(rows)));
    for (auto* numbers : {&share_, &next_, &slope_, &here_})
      numbers->resize(At(peers));
    having_.reserve(At(peers));
    if (options_.rule != "general") return;
    weights_.assign(tasks.size(), ErrorWeights(peers));
  }

  std::vector<ProtocolState> State() override {
    std::vector<ProtocolState> state;
    for (std::size_t task = 0; task < weights_.size(); ++task) {
      state.push_back({Str("errors/", task), weights_[task].memory()});
    }
    return state;
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      having_.clear();
      for (Index peer = 0; peer < view.peers; ++peer) {
        if (view.At(peer, task).exists()) having_.push_back(peer);
      }
      if (having_.size() < 2) continue;
      const ConstMatView first = view.At(having_[0], task).output;
      const MatView teacher = {teacher_.data(), first.rows, first.cols};
      MakeTeacher(view, task, teacher);
      for (const Index peer : having_) {
        Lesson& lesson = lessons[view.Place(peer, task)];
        std::ranges::copy(teacher.flat(), lesson.target.data);
        std::ranges::fill(lesson.weight, Real{1});
        lesson.factor = options_.weight;
      }
    }
  }

 private:
  void RequireRule(const Task& task) const {
    Require(options_.rule != "general" || HasTruthAsTarget(task),
            ErrorKind::kUsage,
            Str("kdcl:rule=general: task '", task.name, "' is ",
                TaskTypeName(task.form.value_or(task.type)),
                ", whose labels are no predictions"),
            "take another rule, or leave the task out with --peer-tasks");
  }

  // Sets the soft targets of all peers.
  void MakeTeacher(const PeerView& view, Index task, MatView teacher) {
    const Task& of_task = view.tasks[At(task)];
    if (options_.rule == "general") return MixByErrors(view, task, teacher);
    if (options_.rule == "linear") {
      MixForBatch(view, task, teacher);
    } else {
      Measure(view, task);
      for (Index row = 0; row < teacher.rows; ++row) {
        RowOf(view, task, row, teacher.Row(row));
      }
    }
    of_task.head().SoftTargets(of_task, teacher, teacher);
  }

  // The losses of the rows, of every peer.
  void Measure(const PeerView& view, Index task) {
    for (const Index peer : having_) {
      const PeerTask& seen = view.At(peer, task);
      losses_[At(task)]->Evaluate(
          {seen.output, seen.labels, seen.weight},
          std::span(row_loss_[At(peer)]).first(At(view.rows)), {});
    }
  }

  // Whose label of the row counts for the peers that have it: the first's.
  const PeerTask* LabelOf(const PeerView& view, Index task, Index row) const {
    for (const Index peer : having_) {
      const PeerTask& seen = view.At(peer, task);
      if (seen.weight[At(row)] > 0) return &seen;
    }
    return nullptr;
  }

  void RowOf(const PeerView& view, Index task, Index row, Real* into) const {
    const Task& of_task = view.tasks[At(task)];
    const Index cols = of_task.output_cols();
    const PeerTask* labelled = LabelOf(view, task, row);
    const bool has_lead =
        options_.rule == "naive" || HasLogitOfEachClass(of_task);
    if (labelled == nullptr || !has_lead) {
      std::fill_n(into, cols, Real{0});
      const Real share = Real{1} / static_cast<Real>(having_.size());
      for (const Index peer : having_) {
        const Real* z = view.At(peer, task).output.Row(row);
        for (Index k = 0; k < cols; ++k) into[k] += share * z[k];
      }
    } else if (options_.rule == "naive") {
      const Index best = BestPeer(view, task, row);
      std::copy_n(view.At(best, task).output.Row(row), cols, into);
    } else {
      LeastLead(view, task, row, labelled->labels.Row(row), into);
    }
  }

  // The loss is that of the row's label by itself, whatever it weighs.
  Index BestPeer(const PeerView& view, Index task, Index row) const {
    Index best = -1;
    Real least = 0;
    for (const Index peer : having_) {
      const Real weight = view.At(peer, task).weight[At(row)];
      if (weight <= 0) continue;
      const Real loss = row_loss_[At(peer)][At(row)] / weight;
      if (best >= 0 && !(loss < least)) continue;
      best = peer;
      least = loss;
    }
    return best;
  }

  // Of a question with one logit the other answer leads by -z where the label
  // is yes, and by z where it is no.
  void LeastLead(const PeerView& view, Index task, Index row,
                 const Real* labels, Real* into) const {
    const Task& of_task = view.tasks[At(task)];
    const Index cols = of_task.output_cols();
    const bool one_each = of_task.traits().one_class && cols > 1;
    bool is_first = true;
    for (const Index peer : having_) {
      const Real* z = view.At(peer, task).output.Row(row);
      for (Index k = 0; k < cols; ++k) {
        const bool keeps_most = !one_each && labels[k] > Real{0.5};
        const Real lead =
            one_each ? z[k] - z[static_cast<Index>(labels[0])] : z[k];
        into[k] = is_first     ? lead
                  : keeps_most ? std::max(into[k], lead)
                               : std::min(into[k], lead);
      }
      is_first = false;
    }
  }

  // The outputs of all with `share_`.
  void Mix(const PeerView& view, Index task, MatView into) const {
    std::ranges::fill(into.flat(), Real{0});
    for (std::size_t i = 0; i < having_.size(); ++i) {
      const ConstMatView z = view.At(having_[i], task).output;
      const Real share = static_cast<Real>(share_[i]);
      for (Index k = 0; k < into.size(); ++k) into.data[k] += share * z.data[k];
    }
  }

  // The loss of the mixture over all peers' labels, and in slope_ its slope by
  // each share.
  double LossOfMixture(const PeerView& view, Index task, MatView mixture) {
    Mix(view, task, mixture);
    const MatView slopes = {slopes_.data(), mixture.rows, mixture.cols};
    const std::span<Real> row_loss =
        std::span(row_loss_[0]).first(At(mixture.rows));
    double loss = 0;
    double weight = 0;
    std::ranges::fill(slope_, 0.0);
    for (const Index peer : having_) {
      const PeerTask& seen = view.At(peer, task);
      weight += SumRows(seen.weight);
      losses_[At(task)]->Evaluate({mixture, seen.labels, seen.weight}, row_loss,
                                  slopes);
      loss += SumRows(row_loss);
      for (std::size_t i = 0; i < having_.size(); ++i) {
        const ConstMatView z = view.At(having_[i], task).output;
        for (Index k = 0; k < z.size(); ++k) {
          slope_[i] += static_cast<double>(slopes.data[k]) *
                       static_cast<double>(z.data[k]);
        }
      }
    }
    if (weight <= 0) return 0;
    for (double& slope : slope_) slope /= weight;
    return loss / weight;
  }

  // The loss is convex in the shares, since it is in the outputs: down it by
  // steps that multiply them (exponentiated gradients, Kivinen and Warmuth
  // 1997), which are halved where they go too far.
  void MixForBatch(const PeerView& view, Index task, MatView mixture) {
    constexpr int kSteps = 30;
    const std::size_t count = having_.size();
    std::fill_n(share_.begin(), count, 1.0 / static_cast<double>(count));
    double loss = LossOfMixture(view, task, mixture);
    double rate = 1;
    std::ranges::copy(slope_, here_.begin());  // where the shares are
    for (int step = 0; step < kSteps; ++step) {
      std::ranges::copy(share_, next_.begin());
      const double most = *std::max_element(
          here_.begin(), here_.begin() + static_cast<std::ptrdiff_t>(count));
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) {
        // The smallest slope is the steepest way down.
        share_[i] *= std::exp(std::min(rate * (most - here_[i]), 50.0));
        sum += share_[i];
      }
      for (std::size_t i = 0; i < count; ++i) share_[i] /= sum;
      const double there = LossOfMixture(view, task, mixture);
      if (there < loss) {
        loss = there;
        std::ranges::copy(slope_, here_.begin());
        rate *= 2;
      } else {
        std::ranges::copy(next_, share_.begin());
        rate /= 4;
      }
    }
    Mix(view, task, mixture);
  }

  void MixByErrors(const PeerView& view, Index task, MatView teacher) {
    const Task& of_task = view.tasks[At(task)];
    const std::size_t count = having_.size();
    const std::span<const Real> weights =
        weights_[At(task)].Of(view.epoch, count);
    std::ranges::fill(teacher.flat(), Real{0});
    for (std::size_t i = 0; i < count; ++i) {
      const ConstMatView output = view.At(having_[i], task).output;
      const MatView said = {said_[i].data(), output.rows, output.cols};
      of_task.head().SoftTargets(of_task, output, said);
      for (Index k = 0; k < said.size(); ++k) {
        teacher.data[k] += weights[i] * said.data[k];
      }
    }
    const Index cols = teacher.cols;
    const std::span<Real> truth = std::span(truth_).first(At(cols));
    const std::span<double> errors = std::span(share_).first(count);
    for (Index row = 0; row < view.rows; ++row) {
      const PeerTask* labelled = LabelOf(view, task, row);
      if (labelled == nullptr) continue;
      TruthAsTarget(of_task, labelled->labels.Row(row), truth);
      for (Index k = 0; k < cols; ++k) {
        if (std::isnan(truth[At(k)])) continue;
        for (std::size_t i = 0; i < count; ++i) {
          errors[i] =
              static_cast<double>(said_[i][At(row * cols + k)] - truth[At(k)]);
        }
        weights_[At(task)].Add(errors);
      }
    }
  }

  KdclOptions options_;
  std::vector<std::unique_ptr<Loss>> losses_;  // one a task
  std::vector<Index> having_;                  // peers that have the task
  std::vector<Real> teacher_, slopes_, truth_;
  std::vector<std::vector<Real>> said_;      // one a peer
  std::vector<std::vector<Real>> row_loss_;  // the same
  std::vector<double> share_, next_, slope_, here_;
  std::vector<ErrorWeights> weights_;  // one a task; of `general`
};

}  // namespace

extern const ProtocolEntry kKdcl;
const ProtocolEntry kKdcl = {
    MakeEntry<Kdcl, KdclOptions>(
        "kdcl", "peers imitate a teacher made of all (Guo et al. 2020)"),
    2};

}  // namespace mtlkit
