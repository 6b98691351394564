// npz: arrays of NumPy by name in a ZIP archive (numpy.savez,
// numpy.savez_compressed, scipy.sparse.save_npz, mtl-convert --to npz).
#include <algorithm>

#include "base/error.h"
#include "interop/npy_array.h"
#include "interop/sparse_arrays.h"
#include "interop/zip_archive.h"

namespace mtlkit {
namespace {

constexpr std::string_view kNpySuffix = ".npy";
constexpr Index kMostNpz = Index{16} << 30;  // of one array

// An archive whose first member is an array: others are spreadsheets, or packed
// texts.
bool MatchesNpz(std::string_view head) {
  constexpr std::size_t kLengthAt = 26;
  constexpr std::size_t kNameAt = 30;
  if (!head.starts_with("PK\x03\x04") || head.size() < kNameAt) return false;
  const auto low = static_cast<unsigned char>(head[kLengthAt]);
  const auto high = static_cast<unsigned char>(head[kLengthAt + 1]);
  const std::size_t length = low | static_cast<std::size_t>(high) << 8;
  return head.substr(kNameAt, length).ends_with(kNpySuffix);
}

std::string NpzNameOf(const ZipMember& member) {
  Require(member.name.ends_with(kNpySuffix), ErrorKind::kBadInput,
          Str("is a ZIP archive with '", member.name,
              "', which is no array of NumPy"),
          "unpack it, or write the arrays with numpy.savez");
  return member.name.substr(0, member.name.size() - kNpySuffix.size());
}

std::vector<DataArray> ReadNpz(const MappedBytes& file, ArrayPaths wanted) {
  const ZipArchive archive(file.bytes);
  // A matrix of SciPy's is one array of several members.
  const bool are_some =
      !wanted.empty() && archive.Find("format.npy") == nullptr;
  std::vector<DataArray> arrays;
  for (const ZipMember& member : archive.members()) {
    const std::string name = NpzNameOf(member);
    if (are_some && std::ranges::count(wanted, name) == 0) continue;
    arrays.push_back(InContext(Str("array '", name, "'"), [&] {
      MappedBytes content = archive.Map(member, kMostNpz);
      if (content.owner == nullptr) content.owner = file.owner;
      return ReadNpyArray(content);
    }));
    arrays.back().name = name;
  }
  if (AreSparse(arrays)) FoldSparse(&arrays);
  return arrays;
}

}  // namespace

extern const ArrayFormat kNpzArrays;
const ArrayFormat kNpzArrays = {
    "npz",
    "arrays of NumPy by name (numpy.savez), a sparse matrix of SciPy "
    "(scipy.sparse.save_npz), or what --to npz writes",
    MatchesNpz, ReadNpz};

}  // namespace mtlkit
