// Measures how close the library comes to what the processor can do. Every
// number is a ratio between things that ran in the same interleaved rounds.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "bench/measure.h"
#include "bench/peak.h"
#include "bench/serve.h"
#include "bench/startup.h"
#include "bench/workload.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

constexpr const char* kHelp =
    "Measure speed, as ratios within interleaved rounds.\n"
    "  mtl-bench [--quick] [--only TEXT] [--json FILE]\n"
    "                                      table of products, steps, start-up\n"
    "  mtl-bench serve [WORKLOADS]         child of peers/drive.py\n"
    "MTLKIT_ISA=AVX2 measures another instruction set.\n";

struct Options {
  bool quick = false;
  std::string only;  // rows whose name has this in it
  std::string json;
  Index rounds() const { return quick ? 5 : 15; }
  double target() const { return quick ? 0.01 : 0.03; }
};

// Prints rows and keeps them.
class Table {
 public:
  void Add(const std::string& name, const std::string& what,
           const Quartiles& q) {
    std::printf("%-28s %-24s %6.2f [%.2f-%.2f]%s\n", name.c_str(), what.c_str(),
                q.middle, q.low, q.high, q.noisy() ? "~" : "");
    std::fflush(stdout);
    rows_.push_back({{"name", name},
                     {"what", what},
                     {"ratio", q.middle},
                     {"p25", q.low},
                     {"p75", q.high},
                     {"noisy", q.noisy()}});
  }

  void Write(const std::string& path) const {
    const Json document = {{"isa", ActiveKernels().name}, {"rows", rows_}};
    std::ofstream file(path);
    file << document.dump(1) << '\n';
    Require(file.good(), ErrorKind::kCannotCreate, "cannot write " + path);
  }

 private:
  Json rows_ = Json::array();
};

Contestant Peak() {
  return {"peak", [](Index times) {
            for (Index i = 0; i < times; ++i) RunPeak(ActiveKernels().name);
          }};
}

// Of each round: ratio of seconds a over b, times `factor`.
Quartiles RatioOf(const std::vector<std::vector<double>>& seconds,
                  std::size_t a, std::size_t b, double factor = 1) {
  std::vector<double> ratios;
  for (const std::vector<double>& round : seconds) {
    ratios.push_back(factor * round[a] / round[b]);
  }
  return QuartilesOf(std::move(ratios));
}

Contestant Steps(Training* training) {
  return {"step", [training](Index times) {
            for (Index i = 0; i < times; ++i) training->Step();
          }};
}

void MeasureWorkload(Workload workload, const Options& options, Table* table) {
  Training plain(workload);
  workload.method = "pcgrad";
  Training pcgrad(workload);
  ProductsAlone products(workload);
  const std::vector<Contestant> contestants = {Peak(),
                                               {"products",
                                                [&products](Index times) {
                                                  for (Index i = 0; i < times;
                                                       ++i)
                                                    products.Run();
                                                }},
                                               Steps(&plain),
                                               Steps(&pcgrad)};
  const auto seconds =
      PlayRounds(contestants, options.rounds(), options.target());
  const double share =
      workload.operations() / PeakOperations(ActiveKernels().name);
  const std::string& name = workload.name;
  table->Add(name, "products / peak", RatioOf(seconds, 0, 1, share));
  table->Add(name, "step / peak", RatioOf(seconds, 0, 2, share));
  table->Add(name, "step time / products", RatioOf(seconds, 2, 1));
  table->Add(name, "pcgrad time / step", RatioOf(seconds, 3, 2));
  table->Add(name, "pcgrad time / products", RatioOf(seconds, 3, 1));
}

// Tasks with rows of their own, as schools or domains have.
void MeasureOwnRows(Workload workload, const Options& options, Table* table) {
  workload.own_rows = true;
  workload.order = "random";  // as it is by default
  Training plain(workload);
  workload.method = "pcgrad";
  Training rows(workload);
  workload.in_lanes = true;
  Training lanes(workload);
  const auto seconds = PlayRounds({Steps(&plain), Steps(&rows), Steps(&lanes)},
                                  options.rounds(), options.target());
  table->Add(workload.name, "pcgrad time / step", RatioOf(seconds, 1, 0));
  table->Add(workload.name, "pcgrad by lanes / step", RatioOf(seconds, 2, 0));
}

// Gradients compared where the trunk ends.
void MeasureRepresentation(Workload workload, const Options& options,
                           Table* table) {
  Training plain(workload);
  workload.method = "pcgrad";
  workload.at_representation = true;
  Training compared(workload);
  const auto seconds = PlayRounds({Steps(&plain), Steps(&compared)},
                                  options.rounds(), options.target());
  table->Add(workload.name, "pcgrad at trunk's end", RatioOf(seconds, 1, 0));
}

// Time that passes, so of worth only where nothing else runs.
void MeasureThreads(Workload workload, const Options& options, Table* table) {
  Training one(workload);
  workload.threads = 2;
  Training two(workload);
  const auto seconds = PlayRounds({Steps(&one), Steps(&two)}, options.rounds(),
                                  options.target() / 3, WallSeconds);
  table->Add(workload.name, "1 thread / 2 threads", RatioOf(seconds, 0, 1));
}

// Growth of time over growth of operations.
void MeasureManyTasks(Workload workload, const Options& options, Table* table) {
  Training few(workload);
  const double before = workload.operations();
  workload.tasks = 1000;
  Training many(workload);
  const auto seconds = PlayRounds({Steps(&few), Steps(&many)}, options.rounds(),
                                  options.target());
  table->Add(workload.name, "1000 tasks, to linear",
             RatioOf(seconds, 1, 0, before / workload.operations()));
}

std::vector<Workload> OwnRowsWorkloads() {
  return {{.name = "28-64-32, 139 tasks' own rows",
           .features = 28,
           .hidden = 64,
           .hidden2 = 32,
           .tasks = 139,
           .batch = 256},
          {.name = "100-256-128, 4 domains",
           .features = 100,
           .hidden = 256,
           .hidden2 = 128,
           .tasks = 4,
           .batch = 256}};
}

std::vector<Workload> Workloads() {
  return {{.name = "32-64-64, 2 tasks",
           .features = 32,
           .hidden = 64,
           .hidden2 = 64,
           .tasks = 2,
           .batch = 256},
          {.name = "100-256-128, 8 tasks",
           .features = 100,
           .hidden = 256,
           .hidden2 = 128,
           .tasks = 8,
           .batch = 256},
          {.name = "128-256-256, 8 tasks",
           .features = 128,
           .hidden = 256,
           .hidden2 = 256,
           .tasks = 8,
           .batch = 256},
          {.name = "46-256-256, 3 tasks, default",
           .features = 46,
           .hidden = 256,
           .hidden2 = 256,
           .tasks = 3,
           .batch = 256,
           .by_default = true},
          {.name = "512-512-512, 8 tasks",
           .features = 512,
           .hidden = 512,
           .hidden2 = 512,
           .tasks = 8,
           .batch = 256}};
}

std::vector<Workload> RepresentationWorkloads() {
  return {{.name = "128-256-256, 8 tasks",
           .features = 128,
           .hidden = 256,
           .hidden2 = 256,
           .tasks = 8,
           .batch = 256},
          {.name = "128-256-256, 32 tasks",
           .features = 128,
           .hidden = 256,
           .hidden2 = 256,
           .tasks = 32,
           .batch = 256}};
}

void MeasureStartUp(const std::string& self, const Options& options,
                    Table* table) {
  const std::filesystem::path folder =
      std::filesystem::path(self).parent_path();
  const std::filesystem::path tool = folder / "mtl-train";
  if (!std::filesystem::exists(tool)) return;
  table->Add("start of mtl-train", "time / empty program",
             StartUpRatio(tool.string(), (folder / "mtl-nothing").string(),
                          4 * options.rounds()));
}

int Measure(const std::string& self, const Options& options) {
  std::printf("%s, one thread, batch 256, Adam; median [p25-p75], ~ noisy\n",
              ActiveKernels().name);
  Table table;
  const auto for_chosen = [&](const std::vector<Workload>& all, auto measure) {
    for (const Workload& workload : all) {
      if (workload.name.find(options.only) == std::string::npos) continue;
      measure(workload, options, &table);
    }
  };
  for_chosen(Workloads(), MeasureWorkload);
  for_chosen(OwnRowsWorkloads(), MeasureOwnRows);
  for_chosen(RepresentationWorkloads(), MeasureRepresentation);
  for_chosen({Workloads().front()}, MeasureManyTasks);
  for_chosen(Workloads(), MeasureThreads);
  if (options.only.empty()) MeasureStartUp(self, options, &table);
  if (!options.json.empty()) table.Write(options.json);
  return 0;
}

int Run(const std::string& self, const std::vector<std::string>& words) {
  if (!words.empty() && words[0] == "serve") {
    Serve(words.size() > 1 ? words[1] : "workloads.json", std::cin, std::cout);
    return 0;
  }
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--quick") {
      options.quick = true;
    } else if (words[i] == "--json" && i + 1 < words.size()) {
      options.json = words[++i];
    } else if (words[i] == "--only" && i + 1 < words.size()) {
      options.only = words[++i];
    } else if (words[i] == "--help") {
      std::fputs(kHelp, stdout);
      return 0;
    } else {
      Fail(ErrorKind::kUsage, Str("there is no argument '", words[i], "'"),
           "see mtl-bench --help");
    }
  }
  return Measure(self, options);
}

// Names in it cannot command a terminal.
void Complain(const std::exception& error) {
  std::fprintf(stderr, "mtl-bench: %s\n", VisibleText(error.what()).c_str());
}

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  try {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    return mtlkit::Run(self, {argv + 1, argv + argc});
  } catch (const mtlkit::Error& error) {
    mtlkit::Complain(error);
    return error.exit_code();
  } catch (const std::exception& error) {
    mtlkit::Complain(error);
    return 70;
  }
}
