#include "h5/file_writer.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/terminal_text.h"
#include "h5/writer_state.h"

namespace mtlkit {
namespace {

using internal::Hdf5Lock;
using internal::ValueType;
using internal::WriterState;

// Texts are padded with NUL, so one inside would end the text early.
Index TextRoom(std::string_view text, std::string_view path) {
  Require(IsValidUtf8(text), ErrorKind::kBadInput,
          Str("'/", path, "': the text '", text.substr(0, 40),
              "' holds a NUL byte or is not UTF-8"));
  return std::max<Index>(1, static_cast<Index>(text.size()));
}

struct PaddedTexts {
  ValueType type;
  std::string bytes;
};

PaddedTexts Pad(const std::vector<std::string>& texts, std::string_view path) {
  PaddedTexts result{.type = {.is_text = true, .text_size = 1}, .bytes = {}};
  Index& room = result.type.text_size;
  for (const std::string& text : texts) {
    room = std::max(room, TextRoom(text, path));
  }
  const auto width = static_cast<std::size_t>(room);
  result.bytes.assign(width * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::memcpy(result.bytes.data() + i * width, texts[i].data(),
                texts[i].size());
  }
  return result;
}

}  // namespace

namespace internal {

RowSink::RowSink(std::shared_ptr<WriterState> writer,
                 std::shared_ptr<RowsState> rows)
    : writer_(std::move(writer)), rows_(std::move(rows)) {}

void RowSink::Append(const void* values, Index count) {
  const Hdf5Lock lock;
  writer_->AppendRows(rows_.get(), values, count);
}

void RowSink::Close() {
  const Hdf5Lock lock;
  writer_->CloseRows(rows_.get());
}

Index RowSink::rows() const {
  return rows_->written;
}

Index RowSink::row_size() const {
  return ElementCount(rows_->row_shape);
}

}  // namespace internal

FileWriter::FileWriter(const std::string& destination, FileKind kind) {
  if (destination == "-") ProbeOutput(destination);
  const Hdf5Lock lock;
  state_ = std::make_shared<WriterState>(destination, kind);
}

FileWriter::~FileWriter() {
  // RowWriters that are still around must not keep a temporary file alive.
  if (state_ != nullptr) state_->GiveUp();
}
FileWriter::FileWriter(FileWriter&&) noexcept = default;
FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

void FileWriter::SetAttribute(std::string_view path, std::string_view name,
                              std::int64_t value) {
  const Hdf5Lock lock;
  state_->WriteAttribute(WriterState::CheckedPath(path), name,
                         {.type = ElementType::kI64}, {}, &value);
}

void FileWriter::SetAttribute(std::string_view path, std::string_view name,
                              double value) {
  const Hdf5Lock lock;
  state_->WriteAttribute(WriterState::CheckedPath(path), name,
                         {.type = ElementType::kF64}, {}, &value);
}

void FileWriter::SetAttribute(std::string_view path, std::string_view name,
                              std::string_view value) {
  const PaddedTexts text = Pad({std::string(value)}, path);
  const Hdf5Lock lock;
  state_->WriteAttribute(WriterState::CheckedPath(path), name, text.type, {},
                         text.bytes.data());
}

void FileWriter::SetAttribute(std::string_view path, std::string_view name,
                              const std::vector<std::string>& values) {
  const PaddedTexts texts = Pad(values, path);
  const Hdf5Lock lock;
  state_->WriteAttribute(WriterState::CheckedPath(path), name, texts.type,
                         {static_cast<Index>(values.size())},
                         texts.bytes.data());
}

void FileWriter::SetAttribute(std::string_view path, std::string_view name,
                              const std::vector<std::int64_t>& values) {
  const Hdf5Lock lock;
  state_->WriteAttribute(WriterState::CheckedPath(path), name,
                         {.type = ElementType::kI64},
                         {static_cast<Index>(values.size())}, values.data());
}

void FileWriter::MakeGroup(std::string_view path) {
  const Hdf5Lock lock;
  state_->MakeGroup(WriterState::CheckedPath(path));
}

void FileWriter::WriteText(std::string_view path, std::string_view text) {
  const PaddedTexts padded = Pad({std::string(text)}, path);
  const Hdf5Lock lock;
  state_->WriteArray(WriterState::CheckedPath(path), padded.type, {}, {},
                     padded.bytes.data());
}

void FileWriter::WriteTexts(std::string_view path,
                            const std::vector<std::string>& texts) {
  const PaddedTexts padded = Pad(texts, path);
  const Hdf5Lock lock;
  state_->WriteArray(WriterState::CheckedPath(path), padded.type,
                     {static_cast<Index>(texts.size())},
                     {.compress = Compress::kAuto}, padded.bytes.data());
}

void FileWriter::WriteRaw(std::string_view path, ElementType type,
                          const void* values, Index count, const Shape& shape,
                          const StoreOptions& options) {
  Require(
      count == ElementCount(shape), ErrorKind::kBug,
      Str("'/", path, "': ", count, " values do not make ", ShapeText(shape)));
  const Hdf5Lock lock;
  state_->WriteArray(WriterState::CheckedPath(path), {.type = type}, shape,
                     options, values);
}

internal::RowSink FileWriter::CreateRowsRaw(std::string_view path,
                                            ElementType type,
                                            const Shape& row_shape, Index rows,
                                            const StoreOptions& options) {
  const Hdf5Lock lock;
  internal::RowsState state;
  state.path = WriterState::CheckedPath(path);
  state.type = type;
  state.row_shape = row_shape;
  state.declared = rows;
  state.options = options;
  return {state_, state_->CreateRows(std::move(state))};
}

void FileWriter::SetProvenance(std::string_view json) {
  const Hdf5Lock lock;
  state_->SetProvenance(json);
}

std::string FileWriter::Commit() {
  const Hdf5Lock lock;
  return state_->Commit();
}

}  // namespace mtlkit
