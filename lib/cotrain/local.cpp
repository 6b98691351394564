#include "cotrain/local.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/registry.h"
#include "cotrain/beginnings.h"
#include "cotrain/collaboration.h"
#include "cotrain/data_name.h"
#include "cotrain/measure.h"
#include "cotrain/method.h"
#include "cotrain/record.h"
#include "cotrain/run_flags.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/provenance.h"
#include "nn/loss.h"
#include "nn/model_io.h"
#include "train/check_peers.h"
#include "train/own_options.h"
#include "train/protocol.h"
#include "train/run_report.h"
#include "train/select_measure.h"
#include "train/useful_settings.h"

namespace mtlkit {
namespace {

// A method of rounds asked for here deserves a better answer than "unknown".
void RequireProtocol(const RunSpec& spec) {
  const Choice choice = ParseChoice(spec.method, "--method");
  for (const RoundMethodEntry* method : RoundMethodEntries()) {
    if (method->name == choice.name) {
      Fail(ErrorKind::kUsage,
           Str("'", choice.name, "' works in rounds through files"),
           "begin a run with mtl-cotrain init, then mtl-cotrain round");
    }
  }
  MakeProtocol(choice, spec.peers);
}

bool IsComplete(const RunFolder& folder, Index peers) {
  for (Index peer = 0; peer < peers; ++peer) {
    if (!ReadDone(folder, peer, 1)) return false;
  }
  return true;
}

// The peers with their networks and the rows as these read them.
struct Peers {
  std::vector<Model> models;
  std::vector<Dataset> views;
  std::vector<std::string> notes;  // of what each begins from
  std::vector<std::vector<Index>> rows;
  std::vector<Index> all_rows;
  std::vector<Peer> peers;
};

Peers MakePeers(const RunSpec& spec, const Dataset& data,
                const Beginnings& beginnings) {
  Peers made;
  const TrainInputs inputs = InContext(
      DataName(spec.data), [&] { return InputsOf(data, spec.train); });
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const PeerSpec& own = spec.Peer(peer);
    own.Check(data, peer);
    made.rows.push_back(own.rows.empty() ? inputs.train_rows
                                         : data.SplitRows(own.rows));
    std::vector<Index> all;
    std::set_union(made.all_rows.begin(), made.all_rows.end(),
                   made.rows.back().begin(), made.rows.back().end(),
                   std::back_inserter(all));
    made.all_rows = std::move(all);
  }
  NamingData(DataName(spec.data),
             [&] { RequireTrainable(data, made.all_rows); });
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const auto i = At(peer);
    Beginning beginning = beginnings.Make(
        {spec, data, peer, spec.SeedOf(peer, 0), made.rows[i], made.all_rows});
    made.models.push_back(std::move(beginning.model));
    made.notes.push_back(std::move(beginning.note));
    made.views.push_back(DatasetFor(made.models.back(), data));
  }
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const auto i = At(peer);
    Peer& added = made.peers.emplace_back();
    added.model = &made.models[i];
    added.seed = spec.SeedOf(peer, 1);
    added.inputs = inputs;
    added.inputs.data = &made.views[i];
    added.inputs.train_rows = made.rows[i];
    added.absent_tasks = spec.Peer(peer).AbsentTasks(data);
  }
  return made;
}

// Refuses what training would, before anything is written.
void CheckPeersTraining(const RunSpec& spec, Peers* made) {
  UselessSettings useless = FindUseless(made->models.front(), spec.train);
  for (const Model& model : made->models) {
    KeepUselessOfBoth(FindUseless(model, spec.train), &useless);
  }
  RequireUseful(useless);
  for (std::size_t i = 0; i < made->peers.size(); ++i) {
    if (i > 0 && spec.each.empty()) break;
    const auto peer = static_cast<Index>(i);
    const auto check = [&] {
      CheckTraining(made->peers[i].inputs,
                    OptionsFor(made->views[i].tasks,
                               made->peers[i].absent_tasks, spec.train),
                    &made->models[i]);
    };
    spec.each.empty() ? check() : InContext(spec.Peer(peer).Name(peer), check);
  }
  CheckPeers(made->peers, spec.train, spec.method);
}

// What chooses weights where nobody has said it. Returns whether that is not
// the loss.
bool ChooseMeasure(const Dataset& data, RunSpec* spec) {
  std::string& select_on = spec->train.select_on;
  if (select_on != kByMethod) return false;
  select_on = "loss";
  const Choice method = ParseChoice(spec->method, "--method");
  const ProtocolEntry& entry =
      FindEntry(ProtocolEntries(), "protocol", method.name);
  if (!entry.traits.noisy_labels) return false;
  if (InputsOf(data, spec->train).valid_rows.empty()) return false;
  select_on = kSelectDecisions;
  return true;
}

// A peer that follows another from its beginning has none of its own.
void RequireOwnBeginnings(const RunSpec& spec) {
  const auto protocol =
      MakeProtocol(ParseChoice(spec.method, "--method"), spec.peers);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    Require(spec.Peer(peer).from.path.empty() || protocol->learns(peer),
            ErrorKind::kUsage,
            Str("--peer-from of peer ", peer, " has no effect: with --method ",
                spec.method, " it begins as another peer does"),
            "leave it out, or give both one model with --from");
  }
}

void TellBeginnings(const RunSpec& spec, const Peers& made, const Dataset& data,
                    Reporter* reporter) {
  WarnOfClasses(data, made.all_rows, reporter);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    NoteBeginning(spec, peer, made.notes[At(peer)], reporter);
  }
}

void WarnOfUseless(const std::vector<History>& histories, Reporter* reporter) {
  for (std::size_t i = 0; i < histories.size() && reporter != nullptr; ++i) {
    const std::string useless = UselessText(histories[i]);
    if (!useless.empty()) reporter->Warn(Str("peer ", i, ": ", useless));
  }
}

// Peers that help each other know the rows of all.
void ShareSeenRows(const RunSpec& spec, std::vector<Model>* models) {
  const auto protocol =
      MakeProtocol(ParseChoice(spec.method, "--method"), spec.peers);
  if (!protocol->teaches() && !protocol->selects() && !protocol->exchanges()) {
    return;
  }
  SeenRows all;
  for (const Model& model : *models) AddSeenRows(model.seen, &all);
  for (Model& model : *models) model.seen = all;
}

std::string Provenance(const RunSpec& spec, const Dataset& data,
                       const Beginnings& beginnings, Index peer) {
  Json settings{{"method", spec.method}, {"peer", peer}};
  WriteOptions(spec.arch, &settings["network"]);
  WriteOptions(spec.train, &settings["training"]);
  std::vector<ProvenanceSource> sources = {
      {"data", data.content_sha256, data.provenance}};
  for (ProvenanceSource& from : beginnings.SourcesOf(spec, peer)) {
    sources.push_back(std::move(from));
  }
  return ExtendProvenance("mtl-cotrain local", spec.seed, settings, sources);
}

}  // namespace

bool TrainLocally(const std::string& path, RunSpec spec,
                  const TrainEnvironment& environment) {
  const RunFolder folder(path);
  spec.local = true;
  spec.cotrain.rows_by = "all";
  RequireProtocol(spec);
  Dataset data = ReadDataset(spec.data);
  Require(!data.tasks.empty(), ErrorKind::kBadInput,
          Str(DataName(spec.data), ": there is no task to learn"),
          "declare what is to be predicted with mtl-prep --task");
  data.tasks = ShapeTasks(data.tasks, spec.train.loss);
  spec.data_sha256 = data.content_sha256;
  const bool decides = InContext(DataName(spec.data),
                                 [&] { return ChooseMeasure(data, &spec); });
  ResolveArchOptions(&spec.arch);
  RequireOwnBeginnings(spec);
  const Beginnings beginnings(&spec);
  Peers made = MakePeers(spec, data, beginnings);
  CheckPeersTraining(spec, &made);
  spec.data = folder.PathOfData(spec.data);
  WriteSpec(folder, spec);
  if (IsComplete(folder, spec.peers)) return false;
  TellBeginnings(spec, made, data, environment.reporter);
  if (decides && environment.reporter != nullptr) {
    environment.reporter->Note(
        "weights are chosen by what networks decide (--select-on decisions): "
        "wrong labels among the validation rows make the loss of a network "
        "that knows better larger");
  }

  TrainEnvironment own = environment;
  own.checkpoint = folder.LocalCheckpointPath();
  const auto histories =
      TrainPeers(made.peers, spec.train, spec.method, spec.seed, own);
  WarnOfUseless(histories, environment.reporter);
  ShareSeenRows(spec, &made.models);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const auto i = At(peer);
    Model& model = made.models[i];
    model.log = histories[i];
    model.provenance = Provenance(spec, data, beginnings, peer);
    CreateFolders(folder.RoundPath(peer, 1));
    WriteModel(model, folder.ModelPath(peer, 1));
    DoneRecord record;
    record.peer = peer;
    record.round = 1;
    record.rows = static_cast<Index>(made.peers[i].inputs.train_rows.size());
    const auto& valid_rows = made.peers[i].inputs.valid_rows;
    record.measures = MeasureRound(
        made.views[i], valid_rows,
        PredictTasks(model, made.views[i], valid_rows, environment.pool), peer,
        {});
    WriteDone(folder, record);
  }
  RemoveOutput(own.checkpoint);
  folder.Log({{"event", "local"}, {"method", spec.method}});
  return true;
}

}  // namespace mtlkit
