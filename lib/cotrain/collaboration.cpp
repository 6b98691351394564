#include "cotrain/collaboration.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file_ending.h"
#include "base/text.h"
#include "cotrain/agreement.h"
#include "cotrain/beginnings.h"
#include "cotrain/check_run.h"
#include "cotrain/data_name.h"
#include "cotrain/outside_runs.h"
#include "cotrain/peer_rows.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/provenance.h"
#include "nn/loss.h"
#include "nn/model.h"
#include "nn/model_io.h"
#include "train/own_options.h"
#include "train/useful_settings.h"

namespace mtlkit {
namespace {

void FindRows(Collaboration* run) {
  const TrainInputs inputs = InputsOf(run->data, run->spec.train);
  run->train_rows = inputs.train_rows;
  // Rows of splits that single peers learn from.
  for (const PeerSpec& peer : run->spec.each) {
    if (peer.rows.empty()) continue;
    const std::vector<Index>& rows = run->data.SplitRows(peer.rows);
    std::vector<Index> both;
    std::set_union(run->train_rows.begin(), run->train_rows.end(), rows.begin(),
                   rows.end(), std::back_inserter(both));
    run->train_rows = std::move(both);
  }
  run->valid_rows = inputs.valid_rows;
}

// The same parameters for all peers where these are averaged.
Beginning BeginningOfPeer(const Collaboration& run,
                          const Beginnings& beginnings, Index peer) {
  const Seed seed = run.spec.SeedOf(run.method->same_start ? 0 : peer, 0);
  return beginnings.Make(
      {run.spec, run.data, peer, seed, run.train_rows, run.train_rows});
}

// What holds of all training rows need not of a part.
void RequireLabelledPart(const Collaboration& run, Index peer) {
  if (run.spec.cotrain.rows_by == "all" && run.spec.each.empty()) return;
  const Dataset own = run.spec.Peer(peer).DataOf(run.data);
  TrainInputs inputs;
  inputs.data = &own;
  inputs.train_rows = PeerRows(run.spec, run.data, run.train_rows, peer);
  if (!RowsToLearnFrom(inputs).empty()) return;
  Require(run.spec.cotrain.rows_by == "all", ErrorKind::kUsage,
          Str("--rows-by ", run.spec.cotrain.rows_by, " leaves peer ", peer,
              " without a labelled row"),
          "use fewer peers, or --rows-by all");
  Fail(ErrorKind::kUsage,
       Str("peer ", peer, ": none of its rows has a label of one of its tasks"),
       "give it others with --peer-rows or --peer-tasks");
}

// Layers that compare the rows of a batch may learn from all training rows, and
// not from a peer's part.
void RequireBatchesOfParts(const Collaboration& run,
                           const Beginnings& beginnings) {
  const RunSpec& spec = run.spec;
  if (spec.cotrain.rows_by == "all" && spec.each.empty()) return;
  for (Index peer = 0; peer < spec.peers; ++peer) {
    Model model = BeginningOfPeer(run, beginnings, peer).model;
    const bool mixes = std::ranges::any_of(
        model.network->nodes(),
        [](const Node& node) { return node.layer->traits().mixes_rows; });
    if (!mixes && spec.each.empty()) return;
    if (!mixes) continue;
    const PeerSpec& own = spec.Peer(peer);
    const Dataset view = DatasetFor(model, run.data);
    TrainInputs inputs = InputsOf(run.data, spec.train);
    inputs.data = &view;
    inputs.train_rows = PeerRows(spec, run.data, run.train_rows, peer);
    const std::string part =
        Str("peer ", peer, " with ",
            Counted(std::ssize(RowsToLearnFrom(inputs)), "row", "rows"),
            " to learn from");
    InContext(part, [&] {
      CheckTraining(
          inputs, OptionsFor(view.tasks, own.AbsentTasks(run.data), spec.train),
          &model);
    });
  }
}

// Refuses, before anything is written, what the first round would.
void CheckStart(const Collaboration& run, const Beginnings& beginnings) {
  const RunSpec& spec = run.spec;
  NamingData(run.data_name,
             [&] { RequireTrainable(run.data, run.train_rows); });
  UselessSettings useless;
  for (Index peer = 0; peer < spec.peers; ++peer) {
    RequireLabelledPart(run, peer);
    if (peer > 0 && spec.each.empty()) continue;
    const PeerSpec& own = spec.Peer(peer);
    Model model = BeginningOfPeer(run, beginnings, peer).model;
    const UselessSettings own_useless = FindUseless(model, spec.train);
    if (peer == 0) useless = own_useless;
    KeepUselessOfBoth(own_useless, &useless);
    TrainInputs inputs = InputsOf(run.data, spec.train);
    const Dataset view = DatasetFor(model, run.data);
    inputs.data = &view;
    const auto check = [&] {
      CheckTraining(
          inputs, OptionsFor(view.tasks, own.AbsentTasks(run.data), spec.train),
          &model);
    };
    spec.each.empty() ? check() : InContext(own.Name(peer), check);
  }
  RequireBatchesOfParts(run, beginnings);
  RequireUseful(useless);
}

// Round 0: parameters as they are before a peer has learned anything.
void WriteStart(const Collaboration& run, const Beginnings& beginnings,
                Index peer, Reporter* reporter) {
  if (PeekDone(run.folder, peer, 0)) return;
  Beginning beginning = BeginningOfPeer(run, beginnings, peer);
  Model& model = beginning.model;
  model.constants_are_agreed = run.spec.has_own_data();
  NoteBeginning(run.spec, peer, beginning.note, reporter);
  std::vector<ProvenanceSource> sources = {
      {"data", run.data.content_sha256, run.data.provenance}};
  for (ProvenanceSource& from : beginnings.SourcesOf(run.spec, peer)) {
    sources.push_back(std::move(from));
  }
  model.provenance =
      ExtendProvenance("mtl-cotrain init", run.spec.seed,
                       {{"method", run.spec.method}, {"peer", peer}}, sources);
  CreateFolders(run.folder.RoundPath(peer, 0));
  WriteModel(model, run.folder.ModelPath(peer, 0));
  DoneRecord record;
  record.peer = peer;
  WriteDone(run.folder, record);
}

}  // namespace

namespace {

Collaboration Open(const std::string& folder) {
  Collaboration run{RunFolder(folder), {}, {}};
  run.spec = ReadSpec(run.folder);
  if (run.spec.local) {
    Fail(ErrorKind::kUsage,
         Str(folder, ": this run was trained in one process by mtl-cotrain ",
             "local: it has no rounds to come"),
         "begin a run in rounds with mtl-cotrain init");
  }
  run.method = &MethodOfRun(run.folder, run.spec);
  return run;
}

}  // namespace

Collaboration OpenRun(const std::string& folder, const std::string& data_path) {
  Collaboration run = Open(folder);
  run.data = ReadRunData(run.folder, run.spec, data_path);
  run.data_name = DataName(
      data_path.empty() ? run.folder.PathInRun(run.spec.data) : data_path);
  run.data.tasks = ShapeTasks(run.data.tasks, run.spec.train.loss);
  InContext(run.data_name, [&] { FindRows(&run); });
  return run;
}

void AddSeen(const Collaboration& run, SeenRows* seen) {
  AddRowKeys(run.data, run.train_rows, &seen->trained);
  if (!run.spec.cotrain.guard.empty()) {
    AddRowKeys(run.data, run.data.SplitRows(run.spec.cotrain.guard),
               &seen->chosen);
  }
  // Averaged parameters are those of the last epoch.
  if (run.method->publishes_params) return;
  AddRowKeys(run.data, run.valid_rows, &seen->chosen);
}

void WarnOfClasses(const Dataset& data, std::span<const Index> rows,
                   Reporter* reporter) {
  if (reporter == nullptr) return;
  for (const std::string& absent : AbsentClasses(data, rows)) {
    reporter->Warn(absent);
  }
}

Collaboration OpenRunToMerge(const std::string& folder,
                             const std::string& data_path) {
  Collaboration run = Open(folder);
  if (run.spec.has_own_data() && data_path.empty()) return run;
  return OpenRun(folder, data_path);
}

Collaboration InitRun(const std::string& folder, RunSpec spec, bool own_data,
                      Reporter* reporter) {
  RequireEnding("RUN", folder, "", "a folder is written here");
  RequireOutsideRuns("RUN", folder, nullptr);
  Collaboration run{RunFolder(folder), {}, {}};
  run.method = &FindRoundMethod(spec.method);
  run.data_name = DataName(spec.data);
  run.data = ReadDataset(spec.data);
  Require(!run.data.tasks.empty(), ErrorKind::kBadInput,
          Str(spec.data, ": there is no task to learn"),
          "declare what is to be predicted with mtl-prep --task");
  if (own_data) {
    spec.agreed = AgreementOf(run.data);
    spec.data.clear();
  } else {
    spec.data_sha256 = run.data.content_sha256;
    spec.data = run.folder.PathOfData(spec.data);
  }
  run.data.tasks = ShapeTasks(run.data.tasks, spec.train.loss);
  ResolveArchOptions(&spec.arch);
  ResolveRunSpec(&spec);
  const Beginnings beginnings(&spec);
  CheckRunSpec(spec, run.data);
  run.spec = std::move(spec);
  InContext(run.data_name, [&] { FindRows(&run); });
  if (!own_data) {
    CheckStart(run, beginnings);
    WarnOfClasses(run.data, run.train_rows, reporter);
  }
  WriteSpec(run.folder, run.spec);
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    WriteStart(run, beginnings, peer, reporter);
  }
  run.folder.Log({{"event", "init"}, {"method", run.spec.method}});
  return run;
}

}  // namespace mtlkit
