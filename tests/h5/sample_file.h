#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

// Small files with one of everything, and a text of all that a file says.
namespace mtlkit {

// Fills `writer` with groups, arrays of several types stored both ways, texts,
// attributes and provenance. `scale` multiplies all numbers.
inline void FillSample(FileWriter* writer, float scale = 1) {
  std::vector<float> dense(1200);
  std::vector<std::int32_t> labels(1600);
  for (std::size_t i = 0; i < dense.size(); ++i) {
    dense[i] = scale * static_cast<float>(i) / 7;
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<std::int32_t>(i * 37 % 11);
  }
  writer->SetAttribute("", "n_rows", 400);
  writer->WriteArray<float>("inputs/tab", dense, {400, 3});
  writer->SetAttribute("inputs/tab", "axes",
                       std::vector<std::string>{"row", "feature"});
  writer->WriteArray<std::int32_t>("tasks/topic/y", labels, {400, 4},
                                   {.compress = Compress::kAuto});
  writer->SetAttribute("tasks/topic", "type", "multiclass");
  writer->SetAttribute("tasks/topic/y", "missing", -1);
  writer->SetAttribute("tasks/topic", "share", 0.25);
  writer->SetAttribute("tasks/topic", "shape",
                       std::vector<std::int64_t>{400, 4});
  writer->WriteTexts("tasks/topic/classes", {"art", "", "natürlich"});
  writer->WriteList<std::int64_t>("splits/train", {0, 5, 7});
  writer->WriteArray<double>("tasks/topic/norm_mean", std::vector<double>{2.5},
                             {});
  writer->WriteText("spec", R"({"layers": [8, 4]})");
  writer->SetProvenance("[]");
}

inline void WriteSample(const std::string& path,
                        FileKind kind = FileKind::kDataset) {
  FileWriter writer(path, kind);
  FillSample(&writer);
  writer.Commit();
}

namespace sample_detail {

inline std::string RenderArray(const FileReader& file,
                               const std::string& path) {
  const ArrayInfo info = file.Info(path);
  std::string text = " " + ShapeText(info.shape);
  if (info.is_text) {
    const auto texts = info.shape.empty()
                           ? std::vector<std::string>{file.ReadText(path)}
                           : file.ReadTexts(path);
    return text + " " + Join(texts, "|");
  }
  text += std::string(" ") + std::string(ElementTypeName(info.type));
  for (const double value : file.ReadArray<double>(path).values) {
    text += " " + FormatNumber(value);
  }
  return text;
}

inline void RenderObject(const FileReader& file, const std::string& path,
                         std::string* text) {
  *text += Str("/", path);
  for (const std::string& name : file.AttributeNames(path)) {
    *text += Str(" @", name);
  }
  if (!file.IsGroup(path)) *text += RenderArray(file, path);
  *text += "\n";
  for (const std::string& child : file.Children(path)) {
    RenderObject(file, path.empty() ? child : Str(path, "/", child), text);
  }
}

}  // namespace sample_detail

// Every path, attribute name, shape and value.
inline std::string RenderFile(const FileReader& file) {
  std::string text(FileKindName(file.kind()));
  text += "\n";
  sample_detail::RenderObject(file, "", &text);
  return text;
}

}  // namespace mtlkit
