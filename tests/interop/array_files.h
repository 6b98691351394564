#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "data/dataset_io.h"
#include "h5/mutator.h"
#include "interop/convert_arrays.h"
#include "interop/sample_files.h"
#include "paths.h"
#include "temp_folder.h"

// Files of arrays, converted.
namespace mtlkit {

class Recorder : public SilentReporter {
 public:
  void Note(std::string_view text) override { said += Str(text, "\n"); }
  void Warn(std::string_view text) override { said += Str(text, "\n"); }
  std::string said;
};

inline std::string Golden(std::string_view name) {
  return Str(SourceDir(), "/tests/golden/arrays/", name);
}

inline ConvertOptions BesideIf(bool beside) {
  ConvertOptions options;
  options.beside = beside;
  return options;
}

inline Dataset Convert(const std::vector<TableInput>& inputs,
                       const ConvertOptions& reading, std::string* said) {
  const TempFolder folder;
  Recorder recorder;
  ConvertArrays(inputs, {}, reading, folder / "out.h5", {}, &recorder);
  if (said != nullptr) *said = recorder.said;
  return ReadDataset(folder / "out.h5");
}

inline Dataset Convert(const std::vector<TableInput>& inputs,
                       bool beside = false, std::string* said = nullptr) {
  return Convert(inputs, BesideIf(beside), said);
}

// Of files with these bytes, called a.npy, b.npy ...
inline Dataset ConvertBytes(const std::vector<std::string>& files,
                            const std::vector<std::string>& names,
                            bool beside = false) {
  const TempFolder folder;
  std::vector<TableInput> inputs;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    PutFile(folder / (name + ".npy"), files[i]);
    inputs.push_back({names[i], folder / (name + ".npy")});
  }
  return Convert(inputs, beside);
}

inline std::string RefusalOf(const std::vector<std::string>& files,
                             const std::vector<std::string>& names,
                             bool beside = false) {
  try {
    ConvertBytes(files, names, beside);
  } catch (const Error& error) {
    const std::size_t name = error.message().find(".npy: ");
    return name == std::string::npos ? error.message()
                                     : error.message().substr(name + 6);
  }
  return "none";
}

template <class T>
std::vector<T> All(const Array<T>& array) {
  return {array.begin(), array.end()};
}

// A single-precision list under a name, for ZipOf.
inline std::pair<std::string, std::string> ListOf(
    const std::string& name, const std::vector<float>& values) {
  return {name + ".npy", NpyOf(std::to_string(values.size()) + ", ", values)};
}

}  // namespace mtlkit
