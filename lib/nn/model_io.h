#pragma once

#include <string>

#include "nn/model.h"

namespace mtlkit {

class FileReader;
class FileWriter;

// A model file (kind = model, docs/file-format.md): spec, parameters, buffers,
// transforms, constants, log and provenance, and the further networks of an
// ensemble. `path` may be "-".
//
// Reading checks that the spec is whole and holds no unknown key, that the
// network built from it has exactly the parameters and buffers of the file, in
// their shapes, and that all numbers of them are finite; kBadInput otherwise,
// naming the first offender. A file of another kind is refused by name.
Model ReadModel(const std::string& path);
Model ReadModel(const FileReader& file);
// Returns the content digest.
std::string WriteModel(const Model& model, const std::string& path);

// The parts of a model file, for other kinds of files that hold a model
// (checkpoints). Provenance is the caller's.
void WriteModelParts(FileWriter& file, const Model& model);
Model ReadModelParts(const FileReader& file);

// The numbers of a block as one array a slice, GROUP/LAYER/PARAMETER; matrices
// have the attribute axes = [in, out]. Reading fills a block of a known layout
// and checks names, shapes and that all numbers are finite (kBadInput). Nothing
// is written of an empty block.
void WriteBlock(FileWriter& file, const std::string& group, const Block& block);
void ReadBlock(const FileReader& file, const std::string& group, Block* block);

// A log as GROUP/COLUMN, f8, its names in order as GROUP_columns, and the rest
// as attributes of GROUP; what was measured of steps (nn/diagnostics.h) beside
// it, as "diagnostics" for "log". Nothing is written of an empty log.
void WriteHistory(FileWriter& file, const History& history,
                  const std::string& group = "log");
History ReadHistory(const FileReader& file, const std::string& group = "log");

}  // namespace mtlkit
