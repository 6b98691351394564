#pragma once

#include <string>

#include "base/options.h"
#include "h5/file_reader.h"

namespace mtlkit {

// What is in a file, as text for people, one screen; the same for programs
// goes into `json`. All throw kBadInput where something does not hold.

// A file of any kind, read and checked whole. `all` shows every column and
// parameter, not the first few.
std::string InspectFile(const FileReader& file, bool all, Json* json);

// The commands that made a file, oldest first, one a line.
std::string InspectHistory(const FileReader& file, Json* json);

// The training curve of a model: a line an epoch. Throws kUsage for other
// kinds, and kBadInput where there is none. `all` shows every task even if
// there are many.
std::string InspectLog(const FileReader& file, bool all, Json* json);

// What every document begins with: schema, kind, digest.
Json HeadingJson(const FileReader& file);

// The kinds.
std::string InspectDataset(const FileReader& file, bool all, Json* json);
std::string InspectPredictions(const FileReader& file, Json* json);
std::string InspectModel(const FileReader& file, bool all, Json* json);
std::string InspectRound(const FileReader& file, Json* json);
std::string InspectCheckpoint(const FileReader& file, Json* json);

}  // namespace mtlkit
