#include "cotrain/local.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/registry.h"
#include "cotrain/measure.h"
#include "cotrain/method.h"
#include "cotrain/record.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/provenance.h"
#include "nn/loss.h"
#include "nn/model_io.h"
#include "train/protocol.h"

namespace mtlkit {
namespace {

// A method of rounds asked for here deserves a better answer than "unknown".
void RequireProtocol(const RunSpec& spec) {
  const Choice choice = ParseChoice(spec.method, "--method");
  for (const RoundMethod* method : RoundMethods()) {
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
  std::vector<std::vector<Index>> rows;
  std::vector<Peer> peers;
};

Peers MakePeers(const RunSpec& spec, const Dataset& data) {
  Peers made;
  const TrainInputs inputs = InputsOf(data, spec.train);
  RequireTrainable(data, inputs.train_rows);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const PeerSpec& own = spec.Peer(peer);
    own.Check(data, peer);
    made.rows.push_back(own.rows.empty() ? inputs.train_rows
                                         : data.SplitRows(own.rows));
    made.models.push_back(InContext(own.Name(peer), [&] {
      return BuildModel(own.DataOf(data), spec.ArchOf(peer),
                        spec.SeedOf(peer, 0), made.rows.back(),
                        spec.train.loss);
    }));
    made.views.push_back(DatasetFor(made.models.back(), data));
  }
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const auto i = static_cast<std::size_t>(peer);
    Peer& added = made.peers.emplace_back();
    added.model = &made.models[i];
    added.seed = spec.SeedOf(peer, 1);
    added.inputs = inputs;
    added.inputs.data = &made.views[i];
    added.inputs.train_rows = made.rows[i];
  }
  return made;
}

std::string Provenance(const RunSpec& spec, const Dataset& data, Index peer) {
  Json settings{{"method", spec.method}, {"peer", peer}};
  WriteOptions(spec.arch, &settings["network"]);
  WriteOptions(spec.train, &settings["training"]);
  const std::vector<ProvenanceSource> sources = {
      {"data", data.content_sha256, data.provenance}};
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
  data.tasks = ShapeTasks(data.tasks, spec.train.loss);
  spec.data_sha256 = data.content_sha256;
  spec.data = folder.PathOfData(spec.data);
  ResolveArchOptions(&spec.arch);
  Peers made = MakePeers(spec, data);
  for (std::size_t i = 0; i < made.peers.size(); ++i) {
    if (i > 0 && spec.each.empty()) break;
    CheckTraining(made.peers[i].inputs, spec.train, &made.models[i]);
  }
  WriteSpec(folder, spec);
  if (IsComplete(folder, spec.peers)) return false;

  TrainEnvironment own = environment;
  own.checkpoint = folder.LocalCheckpointPath();
  const auto histories =
      TrainPeers(made.peers, spec.train, spec.method, spec.seed, own);
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const auto i = static_cast<std::size_t>(peer);
    Model& model = made.models[i];
    model.log = histories[i];
    model.provenance = Provenance(spec, data, peer);
    RunFolder::MakeFolder(folder.RoundPath(peer, 1));
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
