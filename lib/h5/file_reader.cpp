#include "h5/file_reader.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/mapped_pages.h"
#include "base/terminal_text.h"
#include "base/text.h"
#include "h5/convert_numbers.h"
#include "h5/guard.h"
#include "h5/input_file.h"
#include "h5/reader_state.h"
#include "h5/stored_file.h"

namespace mtlkit {
namespace {

using internal::AttributeValue;
using internal::Hdf5Lock;
using internal::Object;
using internal::TextAt;

std::string_view TrimPath(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

std::string_view LastComponent(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Runs `open`. A table in place of what tools have made of one is not to be
// converted: the command wants something else.
template <class Open>
internal::InputFile AdvisingOn(std::initializer_list<FileKind> kinds,
                               Open open) {
  try {
    return open();
  } catch (const Error& error) {
    const auto is_table = [](FileKind kind) {
      return kind == FileKind::kDataset || kind == FileKind::kFeatures;
    };
    const bool takes_tables =
        kinds.size() == 0 || std::ranges::any_of(kinds, is_table);
    if (takes_tables || error.hint() != internal::kConvertHint) throw;
    std::string hint = internal::HowToMake(*kinds.begin());
    if (*kinds.begin() == FileKind::kPredictions) {
      hint +=
          "; of those of another program: mtl-convert FILE --as predictions "
          "--labels READY -o FILE.h5";
    }
    throw Error(error.kind(), error.message(), std::move(hint));
  }
}

}  // namespace

FileReader::FileReader(std::unique_ptr<internal::ReaderState> state)
    : state_(std::move(state)) {}
FileReader::~FileReader() = default;
FileReader::FileReader(FileReader&&) noexcept = default;
FileReader& FileReader::operator=(FileReader&&) noexcept = default;

FileReader FileReader::Open(const std::string& operand,
                            std::initializer_list<FileKind> kinds,
                            const OpenOptions& options) {
  auto state = std::make_unique<internal::ReaderState>();
  state->input =
      AdvisingOn(kinds, [&] { return internal::OpenInput(operand, options); });
  state->options = options;
  InContext(state->input.name, [&] {
    state->Open();
    state->RequireKind({kinds.begin(), kinds.end()});
  });
  return FileReader(std::move(state));
}

FileKind FileReader::kind() const {
  return state_->kind;
}

const std::string& FileReader::name() const {
  return state_->input.name;
}

const std::string& FileReader::content_sha256() const {
  return state_->content_sha256;
}

const std::string& FileReader::file_sha256() const {
  return state_->input.envelope.sha256;
}

std::string FileReader::provenance() const {
  return Has(internal::kProvenancePath) ? ReadText(internal::kProvenancePath)
                                        : "[]";
}

bool FileReader::Has(std::string_view path) const {
  return state_->stored.objects.contains(TrimPath(path));
}

bool FileReader::IsGroup(std::string_view path) const {
  const auto found = state_->stored.objects.find(TrimPath(path));
  return found != state_->stored.objects.end() && found->second.is_group;
}

std::vector<std::string> FileReader::Children(std::string_view path) const {
  const std::string_view group = TrimPath(path);
  const std::string prefix = group.empty() ? "" : std::string(group) + "/";
  std::vector<std::string> names;
  const auto& objects = state_->stored.objects;
  for (auto at = objects.lower_bound(prefix); at != objects.end(); ++at) {
    const std::string_view member = at->first;
    if (!member.starts_with(prefix)) break;
    const std::string_view rest = member.substr(prefix.size());
    const bool is_direct = !rest.empty() && rest.find('/') == rest.npos;
    if (is_direct) names.emplace_back(rest);
  }
  return names;
}

std::string FileReader::TrueName(std::string_view path) const {
  const auto given = FindAttribute<std::string>(path, "name");
  std::string name =
      given ? *given : UnescapeName(LastComponent(TrimPath(path)));
  Require(
      IsValidUtf8(name), ErrorKind::kBadInput,
      Str(this->name(), ": the name of '/", TrimPath(path), "' is not UTF-8"));
  return name;
}

ArrayInfo FileReader::Info(std::string_view path) const {
  return state_->Array(TrimPath(path)).second.info;
}

bool FileReader::HasAttribute(std::string_view path,
                              std::string_view name) const {
  return state_->FindAttribute(TrimPath(path), name) != nullptr;
}

std::vector<std::string> FileReader::AttributeNames(
    std::string_view path) const {
  std::vector<std::string> names;
  const auto found = state_->stored.objects.find(TrimPath(path));
  if (found == state_->stored.objects.end()) return names;
  for (const auto& entry : found->second.attributes) {
    names.push_back(entry.first);
  }
  return names;
}

template <>
std::vector<std::int64_t> FileReader::Attribute(std::string_view path,
                                                std::string_view name) const {
  const AttributeValue& value = state_->Numbers(TrimPath(path), name);
  std::vector<std::int64_t> result(
      static_cast<std::size_t>(ElementCount(value.shape)));
  state_->Convert(TrimPath(path), name, ElementType::kI64, result.data());
  return result;
}

template <>
std::int64_t FileReader::Attribute(std::string_view path,
                                   std::string_view name) const {
  state_->RequireScalar(TrimPath(path), name);
  std::int64_t value = 0;
  state_->Convert(TrimPath(path), name, ElementType::kI64, &value);
  return value;
}

template <>
double FileReader::Attribute(std::string_view path,
                             std::string_view name) const {
  state_->RequireScalar(TrimPath(path), name);
  double value = 0;
  state_->Convert(TrimPath(path), name, ElementType::kF64, &value);
  return value;
}

template <>
std::vector<std::string> FileReader::Attribute(std::string_view path,
                                               std::string_view name) const {
  const AttributeValue& value = state_->Texts(TrimPath(path), name);
  std::vector<std::string> texts;
  for (Index i = 0; i < ElementCount(value.shape); ++i) {
    texts.push_back(TextAt(value.bytes, value.text_size, i));
  }
  return texts;
}

template <>
std::string FileReader::Attribute(std::string_view path,
                                  std::string_view name) const {
  state_->RequireScalar(TrimPath(path), name);
  return Attribute<std::vector<std::string>>(path, name)[0];
}

std::string FileReader::ReadText(std::string_view path) const {
  RequireRank(path, 0);
  return ReadTexts(path)[0];
}

std::vector<std::string> FileReader::ReadTexts(std::string_view path) const {
  const Object& object = state_->Array(TrimPath(path)).second;
  return ReadTexts(path, 0, internal::RowCount(object));
}

std::vector<std::string> FileReader::ReadTexts(std::string_view path,
                                               Index first, Index count) const {
  const auto& entry = state_->Array(TrimPath(path));
  const std::string& full = entry.first;
  const Object& object = entry.second;
  return InContext(name(), [&] {
    Require(object.info.is_text, ErrorKind::kBadInput,
            Str("'/", full, "' holds numbers, not texts"));
    (void)state_->CheckedBytes(full, object);
    state_->RequireRows(full, object, first, count);
    const Index size = object.element_size();
    std::string bytes(At(count * internal::RowBytes(object)), '\0');
    const Hdf5Lock lock;
    internal::ReadStoredRows(state_->stored, full, object, first, count,
                             bytes.data());
    std::vector<std::string> texts;
    for (Index i = 0; i * size < std::ssize(bytes); ++i) {
      texts.push_back(TextAt(bytes, size, i));
      Require(IsValidUtf8(texts.back()), ErrorKind::kBadInput,
              Str("'/", full, "': text ", first + i + 1, " is not UTF-8"));
    }
    return texts;
  });
}

std::size_t FileReader::CheckedCount(std::string_view path,
                                     ElementType type) const {
  const auto& entry = state_->Array(TrimPath(path));
  const std::string& full = entry.first;
  const Object& object = entry.second;
  return InContext(name(), [&] {
    state_->RequireNumbers(full, object);
    (void)state_->CheckedBytes(full, object);
    const Index count = ElementCount(object.info.shape);
    Require(count <= state_->options.max_array_bytes / ElementSize(type),
            ErrorKind::kBadInput,
            Str("'/", full, "' is larger than the limit of memory"));
    return static_cast<std::size_t>(count);
  });
}

void FileReader::RequireRank(std::string_view path, Index rank) const {
  const auto& entry = state_->Array(TrimPath(path));
  const std::string& full = entry.first;
  const Object& object = entry.second;
  const Shape& shape = object.info.shape;
  if (static_cast<Index>(shape.size()) == rank) return;
  Fail(ErrorKind::kBadInput,
       Str(name(), ": '/", full, "' has the shape ", ShapeText(shape),
           rank == 0 ? ", a single value is needed"
                     : Str(", ", rank, " dimension(s) are needed")));
}

void FileReader::ReadRaw(std::string_view path, ElementType type, Index first,
                         Index count, void* values) const {
  const auto& entry = state_->Array(TrimPath(path));
  const std::string& full = entry.first;
  const Object& object = entry.second;
  InContext(name(), [&] {
    state_->RequireNumbers(full, object);
    const Index wanted = count < 0 ? internal::RowCount(object) : count;
    state_->RequireRows(full, object, first, wanted);
    state_->ReadConverted(full, object, type, first, wanted, values);
  });
}

std::string FileReader::ReadBytes(std::string_view path, Index first,
                                  Index count) const {
  const Object& object = state_->Array(TrimPath(path)).second;
  std::string bytes(
      static_cast<std::size_t>(count * internal::RowBytes(object)), '\0');
  ReadRaw(path, object.info.type, first, count, bytes.data());
  return bytes;
}

const void* FileReader::MapRaw(std::string_view path, ElementType type,
                               Mapping* mapping) const {
  const Object& object = state_->Array(TrimPath(path)).second;
  const Index bytes = internal::RowCount(object) * internal::RowBytes(object);
  const bool can_map = object.info.is_mappable && object.info.type == type &&
                       bytes > 0 && object.offset % ElementSize(type) == 0;
  if (!can_map) return nullptr;
  const Index page = ::sysconf(_SC_PAGESIZE);
  const Index start = object.offset / page * page;
  const auto length = static_cast<std::size_t>(object.offset - start + bytes);
  void* memory = ::mmap(nullptr, length, PROT_READ, MAP_SHARED,
                        state_->input.fd.get(), start);
  if (memory == MAP_FAILED) return nullptr;
  AddMapping(memory, length);
  mapping->owner.reset(static_cast<const void*>(memory),
                       [length](const void* p) {
                         RemoveMapping(p);
                         ::munmap(const_cast<void*>(p), length);
                       });
  mapping->guard = state_->input.check;
  mapping->guarded_from = object.offset - internal::kEnvelopeSize;
  return static_cast<const char*>(memory) + (object.offset - start);
}

}  // namespace mtlkit
