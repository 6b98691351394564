#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/format.h"
#include "text/parquet/bit_runs.h"
#include "text/parquet/codec.h"
#include "text/parquet/footer.h"
#include "text/parquet/page_header.h"
#include "text/parquet/page_memory.h"
#include "text/parquet/value_decoder.h"
#include "text/parquet/value_text.h"
#include "text/text_source.h"

namespace mtlkit {

// What the columns of a file share.
struct PageSource {
  TextSource* file = nullptr;
  PageCodec* codec = nullptr;
  PageMemory* memory = nullptr;
};

// The cells of one column in one group of rows after the other. One page is in
// memory at a time, and the dictionary of the group. Not thread-safe.
class ColumnPages {
 public:
  // All must outlive this.
  ColumnPages(const PageSource& source, const ParquetField& field);

  // Goes to the first page of a chunk; what was left of another is left.
  void Start(const ColumnChunk& chunk);

  // The next cell; its text stays until the next call. Throws kBadInput for
  // damaged pages, and where the chunk ends.
  Cell Next();

 private:
  void NextPage();
  PageHeader ReadHeader();
  void TakeDictionary(const PageHeader& header, std::string_view packed);
  void TakeValues(const PageHeader& header, std::string_view packed);
  std::string_view TakeLevels(const PageHeader& header,
                              std::string_view packed);
  void StartValues();
  std::string_view IndexedText();

  const PageSource source_;
  const ParquetField& field_;
  const ValueText text_;

  ColumnChunk chunk_;
  Index at_ = 0;    // in the file, of the next page
  Index left_ = 0;  // values behind the page

  HeldMemory page_memory_;
  std::string page_;               // unpacked
  Index in_page_ = 0;              // values left
  std::optional<BitRuns> levels_;  // 1 where there is a value; none: everywhere
  int encoding_ = 0;
  std::string_view encoded_;  // values that are not null
  // One of these, once a value was asked for.
  std::unique_ptr<ValueDecoder> values_;
  std::optional<BitRuns> indices_;  // into the dictionary

  HeldMemory dictionary_memory_;
  bool has_dictionary_ = false;
  std::string dictionary_;         // texts of all values
  std::vector<std::size_t> ends_;  // of each text

  std::string buffer_;  // a text that is not in the page
};

}  // namespace mtlkit
