#pragma once

#include <string>

#include "base/options.h"
#include "h5/file_reader.h"
#include "nn/history.h"

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

// The same as JSON lines: an object an epoch and, with --diagnose, one a
// measured step, with "record", "network" (from 1) and "values".
std::string InspectLogLines(const FileReader& file);

// Curves of the training, what was measured in it and the network's graph, as
// SVG. Throws kUsage for other kinds than models.
std::string PlotModel(const FileReader& file);

// The parts of InspectLog that --diagnose adds.
std::string DiagnosticsText(const Diagnostics& diagnostics, bool all);
Json DiagnosticsJson(const Diagnostics& diagnostics);
// With --keep-best each-task: whether that was so, the epoch of a task's lowest
// validation loss (0: none), and "income 12, hours 7", or of many the range.
bool KeepsEach(const std::string& provenance);
Index BestEpochOf(const History& log, const std::string& task);
std::string OwnEpochsText(const History& log);
// Demands a model with a log.
void RequireLog(const FileReader& file);

// What every document begins with: schema, kind, digest.
Json HeadingJson(const FileReader& file);

// The kinds.
std::string InspectDataset(const FileReader& file, bool all, Json* json);
std::string InspectPredictions(const FileReader& file, Json* json);
std::string InspectModel(const FileReader& file, bool all, Json* json);
std::string InspectRound(const FileReader& file, Json* json);
std::string InspectCheckpoint(const FileReader& file, Json* json);

}  // namespace mtlkit
