#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/options.h"
#include "h5/file_reader.h"

namespace mtlkit {

// What is in a file, for people (one screen) and for programs.
struct Inspection {
  std::string text;
  Json json;
};

// Reads and checks a file of any kind (kBadInput where something does not
// hold). `all` shows every column and parameter, not the first few.
Inspection InspectFile(const FileReader& file, bool all);

// The commands that made a file, oldest first, one a line.
Inspection InspectHistory(const FileReader& file);

// The training curve of a model or checkpoint: a line an epoch. Throws
// kUsage for other kinds and kBadInput where there is none.
Inspection InspectLog(const FileReader& file);

// The kinds.
Inspection InspectDataset(const FileReader& file, bool all);
Inspection InspectPredictions(const FileReader& file);
Inspection InspectModel(const FileReader& file, bool all);
Inspection InspectRound(const FileReader& file);

}  // namespace mtlkit
