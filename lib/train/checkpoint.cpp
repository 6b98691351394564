#include "train/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/digest.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {
namespace {

// Counts as another run whatever else agrees: the order of rows, the meaning
// of a random number's place.
constexpr int kRules = 2;

template <class T>
std::string DigestOf(const std::vector<T>& values) {
  Sha256 digest;
  digest.Update(values.data(), values.size() * sizeof(T));
  return digest.Finish();
}

std::string DigestOf(std::span<const Real> values) {
  Sha256 digest;
  digest.Update(values.data(), values.size_bytes());
  return digest.Finish();
}

// What others propose for a peer: extra labels and soft targets.
std::string ProposalDigest(const TrainInputs& inputs) {
  Sha256 digest;
  const auto add = [&digest](const auto& rows, const auto& values,
                             const auto& weights) {
    digest.Update(Str(rows.size(), " ", values.size(), " ", weights.size()));
    digest.Update(rows.data(), rows.size() * sizeof(rows[0]));
    digest.Update(values.data(), values.size() * sizeof(values[0]));
    digest.Update(weights.data(), weights.size() * sizeof(weights[0]));
  };
  digest.Update(Str("proximal ", inputs.proximal, " "));
  for (const ExtraLabels& labels : inputs.extra_labels) {
    digest.Update(Str(labels.hides ? "hidden " : "labels ", labels.task, " "));
    add(labels.rows, labels.values, labels.weights);
  }
  for (const SoftTargets& soft : inputs.soft_targets) {
    digest.Update(Str("soft ", soft.task, " ", soft.factor, " ",
                      soft.ramp_epochs, " ", soft.fall_epochs, " ", soft.loss,
                      " "));
    add(soft.rows, soft.values, soft.weights);
  }
  return digest.Finish();
}

// Of labels and weights, for data that was never in a file.
std::string LabelDigest(const Dataset& data) {
  Sha256 digest;
  for (const Labels& labels : data.labels) {
    const std::vector<float> values = labels.values.Numbers();
    digest.Update(values.data(), values.size() * sizeof(float));
    digest.Update(labels.weights.data(), labels.weights.size() * sizeof(float));
  }
  digest.Update(data.weights.data(), data.weights.size() * sizeof(float));
  return digest.Finish();
}

void AddPeer(const Peer& peer, const std::string& name, Json* settings) {
  Json arch;
  WriteOptions(peer.model->arch, &arch);
  (*settings)[name + "network"] = DumpJson(arch);
  (*settings)[name + "seed"] = peer.seed;
  (*settings)[name + "data"] = peer.inputs.data->content_sha256;
  (*settings)[name + "labels"] = LabelDigest(*peer.inputs.data);
  (*settings)[name + "training rows"] = DigestOf(peer.inputs.train_rows);
  (*settings)[name + "validation rows"] = DigestOf(peer.inputs.valid_rows);
  (*settings)[name + "last epoch"] = peer.inputs.last_epoch;
  (*settings)[name + "proposals"] = ProposalDigest(peer.inputs);
  (*settings)[name + "first parameters"] =
      DigestOf(peer.model->params.weights.all());
}

// A state as named lists, for both directions.
template <class State, class Visit>
void VisitState(State& state, Visit visit) {
  auto& learner = state.learner;
  visit("slice_steps", learner.slice_steps);
  visit("task_steps", learner.task_steps);
  visit("weighting", learner.weighting);
  visit("loss_sum", learner.loss_sum);
  visit("weight_sum", learner.weight_sum);
  visit("factor_sum", learner.factor_sum);
  visit("lesson_sum", learner.lesson_sum);
  visit("batches", learner.batches);
  visit("term_sum", learner.term_sum);
  visit("stopped", learner.stopped);
  visit("task_epoch", state.task_epoch);
  visit("task_best", state.task_best);
  visit("log", state.log);
}

// The same of what is measured on the way.
template <class State, class Visit>
void VisitDiagnosis(State& learner, Visit visit) {
  visit("diagnosed", learner.diagnosed);
  visit("cosines", learner.cosines);
  visit("cosine_sum", learner.cosine_sum);
  visit("cosine_count", learner.cosine_count);
}

void WriteBlock(const std::string& path, std::span<const Real> values,
                FileWriter* file) {
  file->WriteArray<Real>(path, values, {static_cast<Index>(values.size())});
}

// A run of the same settings has one, too.
bool HasAverage(const LearnerState& learner) {
  return !learner.average.weights.all().empty();
}

// With --diagnose, of two tasks or more, likewise.
bool HasDiagnosis(const LearnerState& learner) {
  return !learner.cosine_sum.empty();
}

void WriteState(const std::string& path, const TraineeState& state,
                FileWriter* file) {
  const LearnerState& learner = state.learner;
  WriteBlock(path + "weights", learner.params.weights.all(), file);
  WriteBlock(path + "buffers", learner.params.buffers.all(), file);
  if (HasAverage(learner)) {
    WriteBlock(path + "average/weights", learner.average.weights.all(), file);
    WriteBlock(path + "average/buffers", learner.average.buffers.all(), file);
  }
  for (std::size_t i = 0; i < learner.slots.size(); ++i) {
    WriteBlock(Str(path, "slots/", i), learner.slots[i], file);
  }
  for (std::size_t i = 0; i < learner.weighting_slots.size(); ++i) {
    WriteBlock(Str(path, "weighting_slots/", i), learner.weighting_slots[i],
               file);
  }
  VisitState(state, [&](const char* name, const auto& list) {
    file->WriteList(path + name, list);
  });
  if (HasDiagnosis(learner)) {
    VisitDiagnosis(learner, [&](const char* name, const auto& list) {
      file->WriteList(path + name, list);
    });
  }
  file->WriteList<Index>(path + "best_epoch",
                         {state.best_epoch, state.since_best});
  file->WriteList<double>(path + "best_score",
                          {state.best_score, state.best_shown});
  if (state.best_epoch == 0) return;
  WriteBlock(path + "best/weights", state.best.weights.all(), file);
  WriteBlock(path + "best/buffers", state.best.buffers.all(), file);
}

void ReadBlock(const FileReader& file, const std::string& path,
               std::span<Real> into) {
  const std::vector<Real> values = file.ReadList<Real>(path);
  Require(values.size() == into.size(), ErrorKind::kBadInput,
          Str(file.name(), ": ", path, ": ", values.size(),
              " numbers where the network has ", into.size()));
  std::copy(values.begin(), values.end(), into.begin());
}

void ReadState(const FileReader& file, const std::string& path,
               TraineeState* state) {
  LearnerState& learner = state->learner;
  ReadBlock(file, path + "weights", learner.params.weights.all());
  ReadBlock(file, path + "buffers", learner.params.buffers.all());
  if (HasAverage(learner)) {
    ReadBlock(file, path + "average/weights", learner.average.weights.all());
    ReadBlock(file, path + "average/buffers", learner.average.buffers.all());
  }
  for (std::size_t i = 0; i < learner.slots.size(); ++i) {
    ReadBlock(file, Str(path, "slots/", i), learner.slots[i]);
  }
  for (std::size_t i = 0; i < learner.weighting_slots.size(); ++i) {
    ReadBlock(file, Str(path, "weighting_slots/", i),
              learner.weighting_slots[i]);
  }
  const auto take = [&](const std::string& name, auto& list) {
    using List = std::remove_reference_t<decltype(list)>;
    const List read = file.ReadList<typename List::value_type>(path + name);
    const bool any_size =
        name == "log" || name == "diagnosed" || name == "cosines";
    Require(any_size || read.size() == list.size(), ErrorKind::kBadInput,
            Str(file.name(), ": ", path, name, " has ", read.size(),
                " entries, not ", list.size()));
    list = read;
  };
  VisitState(*state, take);
  if (HasDiagnosis(learner)) VisitDiagnosis(learner, take);
  const auto epochs = file.ReadList<Index>(path + "best_epoch");
  const auto scores = file.ReadList<double>(path + "best_score");
  Require(epochs.size() == 2 && scores.size() == 2, ErrorKind::kBadInput,
          Str(file.name(), ": ", path, "best_epoch is damaged"));
  state->best_epoch = epochs[0];
  state->since_best = epochs[1];
  state->best_score = scores[0];
  state->best_shown = scores[1];
  if (state->best_epoch == 0) return;
  state->best = learner.params;
  ReadBlock(file, path + "best/weights", state->best.weights.all());
  ReadBlock(file, path + "best/buffers", state->best.buffers.all());
}

void RequireSameRun(const std::string& path, const Json& theirs,
                    const Json& ours) {
  if (theirs == ours) return;
  std::string what = "other settings";
  for (const auto& [key, value] : ours.items()) {
    if (!theirs.contains(key) || theirs[key] != value) {
      what = Str("another '", key, "'");
      const bool shown = theirs.contains(key) && DumpJson(value).size() < 40;
      if (shown)
        what +=
            Str(" (", DumpJson(theirs[key]), ", now ", DumpJson(value), ")");
      break;
    }
  }
  Fail(ErrorKind::kUsage, Str(path, " is the checkpoint of a run with ", what),
       "remove it to start over, or name another with --checkpoint");
}

void ReadIt(const std::string& path, const Json& settings,
            RunPosition* position, std::span<TraineeState* const> peers,
            std::span<const ProtocolState> protocol) {
  const FileReader file = FileReader::Open(path, {FileKind::kCheckpoint});
  const Json theirs = ParseJson(file.ReadText("settings"));
  Require(theirs.is_object(), ErrorKind::kBadInput,
          Str(path, ": settings is not JSON"));
  RequireSameRun(path, theirs, settings);
  const auto place = file.ReadList<Index>("position");
  Require(place.size() == 3, ErrorKind::kBadInput,
          Str(path, ": position does not have 3 numbers"));
  position->epoch = place[0];
  position->batch = place[1];
  position->step = place[2];
  position->schedule = file.ReadList<double>("schedule");
  position->sampler.clear();
  if (file.Has("sampler")) position->sampler = file.ReadList<double>("sampler");
  for (std::size_t i = 0; i < peers.size(); ++i) {
    ReadState(file, Str("peers/", i, "/"), peers[i]);
  }
  for (const ProtocolState& state : protocol) {
    if (state.values.empty()) continue;
    ReadBlock(file, "protocol/" + state.name, state.values);
  }
}

}  // namespace

Json RunSettings(std::span<const Peer> peers, const TrainOptions& options,
                 const std::string& protocol, Seed seed) {
  Json settings;
  WriteOptions(options, &settings);
  settings["protocol"] = protocol;
  settings["order"] = seed;
  settings["rules"] = kRules;
  settings["precision"] = sizeof(Real);
  if (options.diagnose > 0) settings["diagnose"] = options.diagnose;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    AddPeer(peers[i], peers.size() == 1 ? "" : Str("peer ", i, " "), &settings);
  }
  return settings;
}

void WriteCheckpoint(const std::string& path, const Json& settings,
                     const RunPosition& position,
                     std::span<const TraineeState* const> peers,
                     std::span<const ProtocolState> protocol) {
  FileWriter file(path, FileKind::kCheckpoint);
  file.WriteText("settings", DumpJson(settings));
  file.WriteList<Index>("position",
                        {position.epoch, position.batch, position.step});
  file.WriteList<double>("schedule", position.schedule);
  if (!position.sampler.empty()) {
    file.WriteList<double>("sampler", position.sampler);
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    WriteState(Str("peers/", i, "/"), *peers[i], &file);
  }
  for (const ProtocolState& state : protocol) {
    if (state.values.empty()) continue;
    WriteBlock("protocol/" + state.name, state.values, &file);
  }
  file.Commit();
}

bool ReadCheckpoint(const std::string& path, const Json& settings,
                    RunPosition* position, std::span<TraineeState* const> peers,
                    std::span<const ProtocolState> protocol) {
  if (!std::filesystem::exists(path)) return false;
  try {
    ReadIt(path, settings, position, peers, protocol);
  } catch (const Error& error) {
    // The command that wrote it is this one: it would find it again.
    if (error.kind() != ErrorKind::kBadInput) throw;
    Fail(ErrorKind::kBadInput, error.message(), "remove it to start over");
  }
  return true;
}

}  // namespace mtlkit
