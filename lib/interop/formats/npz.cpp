// npz: arrays of NumPy by name in a ZIP archive (numpy.savez).
#include "base/error.h"
#include "interop/foreign_weights.h"
#include "interop/npy.h"
#include "interop/zip_archive.h"

namespace mtlkit {
namespace {

constexpr std::string_view kArraySuffix = ".npy";

bool MatchesNpzWeights(std::string_view bytes) {
  if (!bytes.starts_with("PK")) return false;
  const ZipArchive archive(bytes);
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(kArraySuffix)) return false;
  }
  return !archive.members().empty();
}

ForeignContent ReadNpzWeights(std::string_view bytes) {
  const ZipArchive archive(bytes);
  ForeignContent content;
  content.order = MatrixOrder::kInputsFirst;
  for (const ZipMember& member : archive.members()) {
    ForeignArray array;
    array.name =
        member.name.substr(0, member.name.size() - kArraySuffix.size());
    InContext(Str("array '", array.name, "'"), [&] {
      const MappedBytes data = archive.Map(member, kMostArrayBytes);
      const NpyHeader header = ReadNpyHeader(data.bytes);
      array.shape = header.shape;
      array.values = ReadNpyNumbers(data, header);
    });
    content.arrays.push_back(std::move(array));
  }
  return content;
}

}  // namespace

extern const WeightFormat kNpzFormat;
const WeightFormat kNpzFormat = {
    "npz", "arrays of NumPy (numpy.savez), dense matrices inputs x outputs",
    MatchesNpzWeights, ReadNpzWeights};

}  // namespace mtlkit
