#include "bench/serve.h"

#include <chrono>
#include <exception>
#include <fstream>
#include <istream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "bench/measure.h"
#include "bench/workload.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

std::map<std::string, Workload> ReadWorkloads(const std::string& path) {
  std::ifstream file(path);
  Require(file.good(), ErrorKind::kMissingInput, "cannot read " + path);
  const Json document = Json::parse(file);
  std::map<std::string, Workload> workloads;
  for (const Json& entry : document.at("workloads")) {
    Json all = document.at("defaults");
    all.update(entry);
    const std::string method = all.at("method");
    if (all.at("kind") != "hps") continue;
    if (method != "sum" && method != "pcgrad") continue;
    Workload w;
    w.name = all.at("name");
    w.features = all.at("features");
    w.hidden = all.at("hidden");
    w.hidden2 = all.value("hidden2", w.hidden);
    w.tasks = all.at("tasks");
    w.batch = all.at("batch");
    w.batches = all.at("batches");
    w.seed = all.at("seed");
    w.rate = all.at("rate");
    w.method = method;
    workloads[w.name] = w;
  }
  return workloads;
}

class Server {
 public:
  explicit Server(const std::string& path) : workloads_(ReadWorkloads(path)) {}

  // The answer to one request; throws what is wrong with it.
  std::string Answer(const std::vector<std::string>& words) {
    Require(!words.empty(), ErrorKind::kUsage, "an empty request");
    if (words[0] == "list") return List();
    Require(words.size() == 2, ErrorKind::kUsage,
            Str("'", words[0], "' needs one word"));
    if (words[0] == "setup") return SetUp(words[1]);
    const Index steps = std::stoll(words[1]);
    Require(training_ != nullptr, ErrorKind::kUsage, "no workload is set up");
    if (words[0] == "run") return Run(steps);
    if (words[0] == "loss") return Losses(steps);
    Fail(ErrorKind::kUsage, Str("there is no request '", words[0], "'"));
  }

 private:
  std::string List() const {
    Json names = Json::array();
    for (const auto& entry : workloads_) names.push_back(entry.first);
    return names.dump();
  }

  std::string SetUp(const std::string& name) {
    const auto found = workloads_.find(name);
    Require(found != workloads_.end(), ErrorKind::kUsage,
            Str("there is no workload '", name, "'"));
    const Workload& workload = found->second;
    training_ = std::make_unique<Training>(workload);
    const bool plain = workload.method == "sum";
    const Json info = {{"parity", plain ? "sum" : workload.method + "/own"},
                       {"isa", ActiveKernels().name}};
    return "ready " + info.dump();
  }

  std::string Run(Index steps) {
    using Clock = std::chrono::steady_clock;
    const double cpu = CpuSeconds();
    const auto wall = Clock::now();
    for (Index i = 0; i < steps; ++i) training_->Step();
    const std::chrono::duration<double> passed = Clock::now() - wall;
    return Json{{"cpu_s", CpuSeconds() - cpu},
                {"wall_s", passed.count()},
                {"steps", steps}}
        .dump();
  }

  std::string Losses(Index steps) {
    training_->Restart();
    for (Index i = 0; i < steps; ++i) training_->Step();
    return Json{{"losses", training_->Losses()}, {"steps", steps}}.dump();
  }

  std::map<std::string, Workload> workloads_;
  std::unique_ptr<Training> training_;
};

}  // namespace

void Serve(const std::string& path, std::istream& in, std::ostream& out) {
  Server server(path);
  std::string line;
  while (std::getline(in, line) && line != "quit") {
    try {
      out << server.Answer(Split(line, ' ')) << std::endl;
    } catch (const std::exception& error) {
      out << "error " << Json(VisibleText(error.what())).dump() << std::endl;
    }
  }
}

}  // namespace mtlkit
