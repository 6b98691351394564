// What must hold of every registered protocol, with each of its options.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "contract/protocol_scene.h"
#include "nn/loss.h"
#include "temp_folder.h"
#include "train/loop.h"
#include "train/protocol.h"
#include "train/sample.h"

namespace mtlkit {
namespace {

// Calls check(choice) for every protocol with every option.
template <class Check>
void ForAll(const Check& check) {
  for (const Choice& choice : AllProtocols()) {
    CAPTURE(ChoiceText(choice));
    check(choice);
  }
}

TEST_CASE("selection never gives weight to a row without a label") {
  ForAll([](const Choice& choice) {
    Scene scene(choice);
    if (!scene.protocol->selects()) return;
    bool any = false;
    bool fewer = false;
    for (const Index epoch : {0, 3, 50}) {
      scene.Meet(epoch);
      for (std::size_t place = 0; place < scene.outputs_size(); ++place) {
        for (std::size_t i = 0; i < Size(kRows); ++i) {
          const Real before = scene.weights[place][i];
          const Real after = scene.selected[place][i];
          CHECK((after == before || after == 0));
          any = any || after > 0;
          fewer = fewer || after < before;
        }
      }
    }
    CHECK(any);
    CHECK(fewer);
  });
}

TEST_CASE("a target is a constant to who learns from it") {
  ForAll([](const Choice& choice) {
    Scene scene(choice);
    if (!scene.protocol->teaches() || scene.protocol->gives_gradients()) return;
    // Its teacher is made of all, and so of a peer itself, but once for all.
    if (choice.name == "kdcl") return;
    scene.Meet();
    for (std::size_t place = 0; place < scene.outputs_size(); ++place) {
      if (scene.lessons[place].factor == 0) continue;
      const std::vector<Real> target = scene.targets[place];
      for (Real& value : scene.outputs[place]) value += Real(0.5);
      scene.Meet();
      // A missing cell is one again.
      CHECK(
          std::ranges::equal(scene.targets[place], target, [](Real a, Real b) {
            return a == b || (std::isnan(a) && std::isnan(b));
          }));
    }
  });
}

TEST_CASE("every term that a protocol announces has a gradient") {
  ForAll([](const Choice& choice) {
    Scene scene(choice);
    if (!scene.protocol->teaches()) return;
    scene.Meet(100);  // after every ramp
    const ProtocolTraits& traits = ProtocolOf(choice).traits;
    for (std::size_t task = 0; task < scene.tasks.size(); ++task) {
      const HeadTraits& head = scene.tasks[task].traits();
      const bool is_taught = traits.of_one_class
                                 ? head.one_class
                                 : !traits.of_classes || head.has_classes;
      bool any = false;
      for (Index peer = 0; peer < scene.peers; ++peer) {
        const std::size_t place = Size(peer) * scene.tasks.size() + task;
        const Lesson& lesson = scene.lessons[place];
        if (lesson.factor == 0) continue;
        std::vector<Real> slopes = scene.targets[place];
        if (!scene.protocol->gives_gradients()) {
          const auto loss =
              MakeLoss(scene.tasks[task], scene.protocol->lesson_loss());
          std::vector<Real> row_loss(Size(kRows));
          loss->Evaluate(
              {scene.seen[place].output, lesson.target, lesson.weight},
              row_loss, {slopes.data(), kRows, lesson.target.cols});
        }
        for (const Real slope : slopes)
          any = any || std::abs(slope) > Real(1e-4);
      }
      CAPTURE(scene.tasks[task].name);
      CHECK(any == is_taught);
    }
  });
}

// The sum of row losses as the protocol says it, by differences.
TEST_CASE("gradients that a protocol gives are those of its row losses") {
  ForAll([](const Choice& choice) {
    Scene scene(choice);
    if (!scene.protocol->gives_gradients()) return;
    const Real step = sizeof(Real) == 8 ? Real(1e-5) : Real(4e-3);
    scene.Meet(0);  // every labelled row is kept
    for (std::size_t place = 0; place < scene.outputs_size(); ++place) {
      const std::vector<Real> given = scene.targets[place];
      for (std::size_t i = 0; i < given.size(); ++i) {
        const Real kept = scene.outputs[place][i];
        scene.outputs[place][i] = kept + step;
        scene.Meet(0);
        const double above = scene.LessonSum(place);
        scene.outputs[place][i] = kept - step;
        scene.Meet(0);
        const double below = scene.LessonSum(place);
        scene.outputs[place][i] = kept;
        const double slope = (above - below) / (2 * static_cast<double>(step));
        CHECK(static_cast<double>(given[i]) ==
              doctest::Approx(slope).epsilon(0.01).scale(0.1));
      }
    }
  });
}

TEST_CASE("a task that a peer does not have is left out, not zero-filled") {
  ForAll([](const Choice& choice) {
    Scene scene(choice);
    const ProtocolTraits& traits = ProtocolOf(choice).traits;
    if (traits.one_network) return;
    scene.absent = 2;
    scene.Meet(100);
    // Nobody can help peer 0 with it but itself.
    if (scene.protocol->teaches()) {
      CHECK((scene.lessons[2].factor == 0) == !traits.by_itself);
    }
    CHECK((scene.selected[2] == scene.weights[2]) ==
          !(traits.by_itself && scene.protocol->selects()));
    if (scene.protocol->teaches()) CHECK(scene.lessons[1].factor != 0);
  });
}

// Asks to stop after so many batches.
class StopAfter : public SilentReporter {
 public:
  explicit StopAfter(int batches) : left_(batches) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

std::vector<Model> Networks(const Dataset& data, Index peers,
                            const std::string& kind) {
  std::vector<Model> models;
  for (Index k = 0; k < peers; ++k) {
    ArchOptions arch;
    arch.arch = kind;
    arch.layers = {"8"};
    arch.norm = "batch";
    arch.dropout = 0.1;
    models.push_back(BuildModel(data, arch, static_cast<Seed>(k + 1),
                                data.SplitRows("train")));
  }
  return models;
}

std::vector<Real> Numbers(const std::vector<Model>& models) {
  std::vector<Real> all;
  for (const Model& model : models) {
    for (const Block* block : {&model.params.weights, &model.params.buffers}) {
      all.insert(all.end(), block->all().begin(), block->all().end());
    }
  }
  return all;
}

// Trains to the end, stopping after every `batches` batches (0: never).
std::vector<Real> TrainedBy(const Choice& choice, int threads, int batches) {
  const TempFolder folder;
  const Dataset data = SampleData(90);
  TrainOptions options = SampleOptions();
  options.epochs = 3;
  options.batch = 16;
  options.valid_split = "test";
  const Index peers = PeersOf(choice);
  ThreadPool pool(threads, 1);
  for (;;) {
    std::vector<Model> models =
        Networks(data, peers,
                 ProtocolOf(choice).traits.of_branches ? "branches" : "shared");
    std::vector<Peer> list(Size(peers));
    for (std::size_t k = 0; k < list.size(); ++k) {
      list[k] = {&models[k], k + 1, InputsOf(data, options)};
      list[k].inputs.valid_rows.clear();
      list[k].inputs.keeps_last = true;
    }
    StopAfter reporter(batches);
    TrainEnvironment environment;
    environment.pool = &pool;
    environment.reporter = &reporter;
    environment.checkpoint = folder / "run.ckpt.h5";
    if (batches > 0) environment.stop = &reporter.stop;
    try {
      TrainPeers(list, options, ChoiceText(choice), 3, environment);
      return Numbers(models);
    } catch (const Error& error) {
      REQUIRE(error.kind() == ErrorKind::kStopped);
    }
  }
}

TEST_CASE("stopped and continued, at any number of threads: the same bits") {
  ForAll([](const Choice& choice) {
    const std::vector<Real> whole = TrainedBy(choice, 1, 0);
    CHECK(TrainedBy(choice, 3, 0) == whole);
    CHECK(TrainedBy(choice, 1, 3) == whole);
  });
}

// Peers that share nothing but the rows: networks, tasks, own rows.
TEST_CASE("peers may differ in network, tasks and rows, or are refused") {
  const Dataset data = SampleData(150);
  const TrainOptions options = SampleOptions();
  Dataset fewer = data;
  fewer.tasks.erase(fewer.tasks.begin() + 1);
  fewer.labels.erase(fewer.labels.begin() + 1);
  ForAll([&](const Choice& choice) {
    const ProtocolTraits& traits = ProtocolOf(choice).traits;
    Model one = SampleModel(data, 1, traits.of_branches ? "branches" : "mmoe");
    Model two = SampleModel(fewer, 2,
                            traits.of_branches ? "branches:count=2" : "shared");
    std::vector<Peer> peers = {{&one, 1, InputsOf(data, options)},
                               {&two, 2, InputsOf(fewer, options)}};
    std::vector<Index>& rows = peers[1].inputs.train_rows;
    rows.erase(rows.begin(), rows.begin() + 30);
    const auto train = [&] {
      return TrainPeers(peers, options, ChoiceText(choice), 2, {});
    };
    if (traits.one_network) {
      CHECK_THROWS_AS(train(), Error);
      return;
    }
    const auto histories = train();
    REQUIRE(histories.size() == 2);
    CHECK(std::isfinite(histories[0].best));
    CHECK(std::isfinite(histories[1].best));
  });
}

}  // namespace
}  // namespace mtlkit
