#include "cotrain/merge.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cotrain/average.h"
#include "cotrain/collaboration.h"
#include "cotrain/own_data.h"
#include "cotrain/publication.h"
#include "cotrain/status.h"
#include "data/label_view.h"
#include "eval/predictions.h"
#include "h5/provenance.h"
#include "nn/link.h"
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
  const Index oldest = newest.round + 1 - run.spec.cotrain.max_stale;
  for (Index peer = 0; peer < run.spec.peers; ++peer) {
    const Index round = run.folder.NewestRound(peer);
    if (round < 1 || round < oldest) {
      newest.left_out.push_back(peer);
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
  std::vector<WeightedParams> peers;
  for (const Publication& publication : newest.publications) {
    peers.push_back(
        {&publication.params, static_cast<double>(publication.rows)});
  }
  // Heads that are not exchanged are those of the first peer.
  model.params = AverageParams(peers, run.spec.cotrain.params == "trunk",
                               newest.publications.front().params);
  model.log = {};
  AddSeen(run, &model.seen);
  for (const Publication& publication : newest.publications) {
    AddPublishedRows(publication, &model.seen);
  }
  model.provenance = provenance;
  WriteModel(model, output);
}

// The mean over peers of one task's published outputs, on the rows that all
// of them published.
TaskPredictions MeanOf(const Collaboration& run, const Newest& newest,
                       std::size_t t, const std::vector<Index>& rows) {
  const Task& task = run.data.tasks[t];
  const auto cols = static_cast<std::size_t>(task.prediction_cols());
  TaskPredictions mean;
  mean.task = task;
  std::vector<float> values;
  for (const Index row : rows) {
    std::vector<double> sum(cols);
    double members = 0;
    for (const Publication& publication : newest.publications) {
      const PublishedTask* found = FindTask(publication, static_cast<Index>(t));
      if (found == nullptr) continue;
      ++members;
      const PublishedTask& published = *found;
      const auto at = static_cast<std::size_t>(
          std::lower_bound(published.rows.begin(), published.rows.end(), row) -
          published.rows.begin());
      for (std::size_t col = 0; col < cols; ++col) {
        sum[col] += static_cast<double>(published.values[at * cols + col]);
      }
    }
    for (const double value : sum) {
      values.push_back(static_cast<float>(value / members));
    }
  }
  (task.is_classification() ? mean.prob : mean.pred) = std::move(values);
  mean.constants =
      BestConstants(run.data, static_cast<Index>(t), run.train_rows);
  return mean;
}

void AddLabels(const Dataset& data, std::size_t t,
               const std::vector<Index>& rows, TaskPredictions* task) {
  const LabelView labels(data, static_cast<Index>(t));
  for (const Index row : rows) {
    labels.AppendRow(row, &task->y);
    if (!labels.has_weights()) continue;
    task->weight.push_back(static_cast<float>(labels.WeightOfRow(row)));
  }
}

bool AnyHas(const Newest& newest, std::size_t t) {
  return std::any_of(newest.publications.begin(), newest.publications.end(),
                     [t](const Publication& publication) {
                       return FindTask(publication, static_cast<Index>(t)) !=
                              nullptr;
                     });
}

std::vector<Index> RowsOfTask(const Newest& newest, std::size_t t) {
  std::vector<Index> common;
  bool any = false;
  for (const Publication& publication : newest.publications) {
    const PublishedTask* published =
        FindTask(publication, static_cast<Index>(t));
    if (published == nullptr) continue;
    std::vector<Index> both = published->rows;
    if (any) {
      both.clear();
      std::set_intersection(common.begin(), common.end(),
                            published->rows.begin(), published->rows.end(),
                            std::back_inserter(both));
    }
    any = true;
    common = std::move(both);
  }
  return common;
}

void MergePredictions(const Collaboration& run, const Newest& newest,
                      const std::string& provenance,
                      const std::string& output) {
  std::vector<std::vector<Index>> rows;
  std::vector<Index> all;
  for (std::size_t t = 0; t < run.data.tasks.size(); ++t) {
    rows.push_back(RowsOfTask(newest, t));
    std::vector<Index> both;
    std::set_union(all.begin(), all.end(), rows[t].begin(), rows[t].end(),
                   std::back_inserter(both));
    all = std::move(both);
  }
  Predictions merged;
  std::visit(
      [&](const auto& ids) {
        std::remove_cvref_t<decltype(ids)> chosen;
        for (const Index row : all) {
          chosen.push_back(ids[static_cast<std::size_t>(row)]);
        }
        merged.ids = std::move(chosen);
      },
      run.data.ids);
  for (std::size_t t = 0; t < rows.size(); ++t) {
    if (!AnyHas(newest, t)) continue;
    TaskPredictions task = MeanOf(run, newest, t, rows[t]);
    AddLabels(run.data, t, rows[t], &task);
    task.on_all_rows = rows[t] == all;
    if (!task.on_all_rows) {
      for (const Index row : rows[t]) {
        task.rows.push_back(std::lower_bound(all.begin(), all.end(), row) -
                            all.begin());
      }
    }
    merged.tasks.push_back(std::move(task));
  }
  merged.selected_on = run.spec.train.valid_split;
  SeenRows seen;
  AddSeen(run, &seen);
  for (const Publication& publication : newest.publications) {
    AddPublishedRows(publication, &seen);
  }
  merged.seen = SeenBits(seen, run.data, all);
  merged.dataset_sha256 = run.data.content_sha256;
  merged.provenance = provenance;
  WritePredictions(merged, output);
}

// A file of the run itself must not be replaced, nor what a link among them
// points to.
void RequireOutside(const RunFolder& run, const std::string& output) {
  if (output.empty() || output == "-") return;
  namespace fs = std::filesystem;
  const std::string& folder = run.path();
  const fs::path named = fs::absolute(output).lexically_normal();
  const fs::path merged = fs::absolute(folder + "/merged").lexically_normal();
  if (named.parent_path() == merged) {
    run.MergedFile(named.filename().string());
  }
  const fs::path inside =
      fs::weakly_canonical(output).lexically_relative(fs::canonical(folder));
  const bool is_outside = inside.empty() || *inside.begin() == "..";
  Require(is_outside || *inside.begin() == "merged", ErrorKind::kUsage,
          Str("--to ", output, " lies among the files of the run"),
          "choose a place outside, or leave --to out");
}

}  // namespace

MergeReport MergeRun(const std::string& folder, const std::string& data_path,
                     const std::string& output) {
  const Collaboration run = OpenRunToMerge(folder, data_path);
  RequireOutside(run.folder, output);
  const Model start = ReadModel(run.folder.ModelPath(0, 0));
  const Newest newest = ReadNewest(run, start.params);
  std::string path = output;
  if (path.empty()) {
    path = run.folder.MergedPath(newest.round);
    RunFolder::MakeFolder(run.folder.MergedFolder());
  }
  std::vector<ProvenanceSource> sources = newest.sources;
  if (!run.spec.has_own_data()) {
    sources.push_back({"data", run.data.content_sha256, run.data.provenance});
  }
  MergeReport report;
  report.path = path;
  report.left_out = newest.left_out;
  for (const Publication& publication : newest.publications) {
    report.merged.push_back(publication.peer);
  }
  Json settings{{"method", run.spec.method}};
  if (run.method->publishes_params && run.spec.cotrain.params == "trunk") {
    report.heads_of = report.merged.front();
    settings["heads_of_peer"] = report.heads_of;
  }
  const std::string provenance =
      ExtendProvenance("mtl-cotrain merge", run.spec.seed, settings, sources);
  if (run.method->publishes_params) {
    MergeParams(run, start, newest, provenance, path);
  } else {
    MergePredictions(run, newest, provenance, path);
  }
  return report;
}

std::string RenderText(const MergeReport& report) {
  std::string text =
      Str("wrote ", report.path, ": the mean of ", PeersText(report.merged));
  if (report.heads_of >= 0) {
    text +=
        Str(" of what tasks share; heads are those of peer ", report.heads_of);
  }
  if (!report.left_out.empty()) {
    text += Str("; left out, without a publication that is young enough: ",
                PeersText(report.left_out));
  }
  return text;
}

}  // namespace mtlkit
