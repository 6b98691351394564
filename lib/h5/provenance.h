#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/rng.h"

namespace mtlkit {

class FileReader;

// How a file came about: one record a command, oldest first. Only what can
// change the result: never file names, outputs, threads, hosts or times, so a
// pipe, another folder or another number of threads gives the same bytes.
struct ProvenanceInput {
  std::string role;    // "data", "model", "labels" ...
  std::string digest;  // content digest, or SHA-256 of a foreign file's bytes
  std::string from;    // id of the record that made it; "" if unknown
};

struct ProvenanceRecord {
  std::string id;                 // 16 hexadecimal digits of the rest
  std::vector<std::string> prev;  // ids of the records before, in input order
  std::string tool;               // "mtl-train"
  std::string version;
  std::vector<ProvenanceInput> inputs;
  Seed seed = 0;
  std::string settings;  // a JSON object as text
};

// One input of a command: its digest and the history that came with it.
struct ProvenanceSource {
  std::string role;
  std::string digest;
  // The JSON array of the input's file; "" or "[]" for one without a history.
  std::string provenance = "[]";
};
// Of a file of ours.
ProvenanceSource SourceOf(std::string role, const FileReader& file);

// The history of what `tool` makes of `sources` under `settings`: the
// histories of all sources, merged (a shared step stands once), then the new
// record. A JSON array for FileWriter::SetProvenance.
std::string ExtendProvenance(std::string_view tool, Seed seed,
                             const Json& settings,
                             std::span<const ProvenanceSource> sources);

// Reads a JSON array; kBadInput if it is not what ExtendProvenance writes.
std::vector<ProvenanceRecord> ParseProvenance(std::string_view json);

// The chain as commands, oldest first, one each, with short digests in place
// of files:
//   mtl-train data=3f2a9c01 --arch shared --layers 128,64 --seed 1 -o 77ab01c2
// `digest` is that of the file whose history it is.
std::vector<std::string> HistoryCommands(
    std::span<const ProvenanceRecord> records, std::string_view digest);

}  // namespace mtlkit
