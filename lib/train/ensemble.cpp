#include "train/ensemble.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "h5/file_reader.h"
#include "nn/model_io.h"
#include "train/ensemble_report.h"

namespace mtlkit {
namespace {

constexpr Seed kSeedStep = 1'000'000;
constexpr std::string_view kEnding = ".h5";

// A network that an earlier run of the same command has finished; nothing if
// there is a checkpoint, or no file.
std::optional<Model> FinishedNetwork(const std::string& path,
                                     const std::string& provenance) {
  if (path.empty() || !std::filesystem::exists(path)) return std::nullopt;
  const FileReader file =
      FileReader::Open(path, {FileKind::kModel, FileKind::kCheckpoint});
  if (file.kind() == FileKind::kCheckpoint) return std::nullopt;
  Require(ParseJson(file.provenance()) == ParseJson(provenance),
          ErrorKind::kUsage, path + " is a network of another run",
          "remove it to start over, or name another with --checkpoint");
  return ReadModel(file);
}

class EnsembleRun {
 public:
  EnsembleRun(Seed seed, Index networks, const TrainEnvironment& environment,
              const EnsembleWork& work)
      : seed_(seed),
        environment_(environment),
        work_(work),
        models_(At(networks)),
        errors_(At(networks)),
        report_(environment.reporter, networks) {}

  Model Train() {
    const Index count = std::ssize(models_);
    const Index threads =
        environment_.pool == nullptr ? 1 : environment_.pool->threads();
    const Index at_once = std::min(count, threads);
    std::vector<std::thread> workers;
    for (Index i = 1; i < at_once; ++i) {
      const Index share = threads / at_once + (i < threads % at_once);
      try {
        workers.emplace_back([this, share] { Work(share); });
      } catch (const std::system_error&) {
        break;  // no more threads to be had: the others do it
      }
    }
    Work(threads / at_once + (0 < threads % at_once));
    for (std::thread& worker : workers) worker.join();
    RethrowFirst();
    return EnsembleOf(std::move(models_));
  }

 private:
  // Trains networks that nobody has begun, until there are none.
  void Work(Index threads) {
    ThreadPool pool(static_cast<int>(threads));
    for (;;) {
      const Index number = next_.fetch_add(1);
      if (number >= std::ssize(models_) || has_failed_.load()) return;
      try {
        models_[At(number)] = Make(number, &pool);
        report_.Finish(number);
      } catch (...) {
        errors_[At(number)] = std::current_exception();
        has_failed_.store(true);
      }
    }
  }

  Model Make(Index number, ThreadPool* pool) {
    const Seed seed = EnsembleSeed(seed_, number);
    const std::string provenance = work_.provenance(seed);
    TrainEnvironment own = environment_;
    own.pool = pool;
    own.reporter = report_.ForNetwork(number);
    own.checkpoint = EnsembleCheckpoint(environment_.checkpoint, number);
    own.abandoned = &has_failed_;
    if (auto finished = FinishedNetwork(own.checkpoint, provenance)) {
      return std::move(*finished);
    }
    Model model = work_.train(seed, own);
    model.provenance = provenance;
    if (!own.checkpoint.empty()) WriteModel(model, own.checkpoint);
    return model;
  }

  // What went wrong, before what was only stopped by it.
  void RethrowFirst() const {
    std::exception_ptr first;
    for (const std::exception_ptr& error : errors_) {
      if (error == nullptr) continue;
      if (first == nullptr) first = error;
      try {
        std::rethrow_exception(error);
      } catch (const Error& one) {
        if (one.kind() == ErrorKind::kStopped) continue;
        throw;
      }
    }
    if (first != nullptr) std::rethrow_exception(first);
  }

  Seed seed_;
  const TrainEnvironment& environment_;
  const EnsembleWork& work_;
  std::vector<Model> models_;
  std::vector<std::exception_ptr> errors_;  // one a network
  EnsembleReport report_;
  std::atomic<Index> next_{0};
  std::atomic<bool> has_failed_{false};
};

}  // namespace

Seed EnsembleSeed(Seed seed, Index number) {
  return seed + kSeedStep * static_cast<Seed>(number);
}

Index EnsembleNumber(Seed seed, Seed own) {
  constexpr Seed kMost = 1'000'000;
  const Seed steps = (own - seed) / kSeedStep;
  const bool is_one = (own - seed) % kSeedStep == 0 && steps < kMost;
  return is_one ? static_cast<Index>(steps) : 0;
}

std::string EnsembleCheckpoint(const std::string& checkpoint, Index number) {
  if (checkpoint.empty()) return "";
  std::string stem = checkpoint;
  std::string ending;
  if (HasEnding(stem, kEnding)) {
    stem.resize(stem.size() - kEnding.size());
    ending = kEnding;
  }
  return Str(stem, ".", number + 1, ending);
}

Model TrainEnsemble(Seed seed, Index networks,
                    const TrainEnvironment& environment,
                    const EnsembleWork& work) {
  return EnsembleRun(seed, networks, environment, work).Train();
}

}  // namespace mtlkit
