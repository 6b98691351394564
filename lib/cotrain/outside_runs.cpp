#include "cotrain/outside_runs.h"

#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "cotrain/run.h"

namespace mtlkit {
namespace {

namespace fs = std::filesystem;

// More links than systems follow.
constexpr int kMostLinks = 40;

// The place that is written, also through a link to what is not there yet.
fs::path PlaceBehindLinks(fs::path path) {
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(path, error); ++i) {
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  const fs::path place = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : place;
}

// "r0007", "012": `mark` and at least so many digits.
bool IsNumbered(const std::string& name, std::string_view mark,
                std::size_t digits) {
  return name.size() >= mark.size() + digits && name.starts_with(mark) &&
         name.find_first_not_of("0123456789", mark.size()) == name.npos;
}

// Whether a folder holds one of that form of which `holds` is true.
template <class Holds>
bool HasNumbered(const fs::path& folder, std::string_view mark,
                 std::size_t digits, Holds holds) {
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (IsNumbered(at->path().filename().string(), mark, digits) &&
        at->is_directory(ignored) && holds(at->path())) {
      return true;
    }
  }
  return false;
}

// Other programs may call a file run.json, too; and where that is lost, or a
// peer is, the rounds are a run's still.
bool IsFolderOfRun(const fs::path& folder) {
  std::error_code error;
  const auto any = [](const fs::path&) { return true; };
  const auto has_round = [any](const fs::path& peer) {
    return HasNumbered(peer, "r", 4, any);
  };
  const fs::path peers = folder / "peers";
  if (HasNumbered(peers, "", 3, has_round)) return true;
  return fs::exists(folder / "run.json", error) &&
         (fs::exists(folder / "events.jsonl", error) ||
          HasNumbered(peers, "", 3, any));
}

// The innermost folder of a run above a place; empty if there is none.
fs::path RunAround(const fs::path& place) {
  for (fs::path folder = place.parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    if (IsFolderOfRun(folder)) return folder;
    if (folder == folder.root_path()) break;
  }
  return {};
}

bool IsMergeOf(const RunFolder* own, const fs::path& run,
               const fs::path& place) {
  std::error_code error;
  if (own == nullptr || !fs::equivalent(run, own->path(), error)) return false;
  const fs::path inside = place.lexically_relative(run);
  return inside.has_parent_path() && *inside.begin() == "merged";
}

}  // namespace

void RequireOutsideRuns(std::string_view label, const std::string& output,
                        const RunFolder* own) {
  if (output.empty() || output == "-") return;
  fs::path named = fs::absolute(output).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();  // a trailing slash
  // A link in a run is a file of the run, as is what a link from outside names.
  for (const fs::path& place : {named, PlaceBehindLinks(named)}) {
    const fs::path run = RunAround(place);
    if (run.empty() || IsMergeOf(own, run, place)) continue;
    Fail(ErrorKind::kUsage,
         Str(label, " ", output, " lies among the files of the run ",
             run.string()),
         "choose a place outside of it");
  }
}

std::string RecordedData(const std::string& path) {
  const RunFolder folder(path);
  std::error_code error;
  if (!fs::exists(fs::path(path) / "run.json", error)) return "";
  const RunSpec spec = ReadSpec(folder);
  return spec.data.empty() ? "" : folder.PathInRun(spec.data);
}

}  // namespace mtlkit
