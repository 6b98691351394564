// Twenty steps of training against independent implementations, full and mini
// batches, with missing labels.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "data/head.h"
#include "golden/golden.h"
#include "train/golden_pupil.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

void CheckWeighting(const json& entry, const Choice& choice, bool joined) {
  CAPTURE(entry["id"].get<std::string>());
  CAPTURE(joined);
  const double tolerance = golden::Tolerance(entry);
  Pupil pupil({"value", "flag", "kind"}, choice, joined, Root()["start"][0],
              entry["inputs"].value("target", json::object()));
  const json& expected = entry["expected"];
  const bool whole = entry["params"]["batches"] == "full batch";
  pupil.learner.ExpectSteps(20, whole ? 1 : 4);
  for (std::size_t t = 0; t < 20; ++t) {
    const Batch& batch = pupil.data.Load(RowsOf(entry, t));
    const Index step = static_cast<Index>(t);
    pupil.learner.Forward(batch, step, &pupil.state);
    REQUIRE(pupil.learner.Learn(batch, step, 0.01, &pupil.state) == -1);
    CheckNumbers(pupil.learner.losses(), expected["loss"][t], tolerance);
    CheckNumbers(pupil.learner.factors(), expected["weights"][t], tolerance);
  }
  pupil.CheckParameters(expected["parameters"], tolerance);
}

bool CheckBoth(const json& entry, const Choice& choice) {
  CheckWeighting(entry, choice, false);
  CheckWeighting(entry, choice, true);
  return true;
}

// The two peers of a case, taught by the protocol.
bool CheckMutual(const json& entry) {
  CAPTURE(entry["id"].get<std::string>());
  const double tolerance = golden::Tolerance(entry);
  const auto heads = entry["inputs"]["heads"].get<std::vector<std::string>>();
  const std::size_t tasks = heads.size();
  const auto protocol = MakeProtocol({"mutual", {}}, 2);
  std::vector<std::unique_ptr<Pupil>> peers;
  for (std::size_t p = 0; p < 2; ++p) {
    peers.push_back(std::make_unique<Pupil>(
        heads, Choice{"equal", {}}, false, Root()["start"][p], json::object()));
    for (std::size_t t = 0; t < tasks; ++t) {
      peers[p]->learner.AddLesson(static_cast<Index>(t));
    }
  }
  protocol->Prepare(2, peers[0]->tasks, kRows);
  for (std::size_t t = 0; t < 20; ++t) {
    const Index step = static_cast<Index>(t);
    PeerView view;
    view.peers = 2;
    view.tasks = peers[0]->tasks;
    std::vector<PeerTask> seen;
    std::vector<Lesson> lessons;
    std::vector<const Batch*> batches;
    for (auto& peer : peers) {
      batches.push_back(&peer->data.Load(RowsOf(entry, t)));
      peer->learner.Forward(*batches.back(), step, &peer->state);
      for (std::size_t i = 0; i < tasks; ++i) {
        seen.push_back(peer->learner.Seen(static_cast<Index>(i)));
        lessons.push_back(peer->learner.lesson(static_cast<Index>(i)));
      }
    }
    view.rows = batches[0]->rows;
    view.seen = seen;
    protocol->Teach(view, lessons);
    for (std::size_t p = 0; p < 2; ++p) {
      for (std::size_t i = 0; i < tasks; ++i) {
        peers[p]->learner.lesson(static_cast<Index>(i)).factor =
            lessons[p * tasks + i].factor;
      }
      REQUIRE(peers[p]->learner.Learn(*batches[p], step, 0.01,
                                      &peers[p]->state) == -1);
      CheckNumbers(peers[p]->learner.losses(), entry["expected"]["loss"][t][p],
                   tolerance);
      CheckNumbers(peers[p]->learner.lesson_losses(),
                   entry["expected"]["mimic"][t][p], tolerance);
    }
  }
  for (std::size_t p = 0; p < 2; ++p) {
    peers[p]->CheckParameters(entry["expected"]["parameters"][p], tolerance);
  }
  return true;
}

// What a peer says of all rows, as targets: one matrix a task.
std::vector<std::vector<Real>> Publish(Pupil* peer) {
  std::vector<Index> rows(kRows);
  for (Index i = 0; i < kRows; ++i) rows[static_cast<std::size_t>(i)] = i;
  peer->learner.Forward(peer->data.Load(rows), 0, &peer->state);
  std::vector<std::vector<Real>> said;
  for (std::size_t t = 0; t < peer->tasks.size(); ++t) {
    const ConstMatView output =
        peer->learner.Seen(static_cast<Index>(t)).output;
    said.emplace_back(output.data, output.data + output.size());
    const MatView values = {said.back().data(), output.rows, output.cols};
    peer->tasks[t].head().SoftTargets(peer->tasks[t], output, values);
  }
  return said;
}

// Sets the lessons of one peer to the mean of what the others published.
void SetLessons(const std::vector<std::vector<std::vector<Real>>>& published,
                std::size_t self, const std::vector<Index>& rows, Pupil* peer) {
  const Real share = Real{1} / static_cast<Real>(published.size() - 1);
  for (std::size_t t = 0; t < peer->tasks.size(); ++t) {
    Lesson& lesson = peer->learner.lesson(static_cast<Index>(t));
    lesson.factor = 1;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      lesson.weight[i] = 1;
      for (Index c = 0; c < lesson.target.cols; ++c) {
        Real& target = lesson.target(static_cast<Index>(i), c);
        target = 0;
        for (std::size_t p = 0; p < published.size(); ++p) {
          const Index at = rows[i] * lesson.target.cols + c;
          if (p != self) {
            target += share * published[p][t][static_cast<std::size_t>(at)];
          }
        }
      }
    }
  }
}

// Peers whose targets are each other's outputs of some steps ago, as a round
// through files gives them.
bool CheckCodistillation(const json& entry) {
  const double tolerance = golden::Tolerance(entry);
  const json& params = entry["params"];
  const auto heads = entry["inputs"]["heads"].get<std::vector<std::string>>();
  std::vector<std::unique_ptr<Pupil>> peers;
  for (const json& start : entry["inputs"]["start"]) {
    peers.push_back(std::make_unique<Pupil>(
        heads, Choice{"equal", {}}, false,
        Root()["start"][start.get<std::size_t>()], json::object()));
    for (std::size_t t = 0; t < heads.size(); ++t) {
      peers.back()->learner.AddLesson(static_cast<Index>(t));
    }
  }
  std::vector<std::vector<std::vector<Real>>> published;
  for (std::size_t t = 0; t < 20; ++t) {
    const std::size_t refresh = params["refresh"];
    if (t >= params["burn_in"].get<std::size_t>() && t % refresh == 0) {
      published.clear();
      for (auto& peer : peers) published.push_back(Publish(peer.get()));
    }
    const std::vector<Index> rows = RowsOf(entry, t);
    for (std::size_t p = 0; p < peers.size(); ++p) {
      Pupil& peer = *peers[p];
      const Batch& batch = peer.data.Load(rows);
      const Index step = static_cast<Index>(t);
      peer.learner.Forward(batch, step, &peer.state);
      if (!published.empty()) SetLessons(published, p, rows, &peer);
      REQUIRE(peer.learner.Learn(batch, step, 0.01, &peer.state) == -1);
      CheckNumbers(peer.learner.losses(), entry["expected"]["loss"][t][p],
                   tolerance);
      CheckNumbers(peer.learner.lesson_losses(),
                   entry["expected"]["mimic"][t][p], tolerance);
    }
  }
  for (std::size_t p = 0; p < peers.size(); ++p) {
    peers[p]->CheckParameters(entry["expected"]["parameters"][p], tolerance);
  }
  return true;
}

TEST_CASE("training follows the reference") {
  golden::ForEachCase("training", [](const json& entry) {
    const std::string method = entry["method"];
    if (method == "equal") return CheckBoth(entry, {"equal", {}});
    if (method == "uncertainty") {
      return CheckBoth(
          entry, {"uncertainty", {{"form", "regression"}, {"rate", "0.01"}}});
    }
    if (method == "pcgrad") {
      return CheckBoth(entry, {"pcgrad", {{"order", "ascending"}}});
    }
    if (method == "mgda") return CheckBoth(entry, {"mgda", {}});
    if (method == "dwa") return CheckBoth(entry, {"dwa", {}});
    if (method == "cagrad") {
      return CheckBoth(entry, {"cagrad", {{"c", "0.5"}, {"rescale", "no"}}});
    }
    // Peers here always update together.
    if (entry["id"] == "mutual/class/sequential") return false;
    if (method == "deep-mutual-learning") return CheckMutual(entry);
    if (method == "codistillation") return CheckCodistillation(entry);
    return false;
  });
}

}  // namespace
}  // namespace mtlkit
