// Methods that exchange parameters, against values worked out by hand.
#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <vector>

#include "cotrain/method.h"
#include "cotrain/participants.h"
#include "cotrain/sample_run.h"

namespace mtlkit {
namespace {

// One weight and one running statistic.
Params ParamsOf(Real weight, Real statistic = 0) {
  const auto layout = [](const char* name) {
    Slice slice;
    slice.name = name;
    slice.spec.cols = 1;
    slice.shared = true;
    return std::make_shared<const Layout>(std::vector<Slice>{slice});
  };
  static const auto weights = layout("trunk.0/kernel");
  static const auto buffers = layout("trunk.0/mean");
  Params params{Block(weights), Block(buffers)};
  params.weights.At(0)(0, 0) = weight;
  params.buffers.At(0)(0, 0) = statistic;
  return params;
}

// Two peers whose training adds what a test says.
class TwoPeers {
 public:
  explicit TwoPeers(const std::string& method) {
    spec_.method = method;
    spec_.peers = 2;
  }
  CotrainOptions& options() { return spec_.cotrain; }

  // Where peer 0 starts the next round, by its weight.
  double Start() {
    plans_.clear();
    for (Index peer = 0; peer < 2; ++peer) {
      RoundPlan& plan = plans_.emplace_back();
      plan.params = params_[static_cast<std::size_t>(peer)];
      MakeRoundMethod(spec_)->Plan(
          {spec_, {}, {}, peer, round_, false, published_}, &plan);
    }
    return Weight(plans_[0].params);
  }
  const RoundPlan& plan() const { return plans_[0]; }
  static double Weight(const Params& params) {
    return static_cast<double>(params.weights.At(0)(0, 0));
  }

  // The round ends with weights `to`, one a peer, from rows 1 : 1.
  void End(Real of_first, Real of_second) {
    params_ = {ParamsOf(of_first), ParamsOf(of_second)};
    published_.assign(2, {});
    for (std::size_t i = 0; i < 2; ++i) {
      published_[i].peer = static_cast<Index>(i);
      published_[i].round = round_;
      published_[i].rows = 10;
      published_[i].has_params = true;
      published_[i].params = params_[i];
      published_[i].arrays = plans_[i].arrays;
    }
    ++round_;
  }

 private:
  RunSpec spec_;
  Index round_ = 1;
  std::vector<Params> params_ = {ParamsOf(1), ParamsOf(1)};
  std::vector<RoundPlan> plans_;
  std::vector<Publication> published_;
};

TEST_CASE("fedavg starts from the mean; kept buffers are its own") {
  TwoPeers peers("fedavg");
  CHECK(peers.Start() == 1);
  peers.End(2, 4);
  CHECK(peers.Start() == 3);
  CHECK(peers.plan().arrays.empty());
  CHECK_FALSE(peers.plan().merged.has_value());
}

TEST_CASE("fedprox is fedavg with a term of its own") {
  TwoPeers peers("fedprox:mu=0.5");
  CHECK(peers.Start() == 1);
  peers.End(2, 4);
  CHECK(peers.Start() == 3);
  CHECK(peers.plan().proximal == 0.5);
}

// beta1 = .9, d = 2 and then, from 3 on, d = 1: m = 2, 2.8.
TEST_CASE("fedopt by momentum: m = beta m + d") {
  TwoPeers peers("fedopt:optimizer=momentum,rate=0.5");
  CHECK(peers.Start() == 1);
  peers.End(2, 4);
  CHECK(peers.Start() == doctest::Approx(2));  // 1 + .5 x 2
  peers.End(2, 4);                             // d = 1
  CHECK(peers.Start() == doctest::Approx(2 + 0.5 * 2.8));
}

TEST_CASE("fedopt at rate 1 without memory is fedavg") {
  TwoPeers peers("fedopt:optimizer=momentum,rate=1,beta1=0");
  peers.Start();
  peers.End(2, 4);
  CHECK(peers.Start() == doctest::Approx(3));
  peers.End(7, 4);
  CHECK(peers.Start() == doctest::Approx(5.5));
}

// m = .2, v by rule, x = 1 + .01 m / (sqrt(v) + 1e-3); then d from there.
TEST_CASE("fedopt: Adam, Yogi and Adagrad by their rules") {
  struct Case {
    const char* optimizer;
    double first;  // v of d = 2 from tau^2
  };
  const double tau2 = 1e-6;
  for (const Case& rule :
       {Case{"adam", 0.99 * tau2 + 0.01 * 4}, Case{"yogi", tau2 + 0.01 * 4},
        Case{"adagrad", tau2 + 4}}) {
    CAPTURE(rule.optimizer);
    TwoPeers peers(Str("fedopt:rate=0.01,optimizer=", rule.optimizer));
    peers.Start();
    peers.End(2, 4);
    const double x = 1 + 0.01 * 0.2 / (std::sqrt(rule.first) + 1e-3);
    CHECK(peers.Start() == doctest::Approx(x).epsilon(1e-6));
    // A small step: v falls, but Adagrad's.
    peers.End(static_cast<Real>(x + 0.1), static_cast<Real>(x + 0.1));
    const double square = 0.01;
    const std::string name = rule.optimizer;
    const double v = name == "adam"   ? 0.99 * rule.first + 0.01 * square
                     : name == "yogi" ? rule.first - 0.01 * square
                                      : rule.first + square;
    const double m = 0.9 * 0.2 + 0.1 * 0.1;
    CHECK(peers.Start() ==
          doctest::Approx(x + 0.01 * m / (std::sqrt(v) + 1e-3)).epsilon(1e-5));
  }
}

// d = -2, m = -2: 1 - .7 (-2 - 1.8); then d = x - 3.
TEST_CASE("diloco: Nesterov's step against the outer gradient") {
  TwoPeers peers("diloco");
  CHECK(peers.Start() == 1);
  peers.End(2, 4);
  const double x = 1 + 0.7 * 3.8;
  CHECK(peers.Start() == doctest::Approx(x));
  peers.End(2, 4);
  const double d = x - 3;
  const double m = 0.9 * -2 + d;
  CHECK(peers.Start() == doctest::Approx(x - 0.7 * (d + 0.9 * m)));
}

// alpha = .3, beta = .6: peers 2, 4 and the centre 1.
TEST_CASE("easgd: peers and centre are drawn to each other") {
  TwoPeers peers("easgd:pull=0.6");
  CHECK(peers.Start() == 1);
  peers.End(2, 4);
  CHECK(peers.Start() == doctest::Approx(2 - 0.3 * (2 - 1)));
  REQUIRE(peers.plan().merged.has_value());
  CHECK(TwoPeers::Weight(*peers.plan().merged) ==
        doctest::Approx(0.4 * 1 + 0.6 * 3));
  // The next round starts from that centre.
  peers.End(2, 4);
  CHECK(peers.Start() == doctest::Approx(2 - 0.3 * (2 - 2.2)));
}

TEST_CASE("a peer that lags behind takes what the server has come to") {
  TwoPeers peers("diloco");
  peers.Start();
  peers.End(2, 4);
  const double x = peers.Start();
  const auto* center = FindNamed<Real>(peers.plan().arrays, "server-center");
  REQUIRE(center != nullptr);
  CHECK(static_cast<double>(center->at(0)) == doctest::Approx(x));
}

TEST_CASE("too few to withstand bad ones is said") {
  TwoPeers peers("fedavg");
  peers.options().aggregate = "krum";
  peers.Start();
  peers.End(2, 4);
  peers.Start();
  REQUIRE(peers.plan().notes.size() == 1);
  CHECK(Contains(peers.plan().notes[0], "withstands bad ones only with 5"));
}

TEST_CASE("a fraction of the peers takes part, others in other rounds") {
  RunSpec spec;
  spec.peers = 10;
  spec.cotrain.fraction = 0.3;
  std::set<Index> ever;
  for (Index round = 1; round <= 20; ++round) {
    Index drawn = 0;
    for (Index peer = 0; peer < 10; ++peer) {
      if (!TakesPart(spec, peer, round)) continue;
      ++drawn;
      ever.insert(peer);
      CHECK(NextRoundOf(spec, peer, round - 1) == round);
      const Index before = RoundBefore(spec, peer, round);
      CHECK((before == 0 || TakesPart(spec, peer, before)));
    }
    CHECK(drawn == 3);
  }
  CHECK(ever.size() == 10);
  spec.cotrain.fraction = 1;
  CHECK(NextRoundOf(spec, 3, 4) == 5);
  CHECK(RoundBefore(spec, 3, 4) == 3);
}

TEST_CASE("who is not drawn has no round; the others read who was") {
  SampleRun run("fedavg", [](RunSpec* spec) {
    spec->peers = 4;
    spec->cotrain.fraction = 0.5;
  });
  const RunSpec& spec = run.run().spec;
  for (Index round = 1; round <= 3; ++round) {
    for (Index peer = 0; peer < 4; ++peer) {
      if (!TakesPart(spec, peer, round)) continue;
      for (const RoundInput& input : run.Round(peer, round).inputs) {
        CHECK(input.round == round - 1);
        CHECK(TakesPart(spec, input.peer, round - 1));
      }
    }
  }
  for (Index peer = 0; peer < 4; ++peer) {
    if (TakesPart(spec, peer, 4)) continue;
    CHECK(Contains(ErrorOf([&] { run.Round(peer, 4); }),
                   "does not take part in round 4"));
  }
}

}  // namespace
}  // namespace mtlkit
