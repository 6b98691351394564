#include "train/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"
#include "h5/file_reader.h"
#include "nn/model_io.h"
#include "train/ensemble_report.h"

namespace mtlkit {
namespace {

constexpr std::string_view kEnding = ".h5";

std::optional<Model> ReadFinished(const TrainingJob& job) {
  const FileReader file = FileReader::Open(
      job.checkpoint, {FileKind::kModel, FileKind::kCheckpoint});
  if (file.kind() == FileKind::kCheckpoint) return std::nullopt;
  Require(ParseJson(file.provenance()) == ParseJson(job.provenance),
          ErrorKind::kUsage, job.checkpoint + " is a network of another run",
          "remove it to start over, or name another with --checkpoint");
  return ReadModel(file);
}

// A model that an earlier run of the same command has finished; nothing if
// there is a checkpoint, or no file. Anything else there is in the way.
std::optional<Model> FinishedModel(const TrainingJob& job) {
  namespace fs = std::filesystem;
  constexpr std::string_view kAway =
      "remove it to start over, or name another place with --checkpoint";
  if (job.checkpoint.empty() || !fs::exists(job.checkpoint)) {
    return std::nullopt;
  }
  Require(fs::is_regular_file(job.checkpoint), ErrorKind::kBadInput,
          job.checkpoint + ": this is no file, as a state of training is",
          kAway);
  try {
    return ReadFinished(job);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadInput) throw;
    Fail(ErrorKind::kBadInput, error.message(), std::string(kAway));
  }
}

class SideBySide {
 public:
  SideBySide(std::span<const TrainingJob> jobs, const std::string& noun,
             const TrainEnvironment& environment, Divergences* diverged)
      : jobs_(jobs),
        environment_(environment),
        models_(jobs.size()),
        errors_(jobs.size()),
        diverged_(diverged),
        report_(environment.reporter, std::ssize(jobs), noun) {
    if (diverged_ != nullptr) diverged_->assign(jobs.size(), std::nullopt);
  }

  std::vector<Model> Train() {
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
    return std::move(models_);
  }

 private:
  // Does jobs that nobody has begun, until there are none.
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
    const TrainingJob& job = jobs_[At(number)];
    TrainEnvironment own = environment_;
    own.pool = pool;
    own.reporter = report_.ForNetwork(number);
    own.checkpoint = job.checkpoint;
    own.abandoned = &has_failed_;
    own.notes_of = job.name + ": ";
    if (auto finished = FinishedModel(job)) return std::move(*finished);
    Model model;
    try {
      model = Learn(job, own);
    } catch (const Error& error) {
      if (diverged_ == nullptr || error.kind() != ErrorKind::kNo) throw;
      (*diverged_)[At(number)] = error;
      return model;
    }
    model.provenance = job.provenance;
    if (!own.checkpoint.empty()) WriteModel(model, own.checkpoint);
    return model;
  }

  // What is wrong with flags is so for all.
  static Model Learn(const TrainingJob& job, const TrainEnvironment& own) {
    try {
      return job.train(own);
    } catch (Error& error) {
      if (error.kind() != ErrorKind::kUsage) error.AddContext(job.name);
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

  std::span<const TrainingJob> jobs_;
  const TrainEnvironment& environment_;
  std::vector<Model> models_;
  std::vector<std::exception_ptr> errors_;  // one a job
  Divergences* diverged_;                   // null: they are errors
  EnsembleReport report_;
  std::atomic<Index> next_{0};
  std::atomic<bool> has_failed_{false};
};

}  // namespace

std::vector<Model> TrainSideBySide(std::span<const TrainingJob> jobs,
                                   const std::string& noun,
                                   const TrainEnvironment& environment,
                                   Divergences* diverged) {
  return SideBySide(jobs, noun, environment, diverged).Train();
}

std::string PartCheckpoint(const std::string& checkpoint,
                           const std::string& part) {
  if (checkpoint.empty()) return "";
  std::string stem = checkpoint;
  std::string ending;
  if (HasEnding(stem, kEnding)) {
    stem.resize(stem.size() - kEnding.size());
    ending = kEnding;
  }
  return Str(stem, ".", part, ending);
}

}  // namespace mtlkit
