#include "interop/export_format.h"

#include "base/error.h"
#include "base/file_ending.h"
#include "base/text.h"
#include "data/head.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ExportFormats
#define MTLKIT_REGISTRY_ENTRY ExportFormat
#define MTLKIT_REGISTRY_LIST "interop/export_formats.def"
#include "base/registry_list.inc"

void ExportModel(const Model& model, const ExportFormat& format,
                 const std::string& output) {
  Require(!format.is_folder || output != "-", ErrorKind::kUsage,
          Str("--to ", format.name, " writes a folder, which cannot be -"),
          "name a folder with -o");
  RequireEnding("-o", output, format.is_folder ? "" : format.ending,
                Str("--to ", format.name, " writes ",
                    format.is_folder ? "a folder" : "a file of its own"));
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
