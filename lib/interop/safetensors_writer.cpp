#include "interop/safetensors_writer.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json_text.h"
#include "h5/atomic_file.h"

namespace mtlkit {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kAlignment = 8;
constexpr const char* kRealType = sizeof(Real) == 4 ? "F32" : "F64";

template <class T>
std::string_view BytesOf(const T* data, std::size_t count) {
  return {reinterpret_cast<const char*>(data), count * sizeof(T)};
}

std::size_t SizeOfTensor(const TorchTensor& tensor) {
  return tensor.values.size() *
         (tensor.is_count ? sizeof(std::int64_t) : sizeof(Real));
}

// Where each tensor lies behind the header, without holes; padded with blanks
// so that the numbers lie at multiples of eight.
std::string HeaderOf(const std::vector<TorchTensor>& tensors) {
  Json header = Json::object();
  header["__metadata__"] = {{"format", "pt"}};
  std::size_t begin = 0;
  for (const TorchTensor& tensor : tensors) {
    const std::size_t end = begin + SizeOfTensor(tensor);
    header[tensor.name] = {{"dtype", tensor.is_count ? "I64" : kRealType},
                           {"shape", tensor.shape},
                           {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = DumpJson(header);
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  return text;
}

}  // namespace

void WriteSafetensors(const std::vector<TorchTensor>& tensors,
                      const std::string& path) {
  AtomicFile file(path);
  const std::string header = HeaderOf(tensors);
  const std::uint64_t length = header.size();
  file.Write(BytesOf(&length, 1));
  file.Write(header);
  for (const TorchTensor& tensor : tensors) {
    if (tensor.is_count) {
      const std::vector<std::int64_t> counts(tensor.values.begin(),
                                             tensor.values.end());
      file.Write(BytesOf(counts.data(), counts.size()));
    } else {
      file.Write(BytesOf(tensor.values.data(), tensor.values.size()));
    }
  }
  file.Commit();
}

}  // namespace mtlkit
