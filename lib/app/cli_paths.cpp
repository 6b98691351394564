// What is wrong with the files of a command line before any is opened.
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/cli.h"
#include "app/cli_state.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "cotrain/outside_runs.h"

namespace mtlkit {
namespace {

// A name that says otherwise than what is written would lead astray.
void CheckEndings(const CliState& state) {
  for (const CliOutput& output : state.outputs) {
    if (output.kind == OutputKind::kHdf5) {
      RequireHdf5Name(output.label, *output.path);
    } else if (output.kind == OutputKind::kFolder) {
      RequireEnding(output.label, *output.path, "", "a folder is written here");
    }
  }
}

struct GivenFile {
  std::string label;  // what messages call it
  std::string path;
};

std::vector<GivenFile> GivenInputs(const CliState& state) {
  std::vector<GivenFile> given;
  for (const CliInput& input : state.inputs) {
    if (!input.path->empty()) given.push_back({input.label, *input.path});
  }
  for (const CliOperand& operand : state.operands) {
    for (std::size_t i = 0; operand.files && i < operand.files->size(); ++i) {
      given.push_back({operand.name, (*operand.files)[i].path});
    }
    for (std::size_t i = 0; operand.paths && i < operand.paths->size(); ++i) {
      given.push_back({operand.name, (*operand.paths)[i]});
    }
  }
  return given;
}

// The same regular file, by whatever names; "-" is stdin, where `second` is
// read.
bool IsSameFile(const std::string& first, const std::string& second) {
  struct stat one {};
  struct stat other {};
  const bool known = ::stat(first.c_str(), &one) == 0 &&
                     (second == "-" ? ::fstat(0, &other)
                                    : ::stat(second.c_str(), &other)) == 0;
  return known && S_ISREG(one.st_mode) && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

// Those that were given, and what a run that is written from has recorded.
std::vector<GivenFile> ReadFiles(const CliState& state) {
  std::vector<GivenFile> files = GivenInputs(state);
  const bool writes =
      std::any_of(state.outputs.begin(), state.outputs.end(),
                  [](const CliOutput& out) { return !out.path->empty(); });
  if (state.run_folder == nullptr || !writes) return files;
  const std::string data = RecordedData(*state.run_folder);
  if (!data.empty()) files.push_back({"the data of the run", data});
  return files;
}

// What is read is not overwritten: a table would be gone that cannot be made
// again.
void CheckOverwriting(const CliState& state) {
  const std::vector<GivenFile> inputs = ReadFiles(state);
  std::vector<GivenFile> written;
  for (const CliOutput& output : state.outputs) {
    if (output.path->empty() || *output.path == "-") continue;
    if (output.kind == OutputKind::kFolder) continue;
    for (const GivenFile& input : inputs) {
      Require(!IsSameFile(*output.path, input.path), ErrorKind::kUsage,
              Str(output.label, " ", *output.path, " is also ", input.label,
                  ", which is read"),
              "write to another file");
    }
    for (const GivenFile& other : written) {
      Require(
          *output.path != other.path && !IsSameFile(*output.path, other.path),
          ErrorKind::kUsage,
          Str(output.label, " ", *output.path, " is also ", other.label),
          "write to another file");
    }
    written.push_back({output.label, *output.path});
  }
}

// Files of a run are written by its own rounds.
void CheckRuns(const CliState& state) {
  const bool is_of_run = state.run_folder != nullptr;
  const RunFolder own(is_of_run ? *state.run_folder : "");
  for (const CliOutput& output : state.outputs) {
    RequireOutsideRuns(output.label, *output.path, is_of_run ? &own : nullptr);
  }
}

// At most one input and one output may be a pipe, and no folder.
void CheckPipes(const CliState& state) {
  std::vector<std::string> readers;
  for (const GivenFile& input : GivenInputs(state)) {
    if (input.path == "-") readers.push_back(input.label);
  }
  std::vector<std::string> writers;
  for (const CliOutput& output : state.outputs) {
    if (*output.path != "-") continue;
    if (output.kind == OutputKind::kFolder) {
      Fail(ErrorKind::kUsage,
           Str(output.label, " is a folder and cannot be -"));
    }
    writers.push_back(output.label);
  }
  if (readers.size() > 1) {
    Fail(ErrorKind::kUsage,
         Str(readers[0], " and ", readers[1], " cannot both be stdin"),
         "give a file to one of them");
  }
  if (writers.size() > 1) {
    Fail(ErrorKind::kUsage,
         Str(writers[0], " and ", writers[1], " cannot both be stdout"),
         "give a file to one of them");
  }
}

}  // namespace

void CheckPaths(const CliState& state) {
  CheckPipes(state);
  CheckEndings(state);
  CheckOverwriting(state);
  CheckRuns(state);
}

}  // namespace mtlkit
