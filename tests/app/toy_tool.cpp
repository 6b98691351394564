// The smallest tool that uses everything of the frame; run by tool_test.
#include <chrono>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "app/tool.h"
#include "base/error.h"

namespace {

struct ToyTool {
  std::string input;
  std::string output;
  std::string fail = "no";

  void Register(mtlkit::Cli& cli) {
    cli.Input("data", &input, "what to read");
    cli.Output("out", &output, "where it goes");
    cli.Section("Toy")(
        "fail", fail, "how to end",
        {"no", "data", "memory", "bug", "stop", "lines", "wait"});
  }

  void Run(mtlkit::Context& context) {
    using mtlkit::ErrorKind;
    using mtlkit::Fail;
    if (fail == "data") {
      Fail(ErrorKind::kBadInput, "row 3 is\nbad\x01", "mend it");
    }
    if (fail == "memory") throw std::bad_alloc();
    if (fail == "bug") throw std::logic_error("oops");
    if (fail == "stop") {
      // From the first call on a signal is a request: now one may come.
      while (!context.StopRequested()) {
        context.Print("waits\n");
        std::fflush(stdout);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      Fail(ErrorKind::kStopped, "stopped, all is saved", "run it again");
    }
    if (fail == "lines") {
      for (int line = 0; line < 100'000; ++line) context.Print("line\n");
    }
    context.reporter->Note("threads " +
                           std::to_string(context.pool->threads()));
    context.Print("read " + input + " seed " + std::to_string(context.seed) +
                  "\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  return mtlkit::RunTool<ToyTool>(argc, argv, "mtl-toy",
                                  "Reads nothing and says so.",
                                  "mtl-toy data.h5 -o out.h5");
}
