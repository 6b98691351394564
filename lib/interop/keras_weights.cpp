#include "interop/keras_weights.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

// A layer on the way to weights.
struct Named {
  std::string name;  // with those around it: "encoder/first"
  std::string type;
  KerasSwitches switches;
};

std::string NameAttribute(const ForeignFile& file, const std::string& path) {
  const ForeignAttribute* name = file.FindAttribute(path, "name");
  const bool is_one = name != nullptr && name->is_text &&
                      name->texts.size() == 1 && !name->texts[0].empty();
  return is_one ? name->texts[0] : "";
}

bool IsKnownType(std::string_view type) {
  for (Index count = 1; count <= 4; ++count) {
    if (!KerasWeightNames(type, count).empty()) return true;
  }
  return false;
}

// The type of a layer that no config describes: its group's, or, of an
// attribute of the user's, what a name that Keras gave says.
std::string TypeOf(std::string_view group, std::string_view name) {
  if (IsKnownType(WithoutNumber(group)))
    return std::string(WithoutNumber(group));
  return std::string(WithoutNumber(name));
}

// What the groups of `steps` ("layers", "dense_1") are.
Named KerasNameOf(const ForeignFile& file, const KerasConfig& config,
                  const std::vector<std::string>& steps) {
  Named result;
  const std::vector<KerasLayerConfig>* layers = &config.layers;
  std::string path;
  for (const std::string& step : steps) {
    path += path.empty() ? step : "/" + step;
    // A list of layers has no weights of its own.
    if (file.Find(path + "/vars") == nullptr) continue;
    std::string name = NameAttribute(file, path + "/vars");
    const KerasLayerConfig* known =
        layers == nullptr ? nullptr : FindKerasLayer(*layers, name, step);
    if (name.empty()) name = known != nullptr ? known->name : step;
    result.name += result.name.empty() ? name : "/" + name;
    result.type = known != nullptr && IsKnownType(known->type)
                      ? known->type
                      : TypeOf(step, name);
    result.switches = known != nullptr ? known->switches : KerasSwitches{};
    layers = known != nullptr ? &known->layers : nullptr;
  }
  return result;
}

// Weights of a layer by number.
std::map<Index, std::string> WeightsAt(const ForeignFile& file,
                                       const std::string& vars) {
  std::map<Index, std::string> weights;
  const ForeignObjects& objects = file.objects();
  const std::string prefix = vars + "/";
  for (auto at = objects.lower_bound(prefix);
       at != objects.end() && at->first.starts_with(prefix); ++at) {
    long long number = 0;
    if (at->second.is_array() &&
        ParseInteger(at->first.substr(prefix.size()), &number)) {
      weights[static_cast<Index>(number)] = at->first;
    }
  }
  return weights;
}

// State that is no weights of a network.
bool IsState(const std::vector<std::string>& steps) {
  if (steps.empty()) return false;
  return steps[0] == "optimizer" || steps.back() == "seed_generator";
}

}  // namespace

ForeignFile OpenKerasWeights(std::string_view bytes) {
  // Keras compresses nothing; who does it later gains this much at most.
  constexpr Index kMostGain = 64;
  constexpr Index kSpare = Index{64} << 20;
  const auto size = static_cast<Index>(bytes.size());
  return {bytes, std::min(kMostArrayBytes, kSpare + kMostGain * size)};
}

std::vector<KerasPlace> KerasPlaces(const ForeignFile& file,
                                    const KerasConfig& config) {
  std::vector<KerasPlace> places;
  std::set<std::string> taken;
  for (const auto& [path, object] : file.objects()) {
    const bool is_vars = path == "vars" || path.ends_with("/vars");
    if (object.kind != ForeignObject::Kind::kGroup || !is_vars) {
      continue;
    }
    std::vector<std::string> steps = Split(path, '/');
    steps.pop_back();
    if (IsState(steps)) continue;
    const auto weights = WeightsAt(file, path);
    if (weights.empty()) continue;
    Named named = KerasNameOf(file, config, steps);
    // Two layers of one name are known by their groups.
    if (!named.name.empty() && !taken.insert(named.name).second) {
      named.name = Join(steps, "/");
    }
    const std::vector<std::string> roles =
        KerasWeightNames(named.type, std::ssize(weights), named.switches);
    std::size_t next = 0;
    for (const auto& [number, where] : weights) {
      const std::string role = next < roles.size() ? roles[next] : "";
      ++next;
      places.push_back(
          {where, Str(named.name, named.name.empty() ? "" : "/",
                      role.empty() ? Str("vars/", number) : role)});
    }
  }
  return places;
}

std::vector<ForeignArray> ReadKerasArrays(
    const ForeignFile& file, const std::vector<KerasPlace>& places) {
  std::vector<std::string> paths;
  for (const KerasPlace& place : places) {
    const ForeignAttribute* type = file.FindAttribute(place.path, "dtype");
    const bool is_bfloat16 = type != nullptr && type->texts.size() == 1 &&
                             type->texts[0] == "bfloat16";
    Require(!is_bfloat16, ErrorKind::kBadInput,
            Str("'", place.name,
                "' is kept as bfloat16, for which HDF5 has no ", "type"),
            "save a float32 model with these weights, or "
            "numpy.savez(\"x.npz\", **arrays) of float32");
    paths.push_back(place.path);
  }
  std::vector<std::vector<Real>> values = file.ReadRounded<Real>(paths);
  std::vector<ForeignArray> arrays;
  for (std::size_t i = 0; i < places.size(); ++i) {
    arrays.push_back(
        {places[i].name, file.Find(paths[i])->shape, std::move(values[i])});
  }
  return arrays;
}

}  // namespace mtlkit
