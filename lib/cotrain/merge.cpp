#include "cotrain/merge.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cotrain/collaboration.h"
#include "cotrain/merge_predictions.h"
#include "cotrain/outside_runs.h"
#include "cotrain/own_data.h"
#include "cotrain/participants.h"
#include "cotrain/publication.h"
#include "cotrain/record.h"
#include "cotrain/round_inputs.h"
#include "cotrain/status.h"
#include "h5/atomic_file.h"
#include "h5/file_reader.h"
#include "h5/provenance.h"
#include "nn/model_io.h"

namespace mtlkit {
namespace {

struct Newest {
  std::vector<Publication> publications;  // by peer
  std::vector<ProvenanceSource> sources;
  std::vector<Index> left_out;
  Index round = 0;
};

// What a round after all that have been done would read.
Newest ReadNewest(const Collaboration& run, const Params& params) {
  Newest newest;
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    newest.round = std::max(newest.round, run.folder.NewestRound(peer));
  }
  const Index oldest = OldestRead(run.spec, newest.round + 1);
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    const Index round = run.folder.NewestRound(peer);
    if (round < 1 || round < oldest) {
      if (TakesPart(run.spec, peer, newest.round)) {
        newest.left_out.push_back(peer);
      }
      continue;
    }
    const auto done = ReadPublished(run.folder, peer, round);
    newest.publications.push_back(ReadPublication(
        run.folder.PublicationPath(peer, round), run.data, params,
        {run.spec.Identity(), run.spec.Peer(peer).TasksOf(run.data)}));
    newest.sources.push_back({Str("peer-", peer, "-round-", round),
                              done->publication_content_sha256, "[]"});
  }
  if (newest.publications.empty()) {
    Fail(ErrorKind::kMissingInput,
         Str(run.folder.path(), ": no peer has published yet"),
         "run mtl-cotrain round first");
  }
  return newest;
}

void MergeParams(const Collaboration& run, Model model, const Newest& newest,
                 const std::string& provenance, const std::string& output) {
  // What the first peer's next round would start from, or is drawn to; what is
  // not exchanged is its own.
  RoundPlan plan;
  plan.params = newest.publications.front().params;
  MakeRoundMethod(run.spec)->Plan(
      {run.spec, run.data, run.train_rows, newest.publications.front().peer,
       newest.round + 1, false, newest.publications},
      &plan);
  model.params = plan.merged ? std::move(*plan.merged) : std::move(plan.params);
  model.log = {};
  AddSeen(run, &model.seen);
  for (const Publication& publication : newest.publications) {
    AddPublishedRows(publication, &model.seen);
  }
  model.provenance = provenance;
  WriteModel(model, output);
}

// Links among the merges are not followed.
void RequireOwnMerge(const RunFolder& run, const std::string& output) {
  if (output.empty() || output == "-") return;
  namespace fs = std::filesystem;
  const fs::path named = fs::absolute(output).lexically_normal();
  const fs::path merged =
      fs::absolute(run.path() + "/merged").lexically_normal();
  if (named.parent_path() == merged) {
    run.MergedFile(named.filename().string());
  }
}

// The content digest of what a run can begin with; "" of all else.
std::string DigestOfInput(const std::string& path) {
  try {
    return FileReader::Open(path, {FileKind::kDataset, FileKind::kFeatures,
                                   FileKind::kModel})
        .content_sha256();
  } catch (const Error&) {
    return "";
  }
}

// Nothing that peers have learned from is replaced, wherever it lies: some of
// them alone know where their own data are.
void RequireNoData(const Collaboration& run, const std::string& output) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(output, none)) return;
  const std::string digest = DigestOfInput(output);
  if (digest.empty()) return;
  // The first models know of the data, or what peers agreed on, and the models
  // that they were made of.
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    const FileReader start =
        FileReader::Open(run.folder.ModelPath(peer, 0), {FileKind::kModel});
    Require(start.provenance().find(digest) == std::string::npos ||
                digest == run.spec.data_sha256,
            ErrorKind::kUsage,
            Str("--to ", output, " holds what the run began with"),
            "write to another file");
  }
  bool is_data = digest == run.spec.data_sha256;
  for (Index peer = 0; peer < run.spec.peers && !is_data; ++peer) {
    const Index newest = run.folder.NewestRound(peer);
    if (newest < 1) continue;
    is_data = PeekDone(run.folder, peer, newest)->data_sha256 == digest;
  }
  Require(!is_data, ErrorKind::kUsage,
          Str("--to ", output, " holds data that the run learns from"),
          "write to another file");
}

}  // namespace

MergeReport MergeRun(const std::string& folder, const std::string& data_path,
                     const std::string& output) {
  const Collaboration run = OpenRunToMerge(folder, data_path);
  RequireOutsideRuns("--to", output, &run.folder);
  RequireOwnMerge(run.folder, output);
  RequireNoData(run, output);
  const Model start = ReadModel(run.folder.ModelPath(0, 0));
  const Newest newest = ReadNewest(run, start.params);
  std::string path = output;
  if (path.empty()) {
    path = run.folder.MergedPath(newest.round);
    CreateFolders(run.folder.MergedFolder());
  }
  std::vector<ProvenanceSource> sources = newest.sources;
  if (!run.spec.has_own_data()) {
    sources.push_back({"data", run.data.content_sha256, run.data.provenance});
  }
  MergeReport report;
  report.path = path;
  report.is_mean =
      !run.method->publishes_params ||
      (run.method->means && run.spec.cotrain.aggregate.starts_with("mean"));
  report.left_out = newest.left_out;
  for (const Publication& publication : newest.publications) {
    report.merged.push_back(publication.peer);
  }
  Json settings{{"method", run.spec.method}};
  if (run.method->publishes_params && run.spec.cotrain.params != "all") {
    report.heads_of = report.merged.front();
    settings["heads_of_peer"] = report.heads_of;
  }
  const std::string provenance =
      ExtendProvenance("mtl-cotrain merge", run.spec.seed, settings, sources);
  if (run.method->publishes_params) {
    MergeParams(run, start, newest, provenance, path);
  } else {
    MergePredictions(run, newest.publications, provenance, path);
  }
  return report;
}

std::string RenderText(const MergeReport& report) {
  std::string text =
      Str("wrote ", report.path, report.is_mean ? ": the mean of " : ": of ",
          PeersText(report.merged));
  if (report.heads_of >= 0) {
    text += Str(" in what is exchanged; all else is that of peer ",
                report.heads_of);
  }
  if (!report.left_out.empty()) {
    text += Str("; left out, without a publication that is young enough: ",
                PeersText(report.left_out));
  }
  return text;
}

}  // namespace mtlkit
