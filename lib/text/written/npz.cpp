// npz: every array of the file under its path (docs/file-format.md), as
// numpy.load has it: an archive of arrays in NumPy's format (NEP 1).
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "h5/zip_writer.h"
#include "text/written_format.h"

namespace mtlkit {
namespace {

constexpr Index kPieceBytes = Index{1} << 20;

// `type` as NumPy has it: "<f4".
std::string NpyHeader(const std::string& type, const Shape& shape) {
  constexpr std::size_t kAlignment = 64;
  constexpr std::size_t kFixed = 10;
  std::string sizes;
  for (const Index size : shape) sizes += Str(size, ",");
  std::string text =
      Str("{'descr': '", type, "', 'fortran_order': False, 'shape': (", sizes,
          "), }");
  const std::size_t used = kFixed + text.size() + 1;
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += '\n';
  return Str("\x93NUMPY\x01", std::string(1, '\0'),
             static_cast<char>(text.size() & 0xFF),
             static_cast<char>(text.size() >> 8), text);
}

void WriteNumbers(const FileReader& file, const std::string& path,
                  const ArrayInfo& info, ZipWriter* archive) {
  const std::string_view name = ElementTypeName(info.type);
  const Index size = ElementSize(info.type);
  archive->Write(NpyHeader(Str(size == 1 ? '|' : '<', name), info.shape));
  const Index rows = info.shape.empty() ? 1 : info.shape.front();
  const Index row_bytes =
      ElementCount(info.shape) * size / std::max<Index>(rows, 1);
  const Index piece =
      std::max<Index>(kPieceBytes / std::max<Index>(row_bytes, 1), 1);
  for (Index first = 0; first < rows; first += piece) {
    archive->Write(file.ReadBytes(path, first, std::min(piece, rows - first)));
  }
}

// In UTF-32, little-endian.
std::string LettersOf(std::u32string_view text) {
  std::string bytes;
  for (const char32_t code : text) {
    for (int shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>(code >> shift);
    }
  }
  return bytes;
}

// Of texts, which are UTF-32 there, all as long as the longest.
class TextArray {
 public:
  TextArray(const FileReader& file, const std::string& path,
            const ArrayInfo& info)
      : file_(file),
        path_(path),
        shape_(info.shape),
        piece_(std::max<Index>(kPieceBytes / std::max<Index>(info.text_size, 1),
                               1)) {
    ForEach([&](std::u32string_view text) {
      length_ = std::max(length_, std::ssize(text));
    });
  }

  void WriteTo(ZipWriter* archive) const {
    archive->Write(NpyHeader(Str("<U", length_), shape_));
    std::string bytes;
    ForEach([&](std::u32string_view text) {
      bytes += LettersOf(text);
      bytes.append(At(4 * (length_ - std::ssize(text))), '\0');
      if (std::ssize(bytes) < kPieceBytes) return;
      archive->Write(bytes);
      bytes.clear();
    });
    archive->Write(bytes);
  }

 private:
  template <class Use>
  void ForEach(Use use) const {
    if (shape_.empty()) return use(Utf32(file_.ReadText(path_)));
    for (Index first = 0; first < shape_.front(); first += piece_) {
      const Index count = std::min(piece_, shape_.front() - first);
      for (const std::string& text : file_.ReadTexts(path_, first, count)) {
        use(Utf32(text));
      }
    }
  }

  const FileReader& file_;
  std::string path_;
  Shape shape_;
  Index piece_;
  Index length_ = 1;
};

void WriteArray(const FileReader& file, const std::string& path,
                ZipWriter* archive) {
  const ArrayInfo info = file.Info(path);
  archive->Begin(path + ".npy");
  info.is_text ? TextArray(file, path, info).WriteTo(archive)
               : WriteNumbers(file, path, info, archive);
}

void WriteWholes(const std::string& path, const Shape& shape,
                 const std::vector<std::int64_t>& wholes, ZipWriter* archive) {
  archive->Begin(path + ".npy");
  archive->Write(NpyHeader("<i8", shape));
  archive->Write({reinterpret_cast<const char*>(wholes.data()),
                  wholes.size() * sizeof wholes[0]});
}

// What blocks and tasks have in attributes, and arrays do not say.
void WriteAttributes(const FileReader& file, const std::string& group,
                     ZipWriter* archive) {
  if (file.HasAttribute(group, "shape")) {
    const auto shape =
        file.Attribute<std::vector<std::int64_t>>(group, "shape");
    WriteWholes(group + "/shape", {std::ssize(shape)}, shape, archive);
  }
  for (const char* name : {"index_base", "index_base_guessed"}) {
    const auto value = file.FindAttribute<std::int64_t>(group, name);
    if (value) WriteWholes(Str(group, "/", name), {}, {*value}, archive);
  }
  const auto type = file.FindAttribute<std::string>(group, "type");
  if (!type) return;
  archive->Begin(group + "/type.npy");
  const std::u32string letters = Utf32(*type);
  archive->Write(NpyHeader(Str("<U", letters.size()), {}));
  archive->Write(LettersOf(letters));
}

// As readers have them: by `position`, then by name.
std::vector<std::string> Ordered(const FileReader& file,
                                 const std::string& group) {
  std::vector<std::string> children = file.Children(group);
  const auto position = [&](const std::string& child) {
    return file.FindAttribute<std::int64_t>(Str(group, "/", child), "position")
        .value_or(std::numeric_limits<std::int64_t>::max());
  };
  std::ranges::stable_sort(children, {}, position);
  return children;
}

void WriteGroup(const FileReader& file, const std::string& group,
                ZipWriter* archive) {
  for (const std::string& child : Ordered(file, group)) {
    const std::string path = group.empty() ? child : group + "/" + child;
    file.IsGroup(path) ? WriteGroup(file, path, archive)
                       : WriteArray(file, path, archive);
  }
  if (!group.empty()) WriteAttributes(file, group, archive);
}

void WriteNpz(const WrittenTable& table, const WritingOptions& /*options*/,
              const std::string& output, Reporter* /*reporter*/) {
  ZipWriter archive(output, "h5py reads the HDF5 file itself");
  WriteGroup(*table.file, "", &archive);
  archive.Commit();
}

}  // namespace

extern const WrittenFormat kNpzOutput;
const WrittenFormat kNpzOutput = {
    "npz",   ".npz",
    "NPZ",   "the file's arrays for numpy.load, by their paths",
    "",      WrittenFormat::Source::kFile,
    WriteNpz};

}  // namespace mtlkit
