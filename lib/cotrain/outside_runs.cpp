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

// Other programs may call a file run.json, too.
bool IsFolderOfRun(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "run.json", error) &&
         fs::is_directory(folder / "peers" / "000", error);
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
