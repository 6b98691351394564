// Transforms of texts, which stay with mtl-prep: exports read codes.
#include "interop/transform_export.h"

namespace mtlkit {
namespace {

constexpr std::string_view kTextsStay =
    "texts are taken apart before a network sees them: export the network "
    "alone, and prepare texts with mtl-prep --like";

}  // namespace

extern const TransformExport kWordsExport;
const TransformExport kWordsExport = {"words", nullptr, kTextsStay};
extern const TransformExport kBpeExport;
const TransformExport kBpeExport = {"bpe", nullptr, kTextsStay};
extern const TransformExport kNgramsExport;
const TransformExport kNgramsExport = {"ngrams", nullptr, kTextsStay};
extern const TransformExport kTfidfExport;
const TransformExport kTfidfExport = {"tfidf", nullptr, kTextsStay};

}  // namespace mtlkit
