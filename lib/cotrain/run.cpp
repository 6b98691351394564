#include "cotrain/run.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/agreement.h"
#include "cotrain/json_record.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/digest.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHintToSpec = "restore it, or begin a new run";

Json SpecJson(const RunSpec& spec) {
  Json json{{"method", spec.method},   {"local", spec.local},
            {"peers", spec.peers},     {"seed", spec.seed},
            {"each", Json::array()},   {"agreed", spec.agreed},
            {"data", spec.data},       {"data_sha256", spec.data_sha256},
            {"from", spec.from.sha256}};
  for (const PeerSpec& peer : spec.each) {
    WriteOptions(peer, &json["each"].emplace_back());
  }
  WriteOptions(spec.arch, &json["network"]);
  WriteOptions(spec.train, &json["training"]);
  WriteOptions(spec.cotrain, &json["collaboration"]);
  return json;
}

RunSpec SpecFromJson(const Json& json, const std::string& where) {
  RunSpec spec;
  spec.method = json.at("method").get<std::string>();
  spec.local = json.at("local").get<bool>();
  spec.peers = json.at("peers").get<Index>();
  spec.seed = json.at("seed").get<Seed>();
  spec.agreed = json.at("agreed").get<std::string>();
  for (const Json& peer : json.at("each")) {
    ReadOptions(peer, where + ": each", &spec.each.emplace_back());
  }
  spec.data = json.at("data").get<std::string>();
  spec.data_sha256 = json.at("data_sha256").get<std::string>();
  spec.from.sha256 = json.at("from").get<std::string>();
  ReadOptions(json.at("network"), where + ": network", &spec.arch);
  ReadOptions(json.at("training"), where + ": training", &spec.train);
  ReadOptions(json.at("collaboration"), where + ": collaboration",
              &spec.cotrain);
  Require(spec.peers > 0 && spec.peers <= 1000, ErrorKind::kBadInput,
          Str(where, ": it has ", spec.peers, " peers"));
  Require(
      spec.each.empty() || static_cast<Index>(spec.each.size()) == spec.peers,
      ErrorKind::kBadInput,
      Str(where, ": it describes ", spec.each.size(), " of its peers"));
  return spec;
}

// What two run.json say differently, but for where the data is:
// "network/layers", "seed". The version of a file is told apart by its reader.
std::vector<std::string> Differences(const Json& one, const Json& other) {
  std::set<std::string> names;
  for (const Json& change : Json::diff(one, other)) {
    const std::string path = change.at("path").get<std::string>().substr(1);
    // A setting, not the places of a list within it.
    const std::size_t section = path.find('/');
    const std::size_t end =
        section == path.npos ? path.npos : path.find('/', section + 1);
    if (path != "data") names.insert(path.substr(0, end));
  }
  return {names.begin(), names.end()};
}

}  // namespace

void CotrainOptions::Describe(Fields& fields) {
  fields("rows-by", rows_by,
         "training rows of a peer: all, a part of its own, or what suits the "
         "method",
         {"auto", "all", "random", "group"});
  fields("max-stale", max_stale, "rounds that a publication may be old",
         AtLeast(1));
  fields("min-peers", min_peers,
         "other peers that must have published before a round after the first",
         AtLeast(0));
  fields("async", async,
         "a round reads what is newest, though it be of rounds ahead of it");
  fields.Named("guard", guard, "SPLIT",
               "undo a round that makes the peer worse on these rows");
  fields("guard-tolerance", guard_tolerance,
         "how much worse it may become: a part of what the best constant "
         "loses",
         AtLeast(0));
  fields("weight", weight, "of the pull towards the other peers", AtLeast(0));
  fields("burn-in", burn_in, "rounds without that pull", AtLeast(0));
  fields("stale-decay", stale_decay,
         "how much a publication counts for each round that it is older",
         Range{0.0, 1.0, true, false});
  fields.Named("params", params, "all|trunk|GLOB",
               "parameters that are exchanged: all, what tasks share, or those "
               "of some layers");
  fields("buffers", buffers,
         "what becomes of running statistics: exchanged with the parameters, "
         "or kept by each peer",
         {"average", "keep"});
  fields.Named("aggregate", aggregate, "NAME[:option=value,...]",
               "how the peers' parameters become one (see --list aggregates)");
  fields("fraction", fraction,
         "of the peers that take part in a round, drawn anew for each",
         Range{0.0, 1.0, true, false});
  fields("labelling", labelling, "who learns from whose labels",
         {"shared", "cross", "agree"});
  fields.Named("per-class", per_class, "N|CLASS=N,...",
               "rows of each class that a peer labels in a round, or of some "
               "classes");
  fields("conflict", conflict,
         "a row for which two labels are proposed: left out, or labelled by "
         "the first peer, or by the surest",
         {"drop", "first", "confident"});
  fields("pool", pool, "unlabelled rows that are looked at; 0: all",
         AtLeast(0));
  fields("threshold", threshold, "least probability of a label", Between(0, 1));
}

ArchOptions RunSpec::ArchOf(Index peer) const {
  return Peer(peer).ArchOf(arch);
}

const PeerSpec& RunSpec::Peer(Index peer) const {
  static const PeerSpec usual;
  return each.empty() ? usual : each[At(peer)];
}

const ModelToBeginFrom& RunSpec::FromOf(Index peer) const {
  const ModelToBeginFrom& own = Peer(peer).from;
  return own.path.empty() && own.sha256.empty() ? from : own;
}

std::string RunSpec::Identity() const {
  return has_own_data() ? Sha256Of(agreed) : data_sha256;
}

Seed RunSpec::SeedOf(Index peer, Index round) const {
  const Index own = Peer(peer).seed;
  const Seed of_all = own < 0 ? seed : static_cast<Seed>(own);
  return DeriveSeed(DeriveSeed(of_all, RandomPurpose::kPeerSeed,
                               static_cast<std::uint64_t>(peer) + 1),
                    RandomPurpose::kPeerSeed,
                    static_cast<std::uint64_t>(round));
}

RunSpec ReadSpec(const RunFolder& folder) {
  if (!folder.Exists()) {
    Fail(ErrorKind::kMissingInput,
         Str(folder.path(), ": this is no run: it has no run.json"),
         "begin one with mtl-cotrain init or mtl-cotrain local");
  }
  const std::string path = folder.SpecPath();
  const Json json = ReadRecord(path, kHintToSpec);
  try {
    return SpecFromJson(json, path);
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput,
         Str(path,
             ": it is damaged: an entry is missing or of another "
             "type"),
         kHintToSpec);
  } catch (Error& error) {
    // What a file says wrongly is bad data, not a mistake on the command line.
    if (error.kind() != ErrorKind::kUsage) throw;
    Fail(ErrorKind::kBadInput, error.message(), error.hint());
  }
}

void WriteSpec(const RunFolder& folder, const RunSpec& spec) {
  const Json json = SpecJson(spec);
  if (folder.Exists()) {
    const std::vector<std::string> differ =
        Differences(ReadRecord(folder.SpecPath(), kHintToSpec), json);
    if (differ.empty()) return;
    Fail(ErrorKind::kUsage,
         Str(folder.path(),
             ": this is already a run, with other settings or data: ",
             Join(differ, ", ")),
         "choose another folder, or remove it");
  }
  CreateFolders(folder.path());
  WriteRecord(json, folder.SpecPath());
}

Dataset ReadRunData(const RunFolder& folder, const RunSpec& spec,
                    const std::string& override_path) {
  if (spec.has_own_data()) {
    Require(!override_path.empty(), ErrorKind::kUsage,
            Str(folder.path(), ": its peers have data of their own"),
            "give those of this peer with --peer and --data");
    Dataset own = ReadDataset(override_path);
    RequireAgreement(spec.agreed, own, override_path);
    return own;
  }
  if (override_path.empty() && spec.data.empty()) {
    Fail(ErrorKind::kMissingInput,
         Str(folder.path(), ": the run's data came through a pipe"),
         "give it again with --data");
  }
  const std::string path =
      override_path.empty() ? folder.PathInRun(spec.data) : override_path;
  if (override_path.empty() && !fs::exists(path)) {
    Fail(ErrorKind::kMissingInput,
         Str(path, ": the run's data is not there any more"),
         "say where it is with --data");
  }
  Dataset data = ReadDataset(path);
  if (data.content_sha256 != spec.data_sha256) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": this is not the data that the run began with"),
         "give that file with --data, or begin a new run: with init --schema "
         "peers have data of their own");
  }
  return data;
}

}  // namespace mtlkit
