#include "h5/reader_state.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "h5/convert_numbers.h"
#include "h5/guard.h"

namespace mtlkit::internal {
namespace {

constexpr Index kReadPiece = Index{1} << 20;

std::optional<FileKind> FindKind(std::string_view name) {
  for (const FileKind kind :
       {FileKind::kDataset, FileKind::kFeatures, FileKind::kPredictions,
        FileKind::kModel, FileKind::kCheckpoint, FileKind::kRound}) {
    if (FileKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

// "a dataset".
std::string WithArticle(FileKind kind) {
  const bool is_plural =
      kind == FileKind::kFeatures || kind == FileKind::kPredictions;
  return Str(is_plural ? "" : "a ", FileKindName(kind));
}

}  // namespace

ReaderState::~ReaderState() {
  const Hdf5Lock lock;
  file = Handle();
}

void ReaderState::OpenHdf5() {
  try {
    OpenAndWalk();
  } catch (const Error&) {
    // What HDF5 makes of bytes that it was refused says nothing.
    if (channel.is_damaged) FailDamaged();
    throw;
  }
}

void ReaderState::OpenAndWalk() {
  channel.fd = input.fd.get();
  channel.check = input.check.get();
  channel.end = kEnvelopeSize + input.envelope.body_size;
  const Handle access = AccessThrough(&channel);
  file = Handle(H5Fopen("mtlkit", H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!file.valid()) {
    RequireMemory();
    Fail(ErrorKind::kBadInput, Str("HDF5 cannot open it: ", Hdf5Reason()));
  }
  stored.file = file.id();
  stored.channel = &channel;
  stored.size = channel.end;
  stored.objects = InspectStructure(file.id(), stored.size);
  ReadHeader();
}

std::string ReaderState::RootText(std::string_view name) const {
  RequireScalar("", name);
  const AttributeValue& value = Texts("", name);
  return value.bytes.substr(0, value.bytes.find('\0'));
}

void ReaderState::ReadHeader() {
  Require(RootText("format") == "mtl-h5", ErrorKind::kBadInput,
          "the format is not mtl-h5");
  const std::string version = RootText("format_version");
  Require(version.starts_with("2."), ErrorKind::kBadInput,
          Str("written as mtl-h5 ", version, ", this program reads mtl-h5 2"),
          "use a later version of mtlkit");
  if (FindAttribute("", "requires") != nullptr) {
    const AttributeValue& needs = Texts("", "requires");
    Require(ElementCount(needs.shape) == 0, ErrorKind::kBadInput,
            Str("needs '", needs.bytes.substr(0, needs.bytes.find('\0')),
                "', which this program does not know"),
            "use a later version of mtlkit");
  }
  const std::string kind_name = RootText("kind");
  const std::optional<FileKind> found = FindKind(kind_name);
  Require(found.has_value(), ErrorKind::kBadInput,
          Str("'", kind_name, "' is no kind of file"));
  kind = *found;
  // Memory of a run that goes on, not a result to keep.
  Require(kind != FileKind::kCheckpoint || version == "2.0",
          ErrorKind::kBadInput,
          Str("this checkpoint was written as mtl-h5 ", version,
              ", checkpoints are read by their own version only"),
          "finish the run with the version of mtlkit that began it");
  content_sha256 = RootText(kContentAttribute);
}

void ReaderState::CheckContent() {
  constexpr std::string_view kHint =
      "restore it from a copy, or run again the command that wrote it";
  OpenHdf5();
  Require(ContentDigest(stored) == content_sha256, ErrorKind::kBadInput,
          "the content does not have the digest that the file gives", kHint);
  const std::string path(kProvenancePath);
  if (!stored.objects.contains(path)) return;
  Require(ValueDigest(stored, path) == RootText(kProvenanceAttribute),
          ErrorKind::kBadInput,
          "the provenance does not have the digest that the file gives", kHint);
}

void ReaderState::Open() {
  const Hdf5Lock lock;
  // Of a large file only what is needed is read.
  const bool is_whole = input.check == nullptr;
  const auto check = [&] { is_whole ? CheckContent() : OpenHdf5(); };
  if (kIsSanitized) {
    check();
  } else {
    CheckInChild(input.envelope.file_size(), check);
    OpenHdf5();
  }
  is_open = true;
}

std::string ReaderState::Prefix() const {
  return is_open ? input.name + ": " : "";
}

std::string HowToMake(FileKind kind) {
  switch (kind) {
    case FileKind::kDataset:
    case FileKind::kFeatures:
      return "mtl-convert and mtl-prep make datasets";
    case FileKind::kModel:
      return "mtl-train makes models";
    case FileKind::kPredictions:
      return "mtl-predict MODEL DATA makes predictions";
    case FileKind::kRound:
      return "mtl-cotrain round makes them";
    case FileKind::kCheckpoint:
      return "mtl-train makes checkpoints";
  }
  return "";
}

void ReaderState::RequireKind(const std::vector<FileKind>& kinds) const {
  const bool is_accepted =
      kinds.empty() ||
      std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  if (is_accepted) return;
  std::string wanted;
  for (const FileKind one : kinds) {
    wanted += (wanted.empty() ? "" : " or ") + WithArticle(one);
  }
  Fail(ErrorKind::kBadInput,
       Str("this is ", WithArticle(kind), ", not ", wanted),
       HowToMake(kinds.front()));
}

const std::pair<const std::string, Object>& ReaderState::Array(
    std::string_view path) const {
  const auto found = stored.objects.find(path);
  if (found == stored.objects.end() || found->second.is_group) {
    Fail(ErrorKind::kBadInput,
         Str(Prefix(), "there is no array '/", path, "'"));
  }
  return *found;
}

void ReaderState::RequireNumbers(const std::string& path,
                                 const Object& object) const {
  Require(!object.info.is_text, ErrorKind::kBadInput,
          Str("'/", path, "' holds texts, not numbers"));
}

void ReaderState::RequireRows(const std::string& path, const Object& object,
                              Index first, Index count) {
  const Index rows = RowCount(object);
  Require(first >= 0 && count >= 0 && first <= rows - count, ErrorKind::kBug,
          Str("'/", path, "': rows ", first, " to ", first + count, " of its ",
              rows));
}

std::size_t ReaderState::CheckedBytes(const std::string& path,
                                      const Object& object) const {
  const Index bytes = RowCount(object) * RowBytes(object);
  Require(bytes <= options.max_array_bytes, ErrorKind::kBadInput,
          Str("'/", path, "' has ", bytes, " bytes, the limit of memory is ",
              options.max_array_bytes));
  return static_cast<std::size_t>(bytes);
}

void ReaderState::ReadConverted(const std::string& path, const Object& object,
                                ElementType type, Index first, Index count,
                                void* values) const {
  const Hdf5Lock lock;
  const Index row_bytes = RowBytes(object);
  if (object.info.type == type || row_bytes * count == 0) {
    ReadStoredRows(stored, path, object, first, count, values);
    return;
  }
  const Index width = row_bytes / object.element_size();
  const Index step = std::max<Index>(1, kReadPiece / row_bytes);
  std::vector<char> piece(
      static_cast<std::size_t>(std::min(step, count) * row_bytes));
  auto* target = static_cast<char*>(values);
  for (Index done = 0; done < count; done += step) {
    const Index rows = std::min(step, count - done);
    ReadStoredRows(stored, path, object, first + done, rows, piece.data());
    const Index bad = ConvertNumbers(object.info.type, piece.data(), type,
                                     target, rows * width);
    Require(bad < 0, ErrorKind::kBadInput,
            Str("'/", path, "': a value in row ", first + done + bad / width,
                " cannot be held as ", ElementTypeName(type), " (it is ",
                ElementTypeName(object.info.type), ")"));
    target += rows * width * ElementSize(type);
  }
}

const AttributeValue* ReaderState::FindAttribute(std::string_view path,
                                                 std::string_view name) const {
  const auto object = stored.objects.find(path);
  if (object == stored.objects.end()) return nullptr;
  const auto found = object->second.attributes.find(name);
  return found == object->second.attributes.end() ? nullptr : &found->second;
}

void ReaderState::FailAttribute(std::string_view path, std::string_view name,
                                std::string_view why) const {
  Fail(ErrorKind::kBadInput,
       Str(Prefix(), "the attribute '", name, "' of '/", path, "' ", why));
}

const AttributeValue& ReaderState::Numbers(std::string_view path,
                                           std::string_view name) const {
  const AttributeValue* value = FindAttribute(path, name);
  if (value == nullptr) FailAttribute(path, name, "is missing");
  if (value->is_text) FailAttribute(path, name, "is a text, not a number");
  return *value;
}

const AttributeValue& ReaderState::Texts(std::string_view path,
                                         std::string_view name) const {
  const AttributeValue* value = FindAttribute(path, name);
  if (value == nullptr) FailAttribute(path, name, "is missing");
  if (!value->is_text) FailAttribute(path, name, "is a number, not a text");
  return *value;
}

void ReaderState::RequireScalar(std::string_view path,
                                std::string_view name) const {
  const AttributeValue* value = FindAttribute(path, name);
  if (value == nullptr) FailAttribute(path, name, "is missing");
  if (!value->shape.empty()) FailAttribute(path, name, "is a list");
}

void ReaderState::Convert(std::string_view path, std::string_view name,
                          ElementType type, void* values) const {
  const AttributeValue& value = Numbers(path, name);
  const Index bad = ConvertNumbers(value.type, value.bytes.data(), type, values,
                                   ElementCount(value.shape));
  if (bad >= 0) {
    FailAttribute(path, name, Str("cannot be held as ", ElementTypeName(type)));
  }
}

}  // namespace mtlkit::internal
