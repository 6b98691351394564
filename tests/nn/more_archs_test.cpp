// What goes where in architectures whose tasks read one another.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/arch.h"
#include "nn/plan.h"

namespace mtlkit {
namespace {

constexpr Index kFewRows = 6;
constexpr Index kCols = 4;

// Blocks `x`, `who` and `where` of numbers, binary tasks a, b and c.
Schema ThreeSteps() {
  Schema schema;
  for (const char* name : {"x", "who", "where"}) {
    InputSpec block;
    block.name = name;
    block.cols = kCols;
    schema.inputs.push_back(block);
  }
  for (const char* name : {"a", "b", "c"}) {
    Task task;
    task.name = name;
    task.type = TaskType::kBinary;
    task.classes = {"no", "yes"};
    schema.tasks.push_back(task);
  }
  return schema;
}

Network NetworkOfSteps(const std::string& arch,
                       std::vector<std::string> layers = {"6", "6"}) {
  ArchOptions options;
  options.dropout = 0;
  options.arch = arch;
  options.layers = std::move(layers);
  options.activation = "tanh";
  return BuildNetwork(ThreeSteps(), options);
}

std::string RefusalOfArch(const std::string& arch,
                          std::vector<std::string> layers = {"6", "6"}) {
  try {
    NetworkOfSteps(arch, std::move(layers));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUsage);
    return error.message();
  }
  return "taken";
}

// An architecture with numbers, and a pass over some rows.
class Steps {
 public:
  explicit Steps(const std::string& arch,
                 std::vector<std::string> layers = {"6", "6"})
      : network(NetworkOfSteps(arch, std::move(layers))),
        params(network.Initialized(4)),
        plan_(network, {.capacity = kFewRows, .route = Route::kPlain}) {
    const Rng random(2, RandomPurpose::kTest);
    for (Index i = 0; i < 3; ++i) {
      for (Index at = 0; at < kFewRows * kCols; ++at) {
        x_[i].push_back(static_cast<Real>(random.Normal(i, at)));
      }
    }
    batch_.rows = kFewRows;
    batch_.inputs.resize(3);
    for (std::size_t i = 0; i < 3; ++i) {
      batch_.inputs[i].dense = {x_[i].data(), kFewRows, kCols};
    }
    pass_.weights = &params.weights;
    pass_.mode = Mode::kTraining;
    pass_.progress = 1;
  }

  MatView At(const std::string& slice) {
    const Index place = network.weights()->Find(slice);
    REQUIRE_MESSAGE(place >= 0, slice);
    return params.weights.At(place);
  }
  std::vector<Real> Say(Index task) {
    plan_.Forward(pass_, batch_);
    const auto said = plan_.Output(task).flat();
    return {said.begin(), said.end()};
  }
  // Names of the slices that get a gradient of this task's outputs.
  std::set<std::string> TaughtBy(Index task) {
    plan_.Forward(pass_, batch_);
    for (Index i = 0; i < 3; ++i) {
      plan_.SetPenaltyFactor(i, i == task ? 1 : 0);
      std::ranges::fill(plan_.OutputGradient(i).flat(),
                        Real(i == task ? 1 : 0));
    }
    plan_.Backward(pass_);
    std::set<std::string> names;
    for (const Slice& slice : network.weights()->slices()) {
      const auto begin = plan_.gradient().begin() + slice.offset;
      const bool moves = std::any_of(begin, begin + slice.size(),
                                     [](Real g) { return g != 0; });
      if (moves) names.insert(slice.name);
    }
    return names;
  }
  // Whether what is said of a task changes with a parameter.
  bool Follows(Index task, const std::string& slice) {
    const std::vector<Real> before = Say(task);
    At(slice)(0, 0) += Real(0.5);
    const std::vector<Real> after = Say(task);
    At(slice)(0, 0) -= Real(0.5);
    return before != after;
  }
  double Penalty(Index task) {
    plan_.Forward(pass_, batch_);
    return plan_.Penalty(task);
  }

  Network network;
  Params params;

 private:
  std::vector<Real> x_[3];
  Batch batch_;
  Pass pass_;
  Plan plan_;
};

bool Any(const std::set<std::string>& names, const std::string& prefix) {
  return std::ranges::any_of(
      names, [&](const std::string& name) { return name.starts_with(prefix); });
}

TEST_CASE("a column reads those before it and teaches them nothing") {
  Steps steps("progressive:order=b/a/c");
  CHECK(steps.Follows(2, "column.b.0/kernel"));
  CHECK(steps.Follows(0, "column.b.1/kernel"));
  CHECK(!steps.Follows(0, "column.c.0/kernel"));
  CHECK(!steps.Follows(1, "column.a.0/kernel"));
  const std::set<std::string> last = steps.TaughtBy(2);
  CHECK(Any(last, "column.c.0/kernel"));
  CHECK(Any(last, "adapter.c.0/kernel"));
  CHECK(Any(last, "adapter.c.0.alpha/alpha"));
  CHECK(!Any(last, "column.a."));
  CHECK(!Any(last, "column.b."));
  // So whoever is present moves nothing of others.
  for (const Slice& slice : steps.network.weights()->slices()) {
    CHECK_MESSAGE(slice.tasks.size() == 1, slice.name);
  }
}

TEST_CASE("the path past the trunk is of one task alone") {
  Steps steps("bypass:widths=3/2");
  const std::set<std::string> names = steps.TaughtBy(1);
  CHECK(Any(names, "trunk.0/kernel"));
  CHECK(Any(names, "bypass.b.1/kernel"));
  CHECK(!Any(names, "bypass.a."));
  CHECK(!steps.Follows(0, "bypass.b.0/kernel"));
  CHECK(steps.Follows(1, "bypass.b.0/kernel"));
}

TEST_CASE("a step of a chain is never more probable than the one before") {
  Steps steps("esmm:order=c/a/b");
  for (Index draw = 0; draw < 20; ++draw) {
    const Rng random(static_cast<Seed>(9 + draw), RandomPurpose::kTest);
    Index number = 0;
    // Logits of up to some hundreds.
    for (Real& w : steps.params.weights.all()) {
      w = static_cast<Real>(static_cast<double>(1 + draw) *
                            random.Normal(0, number++));
    }
    const std::vector<Real> c = steps.Say(2);
    const std::vector<Real> a = steps.Say(0);
    const std::vector<Real> b = steps.Say(1);
    for (std::size_t row = 0; row < c.size(); ++row) {
      CHECK(a[row] <= c[row]);
      CHECK(b[row] <= a[row]);
      CHECK(std::isfinite(b[row]));
    }
  }
  CHECK(Any(steps.TaughtBy(1), "tower.c.0/kernel"));
  CHECK(!Any(steps.TaughtBy(2), "tower.a."));
}

TEST_CASE("a calibrator asks for falling probabilities and leaves outputs") {
  Steps plain("aitm");
  Steps asked("aitm:calibrator=2");
  for (const char* head : {"head.a/bias", "head.b/bias", "head.c/bias"}) {
    asked.At(head)(0, 0) = Real(head[5] == 'a' ? -1 : 1);
  }
  // Where parameters lie depends on who shares them.
  for (const Slice& slice : plain.network.weights()->slices()) {
    std::ranges::copy(asked.At(slice.name).flat(), plain.At(slice.name).data);
  }
  for (const Index task : {0, 1, 2}) CHECK(asked.Say(task) == plain.Say(task));
  const auto sigmoid = [](Real z) {
    return 1 / (1 + std::exp(-static_cast<double>(z)));
  };
  double sum = 0;
  const std::vector<Real> a = asked.Say(0);
  const std::vector<Real> b = asked.Say(1);
  for (std::size_t row = 0; row < a.size(); ++row) {
    sum += std::max(0.0, sigmoid(b[row]) - sigmoid(a[row]));
  }
  CHECK(sum > 0.1);
  CHECK(asked.Penalty(1) == doctest::Approx(2 * sum / kFewRows));
  CHECK(asked.Penalty(0) == 0);
}

TEST_CASE("tasks are told of those before them, in the order that is said") {
  Steps steps("aitm:order=c/b/a");
  CHECK(!Any(steps.TaughtBy(2), "trunk.b."));
  const std::set<std::string> last = steps.TaughtBy(0);
  CHECK(Any(last, "trunk.c.0/kernel"));
  CHECK(Any(last, "transfer.a.key/kernel"));
  CHECK(Any(last, "info.b/kernel"));
  Steps all("dbmtl");
  CHECK(all.At("relation.c/kernel").rows == 18);
  Steps one("dbmtl:reads=last");
  CHECK(one.At("relation.c/kernel").rows == 12);
  CHECK(Any(one.TaughtBy(2), "tower.a/kernel"));
  CHECK(RefusalOfArch("dbmtl:order=a/b") ==
        "--arch dbmtl: order= does not name task 'c'");
  CHECK(RefusalOfArch("aitm:order=a/b/b") ==
        "--arch aitm: order= names task 'b' twice");
  CHECK(RefusalOfArch("progressive:order=a/b/d") ==
        "--arch progressive: order= there is no task 'd'");
}

TEST_CASE("sluice networks begin with what is their own") {
  // With all of its own, a task depends on no other's layers.
  Steps own("sluice:same=1,last=1");
  CHECK(!own.Follows(0, "trunk.b.0.0/kernel"));
}

TEST_CASE("sluice networks mix each subspace with every other") {
  Steps steps("sluice:same=0.8,last=0.7");
  CHECK(steps.Follows(0, "trunk.b.0.1/kernel"));
  // Six subspaces of three tasks; the own one of b's second is number 3.
  const MatView alpha = steps.At("alpha.b.1.1/alpha");
  REQUIRE(alpha.cols == 6);
  CHECK(alpha(0, 3) == doctest::Approx(0.8));
  CHECK(alpha(0, 2) == doctest::Approx(0.04));
  const MatView beta = steps.At("beta.c/alpha");
  REQUIRE(beta.cols == 2);
  CHECK(beta(0, 1) == doctest::Approx(0.7));
  // One penalty a task and layer, on the kernels of both subspaces.
  REQUIRE(steps.network.penalties().size() == 6);
  const ParamPenalty& penalty = steps.network.penalties()[1];
  const Layout& layout = *steps.network.weights();
  CHECK(penalty.kind == PenaltyKind::kOrthogonal);
  CHECK(layout.slice(penalty.groups[1][0]).name == "trunk.b.0.1/kernel");
  CHECK(NetworkOfSteps("sluice:orthogonal=0").penalties().empty());
  CHECK(RefusalOfArch("sluice", {"6", "4"}).find("6 and 4 wide") !=
        std::string::npos);
  CHECK(RefusalOfArch("sluice:output=last", {"6", "4"}) == "taken");
  CHECK(RefusalOfArch("sluice:subspaces=4").find("no 4 subspaces") !=
        std::string::npos);
}

TEST_CASE("gates of pepnet begin near 1 and learn from the prior alone") {
  Steps steps("pepnet:prior=who,domain=where");
  // Open gates, 2 sigmoid(0) = 1: as if there were none.
  for (const Slice& slice : steps.network.weights()->slices()) {
    if (slice.name.starts_with("gate.") ||
        slice.name.starts_with("domain-gate.1")) {
      std::ranges::fill(steps.At(slice.name).flat(), Real(0));
    }
  }
  const std::vector<Real> said = steps.Say(1);
  CHECK(!steps.Follows(1, "unit.0/kernel"));
  CHECK(steps.Follows(1, "trunk.b.0/kernel"));
  CHECK(!steps.Follows(1, "trunk.a.0/kernel"));
  // A bias of log 3 opens a gate to 2 * 3/4.
  std::ranges::fill(steps.At("gate.b.1/bias").flat(), Real(std::log(3.0)));
  const std::vector<Real> wide = steps.Say(1);
  const Real bias = steps.At("head.b/bias")(0, 0);
  for (std::size_t row = 0; row < said.size(); ++row) {
    CHECK(static_cast<double>(wide[row] - bias) ==
          doctest::Approx(1.5 * static_cast<double>(said[row] - bias))
              .epsilon(1e-4));
  }
  // Where the trunk reads nothing, only gates could teach what lies below.
  std::ranges::fill(steps.At("trunk.b.0/kernel").flat(), Real(0));
  std::ranges::fill(steps.At("trunk.b.0/bias").flat(), Real(1));
  std::ranges::fill(steps.At("gate.b.0/kernel").flat(), Real(1));
  const std::set<std::string> names = steps.TaughtBy(1);
  CHECK(Any(names, "unit.0/kernel"));
  CHECK(!Any(names, "domain-gate."));
  CHECK(RefusalOfArch("pepnet:prior=x/who,domain=where").find("none is left") !=
        std::string::npos);
  CHECK(RefusalOfArch("pepnet:prior=whom").find("prior=") != std::string::npos);
}

TEST_CASE("a tree is chosen from the layers of each depth") {
  Steps steps("ltb:nodes=2/3");
  CHECK(steps.At("branch.1.2/logits").cols == 2);
  CHECK(steps.At("branch.b/logits").cols == 3);
  CHECK(NetworkOfSteps("ltb:nodes=1").weights()->Find("branch.a/logits") < 0);
  CHECK(RefusalOfArch("ltb:nodes=1/2/3") ==
        "--arch ltb: nodes= has 3 numbers, but there are 2 layers");
}

TEST_CASE("architectures say what they cannot do without") {
  for (const char* arch : {"soft-sharing", "sluice", "aitm", "dbmtl", "pepnet",
                           "progressive", "bypass", "ltb"}) {
    CHECK(RefusalOfArch(arch, {"none"}).find(Str("--arch ", arch, " needs")) ==
          0);
  }
  CHECK(RefusalOfArch("esmm:shared=3").find("shared=3 of 2 layers") !=
        std::string::npos);
}

}  // namespace
}  // namespace mtlkit
