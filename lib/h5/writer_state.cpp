#include "h5/writer_state.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "h5/envelope.h"
#include "h5/stored_file.h"
#include "h5/structure.h"

namespace mtlkit::internal {
namespace {

constexpr std::string_view kFormat = "mtl-h5";
constexpr std::string_view kFormatVersion = "2.0";
constexpr Index kLargestUnchunked = 4096;
constexpr Index kChunkBytes = Index{256} << 10;
constexpr unsigned kDeflateLevel = 1;

Handle TypeHandle(const ValueType& type) {
  if (!type.is_text) return {H5Tcopy(FileTypeOf(type.type)), H5Tclose};
  Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(text.id(), static_cast<std::size_t>(type.text_size));
  H5Tset_cset(text.id(), H5T_CSET_UTF8);
  H5Tset_strpad(text.id(), H5T_STR_NULLPAD);
  return text;
}

std::vector<hsize_t> Sizes(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

Handle SpaceHandle(const Shape& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  const std::vector<hsize_t> sizes = Sizes(shape);
  return {
      H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
      H5Sclose};
}

// Creation without a time stamp, which would make equal files differ.
Handle TimelessList(hid_t list_class) {
  Handle list(H5Pcreate(list_class), H5Pclose);
  H5Pset_obj_track_times(list.id(), false);
  return list;
}

Handle CreateFile(Channel* channel) {
  const Handle creation = TimelessList(H5P_FILE_CREATE);
  H5Pset_userblock(creation.id(), static_cast<hsize_t>(kEnvelopeSize));
  const Handle access = AccessThrough(channel);
  return {H5Fcreate("mtlkit", H5F_ACC_TRUNC, creation.id(), access.id()),
          H5Fclose};
}

std::string Parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

WriterState::WriterState(const std::string& destination, FileKind kind)
    : output_(std::make_unique<AtomicFile>(destination)),
      name_(output_->place()) {
  channel_.fd = output_->descriptor();
  channel_.is_writable = true;
  objects_[""] = true;
  file_ = CreateFile(&channel_);
  if (!file_.valid()) FailWrite("");
  const auto set = [&](std::string_view name, std::string_view text) {
    WriteAttribute(
        "", name,
        {.is_text = true, .text_size = static_cast<Index>(text.size())}, {},
        text.data());
  };
  set("format", kFormat);
  set("format_version", kFormatVersion);
  set("kind", FileKindName(kind));
}

WriterState::~WriterState() {
  GiveUp();
}

void WriterState::GiveUp() {
  const Hdf5Lock lock;
  is_done_ = true;
  channel_.is_discarded = true;
  for (const auto& rows : rows_) rows->dataset = Handle();
  file_ = Handle();
  output_.reset();
}

void WriterState::FailWrite(std::string_view path) {
  const std::string where = path.empty() ? "" : Str(": '/", path, "'");
  if (channel_.error != 0) {
    Fail(ErrorKind::kIo,
         Str(name_, where, ": cannot write: ", ErrnoText(channel_.error)),
         WriteAdvice(name_));
  }
  Fail(ErrorKind::kBug, Str(name_, where, ": cannot write: ", Hdf5Reason()));
}

void WriterState::RequireOpen() const {
  Require(!is_done_, ErrorKind::kBug, "the file is already complete");
}

std::string WriterState::CheckedPath(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  const std::vector<std::string> parts = Split(path, '/');
  for (const std::string& part : parts) {
    if (!IsLegalComponent(part)) {
      Fail(ErrorKind::kBug, Str("'", path, "' cannot be a path in a file"),
           "names of users go through EscapeName");
    }
  }
  Require(static_cast<Index>(parts.size()) <= kMaxDepth, ErrorKind::kBug,
          Str("'", path, "' lies too deep"));
  return std::string(path);
}

void WriterState::Claim(const std::string& path, bool is_group) {
  RequireOpen();
  Require(objects_.emplace(path, is_group).second, ErrorKind::kBug,
          Str("'/", path, "' is written twice"));
  Require(static_cast<Index>(objects_.size()) <= kMaxObjects,
          ErrorKind::kBadInput,
          Str("the file would hold more than ", kMaxObjects, " objects"));
}

void WriterState::MakeParents(const std::string& path) {
  const std::string parent = Parent(path);
  const auto found = objects_.find(parent);
  if (found == objects_.end()) {
    MakeGroup(parent);
  } else {
    Require(found->second, ErrorKind::kBug,
            Str("'/", parent, "' is an array and cannot have members"));
  }
}

void WriterState::MakeGroup(const std::string& path) {
  const auto found = objects_.find(path);
  if (found != objects_.end() && found->second) return;
  MakeParents(path);
  Claim(path, true);
  // One by one: groups that HDF5 makes on the way would be stamped with times.
  const Handle creation = TimelessList(H5P_GROUP_CREATE);
  const Handle group(H5Gcreate2(file_.id(), path.c_str(), H5P_DEFAULT,
                                creation.id(), H5P_DEFAULT),
                     H5Gclose);
  if (!group.valid()) FailWrite(path);
}

Handle WriterState::CreationList(const ValueType& type, const Shape& shape,
                                 const StoreOptions& options) {
  Handle list = TimelessList(H5P_DATASET_CREATE);
  const Index total = ElementCount(shape) * type.size();
  const Index row = shape.empty() || shape[0] == 0 ? 0 : total / shape[0];
  const bool is_chunked = options.compress == Compress::kAuto &&
                          total > kLargestUnchunked && row <= kMaxChunkBytes;
  if (!is_chunked) {
    H5Pset_alloc_time(list.id(), H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list.id(), H5D_FILL_TIME_NEVER);
    return list;
  }
  std::vector<hsize_t> chunk = Sizes(shape);
  chunk[0] =
      static_cast<hsize_t>(std::clamp<Index>(kChunkBytes / row, 1, shape[0]));
  H5Pset_chunk(list.id(), static_cast<int>(chunk.size()), chunk.data());
  // Shuffling bytes of numbers helps deflate, that of texts does not.
  if (!type.is_text && type.size() > 1) H5Pset_shuffle(list.id());
  H5Pset_deflate(list.id(), kDeflateLevel);
  H5Pset_fletcher32(list.id());
  return list;
}

Handle WriterState::CreateArray(const std::string& path, const ValueType& type,
                                const Shape& shape,
                                const StoreOptions& options) {
  Require(!path.empty() && static_cast<Index>(shape.size()) <= kMaxRank,
          ErrorKind::kBug, Str("'/", path, "' cannot be an array"));
  MakeParents(path);
  Claim(path, false);
  const Handle file_type = TypeHandle(type);
  const Handle space = SpaceHandle(shape);
  const Handle creation = CreationList(type, shape, options);
  Handle dataset(
      H5Dcreate2(file_.id(), path.c_str(), file_type.id(), space.id(),
                 H5P_DEFAULT, creation.id(), H5P_DEFAULT),
      H5Dclose);
  if (!dataset.valid()) FailWrite(path);
  return dataset;
}

void WriterState::WriteArray(const std::string& path, const ValueType& type,
                             const Shape& shape, const StoreOptions& options,
                             const void* values) {
  Handle dataset = CreateArray(path, type, shape, options);
  const Handle memory = TypeHandle(type);
  if (ElementCount(shape) > 0 && H5Dwrite(dataset.id(), memory.id(), H5S_ALL,
                                          H5S_ALL, H5P_DEFAULT, values) < 0) {
    FailWrite(path);
  }
  if (!dataset.Close()) FailWrite(path);
}

void WriterState::WriteRows(const RowsState& rows, Index first, Index count,
                            const void* values) {
  const hid_t dataset = rows.dataset.id();
  Shape shape = rows.row_shape;
  shape.insert(shape.begin(), count);
  if (ElementCount(shape) == 0) return;
  const Handle memory = SpaceHandle(shape);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  std::vector<hsize_t> start(shape.size(), 0);
  start[0] = static_cast<hsize_t>(first);
  const std::vector<hsize_t> sizes = Sizes(shape);
  if (H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr,
                          sizes.data(), nullptr) < 0 ||
      H5Dwrite(dataset, FileTypeOf(rows.type), memory.id(), space.id(),
               H5P_DEFAULT, values) < 0) {
    FailWrite(rows.path);
  }
}

void WriterState::WriteAttribute(const std::string& path, std::string_view name,
                                 const ValueType& type, const Shape& shape,
                                 const void* values) {
  RequireOpen();
  const std::string text(name);
  Require(IsLegalComponent(text), ErrorKind::kBug,
          Str("'", name, "' cannot name an attribute"));
  Require(ElementCount(shape) * type.size() <= kMaxAttributeBytes,
          ErrorKind::kBadInput,
          Str("'/", path, "': the attribute '", name, "' is above ",
              kMaxAttributeBytes, " bytes"));
  if (objects_.find(path) == objects_.end()) MakeGroup(path);
  const Handle object(
      H5Oopen(file_.id(), path.empty() ? "/" : path.c_str(), H5P_DEFAULT),
      H5Oclose);
  const Handle file_type = TypeHandle(type);
  const Handle space = SpaceHandle(shape);
  Require(H5Aexists(object.id(), text.c_str()) <= 0, ErrorKind::kBug,
          Str("'/", path, "': the attribute '", name, "' is set twice"));
  Handle attribute(H5Acreate2(object.id(), text.c_str(), file_type.id(),
                              space.id(), H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
  const bool is_written =
      attribute.valid() &&
      (ElementCount(shape) == 0 ||
       H5Awrite(attribute.id(), file_type.id(), values) >= 0);
  if (!is_written || !attribute.Close()) FailWrite(path);
}

}  // namespace mtlkit::internal
