#include "data/file_parts.h"

#include "base/error.h"
#include "base/text.h"

namespace mtlkit::internal {

void BadPart(const FileReader& file, const std::string& path,
             const std::string& message) {
  Fail(ErrorKind::kBadInput, Str(file.name(), ": ", path, ": ", message));
}

Shape RequireRank(const FileReader& file, const std::string& path,
                  std::size_t least, std::size_t most) {
  Shape shape = file.Info(path).shape;
  if (shape.size() < least || shape.size() > most) {
    BadPart(file, path,
            Str("its shape is ", ShapeText(shape), "; ", least,
                least == most ? "" : Str(" or ", most), " axes were expected"));
  }
  return shape;
}

Shape RequireRows(const FileReader& file, const std::string& path,
                  std::size_t rank, Index rows) {
  Shape shape = RequireRank(file, path, rank, rank);
  if (shape[0] != rows) {
    BadPart(file, path,
            Str("it has ", Counted(shape[0], "row", "rows"), " of ", rows));
  }
  return shape;
}

bool HasEncoding(const FileReader& file, const std::string& path,
                 std::string_view encoding) {
  return file.IsGroup(path) &&
         file.FindAttribute<std::string>(path, "encoding-type") == encoding;
}

void WriteTableEncoding(FileWriter& file, const std::string& path) {
  file.SetAttribute(path, "encoding-type", "array");
  file.SetAttribute(path, "encoding-version", "0.2.0");
  file.SetAttribute(path, "axes", std::vector<std::string>{"row", "feature"});
}

void NameObject(FileWriter& file, const std::string& path,
                const std::string& name) {
  if (EscapeName(name) != name) file.SetAttribute(path, "name", name);
}

}  // namespace mtlkit::internal
