#include <algorithm>
#include <vector>

#include "data/head.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

struct MutualOptions {
  double weight = 1;
  double temperature = 1;
  std::string form = "kl";

  void Describe(Fields& field) {
    field("weight", weight, "of what peers say, beside the labels", AtLeast(0));
    field("temperature", temperature,
          "how much distributions are softened; the term is multiplied by its "
          "square",
          MoreThan(0));
    field("form", form,
          "of tasks with classes: the divergence from what the others say, the "
          "reverse one, or the one towards the mean of both",
          {"kl", "reverse", "jensen-shannon"});
  }
};

// Every peer k also lowers the mean over the other peers j of KL(p_j || p_k)
// (regression: the squared difference), on all rows of a batch, labelled or
// not; p_j is a constant there. Zhang, Xiang, Hospedales and Lu, "Deep mutual
// learning" (2018). As the term is linear in p_j but for a constant, learning
// from the mean of the p_j gives the same gradient. Of a task, those peers
// count that have it.
class Mutual : public Protocol {
 public:
  explicit Mutual(const MutualOptions& options) : options_(options) {}
  bool teaches() const override { return true; }
  Choice lesson_loss() const override {
    Choice loss = {"distillation", {}};
    if (options_.temperature != 1) {
      loss.options.emplace_back("temperature", Str(options_.temperature));
    }
    if (options_.form != "kl") loss.options.emplace_back("form", options_.form);
    return loss;
  }

  void Prepare(Index, std::span<const Task> tasks, Index rows) override {
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max(widest, task.output_cols());
    }
    said_.resize(At(rows * widest));
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      Index having = 0;
      for (Index peer = 0; peer < view.peers; ++peer) {
        having += view.At(peer, task).exists();
      }
      for (Index peer = 0; peer < view.peers; ++peer) {
        if (!view.At(peer, task).exists()) continue;
        Lesson& lesson = lessons[view.Place(peer, task)];
        std::fill(lesson.target.flat().begin(), lesson.target.flat().end(),
                  Real{0});
        std::fill(lesson.weight.begin(), lesson.weight.end(), Real{1});
        lesson.factor = having > 1 ? options_.weight : 0;
      }
      for (Index giver = 0; giver < view.peers && having > 1; ++giver) {
        if (view.At(giver, task).exists()) Give(view, giver, task, lessons);
      }
    }
  }

 private:
  void Give(const PeerView& view, Index giver, Index task,
            std::span<Lesson> lessons) {
    const ConstMatView output = view.At(giver, task).output;
    const MatView said = {said_.data(), output.rows, output.cols};
    const Task& of_task = view.tasks[At(task)];
    of_task.head().SoftTargets(of_task, output, said);
    Index others = -1;
    for (Index peer = 0; peer < view.peers; ++peer) {
      others += view.At(peer, task).exists();
    }
    const Real share = Real{1} / static_cast<Real>(others);
    for (Index peer = 0; peer < view.peers; ++peer) {
      if (peer == giver || !view.At(peer, task).exists()) continue;
      const Lesson& lesson = lessons[view.Place(peer, task)];
      for (Index i = 0; i < said.size(); ++i) {
        lesson.target.data[i] += share * said.data[i];
      }
    }
  }

  MutualOptions options_;
  std::vector<Real> said_;
};

}  // namespace

extern const ProtocolEntry kMutual;
const ProtocolEntry kMutual = {
    MakeEntry<Mutual, MutualOptions>(
        "mutual", "peers imitate one another's outputs (Zhang et al. 2018)"),
    2};

}  // namespace mtlkit
