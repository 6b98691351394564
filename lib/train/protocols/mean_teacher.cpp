#include <algorithm>
#include <vector>

#include "base/error.h"
#include "data/head.h"
#include "train/protocol.h"
#include "train/ramp.h"

namespace mtlkit {
namespace {

struct MeanTeacherOptions {
  double decay = 0.999;
  double weight = 100;
  double ramp = 5;
  std::string consistency = "squared";

  void Describe(Fields& field) {
    field("decay", decay, "of the teacher's mean, where many steps were made",
          BelowFrom(0, 1));
    field("weight", weight, "of the consistency term, after the ramp",
          AtLeast(0));
    field("ramp", ramp, "epochs in which that weight grows from near 0",
          AtLeast(0));
    field("consistency", consistency,
          "what separates student and teacher: squared difference of "
          "probabilities, or divergence from the teacher's",
          {"squared", "kl"});
  }
};

// The last of two peers is the teacher: it never learns; its weights are the
// running mean of the student's, w' <- a w' + (1 - a) w after step t = 1, 2,
// ... with a = min(decay, 1 - 1 / (t + 1)), and so are its buffers. It starts
// as the student. The student lowers, beside its labels' loss, the distance
// between what the two say of all rows, labelled or not, each under its own
// noise (dropout), by a weight that grows as exp(-5 (1 - e / ramp)^2) over the
// first epochs. The teacher's outputs are constants. Tarvainen and Valpola,
// "Mean teachers are better role models" (2017).
class MeanTeacher : public Protocol {
 public:
  explicit MeanTeacher(const MeanTeacherOptions& options) : options_(options) {}
  bool teaches() const override { return true; }
  bool exchanges() const override { return true; }
  bool learns(Index peer) const override { return peer == kStudent; }
  Choice lesson_loss() const override {
    return {options_.consistency == "squared" ? "consistency" : "distillation",
            {}};
  }

  void Begin(std::span<const PeerParams> peers) override {
    const PeerParams& student = peers[kStudent];
    const PeerParams& teacher = peers[kTeacher];
    Require(student.weights.size() == teacher.weights.size() &&
                student.buffers.size() == teacher.buffers.size(),
            ErrorKind::kUsage,
            "mean-teacher: student and teacher are one network at two times",
            "give both peers the same architecture, inputs and tasks");
    std::copy(student.weights.begin(), student.weights.end(),
              teacher.weights.begin());
    std::copy(student.buffers.begin(), student.buffers.end(),
              teacher.buffers.begin());
    buffers_.assign(student.buffers.begin(), student.buffers.end());
  }

  // The teacher's weights are kept as those of any peer. Its buffers are moved
  // by its own passes over the batches, too: their mean is kept here.
  std::vector<ProtocolState> State() override {
    return {{"buffers", buffers_}};
  }

  void Teach(const PeerView& view, std::span<Lesson> lessons) override {
    for (Index task = 0; task < static_cast<Index>(view.tasks.size()); ++task) {
      if (!view.At(kStudent, task).exists()) continue;
      Lesson& lesson = lessons[view.Place(kStudent, task)];
      const Task& of_task = view.tasks[At(task)];
      of_task.head().SoftTargets(of_task, view.At(kTeacher, task).output,
                                 lesson.target);
      std::fill(lesson.weight.begin(), lesson.weight.end(), Real{1});
      lesson.factor = options_.weight * GrownIn(view.progress, options_.ramp);
    }
  }

  void Exchange(const Moment& moment,
                std::span<const PeerParams> peers) override {
    const double t = static_cast<double>(moment.step + 1);
    const double keep = std::min(options_.decay, 1 - 1 / (t + 1));
    Move(keep, peers[kStudent].weights, peers[kTeacher].weights);
    Move(keep, peers[kStudent].buffers, buffers_);
    std::copy(buffers_.begin(), buffers_.end(),
              peers[kTeacher].buffers.begin());
  }

 private:
  static constexpr Index kStudent = 0;
  static constexpr Index kTeacher = 1;

  static void Move(double keep, std::span<const Real> student,
                   std::span<Real> mean) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] = static_cast<Real>(keep * static_cast<double>(mean[i]) +
                                  (1 - keep) * static_cast<double>(student[i]));
    }
  }

  MeanTeacherOptions options_;
  std::vector<Real> buffers_;
};

}  // namespace

extern const ProtocolEntry kMeanTeacher;
const ProtocolEntry kMeanTeacher = {
    MakeEntry<MeanTeacher, MeanTeacherOptions>(
        "mean-teacher",
        "a student agrees with the running mean of itself (Tarvainen and "
        "Valpola 2017)"),
    2,
    2,
    {.one_network = true}};

}  // namespace mtlkit
