// Networks that read texts in their order, elsewhere.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "base/registry.h"
#include "base/text.h"
#include "data/space_blocks.h"
#include "interop/export_checks.h"
#include "interop/export_format.h"
#include "interop/export_samples.h"
#include "interop/foreign_weights.h"
#include "temp_folder.h"

namespace mtlkit {
namespace {

// Some of the texts have no word.
TEST_CASE("networks over texts in their order go along") {
  const Dataset data = PhotosAndTexts(23);
  for (const char* pool : {"both", "max", "mean", "last"}) {
    ArchOptions options = NetworkOf("shared");
    options.texts = Str("transformer:width=8,heads=2,ff=8,pool=", pool);
    INFO(options.texts);
    const Model model = RandomModel(data, options);
    CheckModel(model, data);
    CheckReturn(model);
  }
}

TEST_CASE("recurrent networks have biases of PyTorch's shape, and return") {
  for (const char* texts : {"gru:width=3,embedding=4,layers=2", "bilstm"}) {
    INFO(texts);
    ArchOptions options = NetworkOf("shared");
    options.texts = texts;
    const Model model = RandomModel(PhotosAndTexts(23), options);
    CheckReturn(model);
    const TempFolder folder;
    ExportModel(model, FindEntry(ExportFormats(), "target", "torch"),
                folder / "out");
    std::ifstream python(folder / "out/model.py");
    const std::string code{std::istreambuf_iterator<char>(python), {}};
    CHECK(code.find("bias = nn.Parameter(torch.empty(units))") !=
          std::string::npos);
    Index biases = 0;
    const ForeignWeights weights =
        ReadForeignWeights(folder / "out/model.safetensors");
    for (const ForeignArray& array : weights.arrays) {
      if (!array.name.ends_with(".bias_back")) continue;
      CHECK(array.shape == std::vector<Index>{3});
      ++biases;
    }
    CHECK(biases == (std::string(texts) == "bilstm" ? 0 : 2));
  }
}

}  // namespace
}  // namespace mtlkit
