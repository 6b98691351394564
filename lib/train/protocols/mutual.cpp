#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/head.h"
#include "train/divergence.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct MutualOptions {
  double weight = 1;
  double temperature = 1;
  bool scale_by_square = true;
  std::string direction = "forward";
  Index every = 1;
  double burn_in = 0;

  void Describe(Fields& field) {
    field("weight", weight, "of what peers say, beside the labels", AtLeast(0));
    field("temperature", temperature, "how much distributions are softened",
          MoreThan(0));
    field("scale-by-square", scale_by_square,
          "multiply the term by the temperature's square, so that gradients "
          "keep their size");
    field("direction", direction,
          "the divergence of a peer from the others (forward), of the others "
          "from it (reverse), or both",
          DirectionNames());
    field("every", every, "steps from one lesson to the next", AtLeast(1));
    field("burn-in", burn_in, "epochs without lessons at the beginning",
          AtLeast(0));
  }
};

// Every peer k also lowers the mean over the other peers j of KL(p_j || p_k)
// (regression: the squared difference), on all rows of a batch, labelled or
// not; p_j is a constant there. Zhang, Xiang, Hospedales and Lu, "Deep mutual
// learning" (2018). As that term is linear in p_j but for a constant, learning
// from the mean of the p_j gives the same gradient (under a temperature it is
// the mean that is softened); the other directions are not, and are taken pair
// by pair. Of a task, those peers count that have it.
class Mutual : public Protocol {
 public:
  explicit Mutual(const MutualOptions& options)
      : options_(options),
        pair_(DirectionOf(options.direction), options.temperature,
              options.scale_by_square) {}
  bool teaches() const override { return true; }
  bool gives_gradients() const override {
    return options_.direction != "forward";
  }
  Choice lesson_loss() const override {
    Choice loss = {"distillation", {}};
    if (options_.temperature == 1) return loss;
    loss.options = {
        {"temperature", Str(options_.temperature)},
        {"scale-by-square", options_.scale_by_square ? "yes" : "no"}};
    return loss;
  }

  void Prepare(Index, std::span<const Task> tasks, Index rows) override {
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max(widest, task.output_cols());
      Require(
          !gives_gradients() || HasDivergence(task), ErrorKind::kUsage,
          Str("mutual:direction=", options_.direction, ": task '", task.name,
              "' is ", TaskTypeName(task.form.value_or(task.type)),
              ", for which it is not defined"),
          "take direction=forward, or leave the task out with --peer-tasks");
    }
    said_.resize(At(rows * widest));
    if (gives_gradients()) pair_.Reserve(rows, widest);
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    const bool is_off =
        view.step % options_.every != 0 || view.progress < options_.burn_in;
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      Index having = 0;
      for (Index peer = 0; peer < view.peers; ++peer) {
        having += view.At(peer, task).exists();
      }
      for (Index peer = 0; peer < view.peers; ++peer) {
        if (!view.At(peer, task).exists()) continue;
        Lesson& lesson = lessons[view.Place(peer, task)];
        std::ranges::fill(lesson.target.flat(), Real{0});
        std::ranges::fill(lesson.gradient.flat(), Real{0});
        std::ranges::fill(lesson.row_loss, Real{0});
        std::ranges::fill(lesson.weight, Real{1});
        lesson.factor = having > 1 && !is_off ? options_.weight : 0;
      }
      if (having < 2 || is_off) continue;
      for (Index giver = 0; giver < view.peers; ++giver) {
        if (view.At(giver, task).exists()) {
          Give(view, giver, task, 1.0 / static_cast<double>(having - 1),
               lessons);
        }
      }
    }
  }

 private:
  // Of one peer's outputs to the others, each a `share` of all.
  void Give(const PeerView& view, Index giver, Index task, double share,
            std::span<Lesson> lessons) {
    const ConstMatView output = view.At(giver, task).output;
    const Task& of_task = view.tasks[At(task)];
    const MatView said = {said_.data(), output.rows, output.cols};
    if (!gives_gradients()) of_task.head().SoftTargets(of_task, output, said);
    for (Index peer = 0; peer < view.peers; ++peer) {
      if (peer == giver || !view.At(peer, task).exists()) continue;
      const Lesson& lesson = lessons[view.Place(peer, task)];
      if (gives_gradients()) {
        pair_.Add(of_task, view.At(peer, task).output, output, share,
                  lesson.row_loss, lesson.gradient);
        continue;
      }
      for (Index i = 0; i < said.size(); ++i) {
        lesson.target.data[i] += static_cast<Real>(share) * said.data[i];
      }
    }
  }

  MutualOptions options_;
  PairDivergence pair_;
  std::vector<Real> said_;
};

}  // namespace

extern const ProtocolEntry kMutual;
const ProtocolEntry kMutual = {
    MakeEntry<Mutual, MutualOptions>(
        "mutual", "peers imitate one another's outputs (Zhang et al. 2018)"),
    2};

}  // namespace mtlkit
