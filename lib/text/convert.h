#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/reporter.h"
#include "base/rng.h"
#include "h5/provenance.h"
#include "text/convert_options.h"

namespace mtlkit {

// How the command is recorded in the output.
struct ConvertRecord {
  std::string tool = "mtl-convert";
  Seed seed = 0;
  const Json* settings = nullptr;             // null: {}
  std::vector<ProvenanceSource> beside = {};  // what else was read
};

// Reads `inputs` twice in bounded memory (the ids and categories apart; with
// `beside`, views whose ids come in another order are held) and writes a
// dataset (docs/file-format.md) to `output`, whole or not at all; "-" is
// stdout. What was guessed goes to the reporter: one line, and with `verbose`
// one more a column. Returns whether the rows have ids of their own; otherwise
// they are numbered.
//
// Throws kUsage for options that fit no column, kBadInput with file, line and
// column for what a file holds, as in docs/converting.md.
bool ConvertTables(const std::vector<TableInput>& inputs,
                   const std::string& output, const ConvertOptions& options,
                   const ConvertRecord& record, bool verbose,
                   Reporter* reporter);

}  // namespace mtlkit
