#include "cotrain/beginnings.h"

#include "base/error.h"
#include "nn/fit_buffers.h"
#include "nn/hierarchy.h"
#include "nn/number_columns.h"
#include "train/own_options.h"
#include "train/target_scale.h"
#include "train/warm_start.h"

namespace mtlkit {
namespace {

// Groups of tasks are those of the run: a peer has its part of them, unless it
// has another architecture.
ArchOptions OwnArch(const RunSpec& spec, Index peer, const Dataset& own,
                    const std::vector<std::string>& absent) {
  ArchOptions options = spec.ArchOf(peer);
  if (options.hierarchy.empty()) return options;
  if (options.arch != spec.arch.arch) {
    options.hierarchy.clear();
  } else if (!absent.empty()) {
    options.hierarchy = HierarchyText(WithoutTasks(
        ParseHierarchy(options.hierarchy, "--hierarchy"), absent, own.tasks));
  }
  return options;
}

}  // namespace

Beginnings::Beginnings(RunSpec* spec) {
  const auto read = [&](ModelToBeginFrom* from) {
    if (from->path.empty()) return;
    auto found = points_.find(from->path);
    if (found == points_.end()) {
      found = points_.emplace(from->path, StartingPoint(from->path, spec->map))
                  .first;
    }
    from->sha256 = found->second.sha256();
  };
  read(&spec->from);
  for (PeerSpec& peer : spec->each) read(&peer.from);
  Require(spec->map.empty() || !points_.empty(), ErrorKind::kUsage,
          "--map without --from", "name the file that the arrays are in");
  const std::string numbers = NumbersOf(*spec);
  if (spec->takes_numbers && !numbers.empty()) spec->arch.numbers = numbers;
}

// "": there is no model to begin from that says it, or they differ.
std::string Beginnings::NumbersOf(const RunSpec& spec) const {
  std::string numbers;
  for (Index peer = 0; peer < spec.peers; ++peer) {
    const std::string& path = spec.FromOf(peer).path;
    if (path.empty()) return "";
    const std::string own = points_.at(path).numbers();
    if (peer > 0 && own != numbers) return "";
    numbers = own;
  }
  return numbers;
}

Beginning Beginnings::Make(const BeginningOf& of) const {
  const RunSpec& spec = of.spec;
  const PeerSpec& peer = spec.Peer(of.peer);
  const auto make = [&] {
    const Dataset own = peer.DataOf(of.data);
    const std::vector<std::string> absent = peer.AbsentTasks(of.data);
    const std::vector<std::string> losses =
        OptionsFor(own.tasks, absent, spec.train).loss;
    Beginning made;
    ArchOptions arch = OwnArch(spec, of.peer, own, absent);
    // What is averaged must mean the same to all.
    ChooseNumberColumns(own, of.all_rows, &arch);
    made.model = BuildModel(own, arch, of.seed, of.own_rows, losses);
    ScaleTargets(own, of.all_rows, losses, &made.model);
    FitBuffers(own, of.all_rows, made.model.schema, *made.model.network,
               &made.model.params.buffers);
    const ModelToBeginFrom& from = spec.FromOf(of.peer);
    if (from.path.empty()) return made;
    const StartingPoint& point = points_.at(from.path);
    made.note = WarmStartText(point.Begin(&made.model), from.path) +
                point.NetworksText(1);
    return made;
  };
  return spec.each.empty() ? make() : InContext(peer.Name(of.peer), make);
}

std::vector<ProvenanceSource> Beginnings::SourcesOf(const RunSpec& spec,
                                                    Index peer) const {
  const ModelToBeginFrom& from = spec.FromOf(peer);
  if (from.path.empty()) return {};
  return points_.at(from.path).Sources();
}

void NoteBeginning(const RunSpec& spec, Index peer, const std::string& note,
                   Reporter* reporter) {
  if (reporter == nullptr || note.empty()) return;
  if (!spec.each.empty()) {
    reporter->Note(Str("peer ", peer, ": ", note));
  } else if (peer == 0) {
    reporter->Note(note);
  }
}

}  // namespace mtlkit
