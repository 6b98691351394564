// What must hold of every registered method in rounds, with each of its
// options.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "contract/round_variants.h"
#include "cotrain/merge.h"
#include "cotrain/round_work.h"
#include "cotrain/sample_run.h"
#include "cotrain/selection.h"
#include "cotrain/status.h"

namespace mtlkit {
namespace {

constexpr Index kRounds = 3;

std::vector<Real> Numbers(const Params& params) {
  std::vector<Real> all;
  for (const Block* block : {&params.weights, &params.buffers}) {
    all.insert(all.end(), block->all().begin(), block->all().end());
  }
  return all;
}

void CheckSame(const Publication& one, const Publication& two) {
  CHECK(one.peer == two.peer);
  CHECK(one.round == two.round);
  CHECK(one.rows == two.rows);
  CHECK(one.selections == two.selections);
  CHECK(one.arrays == two.arrays);
  REQUIRE(one.has_params == two.has_params);
  if (one.has_params) CHECK(Numbers(one.params) == Numbers(two.params));
  REQUIRE(one.tasks.size() == two.tasks.size());
  for (std::size_t t = 0; t < one.tasks.size(); ++t) {
    CHECK(one.tasks[t].task == two.tasks[t].task);
    CHECK(one.tasks[t].rows == two.tasks[t].rows);
    CHECK(one.tasks[t].values == two.tasks[t].values);
  }
}

// What a method makes of the run's publications for a round to come.
RoundPlan PlanOf(const SampleRun& run, Index peer) {
  const Collaboration& of = run.run();
  std::vector<Publication> publications;
  for (Index other = 0; other < of.spec.peers; ++other) {
    if (other != peer && !of.method->reads_others) continue;
    publications.push_back(run.Published(other, of.folder.NewestRound(other)));
  }
  RoundPlan plan;
  plan.params = ReadModel(of.folder.ModelPath(peer, 0)).params;
  MakeRoundMethod(of.spec)->Plan(
      {of.spec, of.data, of.train_rows, peer, of.folder.NewestRound(peer) + 1,
       !of.method->reads_others, publications},
      &plan);
  return plan;
}

// A label is proposed where none is, and nothing for rows that are kept out;
// peers mean something to each other, or to themselves.
void CheckPlan(const SampleRun& run, bool is_usual) {
  const Dataset& data = run.run().data;
  const std::vector<Index>& test = data.SplitRows("test");
  const RoundPlan plan = PlanOf(run, 0);
  const Params start = ReadModel(run.folder().ModelPath(0, 0)).params;
  // Of some, votes or errors may have nothing to say (committee_test.cpp).
  const std::set<std::string_view> silent = {"alone", "tri-training",
                                             "democratic"};
  if (is_usual && !silent.contains(run.run().method->name)) {
    CHECK((!plan.extra_labels.empty() || !plan.soft_targets.empty() ||
           Numbers(plan.params) != Numbers(start)));
  }
  for (const ExtraLabels& labels : plan.extra_labels) {
    const std::vector<Index> open =
        IncompleteRows(data, labels.task, run.run().train_rows);
    CHECK(std::includes(open.begin(), open.end(), labels.rows.begin(),
                        labels.rows.end()));
    const Task& task = data.tasks[static_cast<std::size_t>(labels.task)];
    REQUIRE(labels.values.size() ==
            labels.rows.size() * static_cast<std::size_t>(task.target_cols()));
    // NaN: as it is.
    for (const float weight : labels.weights) CHECK_FALSE(weight < 0);
  }
  for (const SoftTargets& targets : plan.soft_targets) {
    for (const Index row : targets.rows) {
      CHECK_FALSE(std::binary_search(test.begin(), test.end(), row));
    }
    for (const float value : targets.values) CHECK(std::isfinite(value));
  }
}

TEST_CASE(
    "rounds through files are those through memory; labels go where none is") {
  ForAllVariants([](const Variant& variant) {
    SampleRun run(std::string(variant.entry->name),
                  [&](RunSpec* spec) { variant.Set(spec); });
    const TrainEnvironment environment = run.environment();
    MemoryRounds memory(run.run(), environment);
    const bool usual =
        variant.field.options.empty() && variant.method.options.empty();
    const Index rounds = usual ? kRounds : 2;
    for (Index round = 1; round <= rounds; ++round) {
      std::vector<RoundWork> works;
      const Index peers = run.run().spec.peers;
      for (Index peer = 0; peer < peers; ++peer) {
        works.push_back(memory.Work(peer));
      }
      for (Index peer = 0; peer < peers; ++peer) {
        CAPTURE(round);
        CAPTURE(peer);
        const RoundWork& work = works[static_cast<std::size_t>(peer)];
        const DoneRecord done = run.Round(peer);
        const Model model = ReadModel(run.folder().ModelPath(peer, round));
        CHECK(Numbers(model.params) == Numbers(work.model.params));
        CHECK(model.seen.trained == work.model.seen.trained);
        CheckSame(run.Published(peer, round), work.publication);
        CHECK(done.rows == work.rows);
        CHECK(done.proposed == work.proposed);
        CHECK(done.notes == work.notes);
      }
    }
    CheckPlan(run, usual);
  });
}

// Whether two runs have published the same bytes.
void CheckSameRounds(const SampleRun& one, const SampleRun& two) {
  for (Index round = 1; round <= kRounds; ++round) {
    for (Index peer = 0; peer < one.run().spec.peers; ++peer) {
      CAPTURE(round);
      CAPTURE(peer);
      const bool same = one.Bytes(peer, round) == two.Bytes(peer, round);
      CHECK(same);
    }
  }
}

TEST_CASE("peers may run a round in any order, by any number of threads") {
  ForAllMethods([](const RoundMethodEntry&, const std::string& method) {
    const auto three = [](RunSpec* spec) { spec->peers = 3; };
    SampleRun whole(method, three);
    whole.Rounds(kRounds);
    SampleRun other(method, three);
    ThreadPool pool(3, 1);
    TrainEnvironment environment = other.environment();
    environment.pool = &pool;
    const std::vector<std::vector<Index>> orders = {
        {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};
    for (const std::vector<Index>& order : orders) {
      for (const Index peer : order) {
        RunRound(other.run(), peer, -1, environment);
      }
    }
    CheckSameRounds(whole, other);
    MergeRun(whole.path(), "", whole / "m.h5");
    MergeRun(other.path(), "", other / "m.h5");
    const bool same = FileBytes(whole / "m.h5") == FileBytes(other / "m.h5");
    CHECK(same);
  });
}

// Asks to stop after so many batches.
class StopsAfter : public SilentReporter {
 public:
  explicit StopsAfter(int batches) : left_(batches) {}
  void Advance(Index) override {
    if (--left_ == 0) stop.store(true);
  }
  std::atomic<bool> stop{false};

 private:
  int left_;
};

TEST_CASE("stopped in any round, or having lost it: the same bytes") {
  namespace fs = std::filesystem;
  ForAllMethods([](const RoundMethodEntry&, const std::string& method) {
    SampleRun whole(method);
    whole.Rounds(kRounds);
    SampleRun other(method);
    for (Index round = 1; round <= kRounds; ++round) {
      CAPTURE(round);
      for (Index peer = 1; peer < other.run().spec.peers; ++peer) {
        other.Round(peer);
      }
      // A round that leaves its model as it is cannot be stopped in training.
      const auto params = [&](Index of) {
        return Numbers(ReadModel(whole.folder().ModelPath(0, of)).params);
      };
      const bool trains = params(round) != params(round - 1);
      // Stopped in training, opened anew, and all but the checkpoint is lost.
      StopsAfter reporter(4);
      TrainEnvironment environment = other.environment();
      environment.reporter = &reporter;
      environment.stop = &reporter.stop;
      CHECK(ErrorOf([&] {
              RunRound(other.run(), 0, round, environment);
            }).starts_with("75 ") == trains);
      CHECK(fs::exists(other.folder().CheckpointPath(0, round)) == trains);
      const Collaboration again = OpenRun(other.path(), "");
      RunRound(again, 0, round, other.environment());
      CHECK_FALSE(fs::exists(other.folder().CheckpointPath(0, round)));
      // Killed before it was done, after others went on.
      fs::remove(other.folder().DonePath(1, round));
      fs::remove(other.folder().ModelPath(1, round));
      other.Round(1, round);
    }
    CheckSameRounds(whole, other);
    CHECK(VerifyRun(other.path()).empty());
  });
}

TEST_CASE("labels and inputs of rows kept out change nothing") {
  ForAllMethods([](const RoundMethodEntry&, const std::string& method) {
    SampleRun run(method);
    run.Rounds(2);
    const TempFolder folder;
    Dataset changed = GroupedData();
    std::vector<float> dense(changed.inputs[0].dense.begin(),
                             changed.inputs[0].dense.end());
    for (const Index row : changed.SplitRows("test")) {
      const auto at = static_cast<std::size_t>(row);
      changed.labels[0].values[at] = 1e6F;
      changed.labels[1].values[at] = 1;
      for (std::size_t col = 0; col < 4; ++col) dense[4 * at + col] = 9;
    }
    changed.inputs[0].dense = Array<float>(std::move(dense));
    WriteDataset(changed, folder / "data.h5");
    SampleRun other(method,
                    [&](RunSpec* spec) { spec->data = folder / "data.h5"; });
    other.Rounds(2);
    for (Index peer = 0; peer < 2; ++peer) {
      CHECK(Numbers(ReadModel(run.folder().ModelPath(peer, 2)).params) ==
            Numbers(ReadModel(other.folder().ModelPath(peer, 2)).params));
    }
  });
}

// Whatever is written where a label counts for nothing.
Dataset WithWeightless(float score, float sold) {
  Dataset data = GroupedData();
  for (std::size_t t = 0; t < 2; ++t) {
    Labels& labels = data.labels[t];
    labels.weights.assign(static_cast<std::size_t>(data.rows), 1);
    for (std::size_t row = 2; row < labels.weights.size(); row += 9) {
      labels.weights[row] = 0;
      if (std::isnan(labels.values[row])) continue;
      labels.values[row] = t == 0 ? score : sold;
    }
  }
  return data;
}

TEST_CASE("labels of weight 0 change nothing") {
  ForAllMethods([](const RoundMethodEntry&, const std::string& method) {
    const TempFolder folder;
    std::vector<std::vector<Real>> made;
    for (const float number : {0.0F, 1.0F}) {
      WriteDataset(WithWeightless(100 * number, number), folder / "data.h5");
      SampleRun run(method,
                    [&](RunSpec* spec) { spec->data = folder / "data.h5"; });
      run.Rounds(2);
      for (Index peer = 0; peer < 2; ++peer) {
        made.push_back(
            Numbers(ReadModel(run.folder().ModelPath(peer, 2)).params));
      }
    }
    CHECK(made[0] == made[2]);
    CHECK(made[1] == made[3]);
  });
}

TEST_CASE("a dead peer is read until it is too old, then missed") {
  ForAllMethods([](const RoundMethodEntry& entry, const std::string& method) {
    if (!entry.reads_others) return;
    SampleRun run(method, [](RunSpec* spec) { spec->cotrain.max_stale = 2; });
    run.Rounds(1);
    std::string ages;
    for (Index round = 2; round <= 4; ++round) {
      const DoneRecord record = run.Round(0);
      for (const RoundInput& input : record.inputs) {
        if (input.peer == 1) ages += Str(round - input.round, " ");
      }
    }
    CHECK(ages == "1 2 ");
    std::vector<Index> dead;
    for (Index peer = 1; peer < run.run().spec.peers; ++peer) {
      dead.push_back(peer);
    }
    CHECK(StatusOf(run.path()).peers[0].missing == dead);
    // When it comes back, it joins again.
    while (run.Round(1).round < 4) {
    }
    CHECK(run.Round(0).inputs.size() == 2);
    CHECK(VerifyRun(run.path()).empty());
  });
}

TEST_CASE("a peer that never ran, or lost its model, stops nobody") {
  ForAllMethods([](const RoundMethodEntry&, const std::string& method) {
    SampleRun run(method);
    run.Round(0);
    std::filesystem::remove(run.folder().ModelPath(1, 0));
    CHECK(run.Round(0).inputs.size() == 1);
    const DoneRecord last = run.Round(0);
    REQUIRE(last.inputs.size() == 1);
    CHECK(last.inputs[0].peer == 0);
  });
}

// Which tasks there are, and who has them.
void CheckLearns(const std::string& method, const Dataset& data,
                 const std::vector<PeerSpec>& each) {
  const TempFolder folder;
  WriteDataset(data, folder / "data.h5");
  SampleRun run(method, [&](RunSpec* spec) {
    spec->data = folder / "data.h5";
    spec->each = each;
    if (!each.empty()) spec->each.resize(static_cast<std::size_t>(spec->peers));
  });
  run.Rounds(2);
  for (Index peer = 0; peer < 2; ++peer) {
    const Model model = ReadModel(run.folder().ModelPath(peer, 2));
    for (const Real number : Numbers(model.params)) {
      REQUIRE(std::isfinite(number));
    }
    CHECK(Numbers(model.params) !=
          Numbers(ReadModel(run.folder().ModelPath(peer, 0)).params));
    const DoneRecord done = *PeekDone(run.folder(), peer, 2);
    CHECK(done.measures.size() == model.schema.tasks.size());
    CHECK(done.rows > 0);
  }
  MergeRun(run.path(), "", run / "m.h5");
  CHECK(VerifyRun(run.path()).empty());
}

TEST_CASE("one task is enough, and peers may have tasks of their own") {
  ForAllMethods([](const RoundMethodEntry& entry, const std::string& method) {
    Dataset one = GroupedData();
    const std::size_t task = entry.labels_numbers ? 0 : 1;
    one.tasks = {one.tasks[task]};
    one.labels = {one.labels[task]};
    CheckLearns(method, one, {});
    if (entry.same_start) return;
    std::vector<PeerSpec> each(2);
    each[0].tasks = {"sold", "kind"};
    each[1].tasks = {"score", "sold", "tags"};
    CheckLearns(method, GroupedData(), each);
  });
}

TEST_CASE("an entry says of its rounds what they do") {
  ForAllMethods([](const RoundMethodEntry& entry, const std::string& method) {
    SampleRun run(method);
    const auto start = [&](Index peer) {
      return Numbers(ReadModel(run.folder().ModelPath(peer, 0)).params);
    };
    CHECK((start(0) == start(1)) == entry.same_start);
    run.Rounds(2);
    const Publication published = run.Published(1, 2);
    CHECK(published.has_params == entry.publishes_params);
    CHECK(published.tasks.empty() ==
          (entry.published_rows == PublishedRows::kNone));
    const Index train = static_cast<Index>(run.run().train_rows.size());
    for (const PublishedTask& task : published.tasks) {
      const auto count =
          std::count_if(task.rows.begin(), task.rows.end(), [&](Index row) {
            return std::binary_search(run.run().train_rows.begin(),
                                      run.run().train_rows.end(), row);
          });
      CHECK((count == train) == (entry.published_rows == PublishedRows::kAll));
    }
    const auto inputs = PeekDone(run.folder(), 1, 2)->inputs;
    const auto peers = static_cast<std::size_t>(run.run().spec.peers);
    CHECK(inputs.size() == (entry.reads_others ? peers : 1U));
    Json fields;
    JsonWriter writer(&fields, true);
    CotrainOptions options;
    options.Describe(writer);
    for (const std::string_view field : entry.fields) {
      CHECK(fields.contains(std::string(field)));
    }
  });
}

}  // namespace
}  // namespace mtlkit
