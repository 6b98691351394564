#include "train/ensemble.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <limits>
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
    own.notes_of = Str("network ", number + 1, ": ");
    if (auto finished = FinishedNetwork(own.checkpoint, provenance)) {
      return std::move(*finished);
    }
    Model model = Learn(number, seed, own);
    model.provenance = provenance;
    if (!own.checkpoint.empty()) WriteModel(model, own.checkpoint);
    return model;
  }

  // What is wrong with flags is so for all networks.
  Model Learn(Index number, Seed seed, const TrainEnvironment& own) const {
    try {
      return work_.train(seed, own);
    } catch (Error& error) {
      if (error.kind() != ErrorKind::kUsage) {
        error.AddContext(Str("network ", number + 1));
      }
      throw;
    }
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

void RefuseOtherStates(const std::string& checkpoint, Index networks,
                       bool refits) {
  if (checkpoint.empty()) return;
  const auto refuse = [&](const std::string& path, std::string_view run) {
    if (!std::filesystem::exists(path)) return;
    Fail(ErrorKind::kUsage, Str(path, " is left of a run ", run),
         "give the same flags again to go on with it, remove it to start over, "
         "or name another place with --checkpoint");
  };
  if (networks > 1) {
    refuse(checkpoint, "without --ensemble");
    refuse(EnsembleCheckpoint(checkpoint, networks), "of more networks");
    return;
  }
  for (Index number = 0; number < 2; ++number) {
    refuse(EnsembleCheckpoint(checkpoint, number), "with --ensemble");
  }
  if (!refits) refuse(checkpoint + ".refit", "with --refit");
}

Model TrainEnsemble(Seed seed, Index networks,
                    const TrainEnvironment& environment,
                    const EnsembleWork& work) {
  // Each is what its own seed makes, which a flag has to hold.
  constexpr auto kMostSeed =
      static_cast<Seed>(std::numeric_limits<Index>::max());
  const Seed above = kSeedStep * static_cast<Seed>(networks - 1);
  Require(
      seed <= kMostSeed - above, ErrorKind::kUsage,
      Str("--ensemble ", networks, ": its last network has the seed --seed + ",
          above, ", which is more than ", kMostSeed),
      Str("give a --seed of ", kMostSeed - above, " at most"));
  return EnsembleRun(seed, networks, environment, work).Train();
}

}  // namespace mtlkit
