#include "train/slice_pattern.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"

namespace mtlkit {
namespace {

std::string LayerOf(const std::string& slice) {
  return slice.substr(0, slice.find('/'));
}

[[noreturn]] void FailUnknown(const Network& network,
                              const std::string& pattern,
                              std::string_view flag) {
  // Groups for what was meant, layers for what there is.
  std::vector<std::string> layers;
  std::vector<std::string> known;
  for (const Slice& slice : network.weights()->slices()) {
    const std::string layer = LayerOf(slice.name);
    known.push_back(layer.substr(0, layer.find('.')));
    if (std::find(layers.begin(), layers.end(), layer) != layers.end()) {
      continue;
    }
    layers.push_back(layer);
    known.push_back(layer);
  }
  const std::string nearest = Nearest(pattern, known);
  Fail(ErrorKind::kUsage,
       Str(flag, ": there is no layer '", pattern, "'",
           nearest.empty() ? "" : Str("; did you mean '", nearest, "'?")),
       Str("layers: ", Join(layers, ", ")));
}

}  // namespace

bool NamesSlice(const std::string& pattern, const std::string& slice) {
  const std::string layer = LayerOf(slice);
  return MatchesPattern(pattern, slice) || MatchesPattern(pattern, layer) ||
         layer.starts_with(pattern + ".");
}

std::vector<Index> SlicesNamed(const Network& network,
                               const std::string& pattern,
                               std::string_view flag) {
  std::vector<Index> named;
  const std::span<const Slice> slices = network.weights()->slices();
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (!NamesSlice(pattern, slices[i].name)) continue;
    named.push_back(static_cast<Index>(i));
  }
  if (named.empty()) FailUnknown(network, pattern, flag);
  return named;
}

}  // namespace mtlkit
