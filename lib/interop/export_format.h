#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nn/model.h"

namespace mtlkit {

// One line of the registry export_formats.def: somewhere that a model can go.
struct ExportFormat {
  std::string_view name;
  std::string_view help;
  bool is_folder = false;   // else one file, which may be "-"
  std::string_view ending;  // of the names of such files: ".onnx"; or ""
  void (*write)(const Model& model, const std::string& output);
};
std::span<const ExportFormat* const> ExportFormats();

// Writes a model for another framework; the output appears whole or not at all.
// Throws kUsage where the format cannot hold it (naming the layer and the
// reason) or the name of the output says that it is something else;
// kCannotCreate and kIo as other outputs.
void ExportModel(const Model& model, const ExportFormat& format,
                 const std::string& output);

}  // namespace mtlkit
