#include "interop/export_format.h"

#include "base/error.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ExportFormats
#define MTLKIT_REGISTRY_ENTRY ExportFormat
#define MTLKIT_REGISTRY_LIST "interop/export_formats.def"
#include "base/registry_list.inc"

namespace {

// Endings of other kinds of files: a name that has one would lie.
constexpr std::string_view kOtherEndings[] = {
    ".csv",  ".h5", ".hdf5", ".json", ".jsonl",       ".keras", ".npz",
    ".onnx", ".pt", ".pth",  ".py",   ".safetensors", ".zip"};

void RequireTrueName(const ExportFormat& format, const std::string& output) {
  for (const std::string_view ending : kOtherEndings) {
    if (ending == format.ending || !HasEnding(output, ending)) continue;
    Fail(ErrorKind::kUsage,
         Str("-o ", output, ": --to ", format.name, " writes ",
             format.is_folder ? "a folder" : "another kind of file", ", not ",
             ending),
         format.is_folder ? "name a folder without an ending"
                          : Str("name it so that it ends in ", format.ending));
  }
}

}  // namespace

void ExportModel(const Model& model, const ExportFormat& format,
                 const std::string& output) {
  Require(!format.is_folder || output != "-", ErrorKind::kUsage,
          Str("--to ", format.name, " writes a folder, which cannot be -"),
          "name a folder with -o");
  RequireTrueName(format, output);
  for (const Task& task : model.schema.tasks) {
    Require(!task.traits().is_written, ErrorKind::kUsage,
            Str("--to ", format.name, ": task '", task.name,
                "' is a text that is written token by token, and no format has "
                "the search"),
            "export a model of the other tasks");
  }
  InContext(Str("--to ", format.name), [&] { format.write(model, output); });
}

}  // namespace mtlkit
