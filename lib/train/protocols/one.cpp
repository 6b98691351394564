#include <algorithm>
#include <string>
#include <vector>

#include "data/head.h"
#include "train/protocol.h"
#include "train/ramp.h"

namespace mtlkit {
namespace {

struct OneOptions {
  double weight = 1;
  double temperature = 3;
  bool scale_by_square = true;
  double ramp = 80;

  void Describe(Fields& field) {
    field("weight", weight, "of what the mixture says, after the ramp",
          AtLeast(0));
    field("temperature", temperature, "how much distributions are softened",
          MoreThan(0));
    field("scale-by-square", scale_by_square,
          "multiply the term by the temperature's square, so that gradients "
          "keep their size");
    field("ramp", ramp, "epochs in which the weight grows from near 0",
          AtLeast(0));
  }
};

// The branches of a network (--arch branches) learn, beside their labels, from
// the mixture of their outputs by a gate, its last member: T^2 KL(p_e || p_b),
// the mean over rows and members, all rows, labelled or not, by a weight that
// grows as exp(-5 (1 - e / ramp)^2). What the mixture says is a constant there
// (to itself it is no distance). Lan, Zhu and Gong, "Knowledge distillation by
// on-the-fly native ensemble" (2018), equations 6 to 8; the ramp is that of
// their program. Labels' losses and this are means over the members, which is
// the sum of the paper divided by their number.
class One : public Protocol {
 public:
  explicit One(const OneOptions& options) : options_(options) {}
  bool teaches() const override { return true; }
  bool teaches_members() const override { return true; }
  Choice lesson_loss() const override {
    return {"distillation",
            {{"temperature", Str(options_.temperature)},
             {"scale-by-square", options_.scale_by_square ? "yes" : "no"}}};
  }

  void Prepare(Index, std::span<const Task> tasks, Index rows) override {
    Index widest = 0;
    for (const Task& task : tasks) {
      widest = std::max(widest, task.output_cols());
    }
    mixture_.resize(At(rows * widest));
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      const Task& of_task = view.tasks[At(task)];
      for (Index peer = 0; peer < view.peers; ++peer) {
        const ConstMatView said = view.At(peer, task).member_output;
        if (said.data == nullptr) continue;
        const Index members = said.rows / view.rows;
        for (Index row = 0; row < view.rows; ++row) {
          std::copy_n(said.Row((row + 1) * members - 1), said.cols,
                      mixture_.data() + row * said.cols);
        }
        Lesson& lesson = lessons[view.Place(peer, task)];
        of_task.head().SoftTargets(
            of_task, {mixture_.data(), view.rows, said.cols}, lesson.target);
        std::ranges::fill(lesson.weight, Real{1});
        lesson.factor = options_.weight * GrownIn(view.progress, options_.ramp);
      }
    }
  }

 private:
  OneOptions options_;
  std::vector<Real> mixture_;
};

}  // namespace

extern const ProtocolEntry kOne;
const ProtocolEntry kOne = {
    MakeEntry<One, OneOptions>(
        "one",
        "branches of one network learn from their mixture (Lan et al. 2018)"),
    1,
    0,
    {.by_itself = true, .of_branches = true}};

}  // namespace mtlkit
