// The parts of WriterState that write rows as they come, and complete a file.
#include <algorithm>

#include "base/error.h"
#include "h5/digest.h"
#include "h5/envelope.h"
#include "h5/stored_file.h"
#include "h5/writer_state.h"

namespace mtlkit::internal {
namespace {

constexpr Index kRowsPiece = Index{1} << 20;

Shape FullShape(const RowsState& rows, Index count) {
  Shape shape = rows.row_shape;
  shape.insert(shape.begin(), count);
  return shape;
}

Index RowBytesOf(const RowsState& rows) {
  return ElementCount(rows.row_shape) * ElementSize(rows.type);
}

}  // namespace

std::shared_ptr<RowsState> WriterState::CreateRows(RowsState rows) {
  Require(ElementCount(rows.row_shape) > 0, ErrorKind::kBug,
          Str("'/", rows.path, "': rows without values cannot be counted"));
  auto state = std::make_shared<RowsState>(std::move(rows));
  if (state->declared >= 0) {
    state->dataset =
        CreateArray(state->path, {.type = state->type},
                    FullShape(*state, state->declared), state->options);
  } else {
    RequireOpen();
    state->spill = UnlinkedTemporaryFile();
  }
  rows_.push_back(state);
  return state;
}

void WriterState::AppendRows(RowsState* rows, const void* values, Index count) {
  RequireOpen();
  Require(!rows->is_closed, ErrorKind::kBug,
          Str("'/", rows->path, "': a row comes after the last"));
  const Index width = ElementCount(rows->row_shape);
  Require(count % width == 0, ErrorKind::kBug,
          Str("'/", rows->path, "': ", count, " values are no whole rows of ",
              width));
  const Index more = count / width;
  if (rows->spill.valid()) {
    WriteFully(rows->spill.get(), values, more * RowBytesOf(*rows),
               TemporaryFolder());
  } else {
    Require(rows->written + more <= rows->declared, ErrorKind::kBug,
            Str("'/", rows->path, "': more rows than the ", rows->declared,
                " declared"));
    WriteRows(*rows, rows->written, more, values);
  }
  rows->written += more;
}

void WriterState::CloseRows(RowsState* rows) {
  if (rows->is_closed) return;
  RequireOpen();
  rows->is_closed = true;
  if (rows->spill.valid()) {
    rows->dataset = CreateArray(rows->path, {.type = rows->type},
                                FullShape(*rows, rows->written), rows->options);
    const Index step = std::max<Index>(1, kRowsPiece / RowBytesOf(*rows));
    std::vector<char> piece(static_cast<std::size_t>(step * RowBytesOf(*rows)));
    for (Index first = 0; first < rows->written; first += step) {
      const Index count = std::min(step, rows->written - first);
      const Index bytes = count * RowBytesOf(*rows);
      const Index got =
          ReadFullyAt(rows->spill.get(), piece.data(), bytes,
                      first * RowBytesOf(*rows), TemporaryFolder());
      Require(got == bytes, ErrorKind::kIo,
              Str(TemporaryFolder(), ": a temporary file became shorter"));
      WriteRows(*rows, first, count, piece.data());
    }
    rows->spill.Reset();
  }
  Require(rows->declared < 0 || rows->written == rows->declared,
          ErrorKind::kBug,
          Str("'/", rows->path, "': ", rows->written, " rows of the ",
              rows->declared, " declared"));
  if (!rows->dataset.Close()) FailWrite(rows->path);
}

void WriterState::SetProvenance(std::string_view json) {
  RequireOpen();
  Require(provenance_.empty(), ErrorKind::kBug, "provenance is set twice");
  provenance_ = json;
}

std::string WriterState::AddDigests() {
  const auto set = [&](std::string_view name, const std::string& text) {
    WriteAttribute(
        "", name,
        {.is_text = true, .text_size = static_cast<Index>(text.size())}, {},
        text.data());
  };
  if (!provenance_.empty()) {
    WriteArray(
        std::string(kProvenancePath),
        {.is_text = true, .text_size = static_cast<Index>(provenance_.size())},
        {}, {}, provenance_.data());
    set(kProvenanceAttribute, Sha256Of(provenance_));
  }
  if (H5Fflush(file_.id(), H5F_SCOPE_LOCAL) < 0) FailWrite("");
  StoredFile stored{.file = file_.id(),
                    .channel = &channel_,
                    .size = FileSize(channel_.fd, name_),
                    .objects = {}};
  stored.objects = InspectStructure(file_.id(), stored.size);
  std::string digest = ContentDigest(stored);
  set(kContentAttribute, digest);
  return digest;
}

void WriterState::Seal() {
  SealBody(channel_.fd, FileSize(channel_.fd, name_) - kEnvelopeSize, name_);
}

std::string WriterState::Commit() {
  RequireOpen();
  for (const auto& rows : rows_) CloseRows(rows.get());
  std::string digest = AddDigests();
  if (!file_.Close()) FailWrite("");
  is_done_ = true;
  Seal();
  output_->Commit();
  return digest;
}

}  // namespace mtlkit::internal
