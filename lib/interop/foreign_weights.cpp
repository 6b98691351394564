#include "interop/foreign_weights.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/json_text.h"
#include "h5/digest.h"
#include "h5/sniff.h"

namespace mtlkit {

#define MTLKIT_REGISTRY WeightFormats
#define MTLKIT_REGISTRY_ENTRY WeightFormat
#define MTLKIT_REGISTRY_LIST "interop/weight_formats.def"
#include "base/registry_list.inc"

namespace {

constexpr const char* kHint =
    "give a model of mtlkit, or weights as .safetensors, .keras, .weights.h5, "
    ".npz or a PyTorch state_dict";

const WeightFormat& FormatOf(std::string_view bytes) {
  for (const WeightFormat* format : WeightFormats()) {
    if (format->matches(bytes)) return *format;
  }
  Fail(ErrorKind::kBadInput,
       Str("is ", ContentName(SniffContent(bytes.substr(0, 512))),
           ", not weights of a kind that is read"),
       kHint);
}

void Check(const std::vector<ForeignArray>& arrays) {
  Require(!arrays.empty(), ErrorKind::kBadInput, "there is no array in it",
          kHint);
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    Require(i == 0 || arrays[i - 1].name != arrays[i].name,
            ErrorKind::kBadInput,
            Str("two arrays are called '", arrays[i].name, "'"),
            "write the file again");
    for (const Real value : arrays[i].values) {
      Require(std::isfinite(value), ErrorKind::kBadInput,
              Str("array '", arrays[i].name,
                  "' holds a number that is not finite in single precision"),
              "give weights of a network that did not diverge");
    }
  }
}

}  // namespace

const ForeignArray* ForeignWeights::Find(std::string_view array) const {
  const auto found = std::lower_bound(
      arrays.begin(), arrays.end(), array,
      [](const ForeignArray& a, std::string_view key) { return a.name < key; });
  return found != arrays.end() && found->name == array ? &*found : nullptr;
}

ForeignWeights ReadForeignWeights(const std::string& path) {
  constexpr Index kMostBytes = Index{64} << 30;
  std::error_code ignored;
  Require(!std::filesystem::exists(path, ignored) ||
              std::filesystem::is_regular_file(path, ignored),
          ErrorKind::kBadInput,
          Str(path, ": is no file, but a folder or a device"), kHint);
  const std::string bytes = ReadTextFile(path, kHint, kMostBytes);
  return InContext(path, [&] {
    ForeignWeights weights;
    weights.name = path;
    weights.sha256 = Sha256Of(bytes);
    ForeignContent content = FormatOf(bytes).read(bytes);
    weights.order = content.order;
    weights.arrays = std::move(content.arrays);
    weights.note = std::move(content.note);
    std::sort(weights.arrays.begin(), weights.arrays.end(),
              [](const ForeignArray& a, const ForeignArray& b) {
                return a.name < b.name;
              });
    Check(weights.arrays);
    return weights;
  });
}

}  // namespace mtlkit
