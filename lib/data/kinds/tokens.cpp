// tokens: codes of the words of texts, one text behind the other, with one
// vocabulary.
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/check_tools.h"
#include "data/file_parts.h"
#include "data/ragged.h"

namespace mtlkit {
namespace {

constexpr Index kMostWords = Index{1} << 24;

class TokenLoader final : public InputLoader {
 public:
  TokenLoader(const InputBlock& block, Index capacity)
      : block_(block),
        row_starts_(At(capacity) + 1),
        codes_(At(internal::MostEntries(block, capacity))) {}

  void Load(std::span<const Index> rows, InputBatch* input) override {
    internal::MakeRoom(block_, rows, &codes_);
    const auto unknown = static_cast<std::int32_t>(block_.categories[0].size());
    Index count = 0;
    row_starts_[0] = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Index end = block_.row_starts[rows[r] + 1];
      for (Index at = block_.row_starts[rows[r]]; at < end; ++at) {
        const std::int32_t code = block_.codes[at];
        codes_[At(count++)] = code < 0 ? unknown : code;
      }
      row_starts_[r + 1] = count;
    }
    input->row_starts = {row_starts_.data(), rows.size() + 1};
    input->codes = {codes_.data(), count, 1};
  }

 private:
  const InputBlock& block_;
  std::vector<Index> row_starts_;
  std::vector<std::int32_t> codes_;
};

class TokenBlocks final : public BlockKind {
 public:
  bool IsAt(const FileReader& file, const std::string& path) const override {
    return internal::HasEncoding(file, path, "tokens");
  }
  void Read(const FileReader& file, const std::string& path, Index /*rows*/,
            InputBlock* block) const override {
    for (const char* member : {"/indptr", "/codes"}) {
      internal::RequireRank(file, path + member, 1, 1);
    }
    block->cols = 1;
    block->row_starts = file.Map<std::int64_t>(path + "/indptr");
    block->codes = file.Map<std::int32_t>(path + "/codes");
    block->categories = {file.ReadTexts(path + "/vocabulary")};
  }

  void Write(FileWriter& file, const InputBlock& block, const std::string& path,
             Index rows) const override {
    using internal::kPacked;
    file.WriteArray<std::int32_t>(path + "/codes", block.codes.span(),
                                  {block.codes.size()}, kPacked);
    file.WriteArray<std::int64_t>(path + "/indptr", block.row_starts.span(),
                                  {rows + 1}, kPacked);
    file.WriteTexts(path + "/vocabulary", block.categories[0]);
  }
  void WriteEncoding(FileWriter& file, const InputSpec& /*spec*/,
                     const std::string& path) const override {
    file.SetAttribute(path, "encoding-type", "tokens");
    file.SetAttribute(path, "encoding-version", "0.1.0");
  }

  void Check(const InputBlock& block, Index rows,
             const std::string& what) const override {
    if (block.cols != 1 || block.categories.size() != 1) {
      internal::Bad(Str(what, " has ", block.categories.size(),
                        " vocabularies; tokens have one"));
    }
    const auto known = static_cast<Index>(block.categories[0].size());
    if (known < 1 || known > kMostWords) {
      internal::Bad(Str(what, " has a vocabulary of ", known, " words; 1 .. ",
                        kMostWords, " were expected"));
    }
    internal::CheckUniqueNames(block.categories[0], Str(what, ": word"));
    internal::CheckStarts(block, rows, block.codes.size(), what);
    for (Index at = 0; at < block.codes.size(); ++at) {
      const std::int32_t code = block.codes[at];
      if (code < -1 || code > known) {
        internal::Bad(Str(what, ": token ", at, ": code ", code,
                          " is outside -1 .. ", known));
      }
    }
  }

  std::unique_ptr<InputLoader> MakeLoader(const Dataset& /*dataset*/,
                                          const InputBlock& block,
                                          Index capacity) const override {
    return std::make_unique<TokenLoader>(block, capacity);
  }
};

constexpr TokenBlocks kTokensKind{};

}  // namespace

extern const BlockKindEntry kTokenBlocks;
const BlockKindEntry kTokenBlocks = {InputKind::kTokens,
                                     "tokens",
                                     "tokens",
                                     "tokens",
                                     kTokensKind,
                                     {.has_columns = false,
                                      .has_categories = true,
                                      .has_row_starts = true,
                                      .rows = BlockRows::kTokens}};

}  // namespace mtlkit
