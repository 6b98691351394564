#include "cotrain/run.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "cotrain/record.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr int kSchema = 1;
constexpr const char* kHintToSpec = "restore it, or begin a new run";

std::string Numbered(const char* form, Index number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), form, static_cast<long>(number));
  return text.data();
}

std::string PeerName(Index peer) {
  return Numbered("%03ld", peer);
}
std::string RoundName(Index round) {
  return Numbered("r%04ld", round);
}

Json SpecJson(const RunSpec& spec) {
  Json json{{"schema", kSchema},   {"method", spec.method},
            {"local", spec.local}, {"peers", spec.peers},
            {"seed", spec.seed},   {"views", spec.views},
            {"data", spec.data},   {"data_sha256", spec.data_sha256}};
  WriteOptions(spec.arch, &json["network"]);
  WriteOptions(spec.train, &json["training"]);
  WriteOptions(spec.cotrain, &json["collaboration"]);
  return json;
}

RunSpec SpecFromJson(const Json& json, const std::string& where) {
  const int schema = json.value("schema", 0);
  if (schema != kSchema) {
    Fail(ErrorKind::kBadInput,
         Str(where, ": it has schema ", schema, "; this tool reads ", kSchema),
         "use the version of mtlkit that made the run");
  }
  RunSpec spec;
  spec.method = json.at("method").get<std::string>();
  spec.local = json.at("local").get<bool>();
  spec.peers = json.at("peers").get<Index>();
  spec.seed = json.at("seed").get<Seed>();
  spec.views = json.at("views").get<std::vector<std::vector<std::string>>>();
  spec.data = json.at("data").get<std::string>();
  spec.data_sha256 = json.at("data_sha256").get<std::string>();
  ReadOptions(json.at("network"), where + ": network", &spec.arch);
  ReadOptions(json.at("training"), where + ": training", &spec.train);
  ReadOptions(json.at("collaboration"), where + ": collaboration",
              &spec.cotrain);
  Require(spec.peers > 0 && spec.peers <= 1000, ErrorKind::kBadInput,
          Str(where, ": it has ", spec.peers, " peers"));
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

std::string Now() {
  const std::time_t now =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string Host() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "";
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
  fields("weight", weight, "of the pull towards the other peers", AtLeast(0));
  fields("burn-in", burn_in, "rounds without that pull", AtLeast(0));
  fields("stale-decay", stale_decay,
         "how much a publication counts for each round that it is older",
         Range{0.0, 1.0, true, false});
  fields("params", params, "parameters that are averaged", {"all", "trunk"});
  fields("labelling", labelling, "who learns from whose labels",
         {"shared", "cross", "agree"});
  fields("per-class", per_class, "rows a class that a peer labels in a round",
         AtLeast(1));
  fields("pool", pool, "unlabelled rows that are looked at; 0: all",
         AtLeast(0));
  fields("threshold", threshold, "least probability of a label", Between(0, 1));
}

ArchOptions RunSpec::ArchOf(Index peer) const {
  ArchOptions options = arch;
  if (!views.empty()) options.inputs = views[static_cast<std::size_t>(peer)];
  return options;
}

Seed RunSpec::SeedOf(Index peer, Index round) const {
  return DeriveSeed(DeriveSeed(seed, RandomPurpose::kPeerSeed,
                               static_cast<std::uint64_t>(peer) + 1),
                    RandomPurpose::kPeerSeed,
                    static_cast<std::uint64_t>(round));
}

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
}

std::string RunFolder::SpecPath() const {
  return path_ + "/run.json";
}
std::string RunFolder::EventsPath() const {
  return path_ + "/events.jsonl";
}
std::string RunFolder::RoundPath(Index peer, Index round) const {
  return path_ + "/peers/" + PeerName(peer) + "/" + RoundName(round);
}
std::string RunFolder::ModelPath(Index peer, Index round) const {
  return RoundPath(peer, round) + "/model.h5";
}
std::string RunFolder::PublicationPath(Index peer, Index round) const {
  return RoundPath(peer, round) + "/publish.h5";
}
std::string RunFolder::DonePath(Index peer, Index round) const {
  return RoundPath(peer, round) + "/DONE.json";
}
std::string RunFolder::InputsPath(Index peer, Index round) const {
  return RoundPath(peer, round) + "/inputs.json";
}
std::string RunFolder::CheckpointPath(Index peer, Index round) const {
  return RoundPath(peer, round) + "/model.h5.ckpt.h5";
}
std::string RunFolder::MergedPath(Index round) const {
  return path_ + "/merged/" + RoundName(round) + ".h5";
}

bool RunFolder::Exists() const {
  return fs::exists(SpecPath());
}

RunSpec RunFolder::ReadSpec() const {
  if (!Exists()) {
    Fail(ErrorKind::kMissingInput,
         Str(path_, ": this is no run: it has no run.json"),
         "begin one with mtl-cotrain init or mtl-cotrain local");
  }
  const Json json = ReadJsonFile(SpecPath(), kHintToSpec);
  try {
    return SpecFromJson(json, SpecPath());
  } catch (const nlohmann::json::exception&) {
    Fail(ErrorKind::kBadInput,
         Str(SpecPath(),
             ": it is damaged: an entry is missing or of another "
             "type"),
         kHintToSpec);
  } catch (Error& error) {
    // What a file says wrongly is bad data, not a mistake on the command line.
    if (error.kind() != ErrorKind::kUsage) throw;
    Fail(ErrorKind::kBadInput, error.message(), error.hint());
  }
}

void RunFolder::WriteSpec(const RunSpec& spec) const {
  const Json json = SpecJson(spec);
  if (Exists()) {
    const std::vector<std::string> differ =
        Differences(ReadJsonFile(SpecPath(), kHintToSpec), json);
    if (differ.empty()) return;
    Fail(ErrorKind::kUsage,
         Str(path_, ": this is already a run, with other settings or data: ",
             Join(differ, ", ")),
         "choose another folder, or remove it");
  }
  CreateFolders(path_);
  WriteJsonFile(json, SpecPath());
}

Index RunFolder::NewestRound(Index peer, Index limit) const {
  Index newest = -1;
  std::error_code error;
  const fs::directory_iterator folder(path_ + "/peers/" + PeerName(peer),
                                      error);
  for (const auto& entry : folder) {
    const std::string name = entry.path().filename().string();
    long long round = 0;
    if (name.size() < 2 || name[0] != 'r' ||
        !ParseInteger(std::string_view(name).substr(1), &round)) {
      continue;
    }
    if ((limit < 0 || round <= limit) && round > newest &&
        fs::exists(DonePath(peer, round))) {
      newest = static_cast<Index>(round);
    }
  }
  return newest;
}

Dataset RunFolder::ReadData(const RunSpec& spec,
                            const std::string& override_path) const {
  if (override_path.empty() && spec.data.empty()) {
    Fail(ErrorKind::kMissingInput,
         Str(path_, ": the run's data came through a pipe"),
         "give it again with --data");
  }
  const std::string path =
      override_path.empty()
          ? (fs::path(path_) / spec.data).lexically_normal().string()
          : override_path;
  if (override_path.empty() && !fs::exists(path)) {
    Fail(ErrorKind::kMissingInput,
         Str(path, ": the run's data is not there any more"),
         "say where it is with --data");
  }
  Dataset data = ReadDataset(path);
  if (data.content_sha256 != spec.data_sha256) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": this is not the data that the run began with"),
         "give that file with --data, or begin a new run");
  }
  return data;
}

std::string RunFolder::PathOfData(const std::string& path) const {
  if (path == "-" || !fs::is_regular_file(path)) return "";
  // Absolute first: the folder need not be there yet.
  std::error_code error;
  const fs::path relative =
      fs::relative(fs::absolute(path), fs::absolute(path_), error);
  return error || relative.empty() ? path : relative.string();
}

void RunFolder::Log(const Json& event) const {
  Json line = event;
  line["schema"] = kSchema;
  line["time"] = Now();
  line["host"] = Host();
  line["pid"] = getpid();
  // One write of one short line: whole on local file systems. A hint only, so
  // a failure is nothing to stop for.
  const std::string text = JsonText(line) + "\n";
  if (std::FILE* file = std::fopen(EventsPath().c_str(), "a")) {
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
}

Json ReadJsonFile(const std::string& path, std::string_view hint) {
  const std::string text = ReadTextFile(path, "");
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    Fail(ErrorKind::kBadInput,
         Str(path, ": it is damaged: this is no JSON object"),
         std::string(hint));
  }
  return json;
}

void WriteJsonFile(const Json& json, const std::string& path) {
  AtomicFile file(path);
  file.Write(JsonText(json, 1) + "\n");
  file.Commit();
}

}  // namespace mtlkit
