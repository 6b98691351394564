#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "cotrain/collaboration.h"
#include "cotrain/method.h"
#include "data/dataset_io.h"
#include "h5/mutator.h"
#include "nn/model_io.h"
#include "nn/sample_data.h"
#include "temp_folder.h"

namespace mtlkit {

// Two groups of 3 : 1 rows beside the sample's tasks, which are of every type,
// lack labels and are not in the order of their names.
inline Dataset GroupedData() {
  Dataset data = SampleDataset();
  for (Index row = 0; row < data.rows; ++row) {
    data.groups.push_back(row % 4 == 0 ? 7 : 3);
  }
  return data;
}

// A run of a method on that data, in a folder of its own.
class SampleRun {
 public:
  using Change = std::function<void(RunSpec*)>;

  explicit SampleRun(const std::string& method, const Change& change = {}) {
    WriteDataset(GroupedData(), folder_ / "data.h5");
    spec_.method = method;
    spec_.peers = std::max<Index>(
        2, FindRoundMethod(ParseChoice(method, "--method").name).least_peers);
    spec_.data = folder_ / "data.h5";
    spec_.arch.layers = {"4"};
    spec_.train.epochs = 2;
    spec_.train.batch = 32;
    if (change) change(&spec_);
    run_ = std::make_unique<Collaboration>(InitRun(path(), spec_));
  }

  std::string path() const { return folder_ / "run"; }
  std::string operator/(std::string_view name) const { return folder_ / name; }
  const RunSpec& spec() const { return spec_; }  // as asked for
  const Collaboration& run() const { return *run_; }
  const RunFolder& folder() const { return run_->folder; }

  DoneRecord Round(Index peer, Index round = -1) {
    return RunRound(*run_, peer, round, environment()).record;
  }
  void Rounds(Index count) {
    for (Index i = 0; i < count; ++i) {
      for (Index peer = 0; peer < run_->spec.peers; ++peer) Round(peer);
    }
  }
  TrainEnvironment environment() {
    TrainEnvironment environment;
    environment.pool = &pool_;
    return environment;
  }
  Publication Published(Index peer, Index round) const {
    return ReadPublication(folder().PublicationPath(peer, round), run_->data,
                           ReadModel(folder().ModelPath(peer, 0)).params);
  }
  std::string Bytes(Index peer, Index round) const {
    return FileBytes(folder().PublicationPath(peer, round));
  }

 private:
  TempFolder folder_;
  ThreadPool pool_{1};
  RunSpec spec_;
  std::unique_ptr<Collaboration> run_;
};

// What an error says, with its exit code in front; "" if nothing is thrown.
template <class Work>
std::string ErrorOf(Work&& work) {
  try {
    std::forward<Work>(work)();
  } catch (const Error& error) {
    return Str(error.exit_code(), " ", error.what());
  }
  return "";
}

inline bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

// Turns over one bit in the middle of a file.
inline void Spoil(const std::string& path) {
  std::string bytes = FileBytes(path);
  char& middle = bytes[bytes.size() / 2];
  middle = static_cast<char>(middle ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace mtlkit
