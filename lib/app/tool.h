#pragma once

#include <functional>
#include <string>

#include "app/cli.h"
#include "app/context.h"

namespace mtlkit {

// What a tool is called and how help introduces it.
struct ToolInfo {
  std::string name;      // "mtl-train"
  std::string sentence;  // "Trains a model on a data file."
  std::string example;   // a worked command line, or several lines of them
};

// The frame of every tool: reads the command line, sets up threads, progress
// and signals, runs the tool, and turns whatever happens into one line on
// stderr and an exit code.
int RunToolWith(int argc, char** argv, const ToolInfo& info,
                const std::function<void(Cli&)>& configure);

// A tool is a struct with `void Register(Cli&)` and `void Run(Context&)`.
template <class Tool>
int RunTool(int argc, char** argv, const ToolInfo& info) {
  Tool tool;
  return RunToolWith(argc, argv, info, [&tool](Cli& cli) {
    tool.Register(cli);
    if constexpr (requires(Context & context) { tool.Run(context); }) {
      cli.OnRun([&tool](Context& context) { tool.Run(context); });
    }
  });
}
template <class Tool>
int RunTool(int argc, char** argv, const char* name, const char* sentence,
            const char* example) {
  return RunTool<Tool>(argc, argv, ToolInfo{name, sentence, example});
}

}  // namespace mtlkit
