#include <nlohmann/json.hpp>
#include <string>

#include "app/inspect.h"
#include "app/tool.h"
#include "base/error.h"
#include "h5/file_reader.h"

namespace {

using namespace mtlkit;

// Shows what is in a file of any kind.
struct InspectTool {
  std::string file;
  bool json = false;
  bool history = false;
  bool check = false;
  bool log = false;

  void Register(Cli& cli) {
    cli.Input("file", &file, "any file of ours");
    Fields& flags = cli.Section("Inspection");
    flags("json", json, "print one JSON document", {});
    flags("history", history, "print the commands that made it", {});
    flags("log", log, "print the training curve of a model", {});
    flags("check", check, "only say whether it is whole: exit 1 if not", {});
  }

  void Run(Context& context) {
    Require(int{history} + int{check} + int{log} <= 1, ErrorKind::kUsage,
            "--history, --log and --check exclude each other");
    if (check) return Check(context);
    const FileReader reader = FileReader::Open(file);
    const Inspection inspection =
        history ? InspectHistory(reader)
        : log   ? InspectLog(reader)
                : InspectFile(reader, context.verbose > 0);
    context.Print(json ? inspection.json.dump(1) + "\n" : inspection.text);
  }

  void Check(Context& context) const {
    try {
      const FileReader reader = FileReader::Open(file);
      InspectFile(reader, false);
      context.Print(
          Str(reader.name(), ": ok, content ", reader.content_sha256(), "\n"));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput) throw;
      Fail(ErrorKind::kNo, error.message(), error.hint());
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  return RunTool<InspectTool>(argc, argv, "mtl-inspect",
                              "Shows what is in a file of any kind.",
                              "mtl-inspect model.h5 --log");
}
