#pragma once

#include <string>
#include <variant>
#include <vector>

#include "h5/provenance.h"
#include "interop/foreign_weights.h"
#include "interop/name_map.h"
#include "nn/model.h"
#include "train/warm_start.h"

namespace mtlkit {

// What tools say of the flags for it.
inline constexpr const char* kFromHelp =
    "model to begin from: its parameters are taken by name; or weights of "
    "another framework (.safetensors, .keras, .weights.h5, .npz, PyTorch's "
    ".pt)";
inline constexpr const char* kMapHelp =
    "text file that says which array of --from is which parameter, a line "
    "OURS THEIRS each";

// Parameters that training begins from: those of a model of ours, or arrays
// that another framework wrote. Read-only; peers may share it.
class StartingPoint {
 public:
  // Reads `path` ("-" for the standard input) by its content, and the map, if
  // there is one (name_map.h; ours have names, too). Throws what
  // ReadModel, ReadForeignWeights and ParseNameMap do.
  explicit StartingPoint(const std::string& path,
                         const std::string& map_path = {});

  // Copies what `model` has by the same name, or by the map's. Of an ensemble,
  // or of arrays that one was exported to, those of the network of this number,
  // from 0; behind the last comes the first again.
  WarmStart Begin(Model* model, Index number = 0) const;

  // What the networks of a model of ours read of numbers
  // (ArchOptions::numbers);
  // "" of arrays, which do not say it.
  std::string numbers() const;

  // How many networks there are to begin from.
  Index networks() const;
  // Which of them so many networks, numbered from 0, begin from, to be put
  // behind WarmStartText; "" where there is one.
  std::string NetworksText(Index beginning) const;

  // A digest of what it holds: the content's, or that of the content's and the
  // map's. Equal where training begins alike.
  std::string sha256() const;
  // For the history of what begins here: the parameters, then the map.
  std::vector<ProvenanceSource> Sources() const;

 private:
  const std::string& content_sha256() const;

  std::string path_;
  // The networks of a model of ours, or arrays.
  std::variant<std::vector<Model>, ForeignWeights> content_;
  std::vector<MapRule> map_;
  std::string map_sha256_;  // "": there is none
};

}  // namespace mtlkit
