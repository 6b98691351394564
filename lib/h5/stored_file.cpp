#include "h5/stored_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/error.h"
#include "h5/digest.h"
#include "h5/posix.h"

namespace mtlkit::internal {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are stored little-endian and read as they are");

constexpr Index kStoredPiece = Index{1} << 20;

// Bytes of the file as they are, once they are known to be good.
void ReadBytes(const StoredFile& file, const std::string& path, Index offset,
               Index count, void* bytes) {
  BodyCheck* check = file.channel->check;
  if (check != nullptr && !check->Holds(offset, count)) FailDamaged();
  const Index got = ReadFullyAt(file.channel->fd, bytes, count, offset, path);
  Require(got == count, ErrorKind::kIo,
          Str("'/", path, "': the file became shorter while it was read"));
}

void ReadThroughHdf5(const StoredFile& file, const std::string& path,
                     const Object& object, Index first, Index count,
                     void* bytes) {
  const auto fail = [&] {
    if (file.channel->is_damaged) FailDamaged();
    RequireMemory();
    Fail(ErrorKind::kBadInput,
         Str("'/", path, "': cannot read its values: ", Hdf5Reason()));
  };
  const Handle dataset(H5Dopen2(file.file, path.c_str(), H5P_DEFAULT),
                       H5Dclose);
  if (!dataset.valid()) fail();
  const Handle type(H5Dget_type(dataset.id()), H5Tclose);
  const Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const Shape& shape = object.info.shape;
  Handle memory(H5Screate(H5S_SCALAR), H5Sclose);
  if (!shape.empty()) {
    std::array<hsize_t, kMaxRank> start{};
    std::array<hsize_t, kMaxRank> sizes{};
    for (std::size_t i = 0; i < shape.size(); ++i) {
      sizes[i] = static_cast<hsize_t>(shape[i]);
    }
    start[0] = static_cast<hsize_t>(first);
    sizes[0] = static_cast<hsize_t>(count);
    memory = Handle(
        H5Screate_simple(static_cast<int>(shape.size()), sizes.data(), nullptr),
        H5Sclose);
    if (H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr,
                            sizes.data(), nullptr) < 0) {
      fail();
    }
  }
  if (H5Dread(dataset.id(), type.id(), memory.id(), space.id(), H5P_DEFAULT,
              bytes) < 0) {
    fail();
  }
}

// The records that the content digest is of: tag, length, bytes.
class Records {
 public:
  void Add(char tag, std::string_view bytes) {
    Begin(tag, static_cast<Index>(bytes.size()));
    hash_.Update(bytes);
  }
  void Begin(char tag, Index length) {
    std::array<char, 9> head{tag};
    const auto count = static_cast<std::uint64_t>(length);
    std::memcpy(head.data() + 1, &count, sizeof count);
    hash_.Update(head.data(), head.size());
  }
  void Continue(const char* bytes, Index count) {
    hash_.Update(bytes, static_cast<std::size_t>(count));
  }
  std::string Finish() { return hash_.Finish(); }

 private:
  Sha256 hash_;
};

void AddAttributes(const std::string& path, const Object& object,
                   Records* records) {
  for (const auto& [name, value] : object.attributes) {
    const bool is_digest = path.empty() && (name == kContentAttribute ||
                                            name == kProvenanceAttribute);
    if (is_digest) continue;
    records->Add('n', name);
    records->Add(
        't', TypeText(value.is_text, value.type, value.text_size, value.shape));
    records->Add('v', value.bytes);
  }
}

}  // namespace

Index RowCount(const Object& object) {
  return object.info.shape.empty() ? 1 : object.info.shape[0];
}

Index RowBytes(const Object& object) {
  Index bytes = object.element_size();
  for (std::size_t i = 1; i < object.info.shape.size(); ++i) {
    bytes *= object.info.shape[i];
  }
  return bytes;
}

void ReadStoredRows(const StoredFile& file, const std::string& path,
                    const Object& object, Index first, Index count,
                    void* bytes) {
  const Index row = RowBytes(object);
  if (count * row == 0) return;
  if (!object.is_contiguous) {
    ReadThroughHdf5(file, path, object, first, count, bytes);
    return;
  }
  ReadBytes(file, path, object.offset + first * row, count * row, bytes);
}

void VisitValues(const StoredFile& file, const std::string& path,
                 const Object& object,
                 const std::function<void(const char*, Index)>& visit) {
  const Index row = RowBytes(object);
  const Index total = row * RowCount(object);
  if (total == 0) return;
  std::vector<char> piece;
  if (object.is_contiguous) {
    // Rows may be large here, so it goes by bytes.
    piece.resize(static_cast<std::size_t>(std::min(kStoredPiece, total)));
    for (Index done = 0; done < total;) {
      const Index count = std::min(kStoredPiece, total - done);
      ReadBytes(file, path, object.offset + done, count, piece.data());
      visit(piece.data(), count);
      done += count;
    }
    return;
  }
  const Index rows = std::max<Index>(1, kStoredPiece / row);
  piece.resize(
      static_cast<std::size_t>(std::min(rows, RowCount(object)) * row));
  for (Index first = 0; first < RowCount(object); first += rows) {
    const Index count = std::min(rows, RowCount(object) - first);
    ReadThroughHdf5(file, path, object, first, count, piece.data());
    visit(piece.data(), count * row);
  }
}

std::string ContentDigest(const StoredFile& file) {
  Records records;
  for (const auto& [path, object] : file.objects) {
    if (path == kProvenancePath) continue;
    records.Add('p', path);
    AddAttributes(path, object, &records);
    if (object.is_group) {
      records.Add('t', "group");
      continue;
    }
    const ArrayInfo& info = object.info;
    records.Add('t',
                TypeText(info.is_text, info.type, info.text_size, info.shape));
    records.Begin('v', RowBytes(object) * RowCount(object));
    VisitValues(file, path, object, [&](const char* bytes, Index count) {
      records.Continue(bytes, count);
    });
  }
  return records.Finish();
}

std::string ValueDigest(const StoredFile& file, const std::string& path) {
  Records records;
  const auto found = file.objects.find(path);
  if (found != file.objects.end() && !found->second.is_group) {
    VisitValues(file, path, found->second, [&](const char* bytes, Index count) {
      records.Continue(bytes, count);
    });
  }
  return records.Finish();
}

}  // namespace mtlkit::internal
