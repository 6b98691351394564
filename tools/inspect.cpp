#include <nlohmann/json.hpp>
#include <string>

#include "app/inspect.h"
#include "app/tool.h"
#include "base/error.h"
#include "base/file_ending.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "h5/atomic_file.h"
#include "h5/file_reader.h"
#include "image/contact_sheet.h"
#include "image/write_png.h"

namespace mtlkit {
namespace {

// Shows what is in a file of any kind.
struct InspectTool {
  std::string file;
  bool json = false;
  bool history = false;
  bool check = false;
  bool log = false;
  bool lines = false;
  std::string plot;
  std::string thumbnails;

  void Register(Cli& cli) {
    cli.Input("file", &file,
              "a dataset, model, predictions, ... of the toolkit");
    cli.NoSeed();
    Fields& flags = cli.Section("Inspection");
    flags("json", json, "print one JSON document", {});
    flags("history", history, "print the commands that made it", {});
    flags("log", log, "print the training curve of a model", {});
    flags("lines", lines, "with --log: JSON lines, one an epoch and one a step",
          {});
    flags("check", check, "only say whether it is whole: exit 1 if not", {});
    cli.OutputFlag("plot", &plot,
                   "draw a model's training and its graph as SVG, here",
                   OutputKind::kText);
    cli.OutputFlag("thumbnails", &thumbnails,
                   "put samples of a dataset's pictures beside each other, a "
                   "row a class, as PNG, here",
                   OutputKind::kText);
  }

  void Run(Context& context) {
    const bool draws = !plot.empty();
    const bool shows = !thumbnails.empty();
    Require(int{history} + int{check} + int{log} + int{draws} + int{shows} <= 1,
            ErrorKind::kUsage,
            "--history, --log, --plot, --thumbnails and --check exclude each "
            "other");
    Require(!lines || (log && !json), ErrorKind::kUsage,
            "--lines has no effect: it is a form of --log, instead of --json",
            "give --log --lines");
    Require(!(draws || shows) || !json, ErrorKind::kUsage,
            Str("--json has no effect: --", draws ? "plot" : "thumbnails",
                " draws"),
            "leave it out");
    if (check) return Check(context);
    if (draws) return Plot(context);
    if (shows) return Show(context);
    const FileReader reader = FileReader::Open(file);
    if (lines) return context.PrintData(InspectLogLines(reader));
    Json document;
    const std::string text =
        history ? InspectHistory(reader, &document)
        : log   ? InspectLog(reader, context.verbose > 0, &document)
                : InspectFile(reader, context.verbose > 0, &document);
    json ? context.PrintJson(document) : context.Print(text);
  }

  void Plot(Context& context) const {
    RequireEnding("--plot", plot, ".svg", "SVG is written here");
    const FileReader reader = FileReader::Open(file);
    const std::string drawing = PlotModel(reader);
    AtomicFile out(plot);
    out.Write(drawing);
    out.Commit();
    if (plot != "-") context.reporter->Note(plot + ": open it in a browser");
  }

  void Show(Context& context) const {
    RequireEnding("--thumbnails", thumbnails, ".png", "PNG is written here");
    const FileReader reader =
        FileReader::Open(file, {FileKind::kDataset, FileKind::kFeatures});
    const ContactSheet sheet = InContext(
        reader.name(), [&] { return MakeContactSheet(ReadDataset(reader)); });
    AtomicFile out(thumbnails);
    out.Write(PngOf(sheet.picture));
    out.Commit();
    for (const std::string& line : sheet.lines) context.reporter->Note(line);
  }

  void Check(Context& context) const {
    try {
      const FileReader reader =
          FileReader::Open(file, {}, {.check_whole = true});
      Json document;
      InspectFile(reader, false, &document);
      if (!json) {
        return context.Print(Str(VisibleText(reader.name()), ": ok, content ",
                                 reader.content_sha256(), "\n"));
      }
      Json answer = HeadingJson(reader);
      answer["ok"] = true;
      context.PrintJson(answer);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput) throw;
      if (json) {
        context.PrintJson(
            {{"schema", 1}, {"ok", false}, {"problem", error.message()}});
      }
      Fail(ErrorKind::kNo, error.message(), error.hint());
    }
  }
};

}  // namespace
}  // namespace mtlkit

int main(int argc, char** argv) {
  return mtlkit::RunTool<mtlkit::InspectTool>(
      argc, argv, "mtl-inspect", "Shows what is in a file of any kind.",
      "mtl-inspect table.h5\n"
      "mtl-inspect model.h5 --log\n"
      "mtl-inspect model.h5 --plot model.svg\n"
      "mtl-inspect photos.h5 --thumbnails photos.png");
}
