#include "cotrain/run_folder.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

constexpr int kEventSchema = 1;

std::string Numbered(const char* form, Index number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), form, static_cast<long>(number));
  return text.data();
}

std::string PeerName(Index peer) {
  return Numbered("peers/%03ld", peer);
}
std::string RoundName(Index round) {
  return Numbered("r%04ld", round);
}

// Something of the run's own, or nothing yet.
void RequireOwn(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return;
  Fail(ErrorKind::kBadInput,
       Str(path, ": it is ",
           S_ISLNK(status.st_mode) ? "a symbolic link" : "no file or folder",
           ", which a run does not follow"),
       "put the file or folder itself there, or remove it");
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

RunFolder::RunFolder(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
}

std::string RunFolder::Inside(const std::string& relative) const {
  std::size_t end = 0;
  do {
    end = relative.find('/', end + 1);
    RequireOwn(path_ + "/" + relative.substr(0, end));
  } while (end != relative.npos);
  return path_ + "/" + relative;
}

std::string RunFolder::SpecPath() const {
  return Inside("run.json");
}
std::string RunFolder::EventsPath() const {
  return Inside("events.jsonl");
}
std::string RunFolder::PeerPath(Index peer) const {
  return Inside(PeerName(peer));
}
std::string RunFolder::RoundPath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round));
}
std::string RunFolder::ModelPath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/model.h5");
}
std::string RunFolder::PublicationPath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/publish.h5");
}
std::string RunFolder::DonePath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/DONE.json");
}
std::string RunFolder::InputsPath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/inputs.json");
}
std::string RunFolder::CheckpointPath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/model.h5.ckpt.h5");
}
std::string RunFolder::LeasePath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/lease.json");
}
std::string RunFolder::GonePath(Index peer, Index round) const {
  return Inside(PeerName(peer) + "/" + RoundName(round) + "/gone.json");
}
void RunFolder::RequireOwnRound(Index peer, Index round) const {
  ModelPath(peer, round);
  PublicationPath(peer, round);
  DonePath(peer, round);
  InputsPath(peer, round);
  CheckpointPath(peer, round);
  LeasePath(peer, round);
  GonePath(peer, round);
}
std::string RunFolder::MergedFolder() const {
  return Inside("merged");
}
std::string RunFolder::MergedPath(Index round) const {
  return Inside("merged/" + RoundName(round) + ".h5");
}
std::string RunFolder::MergedFile(const std::string& name) const {
  return Inside("merged/" + name);
}
std::string RunFolder::LocalCheckpointPath() const {
  return Inside("checkpoint.h5");
}

bool RunFolder::Exists() const {
  return fs::exists(SpecPath());
}

Index RunFolder::NewestRound(Index peer, Index limit) const {
  Index newest = -1;
  std::error_code error;
  const fs::directory_iterator folder(PeerPath(peer), error);
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

std::vector<std::string> RunFolder::Strays(Index peers) const {
  std::vector<std::string> strays;
  std::error_code error;
  const fs::directory_iterator folder(Inside("peers"), error);
  for (const auto& entry : folder) {
    const std::string name = entry.path().filename().string();
    long long number = -1;
    const bool is_peer = ParseInteger(name, &number) && number >= 0 &&
                         number < peers && PeerName(number) == "peers/" + name;
    if (!is_peer && !name.starts_with('.')) strays.push_back("peers/" + name);
  }
  std::sort(strays.begin(), strays.end());
  return strays;
}

std::string RunFolder::PathOfData(const std::string& path) const {
  if (path == "-" || !fs::is_regular_file(path)) return "";
  // Absolute first: the folder need not be there yet.
  std::error_code error;
  const fs::path relative =
      fs::relative(fs::absolute(path), fs::absolute(path_), error);
  return error || relative.empty() ? path : relative.string();
}

std::string RunFolder::PathInRun(const std::string& path) const {
  return (fs::path(path_) / path).lexically_normal().string();
}

void RunFolder::Log(const Json& event) const {
  Json line = event;
  line["schema"] = kEventSchema;
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

}  // namespace mtlkit
