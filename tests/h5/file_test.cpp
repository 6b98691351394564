#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

using Texts = std::vector<std::string>;

// Writes `values` alone into a file and reads them back as `Read`.
template <class Read, class T>
std::vector<Read> RoundTrip(const std::vector<T>& values,
                            const StoreOptions& options = {}) {
  const TempFolder folder;
  const std::string path = folder / "a.h5";
  FileWriter writer(path, FileKind::kDataset);
  writer.WriteList<T>("values", values, options);
  writer.Commit();
  return FileReader::Open(path).ReadList<Read>("values");
}

template <class T>
std::vector<T> Extremes() {
  using Limits = std::numeric_limits<T>;
  return {Limits::lowest(), T{0}, T{1}, Limits::max()};
}

TEST_CASE_TEMPLATE("numbers of every type come back as they were", T,
                   std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t,
                   float, double) {
  CHECK(RoundTrip<T>(Extremes<T>()) == Extremes<T>());
}

}  // namespace
}  // namespace mtlkit
